// The computation graph as cards, one for each neuron, whose numbers appear step by step. Everything is computed here.
import { controlsOf, logSlider, make, player, preferred, slider, textButton } from "./shared.js";
import { lossAndGradients, makeNetwork, oneHot, rows, step } from "./engine.js";
import { fixed } from "./drawing.js";
import { calculate, called, neurons, places, story, written } from "./backprop_story.js";

const ROW = 20,
  CARD = 162,
  COLUMNS = [44, 104],
  GAP = 46; // of a card: height of a row, width, where value and gradient begin

const gradientOf = name => name.replace(".", ".d");
const owner = name => name.split(".")[0];

/** The cards of the graph, row by row: key, title, and pairs of what is written in front and the name of the number. */
function cards(network, lossName) {
  const all = neurons(network),
    last = all.length - 1;
  const rows = all.map((layer, l) =>
    layer.map(({ key, name }) => {
      if (l === 0) return { key, title: name, rows: [[key, "x"]] };
      const weights = [...Array.from({ length: network.sizes[l - 1] }, (_, i) => `w${i + 1}`), "b", "z"];
      const outcome = l < last ? ["a", "slope"] : lossName === "SquaredError" ? ["y"] : ["p", "y"];
      return {
        key,
        title: name.replace("hidden layer", "layer"),
        rows: [...weights, ...outcome].map(n => [n === "slope" ? "f'(z)" : n, n]),
      };
    }),
  );
  return [...rows, [{ key: "loss", title: "loss", rows: [["L", "L"]] }]];
}

function cell(name, x, y, width, kind) {
  return `<g data-number="${name}" class="nns-${kind}"><rect x="${x}" y="${y + 1}" width="${width}" height="${ROW - 2}" rx="3"/><text x="${x + width / 2}" y="${y + 14}" text-anchor="middle"></text></g>`;
}

function card({ key, title, rows }, x, y) {
  const lines = rows.map(([label, number], i) => {
    const name = `${key}.${number}`,
      top = y + (i + 1) * ROW,
      bare = key[0] === "x" || key === "loss" || ["slope", "p", "y"].includes(number);
    return `<text x="${x + 6}" y="${top + 14}">${label}</text>${cell(name, x + COLUMNS[0], top, 56, "value")}${bare ? "" : cell(gradientOf(name), x + COLUMNS[1], top, 54, "gradient")}`;
  });
  const height = (rows.length + 1) * ROW + 4;
  return `<rect class="nns-card" x="${x}" y="${y}" width="${CARD}" height="${height}" rx="6"/><text class="nns-head" x="${x + 6}" y="${y + 15}">${title}</text>${lines.join("")}`;
}

const LEGEND = [
  ["value", 0, 50, "value"],
  ["gradient", 56, 120, "gradient of the loss"],
]
  .map(
    ([kind, x, width, text]) =>
      `<g class="nns-${kind} nns-known"><rect x="${x}" y="1" width="${width}" height="${ROW - 2}" rx="3"/><text x="${x + width / 2}" y="14" text-anchor="middle">${text}</text></g>`,
  )
  .join("");

/** The whole graph as SVG text. */
function graph(network, lossName) {
  const rows = cards(network, lossName),
    widest = Math.max(...rows.map(row => row.length)) * (CARD + 16) - 12,
    place = {};
  let y = ROW + 6;
  const drawn = rows.map(row => {
    const left = (widest - row.length * (CARD + 16) + 16) / 2,
      height = (row[0].rows.length + 1) * ROW + 4;
    const text = row.map((one, i) => {
      const x = left + i * (CARD + 16);
      place[one.key] = { x: x + CARD / 2, top: y, bottom: y + height };
      return card(one, x, y);
    });
    y += height + GAP;
    return text.join("");
  });
  const edges = [],
    slopes = [];
  rows.slice(1).forEach((row, r) =>
    rows[r].forEach((above, i) =>
      row.forEach((below, j) => {
        const { x, bottom } = place[above.key],
          { x: x2, top } = place[below.key],
          t = 0.26 + 0.48 * (row.length > 1 ? j / (row.length - 1) : 0.5);
        edges.push(`<line data-edge="${above.key} ${below.key}" x1="${x}" y1="${bottom}" x2="${x2}" y2="${top}"/>`);
        if (r < rows.length - 2)
          slopes.push(
            `<text class="nns-slope" data-slope="${above.key} ${below.key}" data-weight="${below.key}.w${i + 1}" x="${x + t * (x2 - x)}" y="${bottom + t * (top - bottom) + 4}" text-anchor="middle"></text>`,
          );
      }),
    ),
  );
  return {
    width: widest,
    text: `<svg viewBox="-2 0 ${widest + 4} ${y - GAP + 2}">${LEGEND}${edges.join("")}${drawn.join("")}${slopes.join("")}</svg>`,
  };
}

