// NeuronExplorer: everything is computed here, from the numbers that the reader sets.
import { button, codeButton, frame, make, menu, onTheme, share, slider } from "./shared.js";
import { ACTIVATIONS } from "./network.js";
import { canvas, diverging, mark, PALETTE, pixels, polygon, rgb } from "./canvas.js";

const GRID = 64, MESH = 20, MINUS = "\u2212";
const TINT = 0.5;       // of the full colour at the largest output: lines and marks stand out on it

/** One neuron: its sum z and its output a. */
export function neuron([w1, w2, b], activation, x1, x2) {
  const z = w1 * x1 + w2 * x2 + b;
  return { z, a: ACTIVATIONS[activation](z) };
}

/** Two hidden neurons and an output: values are w1, w2, b of each. */
export function xorNetwork(values, activation, x1, x2) {
  const [h1, h2] = [0, 3].map(k => neuron(values.slice(k, k + 3), activation, x1, x2).a);
  return { h1, h2, output: neuron(values.slice(6), activation, h1, h2).a };
}

const written = value => (Math.abs(value) >= 1e4 ? value.toPrecision(3) : String(+value.toFixed(2))).replace("-", MINUS);
const fixed = (value, digits) => (Math.abs(value) >= 1e4 ? value.toPrecision(3) : value.toFixed(digits)).replace(/^-(0\.?0*)$/, "$1").replace("-", MINUS);
const factor = value => (value < 0 ? `(${written(value)})` : written(value));

async function render({ model, el }) {
  const meta = model.get("meta"), figure = frame(model, el), values = [...meta.values], state = { activation: meta.activation, touched: 0 };
  const kind = meta.layers === 2 ? twoLayers(figure, meta) : oneLayer(figure, meta);
  const name = () => meta.activations[state.activation];
  const draw = () => {
    const { words, alt } = kind.draw(values, name(), state.touched);
    figure.picture.setAttribute("aria-label", alt);
    figure.say(words);
    updateCode();
  };
  const use = () => { draw(); changed(); };
  const dials = values.map((value, k) => dial({ ...kind.dials[k], value, change: value => { values[k] = value; state.touched = k; use(); } }));
  const choose = menu({ label: "activation", options: meta.activations, value: state.activation, change: k => { state.activation = k; use(); } });
  for (const [legend, from, to] of kind.groups) {
    figure.controls.append(make("fieldset", { className: "nns-dials" }, make("legend", { textContent: legend }), ...dials.slice(from, to).map(({ root }) => root)));
  }
  figure.controls.append(choose.root);
  const set = all => all.forEach((value, k) => dials[k].set(values[k] = value));
  if (meta.layers === 2) figure.controls.append(...solutionButtons(() => meta.solutions[name()], meta, set, use, figure));
  const updateCode = codeButton(figure, () => kind.code(values, name()));
  const changed = share(figure, model, {
    read: () => ({ activation: name(), values: values.join("_") }),
    write: asked => {
      const k = meta.activations.indexOf(asked.activation), numbers = (asked.values ?? "").split("_").map(text => (text === "" ? NaN : Number(text)));
      if (k >= 0) choose.set(state.activation = k);
      if (numbers.length === values.length && numbers.every(Number.isFinite)) set(numbers);
      return [];
    },
  });
  draw();
  return onTheme(draw);
}

/** A slider, and a field beside it that takes any number. */
function dial({ label, spoken, range, value, change }) {
  const field = make("input", { type: "number", step: "any", "aria-label": `${spoken}, exactly` });
  field.dataset.lmSuppressShortcuts = "true";
  const control = slider({ label, min: -range, max: range, step: 0.05, value, written, change: value => { field.value = value; change(value); } });
  const set = value => { control.set(value); control.input.setAttribute("aria-valuetext", written(value)); control.output.textContent = written(value); field.value = value; };
  control.output = control.root.querySelector("output");
  control.output.hidden = true;
  control.root.querySelector("label").setAttribute("aria-label", spoken);
  field.addEventListener("change", () => { if (field.value !== "" && field.validity.valid) { control.set(+field.value); change(+field.value); } });
  control.root.append(field);
  set(value);
  return { root: control.root, set };
}

// ---------------------------------------------------------------------------------------------------------------------- one neuron

