// The pictures of the playground: the network with the map of every neuron, the plane with its points, the curves of the loss.
import { css, draw, fixed, MARKS, mix, plane, set, signed } from "./drawing.js";
import { make } from "./shared.js";

export const GRID = 48;
const NODE = 30,
  PITCH = 36,
  SPAN = 350,
  TOP = 20; // of the network: a neuron, from one to the next, the width, the line of names

/** A canvas of this many units and twice as many pixels, and its context. */
function sharpCanvas(width, height) {
  const element = make("canvas", { width: 2 * width, height: 2 * height });
  element.style.maxWidth = `${width * 1.4}px`;
  const context = element.getContext("2d");
  context.scale(2, 2);
  context.font = "12px system-ui, sans-serif";
  return { element, context };
}

/** A picture of n x n pixels; paint(color) asks for the color of each. */
function fieldPicture(n = GRID) {
  const element = make("canvas", { width: n, height: n }),
    context = element.getContext("2d"),
    image = context.createImageData(n, n),
    { data } = image;
  data.fill(255);
  return color => {
    for (let k = 0; k < n * n; k++) {
      const one = color(k);
      data[4 * k] = one[0];
      data[4 * k + 1] = one[1];
      data[4 * k + 2] = one[2];
    }
    context.putImageData(image, 0, 0);
    return element;
  };
}

/** What a neuron is called: layer 0 holds the inputs, the last one the outputs. */
export function neuronName(run, layer, j) {
  const last = run.network.layers.length;
  if (layer === 0) return `input x${j + 1}`;
  return layer === last
    ? run.outputs === 1
      ? "output neuron"
      : `output for class ${j}`
    : last === 2
      ? `hidden neuron ${j + 1}`
      : `neuron ${j + 1} of hidden layer ${layer}`;
}

/** How one neuron paints the plane: a function from a place on the grid to a color. */
export function painter(run, grid, layer, j, colors) {
  const last = run.network.layers.length,
    n = layer ? run.network.sizes[layer] : 2;
  if (layer === last) {
    const k = run.classes,
      label = run.outputs === 1 ? 1 : j;
    return at => mix(colors.zero, colors.classes[label], 0.75 * Math.min(Math.max(grid.answers[at * k + label], 0), 1));
  }
  const values = layer ? grid.layers[layer - 1] : grid.X;
  let most = 1e-9;
  for (let i = j; i < values.length; i += n) most = Math.max(most, Math.abs(values[i]));
  return at => signed(values[at * n + j] / most, colors);
}

