// TwoLosses: a sigmoid neuron that is wrong learns with the squared error and with cross-entropy, from the same start.
import { codeButton, controlsOf, frame, make, numberIn, player, share } from "./shared.js";
import { draw, fixed, handle, plane, set } from "./drawing.js";

const STEPS = 200,
  sigmoid = z => 1 / (1 + Math.exp(-z));
const LOSSES = [
  { name: "squared error", color: "a", loss: (a, y) => (a - y) ** 2 / 2, dz: (a, y) => (a - y) * a * (1 - a) },
  { name: "cross-entropy", color: "b", loss: (a, y) => -Math.log(y ? a : 1 - a), dz: (a, y) => a - y },
];

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Two losses"),
    { x, y } = meta,
    state = { ...meta.start };
  const left = plane({
    width: 330,
    height: 250,
    box: [-6, 0, 6, 4],
    margin: [8, 8, 34, 48],
    xlabel: "z",
    ylabel: `loss, for the label ${y}`,
    label: "Loss over z",
  });
  const right = plane({
    width: 330,
    height: 250,
    box: [0, 0, STEPS, 1],
    margin: [8, 8, 34, 48],
    xlabel: "step",
    ylabel: "output",
    label: "Output over the steps",
  });
  const parts = LOSSES.map(({ color, loss, name }, i) => {
    const dash = i ? {} : { "stroke-dasharray": "7 4" };
    left.inside.append(draw("polyline", { points: left.curve(z => loss(sigmoid(z), y), 200), class: `nns-curve nns-${color}`, ...dash }));
    const tangent = draw("line", { class: "nns-curve nns-gray", "stroke-width": 1.2 }),
      dot = draw("circle", { r: 6, class: `nns-fill-${color}` });
    const path = draw("polyline", { class: `nns-curve nns-${color}`, ...dash }),
      label = draw("text", { x: left.area.x + (y ? 130 : 74), y: 26 + 16 * i }, name),
      key = draw("path", { d: `M${left.area.x + (y ? 96 : 40)},${22 + 16 * i}h28`, class: `nns-curve nns-${color}`, ...dash });
    left.inside.append(tangent);
    left.content.append(dot, label, key);
    const ahead = draw("polyline", { class: `nns-curve nns-${color}`, opacity: 0.3, ...dash });
    right.content.append(ahead, path);
    return { tangent, dot, path, ahead };
  });
  const start = draw("path", { d: "M-8,10H8L0,-6Z", class: "nns-knob" });
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
      set(dot, { cx: left.x(Math.min(Math.max(z, -6), 6)), cy: left.y(Math.min(height, 4)) });
      set(tangent, { x1: left.x(z - 2), y1: left.y(height - 2 * slope), x2: left.x(z + 2), y2: left.y(height + 2 * slope) });
      set(path, { points: line(paths[i].slice(0, state.step + 1)) });
      set(ahead, { points: line(paths[i]) });
      return `${name}: output ${fixed(a, 3)}, slope ${fixed(slope, 3)}`;
    });
    set(start, { transform: `translate(${left.x(state.z)} ${left.y(0) - 9})` });
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
    from = slider("z", { label: "z at the start", min: -6, max: 6, step: 0.1, written: v => fixed(v, 1) }),
    lr = logSlider("lr", { label: "learning rate", min: -2, max: 1, step: 0.05 });
  figure.controls.append(steps.root, from.root, lr.root);
  lr.input.dataset.later = ""; // at step 0 it changes nothing yet
  show();
  tell = handle(left, start, {
    label: "Start",
    steps: [0.1, 0],
    get: () => [state.z, 0],
    move: z => {
      state.z = Math.round(Math.min(Math.max(z, -6), 6) * 10) / 10;
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
      for (const [name, low, high] of [
        ["z", -6, 6],
        ["lr", 0.01, 10],
        ["step", 0, STEPS],
      ])
        state[name] = numberIn(asked[name], low, high, state[name]);
      state.step = Math.round(state.step);
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
