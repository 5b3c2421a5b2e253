// KernelExplorer: a kernel of 3 by 3 numbers slides over a picture, which may be the reader's own drawing; everything is computed here.
import { codeButton, frame, inflate, make, menu, onTheme, player, share, textButton, unique } from "./shared.js";
import { colors, css, mix, signed } from "./drawing.js";

const GRID = 28,
  EDGE = 3,
  MAP = GRID - EDGE + 1,
  PIXEL = 9,
  TIP = 1.1;

/** The sum of the products of the kernel with the patch at each place, row by row. */
export function featureMap(shades, kernel) {
  return Float64Array.from({ length: MAP * MAP }, (_, place) => {
    const row = Math.floor(place / MAP),
      column = place % MAP;
    return kernel.reduce((sum, weight, k) => sum + weight * shades[(row + Math.floor(k / EDGE)) * GRID + column + (k % EDGE)], 0);
  });
}

/** Ink along the way from one point to another, dark near it and lighter toward the edge of the tip. */
export function addInk(shades, [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0],
    square = dx * dx + dy * dy || 1;
  shades.forEach((shade, k) => {
    const x = (k % GRID) + 0.5 - x0,
      y = Math.floor(k / GRID) + 0.5 - y0,
      along = Math.min(Math.max((x * dx + y * dy) / square, 0), 1);
    shades[k] = Math.max(shade, Math.min(Math.max(TIP + 0.5 - Math.hypot(x - along * dx, y - along * dy), 0), 1));
  });
}

const written = number => String(Math.round(100 * number) / 100 + 0).replace("-", "−");

/** A canvas of n by n large pixels; paint(color) fills them, box(row, column, size, color) frames some. */
function board(n, label) {
  const element = make("canvas", { width: n * PIXEL, height: n * PIXEL, tabIndex: 0, role: "img", "aria-label": label });
  element.dataset.lmSuppressShortcuts = "true";
  const context = element.getContext("2d");
  const paint = color => {
    for (let k = 0; k < n * n; k++) {
      context.fillStyle = css(color(k));
      context.fillRect((k % n) * PIXEL, Math.floor(k / n) * PIXEL, PIXEL, PIXEL);
    }
  };
  const box = (row, column, size, color) => {
    context.strokeStyle = css(color);
    context.lineWidth = 3;
    context.strokeRect(column * PIXEL + 1, row * PIXEL + 1, size * PIXEL - 2, size * PIXEL - 2);
  };
  /** Where the pointer is, in pixels of the picture. */
  const place = event => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [((event.clientX - left) / width) * n, ((event.clientY - top) / height) * n];
  };
  return { element, paint, box, place };
}

const limited = place => Math.min(Math.max(Math.floor(place), 0), MAP - 1);