function oneLayer({ picture }, { box, points }) {
  const plane = canvas(232, 232), surface = canvas(232, 232), curve = canvas(232, 232), heat = pixels(GRID, GRID);
  picture.classList.add("nns-neuron");
  picture.append(...captioned([[plane, `Output over the plane, and the line z = 0${points.length ? "; circles are samples of class 0, squares of class 1" : ""}`], [surface, "The same as a surface"], [curve, "The activation"]]));
  const dials = ["w₁", "w₂", "b", "x₁", "x₂"].map((label, k) => ({ label, spoken: ["weight 1", "weight 2", "bias", "input 1", "input 2"][k], range: k < 3 ? 5 : box[2] }));
  const draw = (values, activation) => {
    const x = values.slice(3), { z, a } = neuron(values, activation, ...x), ink = getComputedStyle(picture).color;
    const f = (x1, x2) => neuron(values, activation, x1, x2).a;
    const most = paintMap(heat, onGrid(box, f));
    drawPlane(plane, heat.element, box, [values], points, x);
    drawSurface(surface, box, f, most, x, ink);
    drawCurve(curve, ACTIVATIONS[activation], z, a, ink);
    const formula = `z = ${factor(values[0])}·${factor(x[0])} + ${factor(values[1])}·${factor(x[1])} + ${factor(values[2])} = ${fixed(z, 2)}, and ${activation}(z) = ${fixed(a, 3)}.`;
    const words = `${formula} ${line(values)}${parted(values, points)}`;
    return { words, alt: `The output of the neuron as colour over the plane, as a surface, and on the curve of ${activation}. ${words}` };
  };
  const code = ([w1, w2, b, x1, x2], activation) => {
    const samples = points.length ? `\nX = np.array(${JSON.stringify(points.map(([a, b]) => [a, b]))})\ny = np.array(${JSON.stringify(points.map(p => p[2]))})\n`
      + "right = int(((X @ w + b >= 0) == y).sum())\nprint(f\"{right} of {len(y)} samples\")\n" : "";
    return `import numpy as np\nfrom nnfromscratch import ${activation}\n\nw, b = np.array([${w1}, ${w2}], float), ${b}\nx = np.array([${x1}, ${x2}], float)\n`
      + `z = x @ w + b\nprint(f"z = {z:.2f}, and ${activation}(z) = {${activation}(z):.3f}")\n${samples}`;
  };
  return { dials, groups: [["neuron", 0, 3], ["input", 3, 5]], draw, code };
}

/** Where the neuron's sum is 0, in words. */
function line([w1, w2, b]) {
  if (w1 === 0 && w2 === 0) return "Both weights are 0: there is no line, the output is the same everywhere.";
  if (w2 === 0) return `The line: x₁ = ${written(-b / w1)}.`;
  return `The line: x₂ = ${factor(-w1 / w2)}·x₁ + ${factor(-b / w2)}.`;
}

function parted(values, points) {
  if (!points.length) return "";
  const right = points.filter(([x1, x2, label]) => (neuron(values, "identity", x1, x2).z >= 0) === (label === 1)).length;
  return ` ${right} of ${points.length} samples are on the right side.`;
}

// ---------------------------------------------------------------------------------------------------------------------- exclusive or

const ROWS = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]];

function twoLayers(figure, { box, points }) {
  const planes = [canvas(232, 232), canvas(232, 232), canvas(232, 232)], heats = planes.map(() => pixels(GRID, GRID));
  figure.picture.classList.add("nns-neuron");
  figure.picture.append(...captioned([[planes[0], "Hidden neuron 1 and its line"], [planes[1], "Hidden neuron 2 and its line"], [planes[2], "Output of the network"]]));
  const body = make("tbody"), head = ["x₁", "x₂", "h₁", "h₂", "output", "target", ""].map(text => make("th", { textContent: text, scope: "col" }));
  figure.words.before(make("table", { className: "nns-table" }, make("thead", {}, make("tr", {}, ...head)), body));
  const groups = [["hidden neuron 1", 0, 3], ["hidden neuron 2", 3, 6], ["output neuron", 6, 9]];
  const dials = groups.flatMap(([neuron]) => ["w₁", "w₂", "b"].map((label, i) => ({ label, spoken: `${neuron}, ${["weight 1", "weight 2", "bias"][i]}`, range: i < 2 ? 10 : 20 })));
  const draw = (values, activation, touched) => {
    const rows = ROWS.map(([x1, x2, target]) => ({ x1, x2, target, ...xorNetwork(values, activation, x1, x2) }));
    const neurons = [0, 3, 6].map(k => values.slice(k, k + 3)), [first, second, last] = neurons;
    const h1 = onGrid(box, (x1, x2) => neuron(first, activation, x1, x2).a), h2 = onGrid(box, (x1, x2) => neuron(second, activation, x1, x2).a);
    const maps = [h1, h2, h1.map((_, k) => neuron(last, activation, h1[k], h2[k]).a)];
    maps.forEach((map, k) => {
      paintMap(heats[k], map);
      drawPlane(planes[k], heats[k].element, box, [[first], [second], [first, second]][k], points);
    });
    body.replaceChildren(...rows.map(row));
    const right = rows.filter(({ output, target }) => (output >= 0.5) === (target === 1)).length, k = Math.floor(touched / 3);
    const [w1, w2, b] = values.slice(3 * k, 3 * k + 3), [p, q] = k === 2 ? ["h₁", "h₂"] : ["x₁", "x₂"];
    const words = `${right} of 4 rows are right (an output of 0.5 or more counts as 1). ${["Hidden neuron 1", "Hidden neuron 2", "Output neuron"][k]}: ${activation}(${factor(w1)}·${p} + ${factor(w2)}·${q} + ${factor(b)}).`;
    const outputs = rows.map(({ x1, x2, output }) => `${fixed(output, 2)} for ${x1}, ${x2}`).join("; ");
    return { words, alt: `Maps of the two hidden neurons with their lines, and of the output: ${outputs}. ${words}` };
  };
  const code = ([a, b, c, d, e, f, g, h, i], activation) => `import numpy as np\nfrom nnfromscratch import ${activation}\n\n`
    + `X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])\nW1, b1 = np.array([[${a}, ${d}], [${b}, ${e}]], float), np.array([${c}, ${f}], float)\n`
    + `W2, b2 = np.array([${g}, ${h}], float), ${i}\noutput = ${activation}(${activation}(X @ W1 + b1) @ W2 + b2)\n`
    + "for x, value in zip(X, output):\n    print(x, f\"{value:.2f}\")\nprint(int(((output >= 0.5) == [0, 1, 1, 0]).sum()), \"of 4 rows are right\")\n";
  return { dials, groups, draw, code };
}

