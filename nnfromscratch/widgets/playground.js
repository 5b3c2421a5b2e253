// The playground: the reader builds a network, and it learns here, in the page. Every number is computed by engine.js.
import {
  button,
  codeButton,
  frame,
  logSlider,
  make,
  menu,
  numberIn,
  onTheme,
  preferred,
  reducedMotion,
  share,
  slider,
  textButton,
} from "./shared.js";
import { colors, fixed, mix, tinted } from "./drawing.js";
import { Run } from "./run.js";
import { curvesView, fieldView, GRID, networkView, neuronName, painter } from "./playground_views.js";
import { explain } from "./backprop_view.js";
import { boxAround, readCSV, readPoints, toyPoints, writePoints } from "./playground_points.js";
import { readSettings, runCode, writeSettings } from "./playground_text.js";

const RATES = [-4, 1],
  BATCHES = [1, 2, 4, 8, 16, 32, 64, 1000],
  DECAYS = [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3];
const SPEEDS = { "5 epochs per second": 5, "30 epochs per second": 30, "as fast as possible": Infinity };
const LOSS_NAMES = {
  SoftmaxCrossEntropy: "cross-entropy (softmax)",
  SquaredError: "squared error",
  BinaryCrossEntropy: "binary cross-entropy (sigmoid)",
};
const MOST_LAYERS = 4,
  MOST_NEURONS = 8,
  MOST_UNDO = 60;

