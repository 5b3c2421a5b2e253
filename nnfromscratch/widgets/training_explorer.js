// TrainingExplorer: Python sent the parameters of many trained networks; here their pictures are computed, and the training is played.
import { asker, codeButton, frame, inflate, lookUp, make, menu, numberInput, onKernel, onTheme, player, share, slider } from "./shared.js";
import { ACTIVATIONS, softmax } from "./network.js";
import { canvas, diverging, mark, PALETTE, pixels, rgb, tint } from "./canvas.js";

const GRID = 72, NEVER = 65535, STEP = 2000;

/** Undo `pack` of training_explorer.py: whole numbers of 16 bits, stored as differences, low bytes first. */
export function unpack(bytes) {
  const n = bytes.length / 2, numbers = new Uint16Array(n);
  for (let k = 0, sum = 0; k < n; k++) numbers[k] = sum += bytes[k] + 256 * bytes[n + k];
  return numbers;
}

/** One run: losses and right samples for each epoch, and parameters(s), the network at snapshot s. */
export function readRun(numbers, { epochs, snapshots, hidden, classes }) {
  const losses = numbers.subarray(0, epochs + 1), right = numbers.subarray(epochs + 1, 2 * epochs + 2);
  const courses = numbers.subarray(2 * epochs + 2), n = snapshots.length;
  const parameters = s => {
    const values = Float64Array.from({ length: courses.length / n }, (_, i) => Math.sinh((courses[i * n + s] << 16 >> 16) / STEP));
    const ends = [2 * hidden, 3 * hidden, (3 + classes) * hidden];
    return [{ W: values.subarray(0, ends[0]), b: values.subarray(ends[0], ends[1]) }, { W: values.subarray(ends[1], ends[2]), b: values.subarray(ends[2]) }];
  };
  return { losses, right, parameters };
}

/** The network on a grid of points, row by row from the top: outputs of the hidden neurons [j][k], probabilities [k * classes + c]. */
export function onGrid([first, last], activation, [left, bottom, right, top], n = GRID) {
  const f = ACTIVATIONS[activation], h = first.b.length, classes = last.b.length;
  const hidden = Array.from({ length: h }, () => new Float64Array(n * n)), probabilities = new Float64Array(n * n * classes);
  const scores = new Float64Array(classes);
  for (let k = 0; k < n * n; k++) {
    const x1 = left + ((k % n) + 0.5) / n * (right - left), x2 = top - (Math.floor(k / n) + 0.5) / n * (top - bottom);
    scores.set(last.b);
    for (let j = 0; j < h; j++) {
      const a = hidden[j][k] = f(x1 * first.W[j] + x2 * first.W[h + j] + first.b[j]);
      for (let c = 0; c < classes; c++) scores[c] += a * last.W[j * classes + c];
    }
    softmax(scores, probabilities, k * classes);
  }
  return { hidden, probabilities };
}