function row({ x1, x2, h1, h2, output, target }) {
  const right = (output >= 0.5) === (target === 1), cells = [x1, x2, fixed(h1, 2), fixed(h2, 2), fixed(output, 2), target, right ? "✓ right" : "✗ wrong"];
  return make("tr", { className: right ? "" : "nns-wrong" }, ...cells.map(text => make("td", { textContent: text })));
}

function solutionButtons(solution, meta, set, use, figure) {
  const show = () => {
    const found = solution();
    if (found) { set(found); use(); }
    else figure.say("No weights solve it with identity: sums of sums are sums again, and one line does not part the rows. Choose another activation.");
  };
  const solve = button("A solution", "Set weights that solve it", show);
  return [solve, button("Start again", "Set the weights of the start", () => { set(meta.values); use(); })];
}

// ---------------------------------------------------------------------------------------------------------------------- drawing

function captioned(pairs) {
  return pairs.map(([{ element }, text]) => make("div", {}, element, make("p", { textContent: text })));
}

/** The values of f over the plane, row by row from the top. */
function onGrid([left, bottom, right, top], f) {
  return Float64Array.from({ length: GRID * GRID }, (_, k) => f(left + ((k % GRID) + 0.5) / GRID * (right - left), top - (Math.floor(k / GRID) + 0.5) / GRID * (top - bottom)));
}

/** Colour a map by such values, blue below 0, white at 0, vermillion above; return the size of the strongest colour: 1, or the largest of them. */
function paintMap(map, values) {
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  map.paint((k, data, at) => diverging(TINT * values[k] / most, data, at));
  return most;
}

function drawPlane({ context: g, width, height }, heat, [left, bottom, right, top], neurons, points, input) {
  const px = x => (x - left) / (right - left) * width, py = y => (top - y) / (top - bottom) * height;
  g.drawImage(heat, 0, 0, width, height);
  g.strokeStyle = "rgba(0, 0, 0, 0.35)";
  g.lineWidth = 0.6;
  g.beginPath(); g.moveTo(px(0), 0); g.lineTo(px(0), height); g.moveTo(0, py(0)); g.lineTo(width, py(0)); g.stroke();
  for (const weights of neurons) drawLine(g, weights, px, py, right - left);
  for (const [x1, x2, label] of points) mark(g, label, px(x1), py(x2), points.length > 4 ? 3.2 : 6.5);
  if (input) { g.strokeStyle = "black"; g.lineWidth = 2; g.beginPath(); g.arc(px(input[0]), py(input[1]), 5, 0, 7); g.stroke(); }
  g.fillStyle = "black";
  g.fillText("x₁ →", width - 30, height - 6);
  g.fillText("↑ x₂", 5, 15);
}

