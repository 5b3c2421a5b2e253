// TenLayers: what random weights do to a signal: the outputs of ten layers, and the gradients that come back, as histograms.
import { codeButton, controlsOf, frame, numberIn, placeIn, share } from "./shared.js";
import { backward, forward, makeNetwork, measure } from "./engine.js";
import { draw, fixed, plane, set } from "./drawing.js";
import { generator, normals } from "./random.js";

const BINS = 31,
  EXPONENTS = [-14, 4];

const floats = view => new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Ten layers"),
    { sizes, samples, seed, activations: names, own } = meta,
    layers = sizes.length - 1,
    width = sizes[1],
    state = { ...meta.start };
  const above = plane({
    width: 440,
    height: 216,
    box: [0.4, -2, layers + 0.6, 2],
    margin: [26, 8, 34, 54],
    xlabel: "layer",
    ylabel: "outputs",
    ticks: Math.min(layers, 10),
    label: "Outputs of each layer",
  });
  const below = plane({
    width: 440,
    height: 210,
    box: [0.4, EXPONENTS[0], layers + 0.6, EXPONENTS[1]],
    margin: [8, 8, 34, 54],
    xlabel: "layer (the gradient comes from the right)",
    ylabel: "log₁₀ |gradient|",
    ticks: Math.min(layers, 10),
    label: "Gradients of each layer",
  });
  const bars = [above, below].map((plot, i) =>
    Array.from({ length: layers }, () => {
      const path = draw("path", { class: `nns-fill-${"ab"[i]}` });
      plot.content.append(path);
      return path;
    }),
  );
  const spreads = Array.from({ length: layers }, (_, l) => {
    const text = draw("text", { x: above.x(l + 1), y: 14, "text-anchor": "middle", class: "nns-small" });
    above.content.append(text);
    return text;
  });
  above.content.append(draw("text", { x: 48, y: 14, "text-anchor": "end", class: "nns-small" }, "std"));
  figure.picture.append(above.root, below.root);

  const all = own?.outputs ? [...sizes, own.outputs] : sizes, // with targets, the output layer takes part
    mine = own && floats(model.get("numbers")),
    inputs = samples * sizes[0];
  const X = mine?.subarray(0, inputs) ?? normals(generator(seed), inputs),
    dA = normals(generator(seed + 2), samples * sizes.at(-1));
  const make = kind => makeNetwork(all, Array(layers).fill(kind), own?.loss);
  const base = make("Identity").values,
    Y = mine?.subarray(inputs + base.length);
  if (mine) base.set(mine.subarray(inputs, inputs + base.length));
  else {
    const drawn = normals(generator(seed + 1), layers * width * width).map(w => w / Math.sqrt(width));
    make("Identity").layers.forEach(({ W }, l) => base.set(drawn.subarray(l * width * width, (l + 1) * width * width), W));
  }
  const run = () => {
    const network = own && state.activation === 0 ? makeNetwork(all, own.activations, own.loss) : make(names[state.activation]);
    network.values.set(base);
    for (const { W, b } of network.layers) for (let i = W; i < b; i++) network.values[i] *= state.scale;
    const passes = forward(network, X),
      { slope } = network.layers.at(-1),
      { Z, A } = passes.at(-1);
    const dZ = Y?.length ? measure(network, Z, Y).dZ : dA.map((d, i) => d * slope(Z[i], A[i]));
    const back = backward(network, passes, dZ);
    return { outputs: passes.slice(0, layers).map(one => one.A), gradients: back.slice(0, layers).map(one => one.dZ) };
  };
  const histogram = (values, low, high) => {
    const counts = new Float64Array(BINS);
    for (const value of values) counts[Math.min(Math.max(Math.floor(((value - low) / (high - low)) * BINS), 0), BINS - 1)]++;
    return counts.map(count => Math.sqrt(count / values.length)); // the root: rare values stay visible
  };
  const shape = (plot, layer, counts) => {
    const [, low, , high] = plot.box,
      x = plot.x(layer + 1),
      half = 0.45 * (plot.x(2) - plot.x(1)),
      h = (plot.y(low) - plot.y(high)) / BINS;
    return [...counts]
      .map((count, k) =>
        count
          ? `M${(x - half * count).toFixed(1)},${(plot.y(low) - (k + 1) * h).toFixed(1)}h${(2 * half * count).toFixed(1)}v${h.toFixed(2)}h${(-2 * half * count).toFixed(1)}Z`
          : "",
      )
      .join("");
  };
  const deviation = values => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  };
  const size = values => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  const short = value =>
    value >= 0.01 && value < 1000 ? fixed(value) : value === 0 ? "0" : value.toExponential(0).replace("e-", "e−").replace("e+", "e");
  const described = () => {
    const name = own && state.activation === 0 ? "Your own activations" : names[state.activation];
    return own
      ? `${name}, your own weights times ${fixed(state.scale)}`
      : `${name}, weights of standard deviation ${fixed(state.scale)}/√${width}`;
  };
  let updateCode = null,
    keep = null;
  const show = () => {
    const { outputs, gradients } = run();
    outputs.forEach((values, l) => {
      set(bars[0][l], { d: shape(above, l, histogram(values, -2, 2)) });
      spreads[l].textContent = layers > 12 && l % 2 ? "" : short(deviation(values));
    });
    gradients.forEach((values, l) =>
      set(bars[1][l], {
        d: shape(
          below,
          l,
          histogram(
            values.map(v => (v ? Math.log10(Math.abs(v)) : -99)),
            ...EXPONENTS,
          ),
        ),
      }),
    );
    const [first, last] = [gradients[0], gradients.at(-1)].map(size);
    figure.say(
      `${described()}: the outputs have a standard deviation of ${short(deviation(outputs[0]))} in layer 1 and ${short(deviation(outputs.at(-1)))} in layer ${layers}; the gradients have a size of ${short(last)} in layer ${layers} and ${short(first)} in layer 1.`,
    );
    updateCode?.();
    keep?.();
  };
  const { logSlider, menu } = controlsOf(state, show),
    activation = menu("activation", { label: "activation", options: names });
  const scale = logSlider("scale", {
    label: "scale of the weights",
    min: -0.6,
    max: 1.2,
    step: 0.02,
    written: v => fixed(v),
    round: v => +v.toFixed(2),
  });
  figure.controls.append(activation.root, scale.root);
  show();
  updateCode = codeButton(figure, () =>
    own
      ? ownCode()
      : `import numpy as np
from nnfromscratch import ${names[state.activation]}

rng = np.random.default_rng(0)
A, passed = rng.normal(size=(${samples}, ${width})), []
for layer in range(${layers}):
    W = ${state.scale} / np.sqrt(${width}) * rng.normal(size=(${width}, ${width}))
    f = ${names[state.activation]}()
    A = f.forward(A @ W)
    passed.append((W, f))
    print(f"layer {layer + 1}: outputs {A.std():.2g}")
dA = rng.normal(size=A.shape)
for W, f in reversed(passed):
    dZ = f.backward(dA)
    dA = dZ @ W.T
print(f"gradients in layer 1: {np.sqrt((dZ ** 2).mean()):.2g}")
`,
  );
  const ownCode = () => {
    const other = own && state.activation > 0 ? names[state.activation] : "",
      inputs = own.outputs ? "np.asarray(X, float)" : `np.random.default_rng(0).normal(size=(${samples}, ${sizes[0]}))`;
    return `import numpy as np
${other ? `from nnfromscratch import ${other}\n` : ""}
copy = network.astype(np.float64)
A = ${inputs}
for layer, (W, b) in zip(copy.layers[1::2], [(one.params["W"], one.params["b"]) for one in copy.layers[::2]]):
    ${other ? `layer = ${other}()\n    ` : ""}A = layer.forward(A @ (${state.scale} * W) + b)
    print(f"{layer}: outputs {A.std():.2g}")
`;
  };
  keep = share(figure, model, {
    read: () => ({ activation: names[state.activation], scale: state.scale }),
    write: asked => {
      state.activation = placeIn(asked.activation, names, state.activation);
      state.scale = numberIn(asked.scale, 0.25, 16, state.scale);
      activation.set(state.activation);
      scale.set(state.scale);
      show();
      return [];
    },
  });
}

export default { render };