/** One network with its controls and pictures; the playground shows one, or two for comparison. */
function pane(settings, playground, name) {
  const { meta, before, changed, data } = playground,
    trains = meta.trains,
    names = meta.activations;
  const run = new Run(settings, data.points, data.classes, playground.firstWeights(settings), trains);
  let picked = trains ? null : { layer: 1, j: 0 },
    peeked = null;

  const rebuild = () => run.restart(playground.firstWeights(settings));
  const edit =
    (change, afresh = false) =>
    value => {
      before();
      change(value);
      if (afresh) rebuild();
      changed();
    };
  const lr = logSlider({
    label: "learning rate",
    min: RATES[0],
    max: RATES[1],
    step: 0.05,
    round: preferred,
    value: settings.lr,
    change: edit(value => {
      settings.lr = value;
    }),
  });
  const activation = menu({
    label: "activation of all hidden layers",
    options: names,
    value: 0,
    change: edit(
      i =>
        settings.hidden.forEach(layer => {
          layer.activation = names[i];
        }),
      true,
    ),
  });
  const batch = slider({
    label: "batch size",
    max: BATCHES.length - 1,
    value: 0,
    written: i => (BATCHES[i] === 1000 ? "all" : String(BATCHES[i])),
    change: edit(i => {
      settings.batch = BATCHES[i];
      run.order = null;
    }),
  });
  const losses = Object.keys(LOSS_NAMES).slice(0, settings.loss === "BinaryCrossEntropy" ? 3 : 2); // one output only where the page asks for it
  const loss = menu({
    label: "loss",
    options: losses.map(kind => LOSS_NAMES[kind]),
    value: 0,
    change: edit(i => {
      settings.loss = losses[i];
      run.use(data.points);
    }, true),
  });
  const momentum = slider({
    label: "momentum",
    max: 0.99,
    step: 0.01,
    value: 0,
    written: v => fixed(v),
    change: edit(v => {
      settings.momentum = v;
    }),
  });
  const l2 = slider({
    label: "L2 regularization",
    max: DECAYS.length - 1,
    value: 0,
    written: i => String(DECAYS[i]),
    change: edit(i => {
      settings.l2 = DECAYS[i];
    }),
  });
  const seed = slider({
    label: "seed of the initial weights",
    max: 99,
    value: 0,
    change: edit(v => {
      settings.seed = v;
    }, true),
  });

  for (const { input } of [lr, momentum, l2, batch]) input.dataset.later = ""; // they act on the steps to come
  const layers = make("div", { className: "nns-layers" }),
    inspector = make("div", { className: "nns-inspector" });
  const network = networkView({
    pick: (layer, j, i) => {
      picked = { layer, j };
      inspect(i);
      playground.draw();
    },
    peek: (layer, j) => {
      peeked = layer === undefined ? null : { layer, j };
      playground.draw();
    },
  });
  const field = fieldView({
    at: (x1, x2, how) => playground.at(x1, x2, how),
    hover: (x1, x2, aloud) => playground.look(run, x1, x2, aloud),
  });
  const curves = curvesView(),
    words = make("p", { className: "nns-words" }),
    shown = make("p", { className: "nns-shown" });

  let layersShown = "";
  const showLayers = () => {
    const now = JSON.stringify(settings.hidden);
    if (now === layersShown) return;
    layersShown = now;
    const resize = (index, by) =>
      edit(() => {
        settings.hidden[index].n += by;
        picked = null;
      }, true);
    const rows = settings.hidden.map((layer, index) => {
      const title = `hidden layer ${index + 1}`,
        kind = menu({
          label: title,
          options: names,
          value: names.indexOf(layer.activation),
          change: edit(i => {
            settings.hidden[index].activation = names[i]; // after an undo, `layer` is an old copy
          }, true),
        });
      const fewer = button("−", `One fewer neuron in ${title}`, resize(index, -1)),
        more = button("+", `One more neuron in ${title}`, resize(index, 1));
      fewer.disabled = layer.n <= 1;
      more.disabled = layer.n >= MOST_NEURONS;
      kind.root.append(
        make(
          "span",
          { className: "nns-buttons" },
          fewer,
          make("span", { textContent: `${layer.n} neuron${layer.n > 1 ? "s" : ""}` }),
          more,
        ),
      );
      return kind.root;
    });
    const add = textButton(
      "Add a layer",
      edit(() => settings.hidden.push({ n: 4, activation: settings.hidden.at(-1)?.activation ?? "Tanh" }), true),
    );
    const remove = textButton(
      "Remove the last layer",
      edit(() => {
        settings.hidden.pop();
        picked = null;
      }, true),
    );
    add.disabled = settings.hidden.length >= MOST_LAYERS;
    remove.disabled = !settings.hidden.length;
    layers.replaceChildren(make("div", { className: "nns-grid" }, ...rows), make("div", { className: "nns-buttons" }, add, remove));
  };

  let weights = []; // the sliders of the neuron that is picked, each with its place among all parameters
  const inspect = focus => {
    weights = [];
    if (!picked || picked.layer === 0) {
      inspector.replaceChildren(
        make("p", { textContent: picked ? "An input has no weights." : "Select a neuron to see and change its weights." }),
      );
      return;
    }
    const { layer, j } = picked,
      { nIn, nOut, W, b } = run.network.layers[layer - 1];
    const places = [...Array.from({ length: nIn }, (_, i) => [`w${i + 1}`, W + i * nOut + j]), ["b", b + j]];
    weights = places.map(([label, place]) => [
      slider({
        label,
        min: -10,
        max: 10,
        step: 0.1,
        value: run.network.values[place],
        written: v => fixed(v),
        change: value => {
          before(`${name}${place}`);
          run.network.values[place] = value;
          run.edited = true;
          run.network.velocity.fill(0);
          run.history.length = run.epoch;
          run.note();
          changed();
        },
      }),
      place,
    ]);
    const title = neuronName(run, layer, j);
    inspector.replaceChildren(
      make("p", { textContent: `Weights and bias of ${title}:` }),
      make("div", { className: "nns-grid" }, ...weights.map(([{ root }]) => root)),
    );
    if (focus !== undefined) weights[focus][0].input.focus();
  };

  const show = () => {
    // what the settings say, on the controls
    lr.set(settings.lr);
    activation.input.value =
      settings.hidden.every(layer => layer.activation === settings.hidden[0].activation) && settings.hidden.length
        ? names.indexOf(settings.hidden[0].activation)
        : -1;
    activation.input.disabled = !settings.hidden.length;
    batch.set(BATCHES.indexOf(settings.batch));
    loss.set(losses.indexOf(settings.loss));
    momentum.set(settings.momentum);
    l2.set(DECAYS.indexOf(settings.l2));
    seed.set(settings.seed);
    showLayers();
    if (picked && !(picked.j < run.network.sizes[picked.layer])) picked = null;
    inspect();
  };

  const draw = top => {
    const theme = (playground.theme ??= colors(root)),
      grid = run.onGrid(data.box, GRID),
      looked = peeked ?? picked;
    network.update(run, grid, theme, picked);
    const picture = looked && looked.layer < run.network.sizes.length ? painter(run, grid, looked.layer, looked.j, theme) : null;
    const color = picture
      ? k => mix(theme.zero, picture(k), 0.65) // lighter than on the graph: the points are on top of it
      : k => tinted(grid.answers, k * run.classes, run.classes, theme);
    field.update(run, data.box, color, theme, run.order?.length && trains ? playground.batchOf(run) : null);
    shown.textContent =
      looked && looked.layer < run.network.sizes.length
        ? `Shown: ${neuronName(run, looked.layer, looked.j)}.`
        : "Shown: the answer of the network, with the training points (filled) and the validation points (hollow).";
    whole.hidden = !picked;
    if (trains) curves.update(run.history, top);
    words.textContent = run.words();
    for (const [{ input, set }, place] of weights)
      if (input !== document.activeElement || +input.value !== run.network.values[place]) set(run.network.values[place]);
  };

  const main = make("div", { className: "nns-controls" }, ...(trains ? [lr.root, activation.root] : []));
  const more = make(
    "details",
    {},
    make("summary", { textContent: "More settings: layers, batch size, loss, momentum, L2, seed" }),
    make("div", { className: "nns-grid" }, batch.root, loss.root, momentum.root, l2.root, seed.root),
    layers,
  );
  const whole = textButton("Show the whole network's answer", () => {
    picked = null;
    inspect();
    playground.draw();
  });
  const root = make(
    "section",
    { className: "nns-pane", "aria-label": name },
    make("p", { className: "nns-pane-name", textContent: name }),
    main,
    ...(trains ? [more] : []),
    make(
      "div",
      { className: "nns-panels" },
      make("div", {}, network.root, inspector, ...(trains ? [curves.root] : [])),
      make("div", {}, field.root, shown, whole),
    ),
    words,
  );
  return { root, run, settings, show, draw, rebuild, words };
}

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Playground");
  figure.root.classList.add("nns-playground");
  figure.words.remove(); // each network has its own
  const start = meta.start,
    fresh = () => structuredClone({ ...start.settings });
  const data = { name: start.data, noise: start.noise, points: [], classes: 2, box: [-1, -1, 1, 1] };
  const past = [],
    playground = { meta, data };
  let panes = [],
    playing = 0,
    last = 0,
    due = 0,
    mode = "look",
    lastEdit = "";

  const load = points => {
    const toy = meta.data.find(({ name }) => name === data.name);
    data.points = points ?? toyPoints(toy, data.noise);
    data.classes = Math.max(2, toy && !points ? toy.classes : 0, ...data.points.map(point => point[2] + 1));
    if (!points || !data.points.every(([x, y]) => x >= data.box[0] && x <= data.box[2] && y >= data.box[1] && y <= data.box[3]))
      data.box = boxAround(data.points);
  };
  playground.firstWeights = settings => {
    // those that Python drew, as long as the network is the one that it made
    const same = ["hidden", "loss", "seed"].every(key => JSON.stringify(settings[key]) === JSON.stringify(start.settings[key]));
    return same && data.classes === start.classes ? start.values : null;
  };
  playground.batchOf = run => {
    const training = run.points.map((_, index) => index).filter(index => !run.isValidation(index));
    return run.settings.batch < run.training.n ? new Set(run.next().map(i => training[i])) : null;
  };

  // ------------------------------------------------------------------ what is seen
  playground.draw = () => {
    const top = Math.min(Math.max(0.2, ...panes.flatMap(({ run }) => run.history.flat().filter(Number.isFinite))) * 1.05, 3);
    panes.forEach(one => one.draw(top));
    epoch.textContent = `epoch ${panes[0].run.epoch}`;
    for (const one of panes) one.words.setAttribute("aria-live", playing ? "off" : "polite");
    updateCode?.();
  };
  const show = () => {
    const names = [...meta.data.map(({ name }) => name), ...(data.name === "own points" ? ["own points"] : [])];
    panes.forEach(one => one.show());
    if (dataMenu.input.options.length !== names.length)
      dataMenu.input.replaceChildren(...names.map((name, index) => new Option(name, index)));
    dataMenu.set(names.indexOf(data.name));
    dataMenu.root.hidden = names.length < 2; // one set, without noise that could be changed: there is nothing to choose
    noise.root.hidden = !meta.data.some(({ maker }) => maker);
    noise.set(data.noise);
    noise.input.disabled = !meta.data.find(({ name }) => name === data.name)?.maker;
    undo.disabled = !past.length;
  };
  playground.changed = () => {
    show();
    playground.draw();
    if (!explanation.hidden) explainNow();
    keep?.();
  };

  // ------------------------------------------------------------------ undo
  const moment = () => ({ data: { ...data }, panes: panes.map(({ run }) => run.snapshot()) });
  playground.before = (edit = "") => {
    if (!edit || edit !== lastEdit) past.push(moment()); // one slider being moved is one edit
    lastEdit = edit;
    if (past.length > MOST_UNDO) past.shift();
  };
  const restore = ({ data: earlier, panes: snapshots }) => {
    Object.assign(data, earlier);
    if (snapshots.length !== panes.length) setPanes(snapshots.length);
    panes.forEach((one, i) => one.run.restore(snapshots[i]));
  };
  const undo = textButton("Undo", () => {
    stop();
    lastEdit = "";
    restore(past.pop());
    playground.changed();
  });

  // ------------------------------------------------------------------ time
  const stop = () => {
    cancelAnimationFrame(playing);
    playing = 0;
    play.textContent = "▶ Play";
    play.setAttribute("aria-pressed", false);
  };
  const tick = now => {
    if (!figure.root.isConnected) return stop();
    const rate = Object.values(SPEEDS)[+speed.input.value],
      slow = reducedMotion();
    due = Math.min(due + ((now - last) / 1000) * rate, rate === Infinity ? Infinity : rate / 5);
    last = now;
    const end = performance.now() + 9;
    let moved = false;
    while (due >= 1 && performance.now() < end) {
      panes.forEach(({ run }) => run.wholeEpoch());
      due--;
      moved = true;
    }
    if (rate === Infinity) due = 1;
    if (moved && (!slow || now - drawn > 1000)) {
      drawn = now;
      playground.draw();
    }
    if (panes.every(({ run }) => run.diverged)) {
      stop();
      playground.draw();
      return;
    }
    playing = requestAnimationFrame(tick);
  };
  let drawn = 0;
  const play = textButton("▶ Play", () => {
    if (playing) {
      stop();
      playground.changed();
      return;
    }
    playground.before();
    if (!explanation.hidden) explainer.click();
    last = performance.now();
    due = 1;
    play.textContent = "❚❚ Pause";
    play.setAttribute("aria-pressed", true);
    playing = requestAnimationFrame(tick);
  });
  play.classList.add("nns-go");
  const once = advance => () => {
    stop();
    playground.before();
    panes.forEach(({ run }) => advance(run));
    playground.changed();
  };
  const restart = textButton("Restart", () => {
    stop();
    playground.before();
    panes.forEach(one => one.rebuild());
    playground.changed();
  });
  const speed = menu({
    label: "speed",
    options: Object.keys(SPEEDS),
    value: 1,
    change: () => {
      due = 1;
    },
  });
  speed.input.setAttribute("aria-label", "speed");
  const epoch = make("output", { className: "nns-epoch" });
  const trainingBar = meta.trains
    ? [
        play,
        textButton(
          "One step",
          once(run => run.step()),
        ),
        textButton(
          "One epoch",
          once(run => run.wholeEpoch()),
        ),
      ]
    : [];
  const bar = make(
    "div",
    { className: "nns-buttons nns-bar" },
    ...trainingBar,
    restart,
    undo,
    ...(meta.trains ? [speed.input, epoch] : []),
  );

  // ------------------------------------------------------------------ data
  const useData = (points = null) => {
    load(points);
    panes.forEach(one => {
      const { run } = one;
      if (run.classes === data.classes) {
        run.use(data.points);
        run.history = [];
        run.epoch = 0;
        one.rebuild();
      } else {
        run.classes = data.classes;
        run.use(data.points);
        one.rebuild();
      }
    });
  };
  const dataMenu = menu({
    label: "data",
    options: meta.data.map(({ name }) => name),
    value: 0,
    change: i => {
      stop();
      playground.before();
      data.name = meta.data[i]?.name ?? data.name;
      data.noise = meta.data[i]?.noise ?? data.noise;
      useData(meta.data[i] ? null : data.points);
      playground.changed();
    },
  });
  const noise = slider({
    label: "noise",
    max: 0.5,
    step: 0.01,
    value: data.noise,
    written: v => fixed(v),
    change: v => {
      playground.before("noise");
      data.noise = v;
      load();
      panes.forEach(({ run }) => {
        run.use(data.points);
        run.note();
      });
      playground.changed();
    },
  });
  const modes = ["look", ...[0, 1, 2, 3, 4, 5].map(label => `add a point of class ${label}`), "erase points"];
  const clicks = menu({
    label: "a click on the plane",
    options: ["shows the answer there", ...modes.slice(1, -1).map(text => text.replace("add", "adds")), "erases the nearest point"],
    value: 0,
    change: i => {
      mode = modes[i];
    },
  });
  playground.at = (x1, x2, how) => {
    const erase = how === "erase" || mode === "erase points";
    if (mode === "look" && !erase) return playground.look(panes[0].run, x1, x2, true);
    playground.before();
    const points = [...data.points];
    if (erase) {
      const far = points.map(([a, b]) => Math.hypot(a - x1, b - x2)),
        nearest = far.indexOf(Math.min(...far));
      if (nearest >= 0) points.splice(nearest, 1);
    } else points.push([+x1.toFixed(3), +x2.toFixed(3), modes.indexOf(mode) - 1]);
    data.name = "own points";
    const { classes, box } = data;
    load(points);
    data.box = box;
    data.classes = Math.max(classes, data.classes);
    panes.forEach(one => {
      one.run.use(data.points);
      if (one.run.classes !== data.classes) {
        one.run.classes = data.classes;
        one.run.use(data.points);
        one.rebuild();
      } else {
        one.run.diverged = false;
        one.run.note();
      }
    });
    playground.changed();
    figure.notify(
      erase
        ? `${points.length} point${points.length === 1 ? " is" : "s are"} left.`
        : `Added point ${points.length}, of class ${points.at(-1)[2]}, at (${fixed(x1)}, ${fixed(x2)}).`,
    );
  };
  playground.look = (run, x1, x2, aloud) => {
    const answers = [...run.answer(x1, x2)].map((answer, label) => `class ${label} ${fixed(answer)}`).join(", ");
    about.textContent = `At (${fixed(x1)}, ${fixed(x2)}): ${answers}`;
    if (aloud) figure.notify(about.textContent);
  };
  const about = make("p", { className: "nns-about", textContent: "Point at the plane to read the network's answer there." });
  const file = make("input", {
    type: "file",
    accept: ".csv,text/csv,text/plain",
    hidden: true,
    onchange: async () => {
      if (!file.files[0]) return;
      try {
        const { points, remark } = readCSV(await file.files[0].text());
        stop();
        playground.before();
        data.name = "own points";
        useData(points);
        data.box = boxAround(points);
        playground.changed();
        figure.remark(remark);
      } catch (error) {
        figure.remark(error.message);
      }
      file.value = "";
    },
  });
  const csv = textButton("Load a CSV file", () => file.click());
  const clear = textButton("Remove all points", () => {
    stop();
    playground.before();
    data.name = "own points";
    const { box } = data;
    useData([]);
    data.box = box;
    playground.changed();
  });

  // ------------------------------------------------------------------ one network, or two side by side
  const holder = make("div", { className: "nns-panes" });
  const setPanes = number => {
    while (panes.length > number) panes.pop().root.remove();
    while (panes.length < number) {
      const settings = panes.length ? structuredClone(panes[0].settings) : fresh();
      const one = pane(settings, playground, `Network ${"AB"[panes.length]}`);
      panes.push(one);
      holder.append(one.root);
    }
    figure.root.classList.toggle("nns-compares", number > 1);
    compare.textContent = number > 1 ? "End the comparison" : "Compare two networks";
  };
  const compare = textButton("Compare two networks", () => {
    stop();
    playground.before();
    const two = panes.length < 2;
    setPanes(two ? 2 : 1);
    panes.forEach(one => one.rebuild());
    playground.changed();
    if (two) figure.notify("Two networks are shown. Both start over; change the settings of one of them, and press Play.");
  });

  // ------------------------------------------------------------------ the step explained, full screen, link, code
  const explanation = make("div", { className: "nns-explanation", hidden: true });
  const explainer = textButton("Explain this step", () => {
    explanation.hidden = !explanation.hidden;
    explainer.setAttribute("aria-expanded", !explanation.hidden);
    if (explanation.hidden) return explanation.replaceChildren();
    stop();
    explainNow();
  });
  const explainNow = () => {
    const { run } = panes[0];
    if (!run.training.n)
      return explanation.replaceChildren(make("p", { textContent: "There are no training points to explain a step with." }));
    const close = textButton("Close", () => explainer.click());
    explanation.replaceChildren(
      make("p", { textContent: "The next step of Network A: choose a sample from its mini-batch, and go through the calculation." }),
      explain(run),
      close,
    );
  };
  explainer.setAttribute("aria-expanded", false);
  const full = textButton("Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : figure.root.requestFullscreen()));
  full.hidden = !document.fullscreenEnabled;

  figure.picture.append(holder);
  setPanes(1);
  load();
  const points = make(
    "details",
    {},
    make("summary", { textContent: "Points: add, erase, load your own" }),
    make("div", { className: "nns-grid" }, clicks.root),
    make("div", { className: "nns-buttons" }, clear, csv, file),
    about,
  );
  figure.controls.before(bar);
  figure.controls.append(dataMenu.root, noise.root);
  figure.controls.after(points);
  useData();
  figure.tools.append(...(meta.trains ? [compare] : []), ...(start.settings.loss === "BinaryCrossEntropy" ? [] : [explainer]), full);
  let updateCode = null,
    keep = null;
  updateCode = codeButton(figure, () => runCode(panes[0].run, data, meta));
  keep = share(figure, model, {
    embed: true,
    read: () => ({
      data: data.name,
      noise: data.noise,
      ...(data.name === "own points" ? { points: writePoints(data) } : {}),
      ...Object.fromEntries(
        panes.flatMap(({ run }, i) => Object.entries(writeSettings(run)).map(([key, value]) => [i ? `b-${key}` : key, value])),
      ),
    }),
    write: asked => {
      if (meta.data.some(({ name }) => name === asked.data)) data.name = asked.data;
      data.noise = numberIn(asked.noise, 0, 0.5, meta.data.find(({ name }) => name === data.name)?.noise ?? 0);
      const own = asked.data === "own points" ? readPoints(asked.points) : null;
      if (own) data.name = "own points";
      if (asked["b-net"] !== undefined) setPanes(2);
      if (own?.box) data.box = own.box;
      useData(own?.points);
      panes.forEach((one, i) =>
        readSettings(
          one,
          i
            ? Object.fromEntries(
                Object.entries(asked)
                  .filter(([key]) => key.startsWith("b-"))
                  .map(([key, value]) => [key.slice(2), value]),
              )
            : asked,
          meta.activations,
        ),
      );
      return [];
    },
  });
  figure.root.append(explanation);
  show();
  playground.draw();
  const end = onTheme(() => {
    playground.theme = null;
    playground.draw();
  });
  return () => {
    end();
    stop();
  };
}

export default { render };
