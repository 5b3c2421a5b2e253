// ScoreBars: scores that can be dragged, the probabilities that softmax makes of them, the loss, and how the gradient pushes.
import { codeButton, controlsOf, frame, make, numberIn, numbersIn, placeIn, share, slider } from "./shared.js";
import { LOSSES } from "./engine.js";
import { arrow, draw, fixed, handle, plane, set } from "./drawing.js";

const SCORES = [-5, 5];

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Scores and probabilities"),
    { names } = meta,
    k = names.length,
    state = { ...meta.start, scores: [...meta.start.scores] };
  const options = { width: 330, height: 250, margin: [20, 8, 40, 48], ticks: 5 };
  const left = plane({ ...options, box: [0.4, SCORES[0], k + 0.6, SCORES[1]], ylabel: "score z", label: "Scores" });
  const right = plane({ ...options, box: [0.4, 0, k + 0.6, 1], ylabel: "probability p", label: "Probabilities" });
  const curve = plane({
    width: 330,
    height: 170,
    box: [0, 0, 1, 5],
    margin: [8, 8, 34, 48],
    xlabel: "probability of the true class",
    ylabel: "loss −ln p",
    label: "Loss over the probability",
  });
  for (const plot of [left, right])
    for (const tick of plot.root.querySelectorAll(".nns-axes text"))
      if (tick.getAttribute("text-anchor") === "middle" && !tick.getAttribute("transform")) tick.remove();
  const bar = (plot, i) => {
    const rect = draw("rect", { x: plot.x(i + 1) - 26, width: 52, rx: 2 }),
      number = draw("text", { x: plot.x(i + 1), "text-anchor": "middle" });
    plot.content.append(
      rect,
      number,
      draw("text", { x: plot.x(i + 1), y: 250 - 22, "text-anchor": "middle", class: "nns-name" }, names[i]),
    );
    return { rect, number };
  };
  const scores = names.map((_, i) => bar(left, i)),
    shares = names.map((_, i) => bar(right, i));
  const pushes = names.map(() => draw("path", { class: "nns-curve nns-push" })),
    grips = names.map(() => draw("circle", { r: 8, class: "nns-knob" }));
  left.content.append(draw("path", { class: "nns-zero", d: `M${left.area.x},${left.y(0)}h${left.area.width}` }), ...pushes, ...grips);
  const dot = draw("circle", { r: 6, class: "nns-fill-b" });
  curve.inside.append(draw("polyline", { points: curve.curve(p => -Math.log(Math.max(p, 1e-3))), class: "nns-curve nns-a" }));
  curve.content.append(dot);
  figure.picture.append(make("div", { className: "nns-panels" }, left.root, right.root, curve.root));

  const softmax = () =>
    LOSSES.SoftmaxCrossEntropy.output(
      Float64Array.from(state.scores, z => z / state.temperature),
      0,
      k,
    );
  let tells = [],
    updateCode = null,
    keep = null;
  const show = () => {
    const p = softmax(),
      t = state.truth;
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
      const push = -(p[i] - (i === t)) / state.temperature,
        x = left.x(i + 1) + 34;
      set(pushes[i], { d: arrow(x, y, x, y - 45 * Math.min(Math.max(push, -1.6), 1.6), 7) });
    });
    const loss = -Math.log(p[t]);
    set(dot, { cx: curve.x(p[t]), cy: curve.y(Math.min(loss, 5)) });
    const said = names.map((name, i) => `${name} ${fixed(p[i])} (gradient ${fixed((p[i] - (i === t)) / state.temperature)})`).join(", ");
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
      label: `score of ${name}`,
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
      label: `Score of ${names[i]}`,
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
      if (wanted.length === k && wanted.every(z => Math.abs(z) <= 5)) state.scores = wanted;
      truth.set((state.truth = placeIn(asked.truth, names, state.truth)));
      temperature.set((state.temperature = numberIn(asked.temperature, 0.05, 100, state.temperature)));
      show();
      return [];
    },
  });
}

export default { render };
