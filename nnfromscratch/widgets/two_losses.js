// TwoLosses: a sigmoid neuron that is wrong learns with the squared error and with cross-entropy, from the same start.
import { codeButton, controlsOf, frame, integerIn, make, numberIn, player, preferred, share } from "./shared.js";
import { draw, fixed, handle, plane, set } from "./drawing.js";

const STEPS = 200,
  STARTS = [-6, 6],
  FARTHEST = 10, // z in the picture, on the side of the label; a large learning rate goes farther
  sigmoid = z => 1 / (1 + Math.exp(-z));
const DISK = "M6,0A6,6 0 1 1 -6,0A6,6 0 1 1 6,0Z",
  ARROWHEAD = "M6,0L-6,-7V7Z";
const LOSSES = [
  { name: "squared error", color: "a", loss: (a, y) => (a - y) ** 2 / 2, dz: (a, y) => (a - y) * a * (1 - a) },
  { name: "cross-entropy", color: "b", loss: (a, y) => -Math.log(y ? a : 1 - a), dz: (a, y) => a - y },
];

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Two losses"),
    { x, y } = meta,
    side = y ? 1 : -1,
    state = { ...meta.start };
  const left = plane({
    width: 330,
    height: 250,
    box: y ? [STARTS[0], 0, FARTHEST, 6.2] : [-FARTHEST, 0, STARTS[1], 6.2],
    margin: [22, 8, 34, 48],
    xlabel: "z",
    ylabel: `loss, for the label ${y}`,
    label: "Loss as a function of z",
  });
  const right = plane({
    width: 330,
    height: 250,
    box: [0, 0, STEPS, 1],
    margin: [22, 8, 34, 48],
    xlabel: "step",
    ylabel: "output",
    label: "Output over the steps",
  });
  const parts = LOSSES.map(({ color, loss, name }, i) => {
    const dash = i ? {} : { "stroke-dasharray": "7 4" };
    left.inside.append(draw("polyline", { points: left.curve(z => loss(sigmoid(z), y), 200), class: `nns-curve nns-${color}`, ...dash }));
    const tangent = draw("line", { class: "nns-curve nns-gray", "stroke-width": 1.2 }),
      dot = draw("path", { class: `nns-fill-${color}` });
    const path = draw("polyline", { class: `nns-curve nns-${color}`, ...dash }),
      label = draw("text", { x: left.area.x + (y ? 130 : 74), y: left.area.y + 20 + 16 * i }, name),
      key = draw("path", {
        d: `M${left.area.x + (y ? 96 : 40)},${left.area.y + 16 + 16 * i}h28`,
        class: `nns-curve nns-${color}`,
        ...dash,
      });
    left.inside.append(tangent);
    left.content.append(dot, label, key);
    const ahead = draw("polyline", { class: `nns-curve nns-${color}`, opacity: 0.3, ...dash });
    right.content.append(ahead, path);
    return { tangent, dot, path, ahead };
  });
  const start = draw("path", { d: "M-8,-10H8L0,6Z", class: "nns-knob" });
  left.content.append(start);
  figure.picture.append(make("div", { className: "nns-panels" }, left.root, right.root));

  /** z = w x + b after each step: the weight moves x times as far as the bias. */
  const run = ({ dz }) => {
    const path = [state.z];
    for (let k = 0; k < STEPS; k++) path.push(path[k] - (x * x + 1) * state.lr * dz(sigmoid(path[k]), y));
    return path;
  };
  let paths = [],
    tell = () => {},
    updateCode = null,
    keep = null;
  const show = () => {
    paths = LOSSES.map(run);
    const said = LOSSES.map(({ name, loss, dz }, i) => {
      const z = paths[i][state.step],
        a = sigmoid(z),
        { tangent, dot, path, ahead } = parts[i],
        height = loss(a, y),
        slope = dz(a, y),
        line = values => values.map((value, k) => `${right.x(k).toFixed(1)},${right.y(sigmoid(value)).toFixed(1)}`).join(" ");
      const gone = side * z > FARTHEST;
      set(dot, {
        d: gone ? ARROWHEAD : DISK,
        transform: `translate(${left.x(gone ? side * FARTHEST : z)} ${left.y(height)}) scale(${side} 1)`,
      });
      set(tangent, { x1: left.x(z - 2), y1: left.y(height - 2 * slope), x2: left.x(z + 2), y2: left.y(height + 2 * slope) });
      set(path, { points: line(paths[i].slice(0, state.step + 1)) });
      set(ahead, { points: line(paths[i]) });
      return `${name}: output ${fixed(a, 3)}, slope ${fixed(slope, 3)}`;
    });
    set(start, { transform: `translate(${left.x(state.z)} ${left.area.y - 8})` });
    figure.say(`Step ${state.step}, label ${y}. With ${said.join("; with ")}.`);
    tell();
    updateCode?.();
    keep?.();
  };
  const steps = player({
    label: "step",
    max: STEPS,
    value: state.step,
    interval: 40,
    playing: on => figure.words.setAttribute("aria-live", on ? "off" : "polite"),
    change: value => {
      state.step = value;
      show();
    },
  });
  const { slider, logSlider } = controlsOf(state, show),
    from = slider("z", { label: "z at the start", min: STARTS[0], max: STARTS[1], step: 0.1, written: v => fixed(v, 1) }),
    lr = logSlider("lr", { label: "learning rate", min: -2, max: 1, step: 0.05, round: preferred });
  figure.controls.append(steps.root, from.root, lr.root);
  lr.input.dataset.later = ""; // at step 0 it changes nothing yet
  show();
  tell = handle(left, start, {
    label: "Start",
    steps: [0.1, 0],
    range: STARTS,
    get: () => [state.z, 0],
    move: z => {
      state.z = Math.round(Math.min(Math.max(z, STARTS[0]), STARTS[1]) * 10) / 10;
      from.set(state.z);
      show();
    },
    written: () => `z = ${fixed(state.z, 1)}`,
  });
  updateCode = codeButton(
    figure,
    () => `from nnfromscratch import sigmoid

x, y = ${x}, ${y}
for name in ("squared error", "cross-entropy"):
    w, b = 0.0, ${state.z}
    for step in range(${state.step}):
        a = sigmoid(w * x + b)
        dz = (a - y) * a * (1 - a) if name == "squared error" else a - y
        w, b = w - ${state.lr} * dz * x, b - ${state.lr} * dz
    print(f"{name}: output {sigmoid(w * x + b):.3f}")
`,
  );
  keep = share(figure, model, {
    read: () => ({ z: state.z, lr: state.lr, step: state.step }),
    write: asked => {
      state.z = numberIn(asked.z, ...STARTS, state.z);
      state.lr = numberIn(asked.lr, 0.01, 10, state.lr);
      state.step = integerIn(asked.step, 0, STEPS, state.step);
      from.set(state.z);
      lr.set(state.lr);
      steps.set(state.step);
      show();
      return [];
    },
  });
  return () => steps.stop();
}

export default { render };