/** The line w·x + b = 0, and an arrow along w: towards larger sums. */
function drawLine(g, [w1, w2, b], px, py, side) {
  const length = Math.hypot(w1, w2);
  if (!length) return;
  const [n1, n2] = [w1 / length, w2 / length], [c1, c2] = [-b / length * n1, -b / length * n2], far = 4 * side;
  if (Math.abs(b / length) > far) return;
  g.strokeStyle = g.fillStyle = "black";
  g.lineWidth = 1.6;
  g.beginPath();
  g.moveTo(px(c1 - far * n2), py(c2 + far * n1));
  g.lineTo(px(c1 + far * n2), py(c2 - far * n1));
  g.moveTo(px(c1), py(c2));
  const [t1, t2] = [c1 + 0.16 * side * n1, c2 + 0.16 * side * n2];
  g.lineTo(px(t1), py(t2));
  g.stroke();
  const head = s => [px(t1 - 0.05 * side * (n1 + s * n2)), py(t2 - 0.05 * side * (n2 - s * n1))];
  g.beginPath();
  polygon(g, [[px(t1), py(t2)], head(0.6), head(-0.6)]);
  g.fill();
}

/** The output as a surface seen from above and the side, far patches first. */
function drawSurface({ context: g, width, height }, [left, bottom, right, top], f, most, [p, q], ink) {
  const at = (i, j) => f(left + i / MESH * (right - left), bottom + j / MESH * (top - bottom)), values = [];
  for (let i = 0; i <= MESH; i++) values.push(Array.from({ length: MESH + 1 }, (_, j) => at(i, j)));
  const all = values.flat(), low = Math.min(0, ...all), high = Math.max(low + 1e-9, ...all);
  const project = (u, v, value) => [width / 2 + (u - v) * width * 0.44, height * 0.66 + (1 - u - v) * height * 0.2 - (value - low) / (high - low) * height * 0.4];
  const corner = (i, j, value = values[i][j]) => project(i / MESH, j / MESH, value);
  g.clearRect(0, 0, width, height);
  g.strokeStyle = ink;
  g.lineWidth = 0.7;
  g.beginPath(); polygon(g, [[0, 0], [MESH, 0], [MESH, MESH], [0, MESH]].map(([i, j]) => corner(i, j, low))); g.stroke();
  const colour = [0, 0, 0];
  g.strokeStyle = "rgba(0, 0, 0, 0.35)";
  for (let i = MESH - 1; i >= 0; i--) for (let j = MESH - 1; j >= 0; j--) {
    diverging((values[i][j] + values[i + 1][j] + values[i][j + 1] + values[i + 1][j + 1]) / 4 / most * TINT, colour, 0);
    g.fillStyle = rgb(colour);
    g.beginPath(); polygon(g, [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)]); g.fill(); g.stroke();
  }
  const [x, y] = project((p - left) / (right - left), (q - bottom) / (top - bottom), Math.min(Math.max(f(p, q), low), high));
  g.strokeStyle = g.fillStyle = ink;
  if (p >= left && p <= right && q >= bottom && q <= top) { g.lineWidth = 2; g.strokeStyle = "black"; g.beginPath(); g.arc(x, y, 5, 0, 7); g.stroke(); }
  g.textAlign = "left"; g.fillText("x₁", width * 0.76, height * 0.98);
  g.textAlign = "right"; g.fillText("x₂", width * 0.24, height * 0.98);
  g.textAlign = "left"; g.fillText(`from ${written(low)} to ${written(high)}`, 2, 14);
}

/** The activation, and where the input falls on it. */
function drawCurve({ context: g, width, height }, f, z, a, ink) {
  const span = Math.max(5, Math.abs(z) * 1.1), zs = Array.from({ length: 201 }, (_, k) => (k / 100 - 1) * span), values = zs.map(f);
  const low = Math.min(0, ...values), high = Math.max(low + 1, ...values), pad = 22;
  const px = z => pad + (z / span + 1) / 2 * (width - 2 * pad), py = value => height - pad - (value - low) / (high - low) * (height - 2 * pad);
  g.clearRect(0, 0, width, height);
  g.strokeStyle = g.fillStyle = ink;
  g.lineWidth = 0.7;
  g.beginPath(); g.moveTo(pad, py(0)); g.lineTo(width - pad, py(0)); g.moveTo(px(0), pad); g.lineTo(px(0), height - pad); g.stroke();
  g.strokeStyle = rgb(PALETTE[0]);
  g.lineWidth = 2.4;
  g.beginPath(); zs.forEach((z, k) => g.lineTo(px(z), py(values[k]))); g.stroke();
  g.strokeStyle = g.fillStyle = rgb(PALETTE[1]);
  g.lineWidth = 1.2;
  g.setLineDash([4, 3]);
  g.beginPath(); g.moveTo(px(z), py(0)); g.lineTo(px(z), py(a)); g.lineTo(px(0), py(a)); g.stroke();
  g.setLineDash([]);
  g.beginPath(); g.arc(px(z), py(a), 5, 0, 7); g.fill();
  g.fillStyle = ink;
  g.textAlign = "center";
  g.fillText(`z = ${fixed(z, 2)}`, width / 2, height - 5);
  g.textAlign = "left";
  g.fillText(`output ${fixed(a, 3)}`, 4, 13);
}

export default { render };
