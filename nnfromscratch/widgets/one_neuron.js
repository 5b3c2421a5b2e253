// OneNeuron: one neuron and its loss as a chain. Values go forward; gradients come back, multiplied by one local slope after the other.
import { codeButton, controlsOf, frame, integerIn, make, menu, numberIn, placeIn, player, share } from "./shared.js";
import { ACTIVATIONS } from "./engine.js";
import { draw, fixed, set } from "./drawing.js";

const NODES = [
  ["u", "u = w·x"],
  ["z", "z = u + b"],
  ["a", "a = f(z)"],
  ["L", "loss L"],
];
const WIDTH = 380,
  BOX = 84,
  STEP = 92;

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "One neuron as a chain"),
    names = meta.activations,
    state = { ...meta.start };
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} 206`, role: "img", class: "nns-chain-figure" });
  svg.style.maxWidth = `${WIDTH * 1.4}px`;
  const box = (x, y, title) => {
    const value = draw("text", { x: x + BOX / 2, y: y + 38, "text-anchor": "middle" }),
      slope = draw("text", { x: x + BOX / 2, y: y + 60, "text-anchor": "middle" });
    const frames = [
      draw("rect", { x: x + 6, y: y + 24, width: BOX - 12, height: 20, rx: 3, class: "nns-value" }),
      draw("rect", { x: x + 6, y: y + 46, width: BOX - 12, height: 20, rx: 3, class: "nns-gradient" }),
    ];
    svg.append(
      draw("rect", { x, y, width: BOX, height: 72, rx: 6, class: "nns-card" }),
      draw("text", { x: x + BOX / 2, y: y + 16, "text-anchor": "middle", class: "nns-head" }, title),
      ...frames,
      value,
      slope,
    );
    return { value, slope, frames, x, y };
  };
  const places = NODES.map(([, title], i) => [10 + i * STEP, 90, title]);
  const edge = (x1, y1, x2, y2) => {
    const line = draw("line", { x1, y1, x2, y2, class: "nns-chain" }),
      text = draw("text", { x: (x1 + x2) / 2, y: (y1 + y2) / 2 - 6, "text-anchor": "middle", class: "nns-slope" });
    svg.append(line, text);
    return { line, text };
  };
  const edges = {
    w: edge(10 + BOX / 2, 74, 10 + BOX / 2, 90),
    b: edge(10 + STEP + BOX / 2, 74, 10 + STEP + BOX / 2, 90),
    ...Object.fromEntries(["u", "z", "a"].map((name, i) => [name, edge(10 + BOX + i * STEP, 126, 10 + (i + 1) * STEP, 126)])),
  };
  const nodes = Object.fromEntries([
    ["w", box(10, 2, "w")],
    ["b", box(10 + STEP, 2, "b")],
    ...NODES.map(([name], i) => [name, box(...places[i])]),
  ]);
  for (const [name, [x, y]] of Object.entries({
    w: [10 + BOX / 2 + 30, 86],
    b: [10 + STEP + BOX / 2 + 30, 86],
    u: [STEP + 6, 178],
    z: [2 * STEP + 6, 178],
    a: [3 * STEP + 6, 178],
  }))
    set(edges[name].text, { x, y });
  for (const { text } of Object.values(edges)) svg.append(text);
  svg.append(draw("text", { x: 10, y: 202, class: "nns-caption" }, "blue: value · orange: slope of the loss · × local slope"));
  const outcome = make("p", { className: "nns-outcome" });
  figure.picture.append(svg);
  figure.picture.before(figure.words);

  const loss = ({ w, b, x, y, activation }) => {
    const [f] = ACTIVATIONS[names[activation]]();
    return (f(w * x + b) - y) ** 2 / 2;
  };
  const calculate = () => {
    const { w, b, x, y } = state,
      [f, slope] = ACTIVATIONS[names[state.activation]](),
      u = w * x,
      z = u + b,
      a = f(z),
      da = a - y,
      dz = da * slope(z, a);
    return {
      values: { w, b, u, z, a, L: (a - y) ** 2 / 2 },
      gradients: { L: 1, a: da, z: dz, u: dz, b: dz, w: dz * x },
      local: { a: a - y, z: slope(z, a), u: 1, b: 1, w: x },
    };
  };
  const STORY = ({ values: v, gradients: g, local: l }) => [
    [["w", "b"], [], `The input is x = ${fixed(state.x)}, the target y = ${fixed(state.y)}. Weight and bias are known.`],
    [["u"], [], `Forward: u = w·x = ${fixed(v.w)}·${fixed(state.x)} = ${fixed(v.u, 3)}.`],
    [["z"], [], `Forward: z = u + b = ${fixed(v.z, 3)}.`],
    [["a"], [], `Forward: a = ${names[state.activation]}(z) = ${fixed(v.a, 3)}.`],
    [["L"], [], `Forward: L = (a − y)²/2 = ${fixed(v.L, 3)}.`],
    [[], ["L"], "Backward: the slope of the loss with respect to itself is 1."],
    [[], ["a"], `Backward, through L: 1 times the local slope a − y = ${fixed(l.a, 3)} gives dL/da = ${fixed(g.a, 3)}.`],
    [[], ["z"], `Backward, through f: ${fixed(g.a, 3)} times the local slope f'(z) = ${fixed(l.z, 3)} gives dL/dz = ${fixed(g.z, 3)}.`],
    [[], ["b", "u"], `Backward, through the sum: both local slopes are 1, so dL/db = dL/du = ${fixed(g.z, 3)}.`],
    [
      [],
      ["w"],
      `Backward, through the product: ${fixed(g.u, 3)} times the local slope x = ${fixed(state.x)} gives dL/dw = ${fixed(g.w, 3)}.`,
    ],
  ];
  let updateCode = null,
    keep = null;
  const show = () => {
    const found = calculate(),
      story = STORY(found),
      upTo = story.slice(0, state.step + 1),
      [newValues, newSlopes, words] = story[state.step];
    const values = new Set(upTo.flatMap(([shown]) => shown)),
      slopes = new Set(upTo.flatMap(([, shown]) => shown));
    for (const [name, node] of Object.entries(nodes)) {
      node.value.textContent = values.has(name) ? fixed(found.values[name], 3) : "";
      node.slope.textContent = slopes.has(name) ? fixed(found.gradients[name], 3) : "";
      node.frames[0].classList.toggle("nns-known", values.has(name));
      node.frames[1].classList.toggle("nns-known", slopes.has(name));
      node.frames[0].classList.toggle("nns-new", newValues.includes(name) && state.step > 0);
      node.frames[1].classList.toggle("nns-new", newSlopes.includes(name));
    }
    for (const [name, { line, text }] of Object.entries(edges)) {
      text.textContent = slopes.has(name) ? `×${fixed(found.local[name])}` : "";
      line.classList.toggle("nns-new", newSlopes.includes(name));
    }
    const slope = found.gradients[state.which],
      real = loss({ ...state, [state.which]: state[state.which] + state.nudge }) - found.values.L;
    outcome.textContent = `Nudging ${state.which} by ${fixed(state.nudge)}: predicted change in the loss ${fixed(slope, 3)}·${fixed(state.nudge)} = ${fixed(slope * state.nudge, 4)}, actual change ${fixed(real, 4)}.`;
    svg.setAttribute("aria-label", `Step ${state.step + 1} of ${story.length}. ${words}`);
    figure.say(words);
    updateCode?.();
    keep?.();
  };
  const steps = player({
    label: "step",
    max: 9,
    value: state.step,
    interval: 1500,
    written: value => `${value + 1} of 10`,
    change: value => {
      state.step = value;
      show();
    },
  });
  const keeping = controlsOf(state, show),
    number = (name, label) => [name, keeping.slider(name, { label, min: -3, max: 3, step: 0.1, written: v => fixed(v, 1) })];
  const numbers = [number("w", "weight w"), number("b", "bias b"), number("x", "input x"), number("y", "target y")];
  const activation = keeping.menu("activation", { label: "activation f", options: names });
  const which = menu({
    label: "nudge",
    options: ["w", "b"],
    value: "wb".indexOf(state.which),
    change: index => {
      state.which = "wb"[index];
      show();
    },
  });
  const nudge = keeping.slider("nudge", { label: "by", min: -1, max: 1, step: 0.01, written: v => fixed(v) });
  for (const control of [...numbers.map(([, one]) => one), activation]) control.input.dataset.later = ""; // what they change may not have appeared yet
  figure.controls.append(steps.root, activation.root, ...numbers.map(([, { root }]) => root));
  figure.picture.append(make("div", { className: "nns-grid" }, which.root, nudge.root), outcome);
  show();
  updateCode = codeButton(
    figure,
    () => `import numpy as np
from nnfromscratch import ${names[state.activation]}

w, b, x, y = ${[state.w, state.b, state.x, state.y].join(", ")}
f = ${names[state.activation]}()
a = f.forward(np.array([[w * x + b]], dtype=float))
dz = f.backward(a - y)
print(f"loss {((a - y) ** 2 / 2).item():.3f}, dw {(dz * x).item():.3f}, db {dz.item():.3f}")
`,
  );
  keep = share(figure, model, {
    read: () => ({
      ...Object.fromEntries(["w", "b", "x", "y", "step", "nudge", "which"].map(name => [name, state[name]])),
      activation: names[state.activation],
    }),
    write: asked => {
      for (const [name, control] of numbers) control.set((state[name] = numberIn(asked[name], -3, 3, state[name])));
      steps.set((state.step = integerIn(asked.step, 0, 9, state.step)));
      nudge.set((state.nudge = numberIn(asked.nudge, -1, 1, state.nudge)));
      state.which = asked.which === "b" ? "b" : "w";
      state.activation = placeIn(asked.activation, names, state.activation);
      which.set("wb".indexOf(state.which));
      activation.set(state.activation);
      show();
      return [];
    },
  });
  return () => steps.stop();
}

export default { render };