async function render({ model, el }) {
  const meta = model.get("meta"), figure = frame(model, el), runs = readRuns(await inflate(model.get("runs")), meta);
  const state = { data: 0, lr: meta.lr.length >> 1, activation: meta.activation.length >> 1, snapshot: meta.snapshots.length - 1 };
  const typed = { lr: null, hidden: meta.hidden }, names = [...meta.data.map(({ name }) => name), ...meta.more];
  const view = pictures(figure.picture);
  let shown, answered = null;

  const asks = () => typed.lr !== null || typed.hidden !== meta.hidden || state.data >= meta.data.length;
  const rate = () => typed.lr ?? meta.lr[state.lr];
  const shipped = () => {
    const index = (state.data * meta.lr.length + state.lr) * meta.activation.length + state.activation;
    return { run: runs[index], data: meta.data[state.data], hidden: meta.hidden, verdict: meta.verdicts[index] };
  };
  const draw = () => {
    const epoch = meta.snapshots[state.snapshot], { run, data } = shown;
    const inWords = `${data.name}, ${meta.activation[state.activation]}, learning rate ${rate()}: ${sentence(shown, epoch, meta.epochs)}`;
    view.draw(run, state.snapshot, data, meta.functions[state.activation], meta);
    figure.picture.setAttribute("aria-label", `Decision boundary, curves of loss and accuracy, and ${shown.hidden} maps of hidden neurons. ${inWords}`);
    figure.say(inWords);
    updateCode();
  };
  const kernel = asker(figure, model, (part, buffers) => {
    if (part.epoch) { figure.say(`Training … epoch ${part.epoch} of ${meta.epochs}`); return; }
    const { data, hidden, verdict } = part, [buffer] = buffers;
    inflate(buffer).then(bytes => {
      answered = { run: readRun(unpack(bytes), { ...meta, hidden, classes: data.classes }), data, hidden, verdict };
      shown = answered;
      draw();
    });
  });
  const answer = () => {
    if (!asks()) { kernel.forget(); shown = shipped(); draw(); return; }
    kernel.ask({ data: names[state.data], lr: rate(), activation: meta.activation[state.activation], hidden: typed.hidden });
  };
  const update = () => { answer(); changed(); };

  const playing = on => figure.words.setAttribute("aria-live", on ? "off" : "polite");
  const controls = {
    data: menu({ label: "data", options: names.slice(0, meta.data.length), value: 0, change: k => { state.data = k; update(); } }),
    lr: slider({ label: "learning rate", max: meta.lr.length - 1, value: state.lr, written: k => String(meta.lr[k]), change: k => { state.lr = k; typed.lr = null; any?.set(""); update(); } }),
    activation: menu({ label: "activation", options: meta.activation, value: state.activation, change: k => { state.activation = k; update(); } }),
    epoch: player({ label: "epoch", max: meta.snapshots.length - 1, value: state.snapshot, written: k => String(meta.snapshots[k]), playing, change: k => { state.snapshot = k; draw(); changed(); } }),
  };
  figure.controls.append(...Object.values(controls).map(({ root }) => root));

  const updateCode = codeButton(figure, () => code(shown, meta, meta.activation[state.activation], rate(), meta.snapshots[state.snapshot]));
  let any = null, wanted = null;      // the field for any rate; wanted by a link that awaits a kernel
  const changed = share(figure, model, {
    read: () => ({ data: names[state.data], lr: rate(), activation: meta.activation[state.activation], epoch: meta.snapshots[state.snapshot], hidden: typed.hidden }),
    write: asked => {
      const found = {
        data: lookUp(asked.data, names), lr: lookUp(asked.lr, meta.lr.map(String), meta.lr), activation: lookUp(asked.activation, meta.activation),
        epoch: lookUp(asked.epoch, meta.snapshots.map(String), meta.snapshots), hidden: lookUp(asked.hidden, [String(meta.hidden)], [meta.hidden]),
      };
      wanted = { data: found.data.index >= meta.data.length ? found.data.index : null, lr: found.lr.number ?? null, hidden: found.hidden.number ?? null };
      if (wanted.data !== null) found.data = {};
      for (const name in controls) if (found[name].index !== undefined) controls[name].set(state[name === "epoch" ? "snapshot" : name] = found[name].index);
      const words = { data: `the data ${names[wanted.data]}`, lr: `learning rate ${wanted.lr}`, hidden: `${wanted.hidden} hidden neurons` };
      return Object.keys(words).filter(name => wanted[name] !== null).map(name => words[name]);
    },
  });
  onKernel(model, () => {
    for (const name of meta.more) controls.data.input.add(new Option(name, controls.data.input.length));
    any = numberInput({ label: "or any learning rate", value: wanted?.lr ?? "", change: number => { typed.lr = number; update(); } });
    const width = numberInput({ label: "hidden neurons", value: wanted?.hidden ?? meta.hidden, change: number => { typed.hidden = number ?? meta.hidden; update(); } });
    figure.controls.append(any.root, width.root);
    if (!wanted || Object.values(wanted).every(value => value === null)) return;
    if (wanted.data !== null) controls.data.set(state.data = wanted.data);
    Object.assign(typed, { lr: wanted.lr, hidden: wanted.hidden ?? meta.hidden });
    figure.remark("");
    update();
  });
  answer();
  const end = onTheme(draw);
  return () => { end(); kernel.close(); controls.epoch.stop(); };
}

