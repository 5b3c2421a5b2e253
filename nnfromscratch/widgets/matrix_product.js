// MatrixProduct: one factor on the left, one above, the result where rows and columns cross. A cell of the result lights up what it is made of.
import { codeButton, frame, menu, onTheme, player, share } from "./shared.js";
import { colors, css, draw, fixed, set, signed } from "./drawing.js";

const CELL = 46,
  GAP = 16,
  NAME = 20;

const factor = value => (value < 0 ? `(${fixed(value)})` : fixed(value));

/** A matrix as a grid of cells at (x, y); cells[i][j] is a group of a rectangle and a text. */
function grid(rows, columns, x, y, name, kind = "") {
  const title = draw("text", { x: x + (columns * CELL) / 2, y: y - 6, "text-anchor": "middle", class: "nns-matrix-name" }, name);
  const cells = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) =>
      draw(
        "g",
        { class: `nns-cell ${kind}` },
        draw("rect", { x: x + j * CELL + 1, y: y + i * CELL + 1, width: CELL - 2, height: CELL - 2, rx: 4 }),
        draw("text", { x: x + (j + 0.5) * CELL, y: y + (i + 0.5) * CELL + 4, "text-anchor": "middle" }),
      ),
    ),
  );
  return { root: draw("g", {}, title, ...cells.flat()), cells };
}

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Matrices"),
    { products } = meta;
  let kind = 0,
    cell = meta.cell,
    parts;
  const product = () => products[kind],
    size = () => [product().left.length, product().right.length, product().right[0].length];

  const build = () => {
    const [n, m, p] = size(),
      x = m * CELL + GAP,
      y = NAME + m * CELL + GAP + NAME,
      { names } = product();
    const left = grid(n, m, 0, y, names[0]),
      right = grid(m, p, x, NAME, names[1]),
      result = grid(n, p, x, y, names[2], "nns-result");
    const lines = draw("path", { class: "nns-curve nns-gray", "stroke-dasharray": "4 4" });
    const svg = draw(
      "svg",
      { viewBox: `-2 0 ${x + p * CELL + 4} ${y + n * CELL + 4}`, role: "img" },
      lines,
      left.root,
      right.root,
      result.root,
    );
    svg.style.maxWidth = `${(x + p * CELL) * 1.25}px`;
    result.cells.forEach((row, i) =>
      row.forEach((one, k) => {
        for (const event of ["pointerenter", "click"])
          one.addEventListener(event, () => {
            steps.stop();
            cell = i * p + k;
            steps.set(cell);
            show();
          });
      }),
    );
    figure.picture.replaceChildren(svg);
    parts = { left, right, result, lines, x, y, svg };
  };
  const show = () => {
    const [, m, p] = size(),
      { left, right, bias, names, sum } = product(),
      i = Math.floor(cell / p),
      k = cell % p,
      theme = colors(figure.root);
    const values = left.map(row =>
      right[0].map((_, c) => row.reduce((total, value, j) => total + value * right[j][c], bias ? bias[c] : 0)),
    );
    const most = matrix => Math.max(...matrix.flat().map(Math.abs), 1e-9);
    const fill = (cells, matrix, lit) =>
      cells.forEach((row, r) =>
        row.forEach((one, c) => {
          const on = lit(r, c),
            color = signed((0.55 * matrix[r][c]) / most(matrix), theme);
          set(one.firstChild, { fill: css(color), stroke: on ? css(theme.ink) : "none", opacity: on ? 1 : 0.6 });
          one.lastChild.textContent = fixed(matrix[r][c]);
        }),
      );
    fill(parts.left.cells, left, r => r === i);
    fill(parts.right.cells, right, (_, c) => c === k);
    fill(parts.result.cells, values, (r, c) => r === i && c === k);
    const row = parts.y + (i + 0.5) * CELL,
      column = parts.x + (k + 0.5) * CELL;
    set(parts.lines, { d: `M${m * CELL + 2},${row}H${parts.x}M${column},${NAME + m * CELL + 2}V${parts.y - NAME}` });
    const terms = left[i].map((value, j) => `${factor(value)}·${factor(right[j][k])}`).join(" + ");
    const words = `Row ${i + 1}, column ${k + 1} of ${names[2]}: ${terms}${bias ? ` + ${factor(bias[k])}` : ""} = ${fixed(values[i][k])}. ${sum} ${product().shapes}`;
    set(parts.svg, { "aria-label": words });
    figure.say(words);
    keep?.();
    updateCode?.();
  };
  let keep = null,
    updateCode = null;
  const [n, , p] = size();
  const steps = player({
    label: "cell of the result",
    max: n * p - 1,
    value: cell,
    interval: 900,
    written: value => {
      const columns = size()[2];
      return `row ${Math.floor(value / columns) + 1}, column ${(value % columns) + 1}`;
    },
    change: value => {
      cell = value;
      show();
    },
  });
  const use = index => {
    kind = index;
    const [rows, , columns] = size();
    cell = Math.min(cell, rows * columns - 1);
    steps.input.max = rows * columns - 1;
    steps.set(cell);
    build();
    show();
  };
  const which = menu({ label: "product", options: products.map(({ title }) => title), value: 0, change: use });
  figure.controls.append(...(products.length > 1 ? [which.root] : []), steps.root);
  updateCode = codeButton(figure, () => {
    const array = matrix => JSON.stringify(matrix).replaceAll(",", ", ").replaceAll("], [", "],\n              [");
    const { left, right, bias } = product();
    return `import numpy as np\n\nA = np.array(${array(left)})\nB = np.array(${array(right)})\n${bias ? `b = np.array(${array(bias)})\n` : ""}print((A @ B${bias ? " + b" : ""}).round(2))\n`;
  });
  use(0);
  keep = share(figure, model, {
    read: () => ({ product: product().title, cell: cell + 1 }),
    write: asked => {
      const index = products.findIndex(({ title }) => title === asked.product);
      if (index >= 0) which.set(index);
      const [rows, , columns] = ((kind = Math.max(index, 0)), size()),
        wanted = Number(asked.cell) - 1;
      if (Number.isInteger(wanted) && wanted >= 0 && wanted < rows * columns) cell = wanted;
      use(kind);
      return [];
    },
  });
  const end = onTheme(show);
  return () => {
    end();
    steps.stop();
  };
}

export default { render };
