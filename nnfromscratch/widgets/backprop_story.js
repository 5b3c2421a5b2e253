// The calculation behind one pass forward and one pass backward, as numbers with names and as steps in words.
// "h1.z" is the z of hidden neuron 1, "h1.dz" the gradient of the loss with respect to it, "o2.w1" the weight from hidden neuron 1 to output
// neuron 2. With several hidden layers, "h2_1" is neuron 1 of the second one.
import { lossAndGradients, oneHot } from "./engine.js";

/** The neurons of a network, layer by layer: their keys and full names. */
export function neurons({ sizes }) {
  const last = sizes.length - 1,
    several = last > 2;
  return sizes.map((n, layer) =>
    Array.from({ length: n }, (_, j) => {
      if (layer === 0) return { key: `x${j + 1}`, name: `input ${j + 1}` };
      if (layer === last) return { key: `o${j + 1}`, name: `output neuron ${j + 1}` };
      return {
        key: several ? `h${layer}_${j + 1}` : `h${j + 1}`,
        name: several ? `neuron ${j + 1} of hidden layer ${layer}` : `hidden neuron ${j + 1}`,
      };
    }),
  );
}

/** The place of each weight and bias among the network's parameters, by name. */
export function places(network) {
  const all = neurons(network),
    found = {};
  network.layers.forEach(({ nIn, nOut, W, b }, l) =>
    all[l + 1].forEach(({ key }, j) => {
      for (let i = 0; i < nIn; i++) found[`${key}.w${i + 1}`] = W + i * nOut + j;
      found[`${key}.b`] = b + j;
    }),
  );
  return found;
}

/** What readers call the weights and biases, in the order of `places`: "w1 of hidden neuron 2". */
export const called = network =>
  neurons(network)
    .slice(1)
    .flatMap((layer, l) =>
      layer.flatMap(({ name }) => [...Array.from({ length: network.sizes[l] }, (_, i) => `w${i + 1} of ${name}`), `b of ${name}`]),
    );

/** Every value and every gradient for one sample, by name. */
export function calculate(network, x, label) {
  const k = network.sizes.at(-1),
    Y = oneHot([label], k),
    all = neurons(network),
    numbers = {};
  const { loss, passes, back } = lossAndGradients(network, Float64Array.from(x), Y);
  numbers["loss.L"] = loss;
  all[0].forEach(({ key }, j) => {
    numbers[`${key}.x`] = x[j];
  });
  for (const [name, place] of Object.entries(places(network))) {
    numbers[name] = network.values[place];
    numbers[name.replace(".", ".d")] = network.gradients[place];
  }
  network.layers.forEach(({ slope }, l) =>
    all[l + 1].forEach(({ key }, j) => {
      const { Z, A } = passes[l];
      numbers[`${key}.z`] = Z[j];
      numbers[`${key}.dz`] = back[l].dZ[j];
      if (l === network.layers.length - 1) {
        numbers[`${key}.p`] = network.loss.output(Z, 0, k)[j];
        numbers[`${key}.y`] = Y[j];
      } else {
        numbers[`${key}.a`] = A[j];
        numbers[`${key}.slope`] = slope(Z[j], A[j]);
        numbers[`${key}.da`] = back[l + 1].dX[j];
      }
    }),
  );
  return numbers;
}

/** A number as it is shown. */
export const written = number =>
  (Math.abs(number) < 1000 ? (Math.round(number * 1000) / 1000 + 0).toFixed(3) : number.toPrecision(3)).replace("-", "−");

