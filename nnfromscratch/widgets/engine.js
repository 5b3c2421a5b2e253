// The engine: a network that learns in the browser. The same formulas as the package's, compared with it number by number in a test.
// Arrays are flat: samples are rows, W (n_in, n_out) is stored row by row. A network keeps all its parameters in one array, layer by
// layer, W before b, in the order of `Network.parameters`.

/** Each activation by the name of its class: a function of its option that returns [f(z), f'(z) from z and a = f(z)]. */
export const ACTIVATIONS = {
  Identity: () => [z => z, () => 1],
  ScaledIdentity: (a = 1) => [z => a * z, () => a],
  BinaryStep: (threshold = 0) => [z => (z >= threshold ? 1 : 0), () => 0],
  Sigmoid: () => [z => Math.exp(Math.min(z, 0)) / (1 + Math.exp(-Math.abs(z))), (z, a) => a * (1 - a)],
  Tanh: () => [Math.tanh, (z, a) => 1 - a * a],
  ReLU: (slope = 1) => [z => (z > 0 ? slope * z : 0), z => (z > 0 ? slope : 0)],
  LeakyReLU: (slope = 0.01) => [z => (z > 0 ? z : slope * z), z => (z > 0 ? 1 : slope)],
  ELU: (alpha = 1) => [z => (z > 0 ? z : alpha * Math.expm1(z)), (z, a) => (z > 0 ? 1 : a + alpha)],
};

const HE = new Set(["ReLU", "LeakyReLU", "ELU"]);

/** Each loss for one sample: output(z, at, k) turns k scores into the network's answer; loss(z, y, at, k) measures how wrong they are. */
export const LOSSES = {
  SquaredError: {
    output: (z, at, k) => z.slice(at, at + k),
    loss: (z, y, at, k) => sum(k, i => (z[at + i] - y[at + i]) ** 2) / 2,
  },
  BinaryCrossEntropy: {
    output: (z, at, k) => z.slice(at, at + k).map(ACTIVATIONS.Sigmoid()[0]),
    loss: (z, y, at, k) => sum(k, i => Math.max(z[at + i], 0) - z[at + i] * y[at + i] + Math.log1p(Math.exp(-Math.abs(z[at + i])))),
  },
  SoftmaxCrossEntropy: {
    output: (z, at, k) => {
      const top = largest(z, at, k),
        exps = [];
      let total = 0;
      for (let i = 0; i < k; i++) total += exps[i] = Math.exp(z[at + i] - top);
      for (let i = 0; i < k; i++) exps[i] /= total;
      return exps;
    },
    loss: (z, y, at, k) => {
      const top = largest(z, at, k),
        total = sum(k, i => Math.exp(z[at + i] - top));
      return Math.log(total) - sum(k, i => (y[at + i] ? y[at + i] * (z[at + i] - top) : 0));
    },
  },
};

function sum(k, term) {
  let total = 0;
  for (let i = 0; i < k; i++) total += term(i);
  return total;
}

function largest(z, at, k) {
  let top = -Infinity;
  for (let i = at; i < at + k; i++) top = Math.max(top, z[i]);
  return top;
}

/** A network: sizes [n_in, hidden ..., n_out]; the name, or [name, option], of the activation of each hidden layer; the name of its loss. */
export function makeNetwork(sizes, activations, loss = "SoftmaxCrossEntropy") {
  let end = 0;
  const layers = sizes.slice(1).map((nOut, l) => {
    const nIn = sizes[l],
      [name, option] = [activations[l] ?? "Identity"].flat(),
      W = end,
      b = W + nIn * nOut;
    end = b + nOut;
    const [f, slope] = ACTIVATIONS[name](option ?? undefined);
    return { nIn, nOut, W, b, f, slope, name };
  });
  const zeros = () => new Float64Array(end);
  return { sizes, layers, loss: LOSSES[loss], values: zeros(), gradients: zeros(), velocity: zeros() };
}

/** Draw the weights as `mlp` does: He's standard deviation before the ReLU family, Xavier's elsewhere. normals(n) draws n numbers. */
export function initialize(network, normals) {
  network.values.fill(0);
  for (const { nIn, nOut, W, name } of network.layers) {
    const deviation = Math.sqrt(2 / (HE.has(name) ? nIn : nIn + nOut));
    network.values.set(
      normals(nIn * nOut).map(number => deviation * number),
      W,
    );
  }
}

