// Bends: a sum of neurons over a target. Each neuron adds one bend (ReLU) or one step; the bends can be dragged.
import { codeButton, frame, make, menu, placeIn, share, slider, textButton } from "./shared.js";
import { draw, fixed, handle, plane, set } from "./drawing.js";

const MOST = 12,
  POINTS = 200; // where distances to a curve are measured
/** A number for a link: short, and yet as fine as the picture, whose side has this length. */
const rounded = (value, length) => +value.toFixed(Math.min(Math.max(3 - Math.floor(Math.log10(length)), 2), 100));
const KINDS = ["ReLU", "BinaryStep"];
const TARGETS = {
  "a wave": x => Math.sin(2 * x),
  "a hill": x => 2 * Math.exp(-2 * x * x) - 0.5,
  "a step": x => (x < 0.5 ? -1 : 1),
  "a valley": x => Math.abs(x) - 1.5,
};

/** Solve the linear equations A x = y by elimination, with the largest pivot of each column. */
function solve(A, y) {
  const n = y.length,
    M = A.map((row, i) => [...row, y[i]]);
  for (let c = 0; c < n; c++) {
    const pivot = M.reduce((best, row, r) => (r >= c && Math.abs(row[c]) > Math.abs(M[best][c]) ? r : best), c);
    [M[c], M[pivot]] = [M[pivot], M[c]];
    for (let r = 0; r < n; r++)
      if (r !== c) {
        const t = M[r][c] / M[c][c];
        M[r] = M[r].map((value, k) => value - t * M[c][k]);
      }
  }
  return M.map((row, i) => row[n] / row[i]);
}

/** The heights at the knots whose curve is nearest to the target, in the mean of the squares. */
function bestHeights(knots, xs, ys, stairs) {
  const n = knots.length;
  const basis = xs.map(x =>
    knots.map((_, k) =>
      curveAt(
        knots,
        knots.map((_, other) => +(other === k)),
        x,
        stairs,
      ),
    ),
  );
  const A = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => basis.reduce((sum, row) => sum + row[i] * row[j], i === j ? 1e-6 : 0)),
  );
  return solve(
    A,
    Array.from({ length: n }, (_, i) => basis.reduce((sum, row, k) => sum + row[i] * ys[k], 0)),
  );
}