/** The network: every neuron is a button that shows its map, every edge can be picked. */
export function networkView({ pick, peek }) {
  const root = make("div", { className: "nns-network" }),
    paint = fieldPicture();
  let shape = "",
    surface,
    overlay,
    where;

  const build = run => {
    const { sizes } = run.network,
      height = TOP + Math.max(...sizes) * PITCH + 4;
    if (surface?.element.height !== 2 * height) surface = sharpCanvas(SPAN, height); // a new one takes longer than all the rest
    overlay = draw("svg", { viewBox: `0 0 ${SPAN} ${height}`, role: "group", "aria-label": `Network ${sizes.join("-")}` });
    where = sizes.map((n, layer) =>
      Array.from({ length: n }, (_, j) => [
        33 + (layer / (sizes.length - 1)) * (SPAN - 66),
        TOP + (height - TOP) / 2 + (j - (n - 1) / 2) * PITCH,
      ]),
    );
    for (let layer = 1; layer < sizes.length; layer++) {
      where[layer].forEach(([x, y], j) =>
        where[layer - 1].forEach(([x0, y0], i) => {
          const edge = draw("path", {
            d: `M${x0 + NODE / 2},${y0}C${(x0 + x) / 2},${y0} ${(x0 + x) / 2},${y} ${x - NODE / 2},${y}`,
            class: "nns-edge",
          });
          edge.addEventListener("click", () => pick(layer, j, i));
          overlay.append(edge);
        }),
      );
    }
    where.forEach((column, layer) =>
      column.forEach(([x, y], j) => {
        const name = neuronName(run, layer, j);
        const node = draw("rect", {
          x: x - NODE / 2,
          y: y - NODE / 2,
          width: NODE,
          height: NODE,
          rx: 5,
          class: "nns-node",
          tabindex: 0,
          role: "button",
          "aria-label": `Show ${name}`,
          "data-lm-suppress-shortcuts": "true",
        });
        const chosen = () => pick(layer, j);
        node.addEventListener("click", chosen);
        node.addEventListener("keydown", event => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            chosen();
          }
        });
        node.addEventListener("pointerenter", () => peek(layer, j));
        node.addEventListener("pointerleave", () => peek());
        node.dataset.neuron = `${layer} ${j}`;
        overlay.append(node);
      }),
    );
    root.replaceChildren(surface.element, overlay);
  };

  const update = (run, grid, colors, picked) => {
    const { sizes, layers, values } = run.network;
    if (shape !== sizes.join()) {
      build(run);
      shape = sizes.join();
    }
    const g = surface.context,
      height = surface.element.height / 2;
    g.clearRect(0, 0, SPAN, height);
    layers.forEach(({ nOut, W }, l) =>
      where[l + 1].forEach(([x, y], j) =>
        where[l].forEach(([x0, y0], i) => {
          const w = values[W + i * nOut + j],
            strength = Math.min(Math.abs(w) / 2, 1);
          g.strokeStyle = css(w < 0 ? colors.negative : colors.positive, 0.2 + 0.8 * strength);
          g.lineWidth = 0.6 + 5 * Math.min(Math.abs(w) / 5, 1);
          g.beginPath();
          g.moveTo(x0 + NODE / 2, y0);
          g.bezierCurveTo((x0 + x) / 2, y0, (x0 + x) / 2, y, x - NODE / 2, y);
          g.stroke();
        }),
      ),
    );
    g.textAlign = "center";
    where.forEach((column, layer) => {
      g.fillStyle = css(colors.ink);
      const name = layer === 0 ? "inputs" : layer === sizes.length - 1 ? "outputs" : layers[layer - 1].name;
      g.fillText(name, column[0][0], 12);
      column.forEach(([x, y], j) => {
        const isPicked = picked?.layer === layer && picked.j === j;
        g.drawImage(paint(painter(run, grid, layer, j, colors)), x - NODE / 2, y - NODE / 2, NODE, NODE);
        g.strokeStyle = css(isPicked ? colors.ink : mix(colors.zero, colors.ink, 0.45));
        g.lineWidth = isPicked ? 3 : 1;
        g.strokeRect(x - NODE / 2, y - NODE / 2, NODE, NODE);
        if (layer === 0) {
          g.fillStyle = css(colors.ink);
          g.fillText(`x${"₁₂"[j]}`, x - NODE / 2 - 9, y + 4);
        }
        if (layer === sizes.length - 1)
          stamp(g, run.outputs === 1 ? 1 : j, x + NODE / 2 + 9, y, 4.5, css(colors.classes[run.outputs === 1 ? 1 : j]), css(colors.zero));
      });
    });
  };
  return { root, update };
}

const stamps = []; // the mark of each class as a path, once it has been drawn

function stamp(g, label, x, y, r, fill, stroke, lineWidth = 1) {
  g.save();
  g.translate(x, y);
  g.scale(r, r);
  g.lineWidth = lineWidth / r;
  g.fillStyle = fill;
  g.strokeStyle = stroke;
  const path = (stamps[label] ??= new Path2D(MARKS[label]));
  g.fill(path);
  g.stroke(path);
  g.restore();
}

const FIELD = 320;