/** Cut the bytes of all runs, which differ in length with the number of classes. */
function readRuns(bytes, meta) {
  const { epochs, snapshots, hidden, lr, activation } = meta;
  let start = 0;
  return meta.data.flatMap(({ classes }) => Array.from({ length: lr.length * activation.length }, () => {
    const size = 2 * (2 * (epochs + 1) + snapshots.length * (3 * hidden + (hidden + 1) * classes));
    return readRun(unpack(bytes.subarray(start, start += size)), { ...meta, classes });
  }));
}

/** What is to be seen at one epoch of a run, in words. */
function sentence({ run, data, verdict }, epoch, epochs) {
  const loss = run.losses[epoch], n = data.points.length, end = epoch === epochs || run.losses[epoch] === NEVER ? ` ${verdict}` : "";
  if (run.right[epoch] === NEVER) return `${verdict} After epoch ${run.right.indexOf(NEVER) - 1} the numbers are too large to compute with; the picture shows the last network before.`;
  const high = loss === NEVER ? "above 65" : (loss / 1000).toFixed(3);
  return `after epoch ${epoch} of ${epochs} the loss is ${high}, and ${run.right[epoch]} of ${n} samples (${Math.round(100 * run.right[epoch] / n)} %) are right.${end}`.trimEnd();
}

function code({ data, hidden }, meta, activation, lr, epoch) {
  const names = ["SGD", "Network", ...(data.imports ? [data.imports] : []), "mlp"].join(", ");
  const fit = `network.fit(X, y, epochs=${epoch}, batch_size=${meta.batch_size}, optimizer=SGD(lr=${lr}), rng=${meta.seed})\n`;
  return `import numpy as np\nfrom nnfromscratch import ${names}\n\n${data.code}\n`
    + `network = Network(mlp([2, ${hidden}, ${data.classes}], "${activation}", rng=${meta.seed}, dtype=X.dtype))\n${epoch ? fit : ""}`
    + "loss, accuracy = network.evaluate(X, y)\nprint(f\"loss {loss:.3f}, {round(accuracy * len(y))} of {len(y)} right\")\n";
}

/** The canvases, and how one moment of a run is drawn on them. */
function pictures(place) {
  const plane = canvas(340, 300), curves = canvas(340, 300), heat = pixels(GRID, GRID), neurons = make("div", { className: "nns-neurons" });
  const maps = [];
  place.classList.add("nns-training");
  place.append(plane.element, curves.element, neurons);
  const draw = (run, snapshot, data, activation, meta) => {
    const network = run.parameters(snapshot), { hidden, probabilities } = onGrid(network, activation, data.box);
    drawPlane(plane, heat.paint((k, out, at) => tint(probabilities, k * data.classes, data.classes, out, at)), data);
    drawCurves(curves, run, meta.snapshots[snapshot], meta.epochs, data.points.length, getComputedStyle(place).color);
    drawNeurons(hidden);
  };
  const drawNeurons = hidden => {
    if (maps.length !== hidden.length) {
      maps.splice(0, maps.length, ...hidden.map(() => pixels(GRID, GRID)));
      maps.forEach(({ element }) => { element.style.width = "72px"; });
      neurons.replaceChildren(make("p", { textContent: "Outputs of the hidden neurons (blue below 0, white 0, vermillion above):" }), ...maps.map(({ element }) => element));
    }
    const largest = Math.max(...hidden.map(values => values.reduce((most, a) => Math.max(most, Math.abs(a)), 0))) || 1;
    maps.forEach((map, j) => map.paint((k, out, at) => diverging(hidden[j][k] / largest, out, at)));
  };
  return { draw };
}