/** The stepper without a frame: picture, words, and controls, for a network with its loss, a sample, and its label. */
export function stepper({ network, lossName, x, label, say, changed = () => {} }) {
  const picture = make("div", { className: "nns-graph", role: "img", tabIndex: 0 }),
    { text: svg, width } = graph(network, lossName);
  picture.innerHTML = svg;
  picture.firstElementChild.style.minWidth = `${Math.min(width, 280)}px`;
  if (width > 720) picture.firstElementChild.style.width = `${width}px`;
  else picture.firstElementChild.style.maxWidth = `${width * 1.2}px`;
  const cells = [...picture.querySelectorAll("[data-number]")],
    edges = [...picture.querySelectorAll("[data-edge]")],
    slopes = [...picture.querySelectorAll("[data-slope]")];
  const names = Object.keys(places(network)),
    where = places(network),
    k = network.sizes.at(-1);
  const state = { step: 0, x: [...x], weight: 0, nudge: 0.1, numbers: {}, steps: [] };
  let note = "";

  const compute = () => {
    state.numbers = calculate(network, state.x, label);
    state.steps = story(network, state.numbers, lossName);
  };
  const show = () => {
    const shown = new Set(state.steps.slice(0, state.step + 1).flatMap(({ shows }) => shows)),
      { shows, uses, words } = state.steps[state.step];
    for (const one of cells) {
      const name = one.dataset.number;
      one.lastChild.textContent = shown.has(name) ? written(state.numbers[name]) : "";
      one.classList.toggle("nns-known", shown.has(name));
      one.classList.toggle("nns-new", shows.includes(name) && state.step > 0);
      one.classList.toggle("nns-used", uses.includes(name));
    }
    const from = new Set(uses.map(owner)),
      to = new Set(shows.map(owner)),
      lit = new Set();
    for (const edge of edges) {
      const [above, below] = edge.dataset.edge.split(" "),
        on = (from.has(above) && to.has(below)) || (from.has(below) && to.has(above));
      edge.classList.toggle("nns-new", on);
      if (on) lit.add(edge.dataset.edge);
    }
    for (const slope of slopes) slope.textContent = lit.has(slope.dataset.slope) ? `×${written(state.numbers[slope.dataset.weight])}` : "";
    picture.setAttribute("aria-label", `Computation graph, step ${state.step + 1} of ${state.steps.length}. ${words}`);
    say(note || words);
    showNudge();
  };
  const lossAt = place => {
    const kept = network.values[place],
      gradients = network.gradients.slice();
    network.values[place] = kept + state.nudge;
    const { loss } = lossAndGradients(network, Float64Array.from(state.x), oneHot([label], k));
    network.values[place] = kept;
    network.gradients.set(gradients);
    return loss;
  };
  const outcome = make("p", { className: "nns-outcome" });
  const showNudge = () => {
    const name = names[state.weight],
      place = where[name],
      slope = network.gradients[place],
      real = lossAt(place) - state.numbers["loss.L"];
    outcome.textContent = `Predicted change in the loss: gradient · nudge = ${written(slope)} · ${fixed(state.nudge)} = ${fixed(slope * state.nudge, 4)}. Actual change: ${fixed(real, 4)}.`;
  };
  const update = () => {
    note = "";
    compute();
    show();
    changed();
  };
  const last = () => {
    state.step = state.steps.length - 1;
    steps.set(state.step);
  };

  compute();
  const steps = player({
    label: "step",
    max: state.steps.length - 1,
    value: 0,
    interval: 1500,
    written: value => `${value + 1} of ${state.steps.length}`,
    change: value => {
      state.step = value;
      note = "";
      show();
      changed();
    },
  });
  const xs = [0, 1].map(i =>
    slider({
      label: `input x${i + 1}`,
      min: -3,
      max: 3,
      step: 0.1,
      value: state.x[i],
      written: v => fixed(v, 1),
      change: value => {
        state.x[i] = value;
        update();
      },
    }),
  );
  const nudging = controlsOf(state, () => {
    note = "";
    show();
    changed();
  });
  const weight = nudging.menu("weight", { label: "nudge this weight", options: called(network) }),
    nudge = nudging.slider("nudge", { label: "by", min: -1, max: 1, step: 0.01, written: v => fixed(v) });
  const apply = textButton("Apply the nudge", () => {
    network.values[where[names[state.weight]]] += state.nudge;
    update();
  });
  let rate = 0.5;
  const lr = logSlider({
    label: "learning rate",
    min: -3,
    max: 1,
    step: 0.05,
    round: preferred,
    value: rate,
    change: value => {
      rate = value;
    },
  });
  const take = textButton("Take a step", () => {
    const before = state.numbers["loss.L"];
    network.velocity.fill(0);
    step(network, { lr: rate });
    compute();
    last();
    note = `One step with the learning rate ${rate}: every weight moved against its gradient, and the loss went from ${written(before)} to ${written(state.numbers["loss.L"])}.`;
    show();
    changed();
  });
  const first = network.values.slice();
  const reset = textButton("Restore the initial weights", () => {
    network.values.set(first);
    update();
  });
  const more = make(
    "div",
    { className: "nns-nudging" },
    make("div", { className: "nns-grid" }, weight.root, nudge.root, lr.root),
    make("div", { className: "nns-buttons" }, apply, take, reset),
    outcome,
  );
  const use = (inputs, itsLabel) => {
    state.x = [...inputs];
    label = itsLabel;
    update();
  };
  return { picture, more, steps, xs, state, names, where, update, show, use };
}