/** The plane: tint, points, and a crosshair for the keyboard. at(x1, x2, event) is called where the reader clicks or presses a key. */
export function fieldView({ at, hover }) {
  const surface = sharpCanvas(FIELD, FIELD),
    paint = fieldPicture();
  const cross = draw("path", { class: "nns-cross", d: "M-9,0H-3M3,0H9M0,-9V-3M0,3V9" });
  const overlay = draw(
    "svg",
    {
      viewBox: `0 0 ${FIELD} ${FIELD}`,
      tabindex: 0,
      role: "application",
      "aria-label": "The plane. Arrow keys move a crosshair.",
      "data-lm-suppress-shortcuts": "true",
    },
    cross,
  );
  const root = make("div", { className: "nns-field" }, surface.element, overlay);
  let box = [-1, -1, 1, 1],
    place = [FIELD / 2, FIELD / 2];
  const point = ([x, y]) => [box[0] + (x / FIELD) * (box[2] - box[0]), box[3] - (y / FIELD) * (box[3] - box[1])];
  const move = (x, y) => {
    place = [Math.min(Math.max(x, 2), FIELD - 2), Math.min(Math.max(y, 2), FIELD - 2)];
    set(cross, { transform: `translate(${place})` });
  };
  move(...place);
  const locate = event => {
    const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(overlay.getScreenCTM().inverse());
    move(spot.x, spot.y);
    return point(place);
  };
  overlay.addEventListener("click", event => at(...locate(event), "click"));
  overlay.addEventListener("pointermove", event => hover(...locate(event)));
  overlay.addEventListener("keydown", event => {
    const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key],
      far = event.shiftKey ? 32 : 8;
    if (by) {
      move(place[0] + by[0] * far, place[1] + by[1] * far);
      hover(...point(place), true);
    } else if (event.key === "Enter" || event.key === " ") at(...point(place), "click");
    else if (event.key === "Delete" || event.key === "Backspace") at(...point(place), "erase");
    else return;
    event.preventDefault();
  });

  /** color(k) paints the plane; batch holds the places of the points in the mini-batch at hand. */
  const update = (run, newBox, color, colors, batch) => {
    box = newBox;
    const g = surface.context,
      x = value => ((value - box[0]) / (box[2] - box[0])) * FIELD,
      y = value => ((box[3] - value) / (box[3] - box[1])) * FIELD;
    g.imageSmoothingQuality = "high";
    g.drawImage(paint(color), 0, 0, FIELD, FIELD);
    run.points.forEach(([x1, x2, label], index) => {
      const fill = css(colors.classes[label]),
        zero = css(colors.zero),
        kept = run.isValidation(index);
      stamp(
        g,
        label,
        x(x1),
        y(x2),
        batch?.has(index) ? 6.5 : 4,
        kept ? zero : fill,
        kept ? fill : batch?.has(index) ? css(colors.ink) : zero,
        kept ? 1.6 : 1,
      );
    });
    const range = `x₁ from ${fixed(box[0], 1)} to ${fixed(box[2], 1)}, x₂ from ${fixed(box[1], 1)} to ${fixed(box[3], 1)}`;
    Object.assign(g, {
      fillStyle: css(colors.ink),
      strokeStyle: css(colors.zero, 0.85),
      textAlign: "left",
      lineWidth: 4,
      lineJoin: "round",
    });
    g.strokeText(range, 6, FIELD - 7);
    g.fillText(range, 6, FIELD - 7);
  };
  return { root, update };
}

/** Training and validation loss over the epochs. */
export function curvesView() {
  const root = make("div", { className: "nns-curves" });
  const update = (history, top) => {
    const last = Math.max(history.length - 1, 10),
      axes = plane({
        width: 320,
        height: 150,
        box: [0, 0, last, top],
        margin: [22, 8, 30, 38],
        xlabel: "epoch",
        ticks: 4,
        label: "Loss over the epochs",
      });
    const line = which =>
      history
        .map((pair, epoch) => [epoch, pair[which]])
        .filter(([, loss]) => Number.isFinite(loss))
        .map(([epoch, loss]) => `${axes.x(epoch).toFixed(1)},${axes.y(Math.min(loss, top)).toFixed(1)}`)
        .join(" ");
    axes.content.append(
      draw("polyline", { points: line(0), class: "nns-curve nns-a" }),
      draw("polyline", { points: line(1), class: "nns-curve nns-b", "stroke-dasharray": "6 3" }),
      ...[0, 1]
        .filter(which => Number.isFinite(history.at(-1)?.[which]))
        .map(which =>
          draw("circle", {
            cx: axes.x(history.length - 1),
            cy: axes.y(Math.min(history.at(-1)[which], top)),
            r: 3,
            class: `nns-fill-${"ab"[which]}`,
          }),
        ),
      draw("path", { d: "M40,10h22", class: "nns-curve nns-a" }),
      draw("text", { x: 67, y: 14 }, "training loss"),
      draw("path", { d: "M170,10h22", class: "nns-curve nns-b", "stroke-dasharray": "6 3" }),
      draw("text", { x: 197, y: 14 }, "validation loss"),
    );
    root.replaceChildren(axes.root);
  };
  return { root, update };
}
