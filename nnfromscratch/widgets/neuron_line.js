// NeuronLine: a neuron in the plane. Its line, its arrow, and its input can be dragged; sliders do the same.
import { codeButton, controlsOf, frame, numberIn, numbersIn, onTheme, placeIn, share } from "./shared.js";
import { ACTIVATIONS } from "./engine.js";
import { arrow, colors, css, draw, fixed, handle, MARKS, plane, set, signed, mix } from "./drawing.js";

const N = 26, // squares of the map along a side
  TINT = 0.4; // of the map: the samples on it have the full colors
const stepOf = most => [0.05, 0.1, 0.2, 0.5].find(step => step >= most / 60) ?? 1; // of a slider that goes this far: it meets 0 and both ends
const clamp = (value, most) => Math.min(Math.max(value, -most), most);
const round = value => Math.round(value * 100) / 100;

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "A neuron in the plane"),
    { box, samples, targets, reach } = meta,
    unit = ((reach.w > 3 ? 0.4 : 0.64) * (box[2] - box[0])) / reach.w; // length of the arrow for a weight of 1
  const names = meta.activations,
    state = { ...meta.start };
  const plot = plane({
    width: 340,
    height: 340,
    box,
    margin: [8, 8, 34, 44],
    xlabel: "x₁",
    ylabel: "x₂",
    label: "The plane of the inputs",
  });
  const tiles = Array.from({ length: N * N }, (_, k) =>
    draw("rect", {
      x: plot.area.x + ((k % N) * plot.area.width) / N,
      y: plot.area.y + (Math.floor(k / N) * plot.area.height) / N,
      width: plot.area.width / N + 0.5,
      height: plot.area.height / N + 0.5,
    }),
  );
  const line = draw("line", { class: "nns-boundary" }),
    grip = draw("line", { class: "nns-grip" });
  const shaft = draw("path", { class: "nns-curve nns-arrow" }),
    tip = draw("circle", { r: 11, class: "nns-tip" }),
    input = draw("circle", { r: 12, class: "nns-knob nns-input" });
  const marks = samples.map(([x1, x2]) =>
    draw("g", { transform: `translate(${plot.x(x1)} ${plot.y(x2)}) scale(7)` }, draw("path", { "stroke-width": 0.2 })),
  );
  const half = draw("polygon");
  plot.inside.append(...tiles, half, line, grip);
  plot.content.append(
    ...marks,
    shaft,
    tip,
    input,
    draw("text", { class: "nns-tip-name" }, "w"),
    draw("text", { class: "nns-input-name" }, "x"),
  );
  const [tipName, inputName] = [...plot.content.querySelectorAll("text")];
  figure.picture.append(plot.root);

  const z = (x1, x2) => state.w1 * x1 + state.w2 * x2 + state.b,
    f = () => ACTIVATIONS[names[state.activation]]()[0];
  const foot = () => {
    // the point of the line nearest to the middle of the picture
    const middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2],
      norm = state.w1 ** 2 + state.w2 ** 2;
    if (norm < 1e-9) return middle;
    const t = z(...middle) / norm;
    return [middle[0] - t * state.w1, middle[1] - t * state.w2];
  };
  const truth = i => targets[state.target].labels[i];
  const say = () => {
    const value = z(state.x1, state.x2),
      correct = samples.filter((_, i) => (z(...samples[i]) >= -1e-9 ? 1 : 0) === truth(i)).length;
    const sum =
      `The neuron computes z = ${fixed(state.w1)}·${fixed(state.x1)} + ${fixed(state.w2)}·${fixed(state.x2)} + ${fixed(state.b)} = ${fixed(value)}`.replaceAll(
        "+ −",
        "− ",
      );
    const line = Math.hypot(state.w1, state.w2) < 1e-9 ? " With both weights 0 there is no boundary." : "";
    const others = correct < samples.length ? "; the others have a thick frame" : "";
    const score = samples.length
      ? ` ${correct} of ${samples.length} samples are on the correct side (desired outputs: ${targets[state.target].name})${others}.`
      : "";
    figure.say(`${sum}, and ${names[state.activation]} outputs ${fixed(f()(value), 3)}.${score}${line}`);
  };
  const show = () => {
    const theme = colors(figure.root),
      g = f(),
      most = Math.max(
        ...[
          [0, 1],
          [2, 1],
          [0, 3],
          [2, 3],
        ].map(([i, j]) => Math.abs(g(z(box[i], box[j])))),
        1e-9,
      );
    const steps = names[state.activation] === "BinaryStep",
      [hx, hy] = foot(),
      norm = Math.hypot(state.w1, state.w2) || 1,
      [ux, uy] = [(9 * state.w1) / norm, (9 * state.w2) / norm];
    set(half, {
      points: [
        [hx - uy, hy + ux],
        [hx + uy, hy - ux],
        [hx + uy + ux, hy - ux + uy],
        [hx - uy + ux, hy + ux + uy],
      ]
        .map(([x, y]) => `${plot.x(x).toFixed(1)},${plot.y(y).toFixed(1)}`)
        .join(" "),
      fill: css(mix(theme.zero, theme.positive, TINT)),
      display: steps && (state.w1 || state.w2) ? "inline" : "none",
    });
    tiles.forEach((tile, k) => {
      if (steps && (state.w1 || state.w2)) {
        tile.setAttribute("fill", css(theme.zero));
        return;
      }
      const x1 = box[0] + (((k % N) + 0.5) / N) * (box[2] - box[0]),
        x2 = box[3] - ((Math.floor(k / N) + 0.5) / N) * (box[3] - box[1]);
      tile.setAttribute("fill", css(mix(theme.zero, signed(g(z(x1, x2)) / most, theme), TINT)));
    });
    const [fx, fy] = foot(),
      length = Math.hypot(state.w1, state.w2) || 1,
      far = 1.2 * (box[2] - box[0]),
      along = [(-state.w2 / length) * far, (state.w1 / length) * far];
    for (const one of [line, grip])
      set(one, { x1: plot.x(fx - along[0]), y1: plot.y(fy - along[1]), x2: plot.x(fx + along[0]), y2: plot.y(fy + along[1]) });
    const end = [fx + unit * state.w1, fy + unit * state.w2];
    set(shaft, { d: arrow(plot.x(fx), plot.y(fy), plot.x(end[0]), plot.y(end[1]), 13) });
    set(tip, { cx: plot.x(end[0]), cy: plot.y(end[1]) });
    set(input, { cx: plot.x(state.x1), cy: plot.y(state.x2) });
    set(tipName, { x: plot.x(end[0]) + 15, y: plot.y(end[1]) + 4 });
    set(inputName, { x: plot.x(state.x1) + 18, y: plot.y(state.x2) - 14 });
    marks.forEach((mark, i) => {
      const label = truth(i),
        correct = (z(...samples[i]) >= -1e-9 ? 1 : 0) === label;
      set(mark.firstChild, {
        d: MARKS[label],
        fill: css(theme.classes[label]),
        stroke: css(correct ? theme.zero : theme.ink),
        "stroke-width": correct ? 0.2 : 0.45,
      });
    });
    say();
    controls.forEach(([name, control]) => control.set(state[name]));
    tell.forEach(one => one());
    updateCode?.();
    keep?.();
  };
  const { slider, menu } = controlsOf(state, show),
    number = (name, label, most) => [name, slider(name, { label, min: -most, max: most, step: stepOf(most), written: v => fixed(v) })];
  const controls = [number("w1", "weight w₁", reach.w), number("w2", "weight w₂", reach.w), number("b", "bias b", reach.b)];
  const activation = menu("activation", { label: "activation", options: names }),
    wishes = targets.map(({ name }) => name),
    target = menu("target", { label: "desired outputs", options: wishes });
  let updateCode = null,
    keep = null,
    tell = [];
  const step = (box[2] - box[0]) / 30; // of a key that moves the boundary or the input
  figure.controls.append(...controls.map(([, { root }]) => root), activation.root, ...(targets.length > 1 ? [target.root] : []));
  show();
  tell = [
    handle(plot, grip, {
      label: "Boundary: moves with the bias",
      steps: [step, 0],
      get: foot,
      move: (x, y) => {
        state.b = round(clamp(-(state.w1 * x + state.w2 * y), reach.b));
        show();
      },
      written: () => `bias ${fixed(state.b)}`,
      range: [-reach.b, reach.b],
      value: () => state.b,
    }),
    handle(plot, tip, {
      label: "Tip of the weight vector w",
      steps: [0.1 * unit, 0.1 * unit],
      get: () => {
        const [x, y] = foot();
        return [x + unit * state.w1, y + unit * state.w2];
      },
      move: (x, y) => {
        const [fx, fy] = foot();
        Object.assign(state, { w1: round(clamp((x - fx) / unit, reach.w)), w2: round(clamp((y - fy) / unit, reach.w)) });
        state.b = round(clamp(-(state.w1 * fx + state.w2 * fy), reach.b));
        show();
      },
      written: () => `w = (${fixed(state.w1)}, ${fixed(state.w2)})`,
      range: [-reach.w, reach.w],
      value: () => state.w1,
    }),
    handle(plot, input, {
      label: "Input x",
      steps: [step, step],
      get: () => [state.x1, state.x2],
      move: (x, y) => {
        state.x1 = round(Math.min(Math.max(x, box[0]), box[2]));
        state.x2 = round(Math.min(Math.max(y, box[1]), box[3]));
        show();
      },
      written: () => `x = (${fixed(state.x1)}, ${fixed(state.x2)})`,
    }),
  ];
  updateCode = codeButton(
    figure,
    () => `import numpy as np
from nnfromscratch import Linear, Network, SquaredError, ${names[state.activation]}

network = Network([Linear(2, 1, dtype=np.float64), ${names[state.activation]}()], SquaredError())
network.parameters.values[:] = [${[state.w1, state.w2, state.b].join(", ")}]
print(network.forward(np.array([[${state.x1}, ${state.x2}]], dtype=float)).round(3))
`,
  );
  keep = share(figure, model, {
    read: () => ({
      w: [state.w1, state.w2].join(","),
      b: state.b,
      x: [state.x1, state.x2].join(","),
      activation: names[state.activation],
      target: wishes[state.target],
    }),
    write: asked => {
      const pair = (text, low, high) =>
        [numbersIn(text)].find(parts => parts.length === 2 && parts.every(part => part >= low && part <= high));
      [state.w1, state.w2] = pair(asked.w, -reach.w, reach.w) ?? [state.w1, state.w2];
      [state.x1, state.x2] = pair(asked.x, box[0], box[2]) ?? [state.x1, state.x2];
      state.b = numberIn(asked.b, -reach.b, reach.b, state.b);
      state.activation = placeIn(asked.activation, names, state.activation);
      state.target = placeIn(asked.target, wishes, state.target);
      activation.set(state.activation);
      target.set(state.target);
      show();
      return [];
    },
  });
  return onTheme(show);
}

export default { render };