/** Compute all layers for n samples. Returns for each layer its input X, its sums Z, and its outputs A. */
export function forward({ layers, values }, X, n = X.length / layers[0].nIn) {
  return layers.map(({ nIn, nOut, W, b, f }) => {
    const Z = new Float64Array(n * nOut),
      input = X;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < nOut; k++) Z[i * nOut + k] = values[b + k];
      for (let j = 0; j < nIn; j++) {
        const x = X[i * nIn + j];
        for (let k = 0; k < nOut; k++) Z[i * nOut + k] += x * values[W + j * nOut + k];
      }
    }
    X = Z.map(f);
    return { X: input, Z, A: X };
  });
}

/** The mean loss of n samples with the scores Z, and dZ = (Y_hat - Y) / n, its derivative. */
export function measure({ loss, sizes }, Z, Y) {
  const k = sizes.at(-1),
    n = Z.length / k,
    dZ = new Float64Array(Z.length);
  let total = 0;
  for (let at = 0; at < Z.length; at += k) {
    total += loss.loss(Z, Y, at, k);
    loss.output(Z, at, k).forEach((answer, i) => {
      dZ[at + i] = (answer - Y[at + i]) / n;
    });
  }
  return { loss: total / n, dZ };
}

/** Fill the gradients from the derivative dZ of the scores, last layer first. Returns for each layer dZ and dX. */
export function backward({ layers, values, gradients }, passes, dZ) {
  gradients.fill(0);
  const back = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    const { nIn, nOut, W, b } = layers[l],
      { X } = passes[l],
      dX = new Float64Array(X.length);
    for (let i = 0; i < dZ.length / nOut; i++) {
      for (let k = 0; k < nOut; k++) {
        const d = dZ[i * nOut + k];
        gradients[b + k] += d;
        for (let j = 0; j < nIn; j++) {
          gradients[W + j * nOut + k] += X[i * nIn + j] * d;
          dX[i * nIn + j] += values[W + j * nOut + k] * d;
        }
      }
    }
    back[l] = { dZ, dX };
    if (l) dZ = dX.map((d, i) => d * layers[l - 1].slope(passes[l - 1].Z[i], passes[l - 1].A[i]));
  }
  return back;
}

/** The loss on (X, Y), with all gradients filled in; and both passes, for anyone who wants to look at them. */
export function lossAndGradients(network, X, Y) {
  const passes = forward(network, X),
    { loss, dZ } = measure(network, passes.at(-1).Z, Y);
  return { loss, passes, back: backward(network, passes, dZ) };
}

/** One step downhill, as `SGD` takes it: v = momentum v + (gradient + weightDecay w), then w -= lr v. */
export function step({ values, gradients, velocity }, { lr, momentum = 0, weightDecay = 0 }) {
  for (let i = 0; i < values.length; i++) {
    velocity[i] = momentum * velocity[i] + gradients[i] + weightDecay * values[i];
    values[i] -= lr * velocity[i];
  }
}

/** Copy the rows of a matrix with this many columns. */
export function rows(matrix, columns, indices) {
  const picked = new Float64Array(indices.length * columns);
  indices.forEach((row, i) => {
    for (let j = 0; j < columns; j++) picked[i * columns + j] = matrix[row * columns + j];
  });
  return picked;
}

/** Learn from the samples of one mini-batch; returns its loss before the step. */
export function learn(network, X, Y, indices, options) {
  const { sizes } = network;
  const { loss } = lossAndGradients(network, rows(X, sizes[0], indices), rows(Y, sizes.at(-1), indices));
  step(network, options);
  return loss;
}

/** Labels to rows with a single 1. */
export function oneHot(labels, k) {
  const Y = new Float64Array(labels.length * k);
  labels.forEach((label, i) => {
    Y[i * k + label] = 1;
  });
  return Y;
}

/** The class with the highest score, for each sample; with a single score, class 1 if it is above 0. */
export function predict(Z, k) {
  if (k === 1) return Array.from(Z, z => (z > 0 ? 1 : 0));
  return Array.from({ length: Z.length / k }, (_, i) =>
    Z.subarray(i * k, i * k + k).reduce((best, score, j, row) => (score > row[best] ? j : best), 0),
  );
}