/** The curve through the heights at the knots (the first and the last are the ends of the picture): straight between them, or level. */
function curveAt(knots, heights, x, stairs) {
  let k = 0;
  while (k < knots.length - 2 && x >= knots[k + 1]) k++;
  return stairs ? heights[k] : heights[k] + ((heights[k + 1] - heights[k]) * (x - knots[k])) / (knots[k + 1] - knots[k]);
}

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "A sum of neurons"),
    { own, box } = meta,
    [low, bottom, high, top] = box,
    span = top - bottom,
    names = own ? [own.name] : Object.keys(TARGETS),
    state = { ...meta.start };
  const plot = plane({
    width: 440,
    height: 260,
    box,
    margin: [8, 8, 34, 48],
    xlabel: "x",
    ylabel: "output",
    label: "Target and sum",
  });
  const parts = plane({
    width: 440,
    height: 170,
    box: [low, -span / 2, high, span / 2],
    margin: [8, 8, 34, 48],
    xlabel: "x",
    ylabel: "each neuron",
    ticks: 4,
    label: "What each neuron adds",
  });
  const target = draw("polyline", { class: "nns-curve nns-gray", "stroke-dasharray": "5 4" }),
    sum = draw("polyline", { class: "nns-curve nns-a" });
  const knobs = draw("g");
  if (own?.points)
    plot.content.append(...own.x.map((x, i) => draw("circle", { cx: plot.x(x), cy: plot.y(own.y[i]), r: 3, class: "nns-fill-gray" })));
  plot.content.append(...(own?.points ? [] : [target]), sum, knobs);
  figure.picture.append(plot.root, parts.root);

  const stairs = () => state.kind === 1,
    grid = Array.from({ length: POINTS }, (_, i) => low + ((i + 0.5) / POINTS) * (high - low)),
    xs = own?.x ?? grid,
    goal = () => (own ? x => curveAt(own.x, own.y, x) : TARGETS[names[state.target]]),
    ys = () => own?.y ?? xs.map(goal());
  const spread = () => {
    const n = state.n;
    state.knots = Array.from({ length: n + 2 }, (_, k) => low + (k / (n + 1)) * (high - low));
    state.heights = state.knots.map(() => 0);
  };
  /** What the neurons multiply: the change of slope at each bend, or of height at each step. */
  const outputs = () => {
    const { knots, heights } = state,
      slopes = knots.slice(1).map((knot, k) => (stairs() ? heights[k] : (heights[k + 1] - heights[k]) / (knot - knots[k])));
    return slopes.slice(1).map((slope, k) => slope - slopes[k]);
  };
  let tells = [],
    updateCode = null,
    keep = null;
  const show = () => {
    const { knots, heights } = state,
      at = x => curveAt(knots, heights, x, stairs());
    set(target, { points: plot.curve(goal(), 240) });
    set(sum, { points: plot.curve(at, 480) });
    const weights = outputs();
    parts.inside.replaceChildren(
      ...weights.map((weight, k) =>
        draw("polyline", {
          points: parts.curve(x => (x < knots[k + 1] ? 0 : stairs() ? weight : weight * (x - knots[k + 1])), 240),
          class: `nns-curve nns-term-${k % 6}`,
        }),
      ),
    );
    [...knobs.children].forEach((knob, k) =>
      set(knob, {
        cx: plot.x(knots[k]),
        cy: plot.y(heights[k]),
        display: stairs() && k === knots.length - 1 ? "none" : "inline", // no step starts at the right end
      }),
    );
    const wanted = ys(),
      errors = xs.map((x, i) => at(x) - wanted[i]);
    const mse = errors.reduce((total, e) => total + e * e, 0) / errors.length,
      most = Math.max(...errors.map(Math.abs));
    figure.say(
      `${state.n} ${stairs() ? "step" : "ReLU"} neuron${state.n > 1 ? "s" : ""}; target: ${names[state.target]}. Mean squared error ${fixed(mse, 3)}, largest distance ${fixed(most)}.`,
    );
    tells.forEach(tell => tell());
    updateCode?.();
    keep?.();
  };
  const rebuild = () => {
    knobs.replaceChildren(...state.knots.map(() => draw("circle", { r: 7, class: "nns-knob" })));
    tells = [...knobs.children].map((knob, k) => {
      const end = k === 0 || k === state.knots.length - 1;
      return handle(plot, knob, {
        label: end ? `${k ? "Right" : "Left"} end` : `Bend ${k}`,
        steps: [end ? 0 : (high - low) / 120, span / 104],
        get: () => [state.knots[k], state.heights[k]],
        move: (x, y) => {
          const apart = (high - low) / 120;
          if (!end) state.knots[k] = Math.min(Math.max(x, state.knots[k - 1] + apart), state.knots[k + 1] - apart);
          state.heights[k] = Math.min(Math.max(y, bottom + span / 52), top - span / 52);
          show();
        },
        written: () => `x = ${fixed(state.knots[k])}, height ${fixed(state.heights[k])}`,
        range: end ? [bottom, top] : [low, high],
      });
    });
    show();
  };
  const fit = () => {
    state.heights = bestHeights(state.knots, xs, ys(), stairs());
  };
  const number = slider({
    label: "neurons",
    min: 1,
    max: MOST,
    value: state.n,
    change: value => {
      state.n = value;
      spread();
      fit();
      rebuild();
    },
  });
  const shape = menu({
    label: "target",
    options: names,
    value: state.target,
    change: index => {
      state.target = index;
      fit();
      show();
    },
  });
  const kind = menu({
    label: "activation",
    options: KINDS,
    value: state.kind,
    change: index => {
      state.kind = index;
      fit();
      show();
    },
  });
  const buttons = make(
    "div",
    { className: "nns-buttons" },
    textButton("Best heights", () => {
      fit();
      show();
    }),
    textButton("Flatten", () => {
      spread();
      rebuild();
    }),
  );
  figure.controls.append(number.root, kind.root, ...(own ? [] : [shape.root]), buttons);
  spread();
  if (meta.start.fitted) fit();
  rebuild();
  updateCode = codeButton(figure, () => {
    const list = values => `[${values.map(v => +v.toFixed(3)).join(", ")}]`,
      slope = stairs()
        ? ""
        : ` + ${+((state.heights[1] - state.heights[0]) / (state.knots[1] - state.knots[0])).toFixed(3)} * (x ${low < 0 ? "+" : "-"} ${Math.abs(low)})`;
    return `import numpy as np\nfrom nnfromscratch import ${stairs() ? "binary_step" : "relu"}\n\nbends = np.array(${list(state.knots.slice(1, -1))})\nweights = np.array(${list(outputs())})\nx = np.linspace(${low}, ${high}, 7)[:, None]\nhidden = ${stairs() ? "binary_step" : "relu"}(x - bends)\nprint((hidden @ weights[:, None]${slope} + ${+state.heights[0].toFixed(3)}).round(2).ravel())\n`;
  });
  keep = share(figure, model, {
    read: () => ({
      activation: KINDS[state.kind],
      target: names[state.target],
      knots: state.knots.map((knot, k) => `${rounded(knot, high - low)},${rounded(state.heights[k], span)}`).join("_"),
    }),
    write: asked => {
      state.kind = placeIn(asked.activation, KINDS, state.kind);
      state.target = placeIn(asked.target, names, state.target);
      const knots = (asked.knots ?? "").split("_").map(part => part.split(",").map(Number));
      if (knots.length >= 3) [knots[0][0], knots.at(-1)[0]] = [low, high]; // a link has them rounded
      const highest = 1e6 * Math.max(Math.abs(bottom), Math.abs(top)), // the best heights may be far outside the picture
        good =
          knots.length >= 3 &&
          knots.length <= MOST + 2 &&
          knots.every(([x, y], k) => x >= low && x <= high && Math.abs(y) <= highest && (k === 0 || x > knots[k - 1][0]));
      if (good) {
        state.n = knots.length - 2;
        state.knots = knots.map(([x]) => x);
        state.heights = knots.map(([, y]) => y);
      }
      number.set(state.n);
      shape.set(state.target);
      kind.set(state.kind);
      rebuild();
      return [];
    },
  });
}

export default { render };
