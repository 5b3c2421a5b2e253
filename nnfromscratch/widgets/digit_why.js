// Why this answer? The steps to the network's input, the ink that decides, the nearest training digits, and what is unusual.
import { make } from "./shared.js";
import { colors, mix, signed } from "./drawing.js";
import { SHEET } from "./digit_link.js";
import { contributions } from "./digit_reader.js";
import { grayPicture, paint } from "./digit_sheet.js";

const STEPS = [
  ["ink", "Ink", "White on black, as in MNIST. A drawing is traced with a pen that fits its size."],
  ["cropped", "Cropped", "Where on the sheet you write does not matter."],
  ["scaled", "20 pixels", "Nor does the size: the longer side is scaled to 20 pixels."],
  ["centered", "Centered", "The center of mass moves to the middle, where MNIST has it and the network expects it."],
];
const FEW = 3,
  SIDE = 28,
  SHADES = 255;

/** A panel; show(network, seen) fills it in. `digits`: { labels, quantiles, usual, columns }, and load(): a promise of their shades. */
export function reasons(digits, open, remember) {
  const heading = text => make("p", { className: "nns-heading", textContent: text });
  const steps = make("div", { className: "nns-steps" }),
    remarks = make("p", { className: "nns-remark", hidden: true });
  const decision = make("div", { className: "nns-decision" }),
    near = make("div", { className: "nns-near" }),
    unusual = make("p", { className: "nns-unusual" });
  const nothing = make("p", { textContent: "There is no answer to explain yet. Draw a digit, or choose an example." });
  const answer = make(
    "div",
    {},
    heading("From your sheet to the network"),
    steps,
    remarks,
    make(
      "div",
      { className: "nns-panels" },
      make("div", {}, heading("What decides between the two most probable digits"), decision),
      make("div", {}, heading("The three nearest training digits"), near, unusual),
    ),
  );
  const root = make("details", { className: "nns-why", open }, make("summary", { textContent: "Why this answer?" }), nothing, answer);
  root.addEventListener("toggle", () => remember());
  return {
    root,
    show: (network, seen, shades) => {
      for (const part of [steps, decision, near]) part.replaceChildren();
      remarks.hidden = !seen.remarks?.length;
      remarks.textContent = seen.remarks?.join(" ") ?? "";
      unusual.textContent = "";
      nothing.hidden = Boolean(seen.centered);
      answer.hidden = !seen.centered;
      if (!seen.centered) return;
      steps.replaceChildren(
        ...STEPS.filter(([key]) => seen[key]).map(([key, title, why], k) =>
          make(
            "div",
            {},
            key === "ink" ? whereDrawn(seen.ink) : grayPicture(seen[key]),
            make("p", {}, make("b", { textContent: `${k + 1}. ${title}. ` }), why),
          ),
        ),
      );
      if (!seen.order) return;
      decision.replaceChildren(...decide(network, seen, root));
      showNearest(near, unusual, digits, seen, shades);
    },
  };
}

/** The ink; if it was drawn, where it was drawn on the sheet. */
function whereDrawn(ink) {
  const picture = grayPicture(ink);
  if (!ink.place) return picture;
  for (const [side, length] of Object.entries(ink.place)) picture.style[side] = `${(100 * length) / SHEET}%`;
  return make("div", { className: "nns-where" }, picture);
}

function decide(network, seen, element) {
  if (!network) return [make("p", { textContent: "This network runs in the kernel, which reports only the probabilities." })];
  const [first, second] = seen.order,
    { parts, pixels, constant, difference } = contributions(network, seen, first, second);
  const palette = colors(element),
    most = parts.reduce((most, part) => Math.max(most, Math.abs(part)), 0) || 1,
    ink = seen.centered.data;
  const picture = paint(SIDE, SIDE, k => mix(signed(parts[k] / most, palette), palette.ink, parts[k] ? 0 : 0.12 * (ink[k] > 0)));
  const exact = network.layers.slice(0, -1).every(({ name }) => ["Identity", "ScaledIdentity", "ReLU", "LeakyReLU"].includes(name));
  const sum = `The pixels add ${signedNumber(pixels)} and the constant ${signedNumber(constant)}: ${signedNumber(difference)} in total, ${exact ? "exactly" : "nearly"} the difference between the two scores.`;
  return [picture, make("p", { textContent: `Orange ink favors ${first}, blue ink ${second}. ${sum}` })];
}