async function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Picture, kernel, and feature map"),
    shipped = await inflate(model.get("images"));
  figure.root.classList.add("nns-kernel-figure");
  const state = { image: 0, kernel: 0, numbers: [...meta.kernels[0].numbers], row: 8, column: 12, drawing: new Float64Array(GRID * GRID) };
  const own = meta.images.length,
    ownKernel = meta.kernels.length;
  const shades = () =>
    state.image === own
      ? state.drawing
      : Float64Array.from(shipped.subarray(784 * state.image, 784 * (state.image + 1)), shade => shade / 255);

  const picture = board(GRID, "The picture. Arrow keys move the kernel; space draws a dot under it."),
    map = board(MAP, "The feature map. Arrow keys move the kernel.");
  const sum = make("p", { className: "nns-sum" });
  const fields = state.numbers.map((_, k) =>
    make("input", {
      type: "number",
      step: "any",
      id: unique(),
      "aria-label": `kernel, row ${Math.floor(k / EDGE) + 1}, column ${(k % EDGE) + 1}`,
    }),
  );
  const products = fields.map(() => make("div", { className: "nns-product" }));
  const cells = fields.map((field, k) => make("div", {}, field, products[k]));
  const part = (caption, ...children) => make("figure", {}, ...children, make("figcaption", { textContent: caption }));
  figure.picture.append(
    part("Picture: press and drag to draw", picture.element),
    make("div", {}, make("div", { className: "nns-kernel-numbers" }, ...cells), sum),
    part("Feature map: orange above 0, blue below", map.element),
  );
  figure.picture.before(figure.words);

  let updateCode = null;
  const show = () => {
    const seen = shades(),
      found = featureMap(seen, state.numbers),
      most = found.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
    const theme = colors(figure.root),
      frameColor = theme.classes[4];
    picture.paint(k => mix(theme.zero, theme.ink, seen[k]));
    picture.box(state.row, state.column, EDGE, frameColor);
    map.paint(k => signed(found[k] / most, theme));
    map.box(state.row, state.column, 1, frameColor);
    updateCode?.();
    const patch = state.numbers.map((_, k) => seen[(state.row + Math.floor(k / EDGE)) * GRID + state.column + (k % EDGE)]);
    patch.forEach((shade, k) => {
      products[k].textContent = `· ${written(shade)}\n= ${written(shade * state.numbers[k])}`;
    });
    const result = found[state.row * MAP + state.column];
    sum.textContent = `Sum: ${written(result)}`;
    figure.say(
      `At row ${state.row + 1}, column ${state.column + 1} the nine products add up to ${written(result)}. The whole map runs from ${written(Math.min(...found))} to ${written(Math.max(...found))}.`,
    );
  };
  const showKernel = () =>
    fields.forEach((field, k) => {
      field.value = Math.round(100 * state.numbers[k]) / 100;
    });
  const go = (row, column) => {
    Object.assign(state, { row: limited(row), column: limited(column) });
    places.set(state.row * MAP + state.column);
    show();
    changed();
  };

  const images = menu({
    label: "picture",
    options: [...meta.images, "my drawing"],
    value: 0,
    change: k => {
      state.image = k;
      show();
      changed();
    },
  });
  const kernels = menu({
    label: "kernel",
    options: [...meta.kernels.map(({ name }) => name), "my own"],
    value: 0,
    change: k => {
      state.kernel = k;
      if (k < ownKernel) state.numbers = [...meta.kernels[k].numbers];
      showKernel();
      show();
      changed();
    },
  });
  const places = player({
    label: "place",
    max: MAP * MAP - 1,
    value: state.row * MAP + state.column,
    interval: 40,
    written: k => `row ${Math.floor(k / MAP) + 1}, column ${(k % MAP) + 1}`,
    playing: on => figure.words.setAttribute("aria-live", on ? "off" : "polite"),
    change: k => {
      Object.assign(state, { row: Math.floor(k / MAP), column: k % MAP });
      show();
      changed();
    },
  });
  /** What is drawn goes on top of what is shown. */
  const draw = (from, to) => {
    if (state.image !== own) Object.assign(state, { drawing: Float64Array.from(shades()), image: own });
    images.set(own);
    addInk(state.drawing, from, to);
    show();
    changed();
  };
  const empty = textButton("Clear and draw your own", () => {
    Object.assign(state, { drawing: new Float64Array(GRID * GRID), image: own });
    images.set(own);
    show();
    changed();
  });
  figure.controls.append(images.root, kernels.root, places.root, make("div", { className: "nns-buttons" }, empty));

  fields.forEach((field, k) => {
    field.dataset.lmSuppressShortcuts = "true";
    field.addEventListener("input", () => {
      if (field.value === "" || !Number.isFinite(+field.value)) return;
      state.numbers[k] = +field.value;
      kernels.set((state.kernel = ownKernel));
      show();
      changed();
    });
  });
  let last = null;
  picture.element.addEventListener("pointerdown", event => {
    places.stop();
    picture.element.setPointerCapture(event.pointerId);
    last = picture.place(event);
    draw(last, last);
  });
  picture.element.addEventListener("pointermove", event => {
    const [x, y] = picture.place(event);
    if (last) {
      draw(last, [x, y]);
      last = [x, y];
    } else go(y - 1, x - 1);
  });
  for (const name of ["pointerup", "pointercancel"])
    picture.element.addEventListener(name, () => {
      last = null;
    });
  map.element.addEventListener("pointermove", event => {
    const [x, y] = map.place(event);
    go(y, x);
  });
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  for (const { element } of [picture, map])
    element.addEventListener("keydown", event => {
      const move = moves[event.key],
        dot = event.key === " " && element === picture.element;
      if (!move && !dot) return;
      event.preventDefault();
      if (dot) draw([state.column + 1.5, state.row + 1.5], [state.column + 1.5, state.row + 1.5]);
      else go(state.row + move[0], state.column + move[1]);
    });

  updateCode = codeButton(figure, () => code(shades(), state.numbers, state));
  const changed = share(figure, model, {
    read: () => ({
      picture: state.image,
      kernel: state.numbers.map(n => Math.round(100 * n) / 100).join("_"),
      place: `${state.row + 1}_${state.column + 1}`,
      drawing: state.image === own ? [...state.drawing].map(s => Math.round(s * 35).toString(36)).join("") : "",
    }),
    write: asked => {
      const numbers = (asked.kernel ?? "").split("_").map(Number),
        [row, column] = (asked.place ?? "").split("_").map(Number);
      if (numbers.length === EDGE * EDGE && numbers.every(Number.isFinite)) {
        const known = meta.kernels.findIndex(kernel => kernel.numbers.every((n, k) => Math.abs(n - numbers[k]) < 0.006));
        kernels.set((state.kernel = known < 0 ? ownKernel : known));
        state.numbers = known < 0 ? numbers : [...meta.kernels[known].numbers];
      }
      if (/^[0-9a-z]{784}$/.test(asked.drawing ?? ""))
        Object.assign(state, { drawing: Float64Array.from(asked.drawing, c => parseInt(c, 36) / 35), image: own });
      else if (+asked.picture >= 0 && +asked.picture < own) state.image = Math.floor(+asked.picture);
      images.set(state.image);
      if (Number.isFinite(row) && Number.isFinite(column)) Object.assign(state, { row: limited(row - 1), column: limited(column - 1) });
      places.set(state.row * MAP + state.column);
      return [];
    },
  });
  showKernel();
  show();
  const end = onTheme(show);
  return () => {
    end();
    places.stop();
  };
}

/** Python code that computes the same feature map. */
function code(shades, numbers, { row, column }) {
  const text = btoa(String.fromCharCode(...shades.map(shade => Math.round(255 * shade))));
  const rows = [0, 1, 2].map(i => `[${numbers.slice(3 * i, 3 * i + 3).join(", ")}]`).join(", ");
  return `import base64
import numpy as np
from nnfromscratch.convolution import Conv2D

pixels = np.frombuffer(base64.b64decode("${text}"), np.uint8)
image = pixels.reshape(1, 1, 28, 28) / 255
layer = Conv2D(1, 1, 3, dtype=np.float64)
layer.params["W"] = [[[${rows}]]]
feature_map = layer.forward(image)[0, 0]
print(f"row ${row + 1}, column ${column + 1}: {feature_map[${row}, ${column}]:.2f}")
print(f"from {feature_map.min():.2f} to {feature_map.max():.2f}")
`;
}

export default { render };
