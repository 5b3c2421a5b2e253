// BackpropStepper: the computation graph as cards, one a neuron, whose numbers appear step by step. All numbers and words are Python's.
import { asker, codeButton, frame, make, menu, numberInput, onKernel, player, share } from "./shared.js";

const ROW = 20, WIDTH = 162, COLUMNS = [44, 104], GAP = 34;      // of a card: height of a row, width, where value and gradient begin

/** The cards of the graph, row by row: their key, title, and pairs of what is written in front and the name of the number. */
function cards({ hidden, outputs }) {
  const count = n => Array.from({ length: n }, (_, i) => i + 1);
  const weights = n => [...count(n).map(i => `w${i}`), "b"];
  return [
    count(2).map(i => ({ key: `x${i}`, title: `input ${i}`, rows: [[`x${i}`, "x"]] })),
    count(hidden).map(i => ({ key: `h${i}`, title: `hidden neuron ${i}`, rows: [...weights(2), "z", "a", "slope"].map(n => [n === "slope" ? "f'(z)" : n, n]) })),
    count(outputs).map(i => ({ key: `o${i}`, title: `output neuron ${i}`, rows: [...weights(hidden), "z", "p", "y"].map(n => [n, n]) })),
    [{ key: "loss", title: "loss", rows: [["L", "L"]] }],
  ];
}

const noGradient = new Set(["x1.x", "x2.x", "loss.L"]);
const gradientOf = name => name.replace(".", ".d");

function cell(name, x, y, width, kind) {
  return `<g data-number="${name}" class="nns-${kind}"><rect x="${x}" y="${y + 1}" width="${width}" height="${ROW - 2}" rx="3"/><text x="${x + width / 2}" y="${y + 14}" text-anchor="middle"></text></g>`;
}

function card({ key, title, rows }, x, y) {
  const lines = rows.map(([label, number], i) => {
    const name = `${key}.${number}`, top = y + (i + 1) * ROW;
    const gradient = noGradient.has(name) || "slope p y".includes(number) ? "" : cell(gradientOf(name), x + COLUMNS[1], top, 54, "gradient");
    return `<text x="${x + 6}" y="${top + 14}">${label}</text>${cell(name, x + COLUMNS[0], top, 56, "value")}${gradient}`;
  });
  const height = (rows.length + 1) * ROW + 4;
  return `<rect class="nns-card" x="${x}" y="${y}" width="${WIDTH}" height="${height}" rx="6"/><text class="nns-head" x="${x + 6}" y="${y + 15}">${title}</text>${lines.join("")}`;
}

const LEGEND = [["value", 0, 50], ["gradient", 56, 120]].map(([kind, x, width]) =>
  `<g class="nns-${kind} nns-known"><rect x="${x}" y="1" width="${width}" height="${ROW - 2}" rx="3"/><text x="${x + width / 2}" y="14" text-anchor="middle">${kind === "value" ? kind : "gradient of the loss"}</text></g>`).join("");

/** The whole graph as SVG text. */
function graph(meta) {
  const rows = cards(meta), widest = Math.max(...rows.map(row => row.length)) * (WIDTH + 16) - 12, place = {};
  let y = ROW + 6;
  const drawn = rows.map(row => {
    const left = (widest - row.length * (WIDTH + 16) + 16) / 2, height = (row[0].rows.length + 1) * ROW + 4;
    const text = row.map((one, i) => {
      const x = left + i * (WIDTH + 16);
      place[one.key] = { x: x + WIDTH / 2, top: y, bottom: y + height };
      return card(one, x, y);
    });
    y += height + GAP;
    return text.join("");
  });
  const edges = rows.slice(1).flatMap((row, i) => rows[i].flatMap(above => row.map(below => {
    const { x, bottom } = place[above.key], { x: x2, top } = place[below.key];
    return `<line data-edge="${above.key} ${below.key}" x1="${x}" y1="${bottom}" x2="${x2}" y2="${top}"/>`;
  })));
  return { width: widest, text: `<svg viewBox="-2 0 ${widest + 4} ${y - GAP + 2}">${LEGEND}${edges.join("")}${drawn.join("")}</svg>` };
}

const owner = name => name.split(".")[0];
const inFull = name => `${owner(name)[0] === "h" ? "hidden" : "output"} neuron ${owner(name).slice(1)}: ${name.split(".")[1]}`;

const inBrackets = sample => `(${sample.join(", ")})`;

/** What a link asks for beside the shipped samples and weights, or null. */
function readFree(asked, sample, names) {
  const x = (asked.x ?? "").replace(/[()]/g, "").split(",").map(text => (text.trim() ? Number(text) : NaN));
  const pairs = (asked.parameters ?? "").split("_").map(text => text.split(":")).filter(([name, value]) => names.includes(name) && value?.trim() && Number.isFinite(+value));
  const free = { sample: x.length === 2 && x.every(Number.isFinite) ? x : [...sample], parameters: Object.fromEntries(pairs.map(([name, value]) => [name, +value])) };
  return pairs.length || inBrackets(free.sample) !== inBrackets(sample) ? free : null;
}

