// DigitCanvas: a digit is drawn, chosen, or photographed; the network that reads it is shown at work, with the reasons for its answer.
import { codeButton, frame, inflate, make, menu, onTheme, share, slider, textButton, unique } from "./shared.js";
import { parsePicture, parseStrokes, toBase64, toShades, written } from "./digit_link.js";
import { collection, content } from "./digit_collection.js";
import { networkGraph } from "./digit_graph.js";
import { compute, ordered, readNetwork, steps } from "./digit_reader.js";
import { drawingSheet } from "./digit_sheet.js";
import { uploader } from "./picture_file.js";
import { reasons } from "./digit_why.js";

const HINT =
  "Draw on the black sheet with a mouse, a pen, or a finger. On a keyboard, the arrow keys move the pen, space lowers and lifts it, and backspace removes the last stroke.";

async function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el),
    examples = await inflate(model.get("examples"));
  const network = meta.sizes ? readNetwork(await inflate(model.get("weights")), meta) : null;
  const state = { example: meta.start, strokes: [], picture: null, threshold: meta.threshold }; // example -1: strokes or a picture are shown
  const kernel = connection(model),
    training = trainingDigits(meta.digits, figure, kernel);
  let seen = {},
    waiting = 0;

  const own = changes => Object.assign(state, { example: -1, picture: null }, changes);
  const sheet = drawingSheet(state, {
    begin: () => {
      if (state.example >= 0 || state.picture) own({ strokes: [] });
      choose.set(0);
      training.load().then(() => why.show(network, seen, training.shades()));
    },
    moved: () => {
      sheet.show(null);
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        read(false);
      });
    },
    ended: () => {
      cancelAnimationFrame(waiting);
      waiting = 0;
      own();
      choose.set(0);
      sheet.show(null);
      read(true);
      changed();
    },
  });
  const graph = networkGraph(j => {
    graph.look(j);
    figure.notify(j < 0 ? "" : neuron(network, seen, j));
  });
  const why = reasons(meta.digits, meta.explain, () => showWhy());
  const show = changes => {
    own(changes);
    choose.set(state.example + 1);
    sheet.show(shownPicture());
    read(true);
    changed();
  };
  const shownPicture = () => state.picture ?? (state.example < 0 ? null : exampleImage(examples, state.example));
  const showWhy = () => {
    if (why.root.open) why.show(network, seen, training.shades());
  };

  let forget = () => {};
  /** Read what is on the sheet; while a stroke is drawn, only the answer is shown. */
  function read(whole) {
    forget(); // of several requests the kernel answers only the last
    const found = steps(shownPicture(), state.strokes);
    if (found.problem || network) return use(found, found.problem ? {} : compute(network, found.centered.data), whole);
    if (state.example >= 0) return use(found, ordered(meta.answers[state.example]), whole);
    if (!whole) return;
    figure.say("Asking the kernel …");
    forget = kernel.ask(
      { shades: [...toShades(found.centered.data)] },
      ({ probabilities, error }) => {
        if (error) figure.say(`The kernel reports: ${error}`);
        else use(found, ordered(probabilities), true);
      },
      () => figure.say("This network runs in Python: only a kernel, as in JupyterLab or on Binder, can read your own digit."),
    );
  }
  function use(found, answer, whole) {
    seen = { ...found, ...answer };
    graph.show(network, seen, state.threshold);
    figure.say(inWords(seen, state.threshold));
    if (!whole) return;
    figure.picture.setAttribute("aria-label", described(seen));
    showWhy();
    updateCode();
  }

  const choose = menu({
    label: "on the sheet",
    options: ["your drawing", ...meta.names],
    value: state.example + 1,
    change: k => show({ example: k - 1 }),
  });
  const limit = slider({
    label: "“I don’t know” below",
    max: 100,
    value: Math.round(100 * state.threshold),
    written: value => `${value}%`,
    change: value => {
      state.threshold = value / 100;
      use(seen, {}, true);
      changed();
    },
  });
  const clear = textButton("Clear", () => show({ strokes: [] }));
  const undo = textButton("Undo", () => show({ strokes: state.strokes.slice(0, -1) }));
  figure.controls.append(limit.root, choose.root);
  figure.picture.append(graph.element);
  const side = make(
    "div",
    { className: "nns-writing" },
    sheet.element,
    make("div", { className: "nns-buttons" }, clear, undo, ...uploader(picture => show({ picture }), figure, sheet.element)),
  );
  const collect = collection(
    figure,
    () => (state.example < 0 && !seen.problem ? content(state, seen) : null),
    () => show({ strokes: [] }),
  );
  const desk = make("div", { className: "nns-digit" });
  figure.picture.replaceWith(desk);
  desk.append(side, figure.picture);
  desk.before(figure.words);
  desk.after(make("p", { className: "nns-hint", textContent: HINT }), figure.controls);
  figure.tools.before(why.root, collect);

  const updateCode = codeButton(figure, () => code(seen, meta));
  const changed = share(figure, model, {
    read: () => ({
      example: state.example + 1,
      limit: Math.round(100 * state.threshold),
      ...(state.example < 0 ? written({ image: state.picture, strokes: state.strokes }, seen) : { drawing: "", picture: "" }),
    }),
    write: asked => {
      const k = Number(asked.example),
        picture = asked.picture ? parsePicture(asked.picture) : null,
        percent = Number(asked.limit);
      if (picture) own({ picture });
      else if (asked.drawing) own({ strokes: parseStrokes(asked.drawing) });
      else if (Number.isInteger(k) && k >= 0 && k <= meta.names.length) own({ example: k - 1 });
      if (asked.limit && percent >= 0 && percent <= 100) {
        state.threshold = percent / 100;
        limit.set(percent);
      }
      choose.set(state.example + 1);
      if (picture) figure.remark("The link carries the digit as the network receives it, not the picture that it was made from.");
      return [];
    },
  });
  sheet.show(shownPicture());
  read(true);
  const end = onTheme(() => {
    graph.redraw();
    showWhy();
  });
  return () => {
    end();
    kernel.close();
  };
}

