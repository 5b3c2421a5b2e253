// ScoreBars: scores that can be dragged, the probabilities that softmax makes of them, the loss, and how the gradient pushes.
import { codeButton, controlsOf, frame, make, numberIn, numbersIn, placeIn, share, slider } from "./shared.js";
import { LOSSES } from "./engine.js";
import { arrow, draw, fixed, handle, plane, set } from "./drawing.js";

const PUSH = 45, // length of the arrow for a gradient of 1
  MOST = 72, // length of the longest arrow
  TOP = 5; // largest loss in the picture
/**
 * How many times as long the arrows are drawn: a round number. No gradient is larger than 1 / temperature, so the arrows of a low
 * temperature would leave the picture, and those of a high one would be too short to be seen.
 */
function enlargement(temperature) {
  const most = (MOST / PUSH) * temperature,
    power = 10 ** Math.floor(Math.log10(most));
  return power * [5, 2, 1].find(factor => factor * power <= most);
}
const shortened = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Scores and probabilities"),
    { names, reach } = meta,
    SCORES = [-reach, reach],
    k = names.length,
    state = { ...meta.start, scores: [...meta.start.scores] };
  const called = names.map(name => (/^\d/.test(name) ? `class ${name}` : name));
  const many = k > 5, // then each panel has the figure's whole width
    height = 250,
    gap = (many ? 380 : 274) / (k + 0.2),
    half = Math.min(26, 0.38 * gap),
    options = { width: many ? 440 : 330, height, margin: [20, 8, 40, 48], ticks: 5 };
  const left = plane({ ...options, box: [0.4, SCORES[0], k + 0.6, SCORES[1]], ylabel: "score z", label: "Scores" });
  const right = plane({ ...options, box: [0.4, 0, k + 0.6, 1], ylabel: "probability p", label: "Probabilities" });
  const curve = plane({
    width: options.width,
    height: 170,
    box: [0, 0, 1, TOP],
    margin: [8, 8, 34, 48],
    xlabel: "probability of the true class",
    ylabel: "loss −ln p",
    label: "Loss as a function of the probability",
  });
  for (const plot of [left, right])
    for (const tick of plot.root.querySelectorAll(".nns-axes text"))
      if (tick.getAttribute("text-anchor") === "middle" && !tick.getAttribute("transform")) tick.remove();
  const small = many ? { class: "nns-small" } : {};
  const bar = (plot, i) => {
    const rect = draw("rect", { x: plot.x(i + 1) - half, width: 2 * half, rx: 2 }),
      number = draw("text", { x: plot.x(i + 1), "text-anchor": "middle", ...small });
    plot.content.append(
      rect,
      number,
      draw("text", { x: plot.x(i + 1), y: height - 22, "text-anchor": "middle", ...small }, shortened(names[i], many ? 5 : 9)),
    );
    return { rect, number };
  };
  const scores = names.map((_, i) => bar(left, i)),
    shares = names.map((_, i) => bar(right, i));
  const pushes = names.map(() => draw("path", { class: "nns-curve nns-push" })),
    grips = names.map(() => draw("circle", { r: 8, class: "nns-knob" }));
  const legend = draw("text", { x: left.area.x + left.area.width / 2, y: 13, "text-anchor": "middle", class: "nns-caption" });
  left.content.append(
    legend,
    draw("path", { class: "nns-zero", d: `M${left.area.x},${left.y(0)}h${left.area.width}` }),
    ...pushes,
    ...grips,
  );
  const dot = draw("circle", { r: 6, class: "nns-fill-b" }),
    beyond = draw("path", { class: "nns-fill-b" }), // in place of the dot, at the edge, if the loss is larger than what is shown
    high = draw("text", {});
  curve.inside.append(draw("polyline", { points: curve.curve(p => -Math.log(Math.max(p, 1e-3))), class: "nns-curve nns-a" }));
  curve.content.append(dot, beyond, high);
  const panels = [left.root, right.root, curve.root];
  figure.picture.append(...(many ? panels : [make("div", { className: "nns-panels" }, ...panels)]));

  const { output, loss: lossOf } = LOSSES.SoftmaxCrossEntropy;
  let tells = [],
    updateCode = null,
    keep = null;
  const show = () => {
    const t = state.truth,
      Z = Float64Array.from(state.scores, z => z / state.temperature),
      Y = Float64Array.from(names, (_, i) => +(i === t)),
      p = output(Z, 0, k),
      gradient = names.map((_, i) => (p[i] - (i === t)) / state.temperature),
      larger = enlargement(state.temperature);
    const scale = larger > 1 ? `, ${larger} times as long` : larger < 1 ? `, divided by ${Math.round(1 / larger)}` : "";
    legend.textContent = `arrows: minus the gradient${scale}`;
    names.forEach((_, i) => {
      const z = state.scores[i],
        y = left.y(z),
        zero = left.y(0),
        color = i === t ? "nns-fill-b" : "nns-fill-a";
      set(scores[i].rect, { y: Math.min(y, zero), height: Math.abs(y - zero) + 0.5, class: color });
      set(shares[i].rect, { y: right.y(p[i]), height: right.y(0) - right.y(p[i]) + 0.5, class: color });
      set(grips[i], { cx: left.x(i + 1), cy: y });
      set(scores[i].number, { y: z >= 0 ? y - 13 : y + 22 });
      scores[i].number.textContent = fixed(z, 1);
      set(shares[i].number, { y: right.y(p[i]) - 5 });
      shares[i].number.textContent = fixed(p[i]);
      const x = left.x(i + 1) + half + (many ? 3 : 8),
        length = PUSH * larger * gradient[i];
      set(pushes[i], { d: arrow(x, y, x, y + length, 7) });
    });
    const loss = lossOf(Z, Y, 0, k); // finite where p is rounded to 0, unlike its logarithm
    const outside = loss > TOP,
      [x, y] = [curve.x(p[t]), curve.y(TOP)];
    set(dot, { cx: x, cy: curve.y(Math.min(loss, TOP)), display: outside ? "none" : "inline" });
    set(beyond, { d: `M${x.toFixed(1)},${y - 4}l7,13h-14Z`, display: outside ? "inline" : "none" });
    set(high, { x: x + 16, y: y + 12 });
    high.textContent = outside ? `loss ${fixed(loss)}, above this picture` : "";
    const said = called.map((name, i) => `${name} ${fixed(p[i])} (gradient ${fixed(gradient[i])})`).join(", ");
    figure.say(
      `Temperature ${fixed(state.temperature)}. Probabilities: ${said}. The true class is ${names[t]}, so the loss is ${fixed(loss, 3)}.`,
    );
    sliders.forEach((one, i) => one.set(state.scores[i]));
    tells.forEach(tell => tell());
    updateCode?.();
    keep?.();
  };
  const place = (i, value) => {
    state.scores[i] = Math.round(Math.min(Math.max(value, SCORES[0]), SCORES[1]) * 10) / 10;
    show();
  };
  const sliders = names.map((name, i) =>
    slider({
      label: `score of ${called[i]}`,
      min: SCORES[0],
      max: SCORES[1],
      step: 0.1,
      value: state.scores[i],
      written: v => fixed(v, 1),
      change: value => place(i, value),
    }),
  );
  const { logSlider, menu } = controlsOf(state, show),
    truth = menu("truth", { label: "true class", options: names });
  const temperature = logSlider("temperature", {
    label: "temperature",
    min: -1.3,
    max: 2,
    step: 0.02,
    written: v => fixed(v),
    round: v => +v.toFixed(2),
  });
  figure.controls.append(...sliders.map(({ root }) => root), truth.root, temperature.root);
  show();
  tells = grips.map((grip, i) =>
    handle(left, grip, {
      label: `Score of ${called[i]}`,
      steps: [0, 0.1],
      range: SCORES,
      get: () => [i + 1, state.scores[i]],
      move: (_, y) => place(i, y),
      written: () => fixed(state.scores[i], 1),
    }),
  );
  updateCode = codeButton(
    figure,
    () => `import numpy as np
from nnfromscratch import SoftmaxCrossEntropy

loss = SoftmaxCrossEntropy()
Z = np.array([[${state.scores.join(", ")}]]) / ${state.temperature}
print(f"loss {loss.forward(Z, np.array([${state.truth}])):.3f}")
print("gradient with respect to the scores:", (loss.backward() / ${state.temperature}).round(2))
`,
  );
  keep = share(figure, model, {
    read: () => ({ scores: state.scores.join(","), truth: names[state.truth], temperature: state.temperature }),
    write: asked => {
      const wanted = numbersIn(asked.scores);
      if (wanted.length === k && wanted.every(z => Math.abs(z) <= reach)) state.scores = wanted;
      truth.set((state.truth = placeIn(asked.truth, names, state.truth)));
      temperature.set((state.temperature = numberIn(asked.temperature, 0.05, 100, state.temperature)));
      show();
      return [];
    },
  });
}

export default { render };