function render({ model, el }) {
  const meta = model.get("meta"), { activations, samples } = meta;
  const figure = frame(model, el), drawing = graph(meta);
  figure.root.classList.add("nns-stepper");
  figure.picture.innerHTML = drawing.text;
  figure.picture.style.maxWidth = `${drawing.width * 1.2}px`;
  figure.picture.before(figure.words);      // the graph is tall: so its words are seen together with the controls
  const numbers = [...figure.picture.querySelectorAll("[data-number]")], edges = [...figure.picture.querySelectorAll("[data-edge]")];

  let activation = 0, sample = 0, step = 0, run = meta.runs[0];
  let free = null, wanted = null;     // sample and parameters that were typed with a kernel; that a link wants, which awaits one

  const show = () => {
    const shown = new Set(run.steps.slice(0, step + 1).flatMap(({ shows }) => shows)), { shows, uses, words } = run.steps[step];
    for (const number of numbers) {
      const name = number.dataset.number;
      number.lastChild.textContent = shown.has(name) ? run.numbers[name] : "";
      number.classList.toggle("nns-known", shown.has(name));
      number.classList.toggle("nns-new", shows.includes(name) && step > 0);
      number.classList.toggle("nns-used", uses.includes(name));
    }
    const from = new Set(uses.map(owner)), to = new Set(shows.map(owner));
    for (const edge of edges) {
      const [above, below] = edge.dataset.edge.split(" ");
      edge.classList.toggle("nns-new", (from.has(above) && to.has(below)) || (from.has(below) && to.has(above)));
    }
    figure.picture.setAttribute("aria-label", `Computation graph, step ${step + 1} of ${run.steps.length}. ${words}`);
    figure.say(words);
  };
  const use = newRun => { run = newRun; show(); updateCode(); changed(); };
  const kernel = asker(figure, model, use);
  const pick = () => {
    if (free) return kernel.ask({ activation: activations[activation], sample: free.sample, parameters: free.parameters });
    kernel.forget();
    use(meta.runs[activation * samples.length + sample]);
  };

  const steps = player({
    label: "step", max: run.steps.length - 1, value: 0, interval: 1500, written: value => `${value + 1} of ${run.steps.length}`,
    change: value => { step = value; show(); changed(); },
  });
  const activationMenu = menu({ label: "activation", options: activations, value: 0, change: index => { activation = index; pick(); } });
  const written = samples.map(inBrackets);
  const sampleMenu = menu({ label: "sample x", options: written, value: 0, change: index => { sample = index; takeSample?.(); pick(); } });
  figure.controls.append(steps.root, activationMenu.root, sampleMenu.root);

  const updateCode = codeButton(figure, () => `${run.code}\n`);
  const changed = share(figure, model, {
    read: () => ({
      step: step + 1, activation: activations[activation], x: inBrackets(free?.sample ?? samples[sample]),
      parameters: Object.entries(free?.parameters ?? {}).map(pair => pair.join(":")).join("_"),
    }),
    write: asked => {
      activation = Math.max(activations.indexOf(asked.activation), 0);
      sample = Math.max(written.indexOf(asked.x), 0);
      run = meta.runs[activation * samples.length + sample];
      if (Number.isInteger(+asked.step) && +asked.step >= 1 && +asked.step <= run.steps.length) step = +asked.step - 1;
      activationMenu.set(activation);
      sampleMenu.set(sample);
      steps.set(step);
      wanted = readFree(asked, samples[sample], meta.parameters);
      const x = wanted && inBrackets(wanted.sample) !== written[sample] ? [`x = ${inBrackets(wanted.sample)}`] : [];
      return [...x, ...Object.entries(wanted?.parameters ?? {}).map(([name, value]) => `${inFull(name)} = ${value}`)];
    },
  });

  let takeSample = null;
  onKernel(model, () => {      // with a kernel: any sample, any weights
    const start = () => (free ??= { sample: [...samples[sample]], parameters: {} });
    const xs = [0, 1].map(i => numberInput({ label: `or any x${i + 1}`, value: (wanted?.sample ?? samples[sample])[i], change: value => { start().sample[i] = value ?? samples[sample][i]; pick(); } }));
    const set = value => {
      const { parameters } = start(), name = meta.parameters[which.input.value];
      if (value === null) delete parameters[name];
      else parameters[name] = value;
      pick();
    };
    const value = numberInput({ label: "to", change: set });
    const showParameter = () => value.set(free?.parameters[meta.parameters[which.input.value]] ?? run.numbers[meta.parameters[which.input.value]]);
    const which = menu({ label: "set", options: meta.parameters.map(inFull), value: 0, change: showParameter });
    takeSample = () => {
      samples[sample].forEach((number, i) => xs[i].set(number));
      if (free) free.sample = [...samples[sample]];
    };
    figure.controls.after(make("div", { className: "nns-kernel" }, ...xs.map(({ root }) => root), which.root, value.root));
    free = wanted;
    showParameter();
    if (free) { figure.remark(""); pick(); }
  });
  show();
  return () => { kernel.close(); steps.stop(); };
}

export default { render };
