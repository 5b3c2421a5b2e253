// GradientCloud: a loss of two weights from above; at a point that can be dragged, the gradients of many mini-batches and their mean.
import { codeButton, controlsOf, frame, integerIn, make, numberIn, numbersIn, share, textButton } from "./shared.js";
import { arrow, draw, fixed, handle, plane, set } from "./drawing.js";
import { generator, permutation } from "./random.js";

const ARROWS = 24,
  MOST = 400;

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Loss of two weights"),
    { X, Y, best, H, floor, box, batches } = meta,
    n = Y.length,
    state = { ...meta.start };
  const plot = plane({
    width: 440,
    height: 330,
    box,
    margin: [8, 8, 34, 52],
    xlabel: "weight w₁",
    ylabel: "weight w₂",
    label: "Contours of the loss",
  });
  const cloud = draw("path", { class: "nns-curve nns-cloud" }),
    mean = draw("path", { class: "nns-curve nns-b" }),
    track = draw("polyline", { class: "nns-curve nns-a", "stroke-width": 1.5 });
  const knob = draw("circle", { r: 8, class: "nns-knob" });
  /** The ellipse on which the loss is this much higher than at the bottom. */
  const contour = level => {
    const [[a, b], [, c]] = H,
      l11 = Math.sqrt(a),
      l21 = b / l11,
      l22 = Math.sqrt(c - l21 * l21),
      r = Math.sqrt(2 * level); // H = L Lᵀ, so (w - best) = r L⁻ᵀ u
    return Array.from({ length: 91 }, (_, k) => {
      const u = [r * Math.cos((k / 45) * Math.PI), r * Math.sin((k / 45) * Math.PI)],
        w2 = u[1] / l22,
        w1 = (u[0] - l21 * w2) / l11;
      return `${plot.x(best[0] + w1).toFixed(1)},${plot.y(best[1] + w2).toFixed(1)}`;
    }).join(" ");
  };
  plot.inside.append(
    ...meta.levels.map(level => draw("polyline", { points: contour(level), class: "nns-contour" })),
    draw("path", { d: `M${plot.x(best[0]) - 6},${plot.y(best[1])}h12m-6,-6v12`, class: "nns-curve nns-gray" }),
    track,
    cloud,
    mean,
  );
  plot.content.append(knob);
  figure.picture.append(plot.root);

  const gradient = ([w1, w2], indices) => {
    let g1 = 0,
      g2 = 0;
    for (const i of indices) {
      const error = X[i][0] * w1 + X[i][1] * w2 - Y[i];
      g1 += error * X[i][0];
      g2 += error * X[i][1];
    }
    return [g1 / indices.length, g2 / indices.length];
  };
  const everyone = Uint32Array.from({ length: n }, (_, i) => i),
    size = () => batches[state.batch];
  const lossAt = ([w1, w2]) => Y.reduce((sum, y, i) => sum + (X[i][0] * w1 + X[i][1] * w2 - y) ** 2, 0) / (2 * n);
  let path = [[...state.w]],
    drawn = 0,
    tell = () => {},
    updateCode = null,
    keep = null;
  const show = () => {
    const draws = generator(meta.seed),
      full = gradient(state.w, everyone),
      toEnd = g => [state.w[0] - state.lr * g[0], state.w[1] - state.lr * g[1]];
    const many = size() === n ? [] : Array.from({ length: ARROWS }, () => gradient(state.w, permutation(draws, n).slice(0, size())));
    const from = [plot.x(state.w[0]), plot.y(state.w[1])],
      shaft = g => {
        const [a, b] = toEnd(g);
        return arrow(...from, plot.x(a), plot.y(b), 6);
      };
    set(cloud, { d: many.map(shaft).join("") });
    set(mean, { d: shaft(full) });
    set(track, { points: path.map(([a, b]) => `${plot.x(a).toFixed(1)},${plot.y(b).toFixed(1)}`).join(" ") });
    set(knob, { cx: from[0], cy: from[1] });
    const spread = Math.sqrt(many.reduce((sum, g) => sum + (g[0] - full[0]) ** 2 + (g[1] - full[1]) ** 2, 0) / Math.max(many.length, 1));
    const length = Math.hypot(...full),
      noise = many.length
        ? ` Gradients of ${size()} sample${size() > 1 ? "s" : ""} differ from it by ${fixed(spread)} on average.`
        : " All samples are in the batch, so every batch gives this gradient.";
    const steps = path.length > 1 ? ` ${path.length - 1} step${path.length > 2 ? "s" : ""} taken.` : "";
    figure.say(
      `At w = (${fixed(state.w[0])}, ${fixed(state.w[1])}) the loss is ${fixed(lossAt(state.w) - floor, 3)} above the bottom; the gradient of all ${n} samples has length ${fixed(length)}.${noise}${steps}`,
    );
    tell();
    updateCode?.();
    keep?.();
  };
  const place = w => {
    state.w = w.map((value, i) => Math.round(Math.min(Math.max(value, box[i]), box[i + 2]) * 100) / 100);
    path = [[...state.w]];
    drawn = 0;
    show();
  };
  const take = number => () => {
    for (let k = 0; k < number && path.length < MOST; k++) {
      const g = gradient(state.w, permutation(generator(meta.seed + 1 + drawn++), n).slice(0, size()));
      state.w = state.w.map((value, i) => Math.min(Math.max(value - state.lr * g[i], -99), 99));
      path.push([...state.w]);
    }
    show();
  };
  const { slider, logSlider } = controlsOf(state, show),
    lr = logSlider("lr", { label: "learning rate", min: -2, max: 0.3, step: 0.02 });
  const batch = slider("batch", {
    label: "batch size",
    max: batches.length - 1,
    written: i => (batches[i] === n ? `all ${n}` : String(batches[i])),
  });
  lr.input.dataset.later = ""; // the arrows grow; what is said about the gradient stays
  const buttons = make(
    "div",
    { className: "nns-buttons" },
    textButton("One step", take(1)),
    textButton("20 steps", take(20)),
    textButton("Back to the start", () => place(meta.start.w)),
  );
  figure.controls.append(batch.root, lr.root, buttons);
  show();
  tell = handle(plot, knob, {
    label: "Weights",
    steps: [0.1, 0.1],
    get: () => state.w,
    move: (x, y) => place([x, y]),
    written: () => `w = (${fixed(state.w[0])}, ${fixed(state.w[1])})`,
  });
  updateCode = codeButton(
    figure,
    () => `${meta.code}
w = np.array([${state.w.join(", ")}])
print("gradient of all samples:", (X.T @ (X @ w - Y) / len(X)).round(3))
rng = np.random.default_rng(0)
for _ in range(5):
    batch = rng.choice(len(X), ${size()}, replace=False)
    print("of a mini-batch:", (X[batch].T @ (X[batch] @ w - Y[batch]) / ${size()}).round(3))
`,
  );
  keep = share(figure, model, {
    read: () => ({ w: path[0].join(","), lr: state.lr, batch: size(), steps: path.length - 1 }),
    write: asked => {
      const w = numbersIn(asked.w),
        index = batches.indexOf(Number(asked.batch));
      if (index >= 0) state.batch = index;
      state.lr = numberIn(asked.lr, 0.01, 2, state.lr);
      if (w.length === 2 && w.every((value, i) => value >= box[i] && value <= box[i + 2])) place(w);
      batch.set(state.batch);
      lr.set(state.lr);
      take(integerIn(asked.steps, 0, MOST, 0))();
      return [];
    },
  });
}

export default { render };
