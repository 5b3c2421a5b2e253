// DigitCanvas: a digit is drawn, chosen or uploaded; every step from there to the answer is computed and shown here.
import { button, codeButton, frame, inflate, make, menu, onTheme, share } from "./shared.js";
import { forward, softmax } from "./network.js";
import { diverging, pixels } from "./canvas.js";
import { prepare, prepareStrokes } from "./handwriting.js";
import { parsePicture, parseStrokes, SHEET, toBase64, toShades, written } from "./digit_link.js";
import { uploader } from "./picture_file.js";

const RING = 12, STEP = 10, ACTIVE = 4;      // the pen's radius and a step of the arrow keys, in units of the sheet
const STEPS = [
  ["ink", "Ink", "White on black, as in MNIST. A drawing is traced with a pen that fits its size."],
  ["cropped", "Cropped", "Where on the sheet you write must not matter."],
  ["scaled", "20 pixels", "Nor how large: the longer side becomes 20 pixels."],
  ["centered", "Centered", "The center of mass goes to the middle, as in MNIST, so each stroke meets the weights trained for it."],
];

async function render({ model, el }) {
  const meta = model.get("meta"), figure = frame(model, el), layers = readLayers(await inflate(model.get("weights")), meta.sizes);
  const examples = await inflate(model.get("examples"));
  const state = { example: 0, strokes: [], image: null };       // of example -1, strokes make the image, unless it is a picture of its own
  const use = changes => { Object.assign(state, { example: -1, image: null }, changes); choose.set(state.example + 1); draw(); changed(); };
  const sheet = drawingArea(state, () => use({}));
  const view = pictures(figure.picture, meta);
  const side = make("div", {}, sheet.element, make("p", { className: "nns-hint", textContent: "Draw here; or with the keyboard: arrow keys move the pen, space lowers and lifts it, backspace takes back a stroke." }));
  figure.controls.after(figure.words, make("div", { className: "nns-digit" }, side, figure.picture));

  let seen;
  const draw = () => {
    const image = state.image ?? (state.example < 0 ? null : exampleImage(examples, state.example));
    sheet.show(image);
    seen = read(layers, meta.activation, image, state.strokes);
    figure.picture.setAttribute("aria-label", view.show(seen, layers));
    figure.say(inWords(seen));
    updateCode();
  };
  const names = ["your drawing", ...meta.names];
  const choose = menu({ label: "show", options: names, value: 1, change: k => use({ example: k - 1 }) });
  const clear = button("New sheet", "Clear the sheet", () => use({ strokes: [] }));
  figure.controls.append(choose.root, clear, uploader(image => use({ image }), figure));

  const updateCode = codeButton(figure, () => code(seen, meta));
  const changed = share(figure, model, {
    read: () => ({ example: state.example + 1, ...(state.example < 0 ? written(state, seen) : { drawing: "", picture: "" }) }),
    write: asked => {
      const k = Number(asked.example), image = asked.picture ? parsePicture(asked.picture) : null;
      if (image) Object.assign(state, { example: -1, image });
      else if (asked.drawing) Object.assign(state, { strokes: parseStrokes(asked.drawing), example: -1 });
      else if (Number.isInteger(k) && k >= 0 && k <= meta.names.length) state.example = k - 1;
      choose.set(state.example + 1);
      if (image) figure.remark("The link carries the digit as the network gets it, not the picture from which it was made.");
      return [];
    },
  });
  draw();
  return onTheme(draw);
}

/** The network's layers from 32-bit numbers: W and b of each. */
function readLayers(bytes, sizes) {
  const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  let at = 0;
  return sizes.slice(1).map((n, k) => ({ W: numbers.subarray(at, at += sizes[k] * n), b: numbers.subarray(at, at += n) }));
}

function exampleImage(examples, k) {
  return { data: Float64Array.from(examples.subarray(784 * k, 784 * (k + 1)), shade => shade / 255), width: 28, height: 28 };
}

