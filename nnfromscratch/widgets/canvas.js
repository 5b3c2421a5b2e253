// Pictures that are drawn in the browser: a canvas that is sharp everywhere, the colours of the course, markers, maps of colour.

export const PALETTE = [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [123, 79, 224], [225, 15, 75]];
const DEEP = [[0, 75, 118], [138, 61, 0], [0, 92, 66], [138, 60, 100], [77, 36, 170], [140, 0, 40]];     // the same, for marks on their own tint

export const rgb = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;

/** A canvas of so many logical pixels, and a context in which they count. It shrinks on narrow screens. */
export function canvas(width, height) {
  const element = document.createElement("canvas"), ratio = 2;
  element.width = width * ratio;
  element.height = height * ratio;
  element.style.maxWidth = `${width}px`;
  const context = element.getContext("2d");
  context.scale(ratio, ratio);
  context.font = "13px system-ui, sans-serif";
  return { element, context, width, height };
}

/** A small picture, n by m pixels, to be drawn larger. colour(k, data, 4 k) fills in pixel k. */
export function pixels(n, m) {
  const element = document.createElement("canvas");
  element.width = n;
  element.height = m;
  const context = element.getContext("2d"), image = context.createImageData(n, m);
  image.data.fill(255);
  const paint = colour => {
    for (let k = 0; k < n * m; k++) colour(k, image.data, 4 * k);
    context.putImageData(image, 0, 0);
    return element;
  };
  return { element, paint };
}

/** Blue below 0, white at 0, vermillion above; t from -1 to 1. */
export function diverging(t, data, k) {
  const strength = Math.min(Math.abs(t), 1), [R, G, B] = PALETTE[t < 0 ? 0 : 1];
  data[k] = 255 + (R - 255) * strength;
  data[k + 1] = 255 + (G - 255) * strength;
  data[k + 2] = 255 + (B - 255) * strength;
}

/** The tint of n probabilities (from number i of the array on): each class in its colour, white where all are equally likely. */
export function tint(probabilities, i, n, data, k) {
  let r = 255, g = 255, b = 255;
  for (let j = 0; j < n; j++) {
    const strength = 0.6 * Math.max(0, (n * probabilities[i + j] - 1) / (n - 1)), [R, G, B] = PALETTE[j];
    r += (R - 255) * strength;
    g += (G - 255) * strength;
    b += (B - 255) * strength;
  }
  data[k] = r; data[k + 1] = g; data[k + 2] = b;
}

const SHAPES = [
  (g, r) => g.arc(0, 0, r, 0, 7),
  (g, r) => g.rect(-0.9 * r, -0.9 * r, 1.8 * r, 1.8 * r),
  (g, r) => polygon(g, [[0, -1.2 * r], [1.1 * r, 0.8 * r], [-1.1 * r, 0.8 * r]]),
  (g, r) => polygon(g, [[0, -1.3 * r], [1.1 * r, 0], [0, 1.3 * r], [-1.1 * r, 0]]),
  (g, r) => polygon(g, [[-1.2 * r, -0.8 * r], [1.2 * r, -0.8 * r], [0, 1.2 * r]]),
  (g, r) => polygon(g, [[-1.2 * r, -0.4 * r], [1.2 * r, -0.4 * r], [1.2 * r, 0.4 * r], [-1.2 * r, 0.4 * r]]),
];

export function polygon(g, points) {
  points.forEach(([x, y], i) => (i ? g.lineTo(x, y) : g.moveTo(x, y)));
  g.closePath();
}

/** The mark of a class: its own shape and colour. */
export function mark(g, label, x, y, r = 3.2) {
  g.save();
  g.translate(x, y);
  g.beginPath();
  SHAPES[label](g, r);
  g.fillStyle = rgb(DEEP[label]);
  g.strokeStyle = "white";
  g.lineWidth = 0.8;
  g.fill();
  g.stroke();
  g.restore();
}
