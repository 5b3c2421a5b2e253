// What figures draw with: SVG elements, axes, handles that follow pointer and keys, and the colors of the page, light or dark.
import { make, unique } from "./shared.js";

/** Make an SVG element with these attributes and children. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** Change attributes of an element; numbers are rounded to a hundredth. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, typeof value === "number" ? Math.round(value * 100) / 100 : value);
  return element;
}

/** The colors of the figure's page as [r, g, b]: for zero, below it, above it, each class, writing, and what it is written on. */
export function colors(element) {
  const shown = element.isConnected ? element : document.body.appendChild(make("div", { className: "nns-figure", hidden: true }));
  const style = getComputedStyle(shown); // JupyterLab may draw a figure before it is on the page: it has no style there
  const read = name =>
    style
      .getPropertyValue(`--nns-${name}`)
      .match(/[\da-f]{2}/gi)
      .map(part => parseInt(part, 16));
  const found = {
    zero: read("zero"),
    negative: read("a"),
    positive: read("b"),
    ink: read("ink"),
    panel: read("panel"),
    classes: [0, 1, 2, 3, 4, 5].map(i => read(`class-${i}`)),
  };
  if (shown !== element) shown.remove();
  return found;
}

/** A color between two: t = 0 is the first. (Indices, not destructuring: it is called for every pixel.) */
export const mix = (from, to, t) => [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t];

/** The color of a signed number: t from -1 to 1. */
export const signed = (t, { zero, negative, positive }) => mix(zero, t < 0 ? negative : positive, Math.min(Math.abs(t), 1));

/** The tint of n probabilities from place `at` on: each class in its color, the color of zero where all are equally likely. */
export function tinted(probabilities, at, n, { zero, classes }) {
  let r = zero[0],
    g = zero[1],
    b = zero[2];
  for (let j = 0; j < n; j++) {
    const strength = 0.55 * Math.max(0, (n * probabilities[at + j] - 1) / (n - 1));
    r += (classes[j][0] - zero[0]) * strength;
    g += (classes[j][1] - zero[1]) * strength;
    b += (classes[j][2] - zero[2]) * strength;
  }
  return [r, g, b];
}

export const css = ([r, g, b], alpha = 1) => `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)} / ${alpha})`;

/**
 * A coordinate system: an SVG of this many units, and on it the values of a box [left, bottom, right, top] with frame, ticks, and names. What is
 * drawn goes into `content`; what must end at the frame goes into `inside`, which is below.
 */