function drawPlane({ context: g, width, height }, heat, { box: [left, bottom, right, top], points }) {
  g.drawImage(heat, 0, 0, width, height);
  for (const [x1, x2, label] of points) mark(g, label, (x1 - left) / (right - left) * width, (top - x2) / (top - bottom) * height);
  g.fillStyle = "black";
  g.fillText("x₁ →", width - 32, height - 8);
  g.fillText("↑ x₂", 6, 18);
}

/** Where the axis for losses in thousandths ends: at a multiple of 0.2, so that its half has one decimal, too. */
export function lossTop(losses) {
  return Math.min(Math.ceil(Math.max(...losses, 1) / 200) / 5, 5);
}

/** Loss above, accuracy below; what has not happened yet is pale. */
function drawCurves({ context: g, width, height }, { losses, right }, epoch, epochs, n, ink) {
  g.clearRect(0, 0, width, height);
  const finite = [...losses.subarray(0, right.indexOf(NEVER) < 0 ? epochs + 1 : right.indexOf(NEVER))];
  const end = finite.length - 1;
  const loss = { y0: 24, h: 112, top: lossTop(finite), title: "loss", colour: PALETTE[0], values: finite.map(value => value / 1000) };
  const score = { y0: 172, h: 84, top: 1, title: "accuracy", colour: PALETTE[1], values: [...right.subarray(0, end + 1)].map(value => value / n) };
  for (const panel of [loss, score]) {
    axes(g, panel, width, epochs, ink);
    curve(g, panel, width, epochs, 0.3, end);
    curve(g, panel, width, epochs, 1, Math.min(epoch, end));
  }
  g.fillStyle = ink;
  g.textAlign = "center";
  for (const tick of [0, 0.5, 1]) g.fillText(Math.round(tick * epochs), 40 + tick * (width - 52), 271);
  g.fillText("epoch", 40 + (width - 52) / 2, 290);
  if (end < epochs) cross(g, 40 + end / epochs * (width - 52), loss.y0, ink);
}

function axes(g, { y0, h, top, title }, width, epochs, ink) {
  g.strokeStyle = ink;
  g.fillStyle = ink;
  g.lineWidth = 0.7;
  g.strokeRect(40, y0, width - 52, h);
  g.textAlign = "right";
  for (const tick of [0, 0.5, 1]) g.fillText((tick * top).toFixed(2), 36, y0 + h * (1 - tick) + 4);
  g.textAlign = "left";
  g.fillText(title, 40, y0 - 6);
}

function curve(g, { y0, h, top, colour, values }, width, epochs, alpha, end) {
  const x = k => 40 + k / epochs * (width - 52), y = k => y0 + h * (1 - Math.min(values[k] / top, 1));
  g.globalAlpha = alpha;
  g.strokeStyle = g.fillStyle = rgb(colour);
  g.lineWidth = 2;
  g.beginPath();
  for (let k = 0; k <= end; k++) g.lineTo(x(k), y(k));
  g.stroke();
  if (alpha === 1) { g.beginPath(); g.arc(x(end), y(end), 4, 0, 7); g.fill(); }
  g.globalAlpha = 1;
}

/** Where a run ended because its numbers became too large. */
function cross(g, x, y, ink) {
  g.strokeStyle = rgb(PALETTE[1]);
  g.lineWidth = 3;
  g.beginPath();
  for (const side of [-1, 1]) { g.moveTo(x - 6, y + 10 - 6 * side); g.lineTo(x + 6, y + 10 + 6 * side); }
  g.stroke();
  g.fillStyle = ink;
  g.textAlign = x > 200 ? "right" : "left";
  g.fillText("diverged", x + (x > 200 ? -12 : 12), y + 15);
}

export default { render };