/** Everything that follows from a picture or, without one, from strokes: the steps, unless all are done, the hidden outputs, the probabilities. */
export function read(layers, activation, image, strokes) {
  const steps = image?.prepared ? { centered: image } : image ? prepare(image) : prepareStrokes(strokes);
  if (steps.problem) return steps;
  const { hidden, scores } = forward(layers, activation, steps.centered.data), probabilities = softmax(scores);
  return { ...steps, hidden, probabilities, order: [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]) };
}

const percent = p => `${(100 * p).toFixed(1)} %`;

function inWords({ problem, probabilities, order }) {
  if (problem) return `Nothing to read: ${problem}. Draw one, or choose an example.`;
  const [first, second] = order;
  return `Read as ${first} (${percent(probabilities[first])}), then ${second} (${percent(probabilities[second])}).`;
}

function code({ problem, centered }, { own }) {
  if (problem) return "# There is no digit to read yet.\n";
  const text = toBase64(toShades(centered.data));
  const network = own ? "network        # yours, from above" : "load_digit_network()";
  return `import base64\nimport numpy as np\n${own ? "" : "from nnfromscratch.widgets import load_digit_network\n"}\n`
    + `# the digit after the last step: 28 x 28 shades, prepared by nnfromscratch.data.handwriting\npixels = np.frombuffer(base64.b64decode("${text}"), np.uint8)\n`
    + `X = (pixels / 255).astype(np.float32).reshape(1, 784)\nreader = ${network}\nprobabilities = reader.predict_proba(X)[0]\n`
    + "for digit in probabilities.argsort()[::-1][:2]:\n    print(digit, f\"{100 * probabilities[digit]:.1f} %\")\n";
}

// ---------------------------------------------------------------------------------------------------------------------- the sheet

/** A sheet for mouse, finger and arrow keys. strokes: lists of points. */
function drawingArea(state, changed) {
  const element = make("canvas", { width: SHEET, height: SHEET, className: "nns-sheet", tabIndex: 0, role: "application",
    "aria-label": "Sheet to draw a digit on. Arrow keys move the pen, space lowers and lifts it, backspace takes back a stroke." });
  element.dataset.lmSuppressShortcuts = "true";
  const pen = { at: [SHEET / 2, SHEET / 4], down: false };
  const ours = () => state.example < 0 && !state.image;
  const begin = point => { if (!ours()) state.strokes = []; state.strokes.push([point]); changed(); };
  const on = point => {
    const line = state.strokes.at(-1), [x, y] = line.at(-1);
    if (Math.hypot(point[0] - x, point[1] - y) >= 2) { line.push(point); changed(); }
  };
  const place = event => {
    const box = element.getBoundingClientRect(), inside = value => Math.min(Math.max(Math.round(value * SHEET), 0), SHEET);
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  };
  let drawing = false;
  element.addEventListener("pointerdown", event => {
    if (!event.isPrimary || event.button) return;       // a second finger, or another button of the mouse, draws nothing
    element.setPointerCapture(event.pointerId);
    drawing = true;
    pen.down = false;
    begin(place(event));
  });
  element.addEventListener("pointermove", event => { if (drawing && event.isPrimary) on(place(event)); });
  for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, event => { drawing = drawing && !event.isPrimary; });
  const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  element.addEventListener("keydown", event => {
    const move = moves[event.key];
    if (move) pen.at = pen.at.map((value, k) => Math.min(Math.max(value + move[k], 0), SHEET));
    if (move && pen.down) on([...pen.at]);
    else if (event.key === " ") { pen.down = !pen.down; if (pen.down) begin([...pen.at]); }
    else if (event.key === "Backspace" && ours()) { state.strokes.pop(); pen.down = false; changed(); }
    else if (!move) return;
    event.preventDefault();
    show(shown);
  });
  for (const name of ["focus", "blur"]) element.addEventListener(name, () => { pen.down = false; show(shown); });
  let shown = null;
  const show = image => {
    const g = element.getContext("2d");
    shown = image;
    g.fillStyle = "black";
    g.fillRect(0, 0, SHEET, SHEET);
    if (image) {
      const zoom = SHEET / Math.max(image.width, image.height);
      g.drawImage(toCanvas(image), (SHEET - zoom * image.width) / 2, (SHEET - zoom * image.height) / 2, zoom * image.width, zoom * image.height);
    } else inkStrokes(g, state.strokes);
    if (document.activeElement !== element) return;
    g.strokeStyle = pen.down ? "#d55e00" : "#56b4e9";
    g.lineWidth = 2;
    g.beginPath(); g.arc(...pen.at, RING, 0, 7); g.stroke();
  };
  return { element, show };
}