/** The next step of a run: the stepper for each sample of its mini-batch, on a copy of the network, and what the step makes of all of them. */
export function explain(run) {
  const { settings, training } = run,
    batch = run.next(),
    n = batch.length,
    k = run.network.sizes.at(-1),
    options = { lr: settings.lr, momentum: settings.momentum, weightDecay: settings.l2 };
  const copyOf = values => {
    const network = makeNetwork(
      run.network.sizes,
      settings.hidden.map(({ activation }) => activation),
      settings.loss,
    );
    network.values.set(values);
    network.velocity.set(run.network.velocity);
    return network;
  };
  const network = copyOf(run.network.values),
    words = make("p", { className: "nns-words", "aria-live": "polite" }),
    together = make("p", { className: "nns-outcome" });
  const tellStep = () => {
    // of all samples together, for the weight that is chosen
    const all = copyOf(network.values),
      name = called(network)[view.state.weight],
      place = view.where[view.names[view.state.weight]];
    lossAndGradients(all, rows(training.X, 2, batch), rows(training.Y, k, batch));
    const mean = all.gradients[place];
    step(all, options);
    const change = all.values[place] - network.values[place],
      more = [
        `learning rate ${settings.lr}`,
        settings.momentum && `momentum ${settings.momentum}`,
        settings.l2 && `L2 regularization ${settings.l2}`,
      ];
    together.textContent = `The playground’s next step, for ${name}: the gradient is ${written(network.gradients[place])} for this sample; its mean over the mini-batch (${n} sample${n > 1 ? "s" : ""}) is ${written(mean)}. With ${more.filter(Boolean).join(", ")}, ${name} changes by ${fixed(change, 4)}.`;
  };
  const sample = i => [training.X.slice(2 * batch[i], 2 * batch[i] + 2), training.labels[batch[i]]],
    [x, label] = sample(0);
  const view = stepper({
    network,
    lossName: settings.loss,
    x,
    label,
    say: text => {
      words.textContent = text;
    },
    changed: () => tellStep(),
  });
  const choice = slider({
    label: "sample from the mini-batch",
    min: 1,
    max: n,
    value: 1,
    written: value => `${value} of ${n}`,
    change: value => view.use(...sample(value - 1)),
  });
  choice.input.disabled = n === 1;
  const root = make(
    "div",
    { className: "nns-stepper" },
    make("div", { className: "nns-grid" }, choice.root, view.steps.root),
    words,
    view.picture,
    view.more,
    together,
  );
  view.show();
  tellStep();
  return root;
}