function exampleImage(examples, k) {
  return { data: Float64Array.from(examples.subarray(784 * k, 784 * (k + 1)), shade => shade / 255), width: 28, height: 28 };
}

// ---------------------------------------------------------------------------------------------------------------------- words

const percent = p => `${(100 * p).toFixed(1)}%`;

function inWords({ problem, probabilities, order }, threshold) {
  if (problem) return `Nothing to read: ${problem}. Draw a digit, or choose an example.`;
  const [first, second] = order,
    both = `${first} (${percent(probabilities[first])}), then ${second} (${percent(probabilities[second])})`;
  return probabilities[first] >= threshold
    ? `Read as ${first} (${percent(probabilities[first])}). Next most probable: ${second} (${percent(probabilities[second])}).`
    : `I don’t know. Most probable: ${both}; an answer needs ${Math.round(100 * threshold)}%.`;
}

function described({ problem, probabilities }) {
  if (problem) return "There is no digit to see yet.";
  return `The network with the digit as its input. Probabilities: ${[...probabilities].map((p, digit) => `${digit} ${percent(p)}`).join(", ")}.`;
}

/** What one neuron of the first hidden layer does for this digit. */
function neuron({ layers, values }, { passes }, j) {
  const output = passes[0].A[j].toFixed(2),
    text = `Neuron ${j + 1}: output ${output}`;
  if (layers.length > 2) return `${text}.`;
  const { W, nOut } = layers[1],
    weights = [...values.subarray(W + j * nOut, W + j * nOut + nOut)];
  return `${text}. Its largest weight goes to ${weights.indexOf(Math.max(...weights))}, its smallest to ${weights.indexOf(Math.min(...weights))}. Orange pixels raise its output, blue ones lower it.`;
}

function code({ problem, centered }, { own, bytes }) {
  if (problem || !centered) return "# There is no digit to read yet.\n";
  const text = toBase64(toShades(centered.data)),
    network = own ? "network        # yours, from above" : "load_digit_network()";
  return (
    `import base64\nimport numpy as np\n${own ? "" : "from nnfromscratch.widgets import load_digit_network\n"}\n` +
    `# the digit after the last step: 28 x 28 shades, prepared by nnfromscratch.data.handwriting\npixels = np.frombuffer(base64.b64decode("${text}"), np.uint8)\n` +
    `X = ${bytes ? "pixels" : "(pixels / 255).astype(np.float32)"}.reshape(1, 784)\nreader = ${network}\nprobabilities = reader.predict_proba(X)[0]\n` +
    'for digit in probabilities.argsort()[::-1][:2]:\n    print(digit, f"{100 * probabilities[digit]:.1f}%")\n'
  );
}

// ---------------------------------------------------------------------------------------------------------------------- the kernel

/**
 * Questions to Python: ask(request, hear, nobody). hear(part, buffers) gets the answers; nobody() is called if none comes. What ask returns
 * ends the waiting.
 */
function connection(model) {
  const open = new Map();
  const listen = (part, buffers) => open.get(part.job)?.(part, buffers);
  model.on("msg:custom", listen);
  const ask = (request, hear, nobody, seconds = 4) => {
    const job = unique(),
      patience = setTimeout(nobody, 1000 * seconds);
    open.set(job, (part, buffers) => {
      clearTimeout(patience);
      hear(part, buffers);
    });
    model.send({ ...request, job });
    return () => {
      clearTimeout(patience);
      open.delete(job);
    };
  };
  return { ask, close: () => model.off("msg:custom", listen) };
}

/** The training digits, loaded when first needed: on a published page a picture of the site, in a notebook from the kernel. */
function trainingDigits({ labels, columns, file }, figure, kernel) {
  let shades = null,
    loading = null;
  const unavailable = "The training digits are not available here.";
  const load = () =>
    (loading ??= fetchPicture()
      .then(picture => {
        shades = unpack(picture, labels.length, columns);
      })
      .catch(() => {
        shades = unavailable;
        loading = null;
      }));
  const fetchPicture = () => {
    const root = figure.root.closest("[data-nns-page]") ? document.documentElement.dataset.content_root : undefined;
    if (root !== undefined && file) return picture(new URL(root + file, location.href));
    return new Promise((resolve, reject) => {
      kernel.ask(
        { digits: true },
        (part, buffers) => {
          if (part.digits) picture(URL.createObjectURL(new Blob([buffers[0]], { type: "image/png" }))).then(resolve, reject);
          else reject(new Error(part.error));
        },
        reject,
        60,
      );
    });
  };
  return { load, shades: () => shades };
}

async function picture(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/** The shades of n digits from their picture, 784 after 784. */
function unpack(image, n, columns) {
  const g = make("canvas", { width: image.width, height: image.height }).getContext("2d");
  g.drawImage(image, 0, 0);
  const { data } = g.getImageData(0, 0, image.width, image.height),
    shades = new Uint8Array(784 * n);
  for (let k = 0; k < n; k++)
    for (let y = 0; y < 28; y++)
      for (let x = 0; x < 28; x++) {
        shades[784 * k + 28 * y + x] = data[4 * ((Math.floor(k / columns) * 28 + y) * image.width + (k % columns) * 28 + x)];
      }
  return shades;
}

export default { render };
