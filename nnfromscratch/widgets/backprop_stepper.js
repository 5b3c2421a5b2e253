// BackpropStepper: backpropagation on a small network, one step at a time.
import { codeButton, frame, integerIn, menu, numbersIn, placeIn, share } from "./shared.js";
import { makeNetwork } from "./engine.js";
import { stepper } from "./backprop_view.js";

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Computation graph"),
    { sizes, loss } = meta,
    activations = meta.activations.map(({ name }) => name);
  figure.root.classList.add("nns-stepper");
  figure.picture.before(figure.words); // the graph is tall; this way, its words are seen together with the controls
  let kind = 0,
    updateCode = () => {},
    keep = () => {};
  const build = () =>
      makeNetwork(
        sizes,
        sizes.slice(2).map(() => [activations[kind], meta.activations[kind].option]),
        loss,
      ),
    network = build();
  network.values.set(meta.values);
  const view = stepper({
    network,
    lossName: loss,
    x: meta.x,
    label: meta.label,
    say: figure.say,
    changed: () => {
      updateCode();
      keep();
    },
  });
  const use = index => {
    kind = index;
    build().layers.forEach((layer, l) => Object.assign(network.layers[l], layer));
    view.update();
  };
  const activation = menu({ label: "activation", options: activations, value: 0, change: use });
  figure.controls.append(view.steps.root, activation.root, ...view.xs.map(({ root }) => root));
  figure.picture.append(view.picture, view.more);
  view.show();
  updateCode = codeButton(figure, () => code(network, view.state, meta, meta.activations[kind]));
  keep = share(figure, model, {
    read: () => ({
      step: view.state.step + 1,
      activation: activations[kind],
      x: `(${view.state.x.join(", ")})`,
      parameters: view.names
        .filter(name => network.values[view.where[name]] !== meta.values[view.where[name]])
        .map(name => `${name}:${+network.values[view.where[name]].toPrecision(6)}`)
        .join("_"),
    }),
    write: asked => {
      kind = placeIn(asked.activation, activations);
      activation.set(kind);
      for (const [name, value] of (asked.parameters ?? "").split("_").map(part => part.split(":")))
        if (name in view.where && value?.trim() && Number.isFinite(+value)) network.values[view.where[name]] = +value;
      use(kind);
      const x = numbersIn((asked.x ?? "").replace(/[()]/g, ""));
      if (x.length === 2 && x.every(value => Math.abs(value) <= 3)) {
        view.state.x = x;
        x.forEach((value, i) => view.xs[i].set(value));
      }
      view.state.step = integerIn(asked.step, 1, view.state.steps.length, view.state.step + 1) - 1;
      view.steps.set(view.state.step);
      view.update();
      return [];
    },
  });
  return () => view.steps.stop();
}

/** Python code that computes the same gradients. */
function code(network, state, { sizes: [nIn, hidden, nOut], label, loss }, activation) {
  const values = [...network.values].map(value => +value.toPrecision(8));
  return `import numpy as np
from nnfromscratch import Linear, Network, ${activation.name}, ${loss}

network = Network([Linear(${nIn}, ${hidden}, dtype=np.float64), ${activation.code},
                   Linear(${hidden}, ${nOut}, dtype=np.float64)], ${loss}())
network.parameters.values[:] = [${values.join(", ")}]
X, y = np.array([[${state.x.join(", ")}]]), np.array([${label}])
print(f"loss {network.loss_and_gradients(X, y):.3f}")
for name in network.parameters.names:
    print(name, network.parameters.grad(name).round(3).tolist())
`;
}

export default { render };