export function plane({ width, height, box, margin = [10, 10, 34, 40], xlabel = "", ylabel = "", ticks = 5, label = "" }) {
  const [above, right, below, left] = margin,
    [x0, y0, x1, y1] = box;
  const x = value => left + ((value - x0) / (x1 - x0)) * (width - left - right),
    y = value => height - below - ((value - y0) / (y1 - y0)) * (height - above - below);
  const inverse = (px, py) => [
    x0 + ((px - left) / (width - left - right)) * (x1 - x0),
    y0 + ((height - below - py) / (height - above - below)) * (y1 - y0),
  ];
  const area = { x: left, y: above, width: width - left - right, height: height - above - below },
    clip = unique(),
    inside = draw("g", { "clip-path": `url(#${clip})` }),
    axes = draw("g", { class: "nns-axes" }),
    content = draw("g", {}, draw("clipPath", { id: clip }, draw("rect", area)), inside);
  const root = draw(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label, class: width > 400 ? "nns-wide" : "" },
    axes,
    content,
  );
  root.style.maxWidth = `${width * 1.35}px`;
  axes.append(draw("rect", { ...area, class: "nns-frame" }));
  for (const value of nice(x0, x1, ticks))
    axes.append(draw("text", { x: x(value), y: height - below + 15, "text-anchor": "middle" }, shortly(value)));
  for (const value of nice(y0, y1, ticks))
    axes.append(draw("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, shortly(value)));
  axes.append(draw("text", { x: (left + width - right) / 2, y: height - 3, "text-anchor": "middle" }, xlabel));
  if (ylabel)
    axes.append(
      draw(
        "text",
        { x: 11, y: (above + height - below) / 2, "text-anchor": "middle", transform: `rotate(-90 11 ${(above + height - below) / 2})` },
        ylabel,
      ),
    );
  const curve = (f, n = 160) =>
    Array.from({ length: n + 1 }, (_, i) => x0 + (i / n) * (x1 - x0))
      .map(v => `${x(v).toFixed(1)},${y(Math.min(Math.max(f(v), y0 - 9 * (y1 - y0)), y1 + 9 * (y1 - y0))).toFixed(1)}`)
      .join(" ");
  return { root, content, inside, x, y, inverse, curve, box, area };
}

/** Round numbers in a range, about this many. */
export function nice(low, high, count) {
  const raw = (high - low) / count,
    power = 10 ** Math.floor(Math.log10(raw)),
    unit = [1, 2, 5, 10].find(factor => factor * power >= raw) * power;
  const values = [];
  for (let k = Math.ceil(low / unit - 1e-9); k * unit <= high + 1e-9; k++) values.push(k * unit);
  return values;
}

export const shortly = value => String(+value.toPrecision(3)).replace("-", "−");

/** A number with this many decimals, and a true minus sign. */
export const fixed = (value, digits = 2) => (+value.toFixed(digits) + 0).toFixed(digits).replace("-", "−");

/**
 * Let an element be dragged, by pointer and by arrow keys. get() is where it is, in values; move(x, y) asks for a place, which the figure may
 * correct. `steps` says how far a key moves it; one of them 0 if it moves along one axis only. written() puts the place into words, and
 * value() is a number for it, within `range`.
 */
export function handle(
  plot,
  element,
  { label, get, move, steps: [dx, dy], written, range = [plot.box[0], plot.box[2]], value = () => get()[dx ? 0 : 1] },
) {
  set(element, {
    class: `${element.getAttribute("class") ?? ""} nns-handle`,
    tabindex: 0,
    role: "slider",
    "aria-label": label,
    "aria-valuemin": range[0],
    "aria-valuemax": range[1],
    "data-lm-suppress-shortcuts": "true",
  });
  const tell = () => set(element, { "aria-valuenow": value(), "aria-valuetext": written() });
  const to = (x, y) => {
    move(x, y);
    tell();
  };
  const place = event => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.root.getScreenCTM().inverse());
    return plot.inverse(point.x, point.y);
  };
  let grip = null;
  element.addEventListener("pointerdown", event => {
    const [x, y] = place(event),
      [at, height] = get();
    grip = [at - x, height - y];
    element.setPointerCapture(event.pointerId);
    element.focus();
    event.preventDefault();
  });
  // Without this, a finger would scroll the page: inside an SVG, touch-action is not enough.
  element.addEventListener("touchstart", event => event.preventDefault(), { passive: false });
  element.addEventListener("pointermove", event => {
    if (!grip) return;
    const [x, y] = place(event);
    to(x + grip[0], y + grip[1]);
  });
  for (const end of ["pointerup", "pointercancel"])
    element.addEventListener(end, () => {
      grip = null;
    });
  element.addEventListener("keydown", event => {
    const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    const [x, y] = get(),
      times = event.shiftKey ? 5 : 1,
      along = dx && dy ? by : [by[0] + (dx ? by[1] : 0), by[1] + (dy ? by[0] : 0)];
    to(x + along[0] * dx * times, y + along[1] * dy * times);
    event.preventDefault();
    event.stopPropagation();
  });
  tell();
  return tell;
}

/** An arrow between two points, as the path of a line with a head. */
export function arrow(x1, y1, x2, y2, head = 8) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < 0.5) return "";
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length],
    size = Math.min(head, length);
  const side = sign => `${(x2 - size * ux + sign * size * 0.45 * uy).toFixed(1)},${(y2 - size * uy - sign * size * 0.45 * ux).toFixed(1)}`;
  return `M${x1.toFixed(1)},${y1.toFixed(1)}L${x2.toFixed(1)},${y2.toFixed(1)}M${side(1)}L${x2.toFixed(1)},${y2.toFixed(1)}L${side(-1)}`;
}

/** The mark of each class, as a path of radius 1: color is never the only difference. */
export const MARKS = [
  "M1,0A1,1 0 1 1 -1,0A1,1 0 1 1 1,0Z",
  "M-.9,-.9H.9V.9H-.9Z",
  "M0,-1.2L1.1,.8H-1.1Z",
  "M0,-1.3L1.1,0L0,1.3L-1.1,0Z",
  "M-1.2,-.8H1.2L0,1.2Z",
  "M-1.2,-.45H1.2V.45H-1.2Z",
];
