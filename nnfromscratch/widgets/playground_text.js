// The state of a run as text: in a link, and as Python code.
import { integerIn } from "./shared.js";

const LINE = 76;
const PATIENCE = 1500; // ms that a link may train the network before it is shown

/** What a link says about a run. */
export function writeSettings({ settings: { hidden, loss, lr, momentum, batch, l2, seed }, epoch, edited, network }) {
  const net = hidden.map(({ n, activation }) => `${n}${activation}`).join("-") || "none";
  const weights = edited ? { weights: [...network.values].map(w => +w.toPrecision(5)).join("_") } : {};
  return { net, loss, lr, momentum, batch, l2, seed, epoch: edited ? 0 : epoch, ...weights };
}

/** Give a pane the settings that a link asks for, as far as they make sense, and train as long as it says. */
export function readSettings({ run, settings, rebuild }, asked, activations) {
  const number = (name, low, high, whole = false) => {
    const value = asked[name]?.trim() ? Number(asked[name]) : NaN;
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) settings[name] = value;
  };
  number("lr", 1e-4, 10);
  number("momentum", 0, 0.99);
  number("batch", 1, 1000, true);
  number("l2", 0, 0.3);
  number("seed", 0, 99, true);
  if (["SoftmaxCrossEntropy", "SquaredError"].includes(asked.loss) && settings.loss !== "BinaryCrossEntropy") settings.loss = asked.loss;
  const layers =
    asked.net === "none"
      ? []
      : (asked.net ?? "")
          .split("-")
          .map(part => part.match(/^([1-8])(\w+)$/))
          .map(match => match && { n: +match[1], activation: match[2] });
  if (asked.net && layers.length <= 4 && layers.every(layer => layer && activations.includes(layer.activation))) settings.hidden = layers;
  rebuild();
  const weights = (asked.weights ?? "").split("_").map(Number);
  if (weights.length === run.network.values.length && weights.every(Number.isFinite)) {
    run.network.values.set(weights);
    run.edited = true;
    run.history = [];
    run.note();
    return;
  }
  const end = performance.now() + PATIENCE;
  while (run.epoch < Math.min(integerIn(asked.epoch, 0, Infinity, 0), 5000) && !run.diverged && run.training.n && performance.now() < end)
    run.wholeEpoch();
}

/** A Python list, broken into lines. */
function list(numbers) {
  const lines = [""];
  for (const number of numbers) {
    if (lines.at(-1).length + String(number).length > LINE - 6) lines.push("");
    lines[lines.length - 1] += `${number}, `;
  }
  return `[\n${lines.map(line => `    ${line.trimEnd()}\n`).join("")}]`;
}

/** Python code that builds this network with these weights on these points, prints its loss, and shows how to go on. */
export function runCode(run, data, meta) {
  const { hidden, loss, lr, momentum, batch, l2, seed } = run.settings,
    toy = meta.data.find(({ name }) => name === data.name);
  const squares = loss === "SquaredError",
    plain = !toy?.maker,
    other = loss === "SoftmaxCrossEntropy" ? [] : [loss];
  const names = ["SGD", "Network", "mlp", ...other, ...(squares ? ["one_hot"] : []), ...(plain ? [] : [toy.maker])].sort((a, b) =>
    a < b ? -1 : 1,
  );
  const points = plain
    ? `points = np.array(${list(run.points.map(([x, y, label]) => `[${x}, ${y}, ${label}]`))})\nX, y = points[:, :2].astype(float), points[:, 2].astype(int)`
    : `X, y = ${toy.maker}(${toy.samples}, noise=${data.noise}, rng=${toy.seed})\nX = X.astype(np.float64)`;
  const activations = hidden.map(({ activation }) => `"${activation}"`).join(", "),
    sizes = [2, ...hidden.map(({ n }) => n), run.outputs].join(", ");
  const target = squares ? `one_hot(y, ${run.classes}).astype(np.float64)` : "y";
  const network = `layers = mlp([${sizes}], [${activations}], dtype=np.float64)
network = Network(layers${other.map(name => `, ${name}()`)})
network.parameters.values[:] = ${list([...run.network.values].map(w => +w.toPrecision(8)))}`;
  const shuffle = run.validates ? "from nnfromscratch.widgets.random import Generator\n" : "",
    midway =
      run.order?.length && run.order.length < run.training.n ? " (this epoch from its start)" : momentum ? " (momentum starts at 0)" : "";
  const head = `import numpy as np\nfrom nnfromscratch import (${names.filter(name => run.validates || name !== "SGD").join(", ")})\n${shuffle}\n${points}\nY = ${target}\n`;
  if (!run.validates) return `${head}\n${network}\nprint(f"loss {network.evaluate(X, Y)[0]:.3f}")\nprint(network.predict(X))\n`;
  return `${head}val = np.arange(len(X)) % 4 == 3      # every fourth point is for validation

${network}
print(f"training loss {network.evaluate(X[~val], Y[~val])[0]:.3f}")
print(f"validation loss {network.evaluate(X[val], Y[val])[0]:.3f}")

# ten more epochs, with the same mini-batches as on the page${midway}
optimizer = SGD(${lr}, momentum=${momentum}, weight_decay=${l2})
for epoch in range(${run.epoch}, ${run.epoch + 10}):
    shuffle = Generator(${seed * 7919} + epoch + 1)
    order = np.flatnonzero(~val)[shuffle.permutation((~val).sum())]
    for batch in np.split(order, range(${batch}, len(order), ${batch})):
        network.loss_and_gradients(X[batch], Y[batch])
        optimizer.step(network.parameters)
print(f"training loss {network.evaluate(X[~val], Y[~val])[0]:.3f}")
`;
}