/** The steps: forward to the loss, and backward to the first weights. Each names the numbers that appear and those it uses. */
export function story(network, numbers, lossName) {
  const all = neurons(network),
    outputs = all.at(-1),
    hidden = all.slice(1, -1),
    text = name => written(numbers[name]);
  const factor = name => (text(name).startsWith("−") ? `(${text(name)})` : text(name));
  const products = (left, right) => left.map((name, i) => `${factor(name)}·${factor(right[i])}`).join(" + ");
  const inputsOf = layer => all[layer - 1].map(({ key }) => (layer === 1 ? `${key}.x` : `${key}.a`));
  const letter = (layer, i) => `${layer === 1 ? "x" : "a"}${i + 1}`,
    softmax = lossName !== "SquaredError",
    answer = softmax ? "p" : "z";
  const label = outputs.findIndex(({ key }) => numbers[`${key}.y`] === 1),
    right = outputs[label];

  const weigh =
    layer =>
    ({ key, name }) => {
      const inputs = inputsOf(layer),
        weights = inputs.map((_, i) => `${key}.w${i + 1}`);
      const formula = inputs.map((_, i) => `${letter(layer, i)}·w${i + 1}`).join(" + ");
      return {
        shows: [`${key}.z`],
        uses: [...inputs, ...weights, `${key}.b`],
        words: `Forward, ${name}: z = ${formula} + b = ${products(inputs, weights)} + ${factor(`${key}.b`)} = ${text(`${key}.z`)}.`,
      };
    };
  const activate =
    layer =>
    ({ key, name }) => ({
      shows: [`${key}.a`],
      uses: [`${key}.z`],
      words: `Forward, ${name}: a = f(z) = ${network.layers[layer - 1].name}(${text(`${key}.z`)}) = ${text(`${key}.a`)}.`,
    });
  const probabilities = () => {
    const exps = outputs.map(({ key }) => `exp(${text(`${key}.z`)})`);
    const rest = outputs
      .slice(1)
      .map(({ key }, i) => `, p${i + 2} = ${text(`${key}.p`)}`)
      .join("");
    return {
      shows: outputs.map(({ key }) => `${key}.p`),
      uses: outputs.map(({ key }) => `${key}.z`),
      words: `Forward, softmax: p1 = ${exps[0]} / (${exps.join(" + ")}) = ${text(`${outputs[0].key}.p`)}${rest}.`,
    };
  };
  const loss = () =>
    softmax
      ? {
          shows: ["loss.L"],
          uses: [`${right.key}.p`],
          words: `Forward, loss: L = −ln p${label + 1} = −ln ${text(`${right.key}.p`)} = ${text("loss.L")}.`,
        }
      : {
          shows: ["loss.L"],
          uses: outputs.flatMap(({ key }) => [`${key}.z`, `${key}.y`]),
          words: `Forward, loss: half the sum of the squares (z − y)² is ${text("loss.L")}.`,
        };
  const error = ({ key, name }) => ({
    shows: [`${key}.dz`],
    uses: [`${key}.${answer}`, `${key}.y`],
    words: `Backward, ${name}: dz = (${answer} − y) / n = (${text(`${key}.${answer}`)} − ${numbers[`${key}.y`]}) / 1 = ${text(`${key}.dz`)}.`,
  });
  const weightGradients =
    layer =>
    ({ key, name }) => {
      const inputs = inputsOf(layer),
        gradients = inputs.map((_, i) => `${key}.dw${i + 1}`);
      const each = gradients
        .map((gradient, i) => `dw${i + 1} = ${letter(layer, i)}·dz = ${products([inputs[i]], [`${key}.dz`])} = ${text(gradient)}`)
        .join(", ");
      return {
        shows: [...gradients, `${key}.db`],
        uses: [...inputs, `${key}.dz`],
        words: `Backward, ${name}: ${each}, db = dz = ${text(`${key}.db`)}.`,
      };
    };
  const gather =
    layer =>
    ({ key, name }, i) => {
      const dzs = all[layer + 1].map(one => `${one.key}.dz`),
        weights = all[layer + 1].map(one => `${one.key}.w${i + 1}`);
      return {
        shows: [`${key}.da`],
        uses: [...dzs, ...weights],
        words: `Backward, ${name}: da = the sum of dz·w${i + 1} over the neurons it feeds = ${products(dzs, weights)} = ${text(`${key}.da`)}.`,
      };
    };
  const through = ({ key, name }) => ({
    shows: [`${key}.slope`, `${key}.dz`],
    uses: [`${key}.da`, `${key}.z`],
    words: `Backward, ${name}: the slope f'(z) is ${text(`${key}.slope`)}, so dz = da·f'(z) = ${products([`${key}.da`], [`${key}.slope`])} = ${text(`${key}.dz`)}.`,
  });

  const kinds = network.layers.slice(0, -1).map(({ name }) => name);
  const known = Object.keys(numbers).filter(name => "xwby".includes(name.split(".")[1][0]));
  const last = all.length - 1,
    steps = [
      {
        shows: known,
        uses: [],
        words: `The sample x1 = ${text("x1.x")}, x2 = ${text("x2.x")} comes in. Its label is ${label}, so ${right.name} should have the largest value. All weights and biases are known${kinds.length ? `, and the activation is ${kinds.join(", then ")}` : ""}.`,
      },
    ];
  hidden.forEach((layer, l) => steps.push(...layer.map(weigh(l + 1)), ...layer.map(activate(l + 1))));
  steps.push(
    ...outputs.map(weigh(last)),
    ...(softmax ? [probabilities()] : []),
    loss(),
    ...outputs.map(error),
    ...outputs.map(weightGradients(last)),
  );
  for (let layer = last - 1; layer > 0; layer--)
    steps.push(...all[layer].map(gather(layer)), ...all[layer].map(through), ...all[layer].map(weightGradients(layer)));
  steps.push({
    shows: [],
    uses: [],
    words: `For x1 = ${text("x1.x")}, x2 = ${text("x2.x")} the loss is ${text("loss.L")}, and every weight and bias has its gradient. Gradient descent now subtracts the learning rate times the gradient from each.`,
  });
  return steps;
}