function inkStrokes(g, strokes) {
  Object.assign(g, { strokeStyle: "white", lineWidth: 2 * RING, lineCap: "round", lineJoin: "round" });
  for (const line of strokes) {
    g.beginPath();
    g.moveTo(...line[0]);
    for (const point of line) g.lineTo(...point);
    g.stroke();
  }
}

function toCanvas({ data, width, height }) {
  return pixels(width, height).paint((k, out, at) => { out[at] = out[at + 1] = out[at + 2] = 255 * data[k]; });
}

// ---------------------------------------------------------------------------------------------------------------------- the pictures

function pictures(place, meta) {
  const steps = STEPS.map(() => make("div")), bars = make("div", { className: "nns-bars" }), looks = make("div", { className: "nns-steps nns-look" });
  const heading = text => make("p", { textContent: text });
  const neurons = heading(meta.sizes.length > 2 ? "What the most active hidden neurons look for (vermillion: ink wanted; blue: no ink wanted):" : "The weights of the answer:");
  place.append(heading("Probabilities:"), bars, heading("From your sheet to the network:"), make("div", { className: "nns-steps" }, ...steps), neurons, looks);
  const show = (seen, layers) => {
    if (seen.problem) {
      for (const part of [...steps, bars, looks]) part.replaceChildren();
      return "There is no digit to see yet.";
    }
    STEPS.forEach(([key, title, why], k) => {
      steps[k].hidden = !seen[key];
      if (seen[key]) steps[k].replaceChildren(toCanvas(seen[key]), make("p", {}, make("b", { textContent: `${k + 1}. ${title}. ` }), why));
    });
    const best = seen.order[0], rows = [...seen.probabilities].flatMap((p, digit) => {
      const bar = make("div", { className: digit === best ? "nns-best" : "" });
      bar.style.width = `${100 * p}%`;
      return [make("span", { textContent: digit }), bar, make("span", { textContent: percent(p) })];
    });
    bars.replaceChildren(...rows);
    const active = mostActive(seen, layers, meta.sizes);
    looks.replaceChildren(...active.map(({ weights, words }) => make("div", {}, weightPicture(weights), make("p", { textContent: words }))));
    const list = [...seen.probabilities].map((p, digit) => `${digit} ${percent(p)}`).join(", ");
    return `The digit as ink, cropped, scaled and centered. Probabilities: ${list}. Below, pictures of weights: ${active.map(({ words }) => words).join("; ")}.`;
  };
  return { show };
}

/** The hidden neurons with the largest outputs: the weights of each, and which digit it speaks for. */
function mostActive({ hidden, order }, layers, sizes) {
  const n = sizes[1], column = j => Float64Array.from({ length: 784 }, (_, i) => layers[0].W[i * n + j]);
  if (!hidden.length) return [{ weights: column(order[0]), words: `weights of the ${order[0]}` }];
  const active = [...hidden[0].keys()].sort((a, b) => hidden[0][b] - hidden[0][a]).slice(0, ACTIVE);
  const speaks = j => {
    if (layers.length > 2) return "";
    const out = [...layers[1].W.subarray(10 * j, 10 * j + 10)];
    return `, speaks most for ${out.indexOf(Math.max(...out))}`;
  };
  return active.map(j => ({ weights: column(j), words: `neuron ${j + 1}: output ${hidden[0][j].toFixed(2)}${speaks(j)}` }));
}

function weightPicture(weights) {
  const most = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) || 1;
  return pixels(28, 28).paint((k, out, at) => diverging(weights[k] / most, out, at));
}

export default { render };