/** A digit with its article. */
const aDigit = label => `${String(label) === "8" ? "an" : "a"} ${label}`;

const signedNumber = number => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(1)}`;

function showNearest(near, unusual, digits, seen, shades) {
  if (shades === null) {
    near.append(make("p", { textContent: "They load when you draw, which takes a few seconds." }));
    return;
  }
  if (typeof shades === "string") {
    near.append(make("p", { textContent: shades }));
    return;
  }
  const pixels = seen.centered.data,
    found = nearest(pixels, shades);
  near.append(
    ...found.map(({ k, distance }) =>
      make(
        "figure",
        {},
        grayPicture({ data: image(shades, k), width: SIDE, height: SIDE }),
        make("figcaption", { textContent: `${aDigit(digits.labels[k])}, distance ${distance.toFixed(1)}` }),
      ),
    ),
  );
  unusual.textContent = whatIsUnusual(pixels, seen.order[0], digits, shades);
}

const image = (shades, k) => Float64Array.from(shades.subarray(784 * k, 784 * (k + 1)), shade => shade / SHADES);

/** The nearest images by Euclidean distance; only among those that wanted(k) names. */
export function nearest(pixels, shades, wanted = () => true, n = FEW) {
  const bytes = pixels.map(value => SHADES * value),
    best = [];
  for (let k = 0; k < shades.length / 784; k++) {
    if (!wanted(k)) continue;
    const limit = best.length < n ? Infinity : best[n - 1].sum;
    let sum = 0;
    for (let i = 0, at = 784 * k; i < 784 && sum < limit; i++, at++) sum += (bytes[i] - shades[at]) ** 2;
    if (sum >= limit) continue;
    best.push({ k, sum });
    best.sort((a, b) => a.sum - b.sum).splice(n);
  }
  return best.map(({ k, sum }) => ({ k, distance: Math.sqrt(sum) / SHADES }));
}

/** Ink, width divided by height, and slant, as training_digits.py measures them. */
export function measures(pixels) {
  let ink = 0,
    sx = 0,
    sy = 0,
    [left, right, top, bottom] = [SIDE, -1, SIDE, -1];
  pixels.forEach((value, k) => {
    const x = k % SIDE,
      y = Math.floor(k / SIDE);
    ink += value;
    sx += value * x;
    sy += value * y;
    if (value > 0.2) [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  let xy = 0,
    yy = 0;
  pixels.forEach((value, k) => {
    const dx = (k % SIDE) - sx / ink,
      dy = Math.floor(k / SIDE) - sy / ink;
    xy += value * dx * dy;
    yy += value * dy * dy;
  });
  return { ink, width: (right - left + 1) / (bottom - top + 1), slant: -xy / yy };
}

const WORDS = {
  ink: ["It has less ink than", "It has more ink than"],
  width: ["It is narrower than", "It is wider than"],
  slant: ["It leans further to the left than", "It leans further to the right than"],
  distance: [null, "Even the nearest training digit with this label is farther away than it is for"],
};

/** One or two sentences: what distinguishes this digit from the training digits of the same label. */
function whatIsUnusual(pixels, label, { labels, quantiles, usual }, shades) {
  const own = nearest(pixels, shades, k => labels[k] === String(label), 1)[0];
  if (!own || !usual[label].ink) return "";
  const measured = { ...measures(pixels), distance: own.distance },
    found = [];
  for (const [name, [less, more]] of Object.entries(WORDS)) {
    const limits = usual[label][name],
      above = quantiles.filter((_, k) => measured[name] > limits[k]).at(-1),
      below = quantiles.find((_, k) => measured[name] < limits[k]);
    if (more && above >= 90) found.push([above, more]);
    if (less && below <= 10) found.push([100 - below, less]);
  }
  found.sort((a, b) => b[0] - a[0]);
  if (!found.length) return `Nothing about it is unusual for ${aDigit(label)}.`;
  return `Unusual for ${aDigit(label)}: ${found
    .slice(0, 2)
    .map(([percent, words]) => `${words[0].toLowerCase()}${words.slice(1)} ${percent}% of the training ${label}s`)
    .join("; ")}.`;
}
