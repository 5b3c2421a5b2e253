// What the package's networks compute, once more for the browser: the same formulas, compared with NumPy number by number in the tests.

/** The activations by the names of the package's functions, with their usual options. */
export const ACTIVATIONS = {
  identity: z => z,
  binary_step: z => (z >= 0 ? 1 : 0),
  sigmoid: z => Math.exp(Math.min(z, 0)) / (1 + Math.exp(-Math.abs(z))),
  tanh: Math.tanh,
  relu: z => Math.max(z, 0),
  leaky_relu: z => Math.max(z, 0.01 * z),
  elu: z => (z > 0 ? z : Math.expm1(z)),
};

/** Z = x W + b for one sample x, into an array of its own; W (n_in, n_out) row by row. */
export function affine({ W, b }, x) {
  const Z = Float64Array.from(b), n = b.length;
  for (let i = 0; i < x.length; i++) {
    if (x[i] === 0) continue;
    for (let j = 0; j < n; j++) Z[j] += x[i] * W[i * n + j];
  }
  return Z;
}

/** All that a network computes for one sample: the output of every hidden layer, and the scores. */
export function forward(layers, activation, x) {
  const hidden = [], f = ACTIVATIONS[activation];
  for (const layer of layers.slice(0, -1)) {
    x = affine(layer, x).map(f);
    hidden.push(x);
  }
  return { hidden, scores: affine(layers.at(-1), x) };
}

/** Scores to probabilities, into `out` from place `at` on. */
export function softmax(scores, out = new Float64Array(scores.length), at = 0) {
  let top = -Infinity, sum = 0;
  for (const z of scores) top = Math.max(top, z);
  for (let k = 0; k < scores.length; k++) sum += out[at + k] = Math.exp(scores[k] - top);
  for (let k = 0; k < scores.length; k++) out[at + k] /= sum;
  return out;
}
