// What a network makes of a digit: its steps, all values of the network, and which ink favors the answer.
import { backward, forward, makeNetwork } from "./engine.js";
import { prepare, prepareStrokes } from "./handwriting.js";

/** The network from its weights, layer by layer, W before b: 32-bit floats, or four planes of bytes of whole multiples of a step. */
export function readNetwork(bytes, { sizes, activations, step }) {
  const network = makeNetwork(sizes, activations),
    n = bytes.length / 4;
  if (step)
    network.values.forEach((_, k, values) => {
      values[k] = step * (bytes[k] | (bytes[n + k] << 8) | (bytes[2 * n + k] << 16) | (bytes[3 * n + k] << 24));
    });
  else network.values.set(new Float32Array(bytes.buffer, bytes.byteOffset, n));
  return network;
}

/** The steps from a picture or, without one, from strokes to the network's input; or { problem }. */
export function steps(picture, strokes) {
  if (picture?.prepared) return { centered: picture, remarks: [] };
  return picture ? prepare(picture) : prepareStrokes(strokes);
}

/** The outputs of every layer for prepared pixels, the probabilities, and the digits ordered by them. */
export function compute(network, pixels) {
  const passes = forward(network, pixels),
    scores = passes.at(-1).Z;
  return { passes, scores, ...ordered(network.loss.output(scores, 0, scores.length)) };
}

export function ordered(probabilities) {
  return { probabilities, order: [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]) };
}

/**
 * How much each pixel adds to the difference of two scores: pixel times slope. For activations made of straight pieces these parts and a
 * constant add up to the difference exactly; for others nearly.
 */
export function contributions(network, { passes, scores }, first, second) {
  const dZ = new Float64Array(scores.length);
  dZ[first] = 1;
  dZ[second] = -1;
  const [{ dX }] = backward(network, passes, dZ),
    parts = dX.map((slope, k) => slope * passes[0].X[k]),
    pixels = parts.reduce((a, b) => a + b, 0);
  return { parts, pixels, constant: scores[first] - scores[second] - pixels, difference: scores[first] - scores[second] };
}

/** The weights of hidden neuron j of the first layer, one for each pixel. */
export function weightsOf({ layers: [{ W, nIn, nOut }], values }, j) {
  return Float64Array.from({ length: nIn }, (_, i) => values[W + i * nOut + j]);
}
