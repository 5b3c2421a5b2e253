// HiddenSpace: samples travel from the plane of the inputs to the plane of two hidden neurons, where a line separates them.
import { codeButton, frame, integerIn, menu, onTheme, placeIn, player, share } from "./shared.js";
import { ACTIVATIONS } from "./engine.js";
import { colors, css, draw, fixed, MARKS, plane, set, shortly } from "./drawing.js";

const STEPS = 40,
  LINES = 9,
  ALONG = 60;

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "From inputs to hidden neurons"),
    { samples, labels, networks, box } = meta;
  let kind = 0,
    t = meta.t;
  const inputs = samples.flat(),
    spread = 0.5 * (Math.max(...inputs) - Math.min(...inputs) || 1),
    low = Math.min(...inputs) - spread, // of the mesh
    high = Math.max(...inputs) + spread;
  const plot = plane({ width: 380, height: 360, box, margin: [8, 8, 34, 40], label: "The plane" });
  const mesh = draw("path", { class: "nns-mesh" }),
    line = draw("line", { class: "nns-boundary" }),
    trails = draw("path", { class: "nns-curve nns-gray", "stroke-dasharray": "3 4" });
  const marks = samples.map(() => draw("path", {})),
    names = samples.map(() => draw("text", {}));
  const axis = [
    draw("text", { "text-anchor": "middle", x: 190, y: 357 }),
    draw("text", { "text-anchor": "middle", x: 11, y: 170, transform: "rotate(-90 11 170)" }),
  ];
  plot.inside.append(mesh, line, trails);
  plot.content.append(...marks, ...names);
  plot.root.firstChild.append(...axis);
  figure.picture.append(plot.root);

  const hidden = ([x1, x2]) => {
    const { activation, option, W, b } = networks[kind],
      [f] = ACTIVATIONS[activation](...option);
    return [0, 1].map(j => f(x1 * W[0][j] + x2 * W[1][j] + b[j]));
  };
  const between = (x, share) => {
    const a = hidden(x);
    return [0, 1].map(j => (1 - share) * x[j] + share * a[j]);
  };
  let updateCode = null,
    keep = null;
  const show = () => {
    const share = t / STEPS,
      theme = colors(figure.root),
      { W2, b2, activation } = networks[kind];
    const point = x => {
      const [u, v] = between(x, share);
      return `${plot.x(u).toFixed(1)},${plot.y(v).toFixed(1)}`;
    };
    const at = i => low + (i / (LINES - 1)) * (high - low),
      along = Array.from({ length: ALONG + 1 }, (_, k) => low + (k / ALONG) * (high - low));
    const draws = Array.from({ length: LINES }, (_, i) => [along.map(k => point([at(i), k])), along.map(k => point([k, at(i)]))]).flat();
    set(mesh, { d: draws.map(points => `M${points.join("L")}`).join("") });
    const size = W2[0] ** 2 + W2[1] ** 2 || 1,
      foot = [(-b2 * W2[0]) / size, (-b2 * W2[1]) / size],
      reach = 2 * (box[2] - box[0]) + Math.hypot(...foot),
      far = [-W2[1], W2[0]].map(w => (reach * w) / Math.sqrt(size));
    set(line, {
      x1: plot.x(foot[0] - far[0]),
      y1: plot.y(foot[1] - far[1]),
      x2: plot.x(foot[0] + far[0]),
      y2: plot.y(foot[1] + far[1]),
      opacity: share ** 3,
    });
    set(trails, { d: samples.map(x => `M${plot.x(x[0])},${plot.y(x[1])}L${point(x)}`).join("") });
    const seen = {};
    samples.forEach((x, i) => {
      const [u, v] = between(x, share),
        place = `${u.toFixed(2)},${v.toFixed(2)}`,
        shift = (seen[place] = (seen[place] ?? -1) + 1);
      set(marks[i], {
        d: MARKS[labels[i]],
        transform: `translate(${plot.x(u)} ${plot.y(v)}) scale(8)`,
        fill: css(theme.classes[labels[i]]),
        stroke: css(theme.zero),
        "stroke-width": 0.15,
      });
      set(names[i], { x: plot.x(u) + 12, y: plot.y(v) - 8 - 14 * shift });
      names[i].textContent = samples.length <= 6 ? `(${x.join(", ")})` : "";
    });
    axis.forEach((text, j) => {
      text.textContent = share < 0.5 ? `x${"₁₂"[j]}` : `hidden neuron ${j + 1}`;
    });
    const places = (samples.length > 6 ? [] : samples)
      .map(
        x =>
          `(${x.map(shortly).join(", ")}) at (${between(x, share)
            .map(v => fixed(v))
            .join(", ")})`,
      )
      .join(", ");
    const correct = samples.filter((x, i) => {
      const a = hidden(x);
      return (a[0] * W2[0] + a[1] * W2[1] + b2 >= 0 ? 1 : 0) === labels[i];
    }).length;
    const end =
      t === STEPS
        ? `${correct === samples.length ? " One line now separates the classes" : " This line does not separate the classes"}: ${correct} of ${samples.length} are on the correct side.`
        : t === 0 && meta.tangled
          ? " No single line separates the classes here."
          : "";
    figure.say(`${activation}, ${Math.round(100 * share)}% of the way${places ? `: ${places}` : ""}.${end}`);
    updateCode?.();
    keep?.();
  };
  const way = player({
    label: "from inputs to hidden neurons",
    max: STEPS,
    value: t,
    interval: 50,
    written: value => `${Math.round((100 * value) / STEPS)}%`,
    playing: on => figure.words.setAttribute("aria-live", on ? "off" : "polite"),
    change: value => {
      t = value;
      show();
    },
  });
  const activations = networks.map(({ activation }) => activation);
  const activation = menu({
    label: "activation",
    options: activations,
    value: 0,
    change: index => {
      kind = index;
      show();
    },
  });
  figure.controls.append(way.root, ...(networks.length > 1 ? [activation.root] : []));
  show();
  updateCode = codeButton(figure, () => {
    const { activation: name, option, W, b, W2, b2 } = networks[kind],
      rows = values => `np.array(${JSON.stringify(values).replaceAll(",", ", ")}, dtype=float)`;
    return `import numpy as np\nfrom nnfromscratch import ${name}\n\nX = ${rows(samples)}\nW1, b1 = ${rows(W)}, ${rows(b)}\nW2, b2 = ${rows(W2)}, ${b2}\nA = ${name}(${option}).forward(X @ W1 + b1)\nprint(A.round(2))          # in the hidden plane\nprint((A @ W2 + b2 >= 0).astype(int))\n`;
  });
  keep = share(figure, model, {
    read: () => ({ activation: activations[kind], t }),
    write: asked => {
      kind = placeIn(asked.activation, activations, kind);
      t = integerIn(asked.t, 0, STEPS, t);
      activation.set(kind);
      way.set(t);
      show();
      return [];
    },
  });
  const end = onTheme(show);
  return () => {
    end();
    way.stop();
  };
}

export default { render };
