// The network as a drawing: the digit, the neurons lit by their outputs, the strongest connections, and a bar for each digit.
import { make } from "./shared.js";
import { colors, css, mix, signed } from "./drawing.js";
import { weightsOf } from "./digit_reader.js";
import { grayPicture, paint } from "./digit_sheet.js";

const WIDTH = 460,
  HEIGHT = 306,
  TOP = 8,
  IMAGE = 104,
  ROWS = 24,
  MOST = 144,
  BARS = 88;
const EDGES = [70, 60]; // how many connections are drawn from the pixels, and between any two other layers

/** The font of the drawing: on a phone, where the drawing is smaller, its letters are larger. */
function font(element, weight = "") {
  const size = Math.min(Math.max(12, (10.5 * WIDTH) / (element.clientWidth || WIDTH)), 15);
  return `${weight} ${size}px system-ui, sans-serif`;
}

/** A picture of the network; show(network, seen, threshold) draws what it computes for a digit, look(j) what one neuron looks for. */
export function networkGraph(hear) {
  const element = make("canvas", { width: 2 * WIDTH, height: 2 * HEIGHT, className: "nns-graph" }),
    g = element.getContext("2d");
  g.scale(2, 2);
  let last = null,
    spots = [],
    looked = -1;
  const nearest = event => {
    const box = element.getBoundingClientRect(),
      x = ((event.clientX - box.left) / box.width) * WIDTH,
      y = ((event.clientY - box.top) / box.height) * HEIGHT;
    const near = spots.filter(spot => Math.hypot(spot.x - x, spot.y - y) < spot.r + 5);
    return near.length ? near.reduce((a, b) => (Math.hypot(a.x - x, a.y - y) < Math.hypot(b.x - x, b.y - y) ? a : b)).j : -1;
  };
  element.addEventListener("pointermove", event => {
    if (last?.network && nearest(event) !== looked) hear(nearest(event));
  });
  element.addEventListener("pointerleave", () => {
    if (looked >= 0) hear(-1);
  });

  function redraw() {
    if (!last) return;
    const { network, seen, threshold } = last,
      palette = colors(element);
    g.clearRect(0, 0, WIDTH, HEIGHT);
    g.font = font(element);
    if (seen.problem) return empty(g, palette, network);
    const columns = network ? layout(network, seen) : [];
    const outputs = outputSpots();
    spots = columns[0] ?? [];
    drawEdges(g, palette, network, seen, columns, outputs);
    drawImage(g, palette, network, seen, looked);
    columns.forEach((column, l) => drawNeurons(g, palette, column, l === 0 ? looked : -1));
    drawOutputs(g, palette, outputs, seen, threshold);
  }
  return {
    element,
    redraw,
    show: (network, seen, threshold) => {
      last = { network, seen, threshold };
      redraw();
    },
    look: j => {
      looked = j;
      redraw();
    },
  };
}

function empty(g, { ink }, network) {
  g.fillStyle = css(ink, 0.75);
  g.textAlign = "center";
  g.fillText(network ? "Draw a digit: the network lights up here." : "Draw a digit: its probabilities appear here.", WIDTH / 2, HEIGHT / 2);
}

const imageSpot = pixel => ({
  x: 4 + (((pixel % 28) + 0.5) * IMAGE) / 28,
  y: (HEIGHT - IMAGE) / 2 + ((Math.floor(pixel / 28) + 0.5) * IMAGE) / 28,
});
const outputSpots = () =>
  Array.from({ length: 10 }, (_, j) => ({ j, x: WIDTH - BARS - 64, y: TOP + 14 + (j * (HEIGHT - 2 * TOP - 28)) / 9, r: 10 }));

/** Where the neurons of each hidden layer are: columns of at most 24; of more than 144 neurons, the most active ones. */
function layout({ layers }, { passes }) {
  const hidden = layers.slice(0, -1),
    from = IMAGE + 44,
    to = WIDTH - BARS - 102;
  return hidden.map(({ nOut }, l) => {
    const outputs = passes[l].A,
      largest = Math.max(...outputs.map(Math.abs), 1e-9);
    const all = [...Array(nOut).keys()],
      chosen = nOut > MOST ? new Set(all.sort((a, b) => Math.abs(outputs[b]) - Math.abs(outputs[a])).slice(0, MOST)) : null;
    const shown = [...Array(nOut).keys()].filter(j => !chosen || chosen.has(j)),
      wide = Math.ceil(shown.length / ROWS),
      high = Math.ceil(shown.length / wide);
    const step = Math.min((HEIGHT - 2 * TOP) / high, 22),
      r = Math.min(step * 0.4, 8),
      gap = Math.min(2.6 * r, ((to - from) / hidden.length / wide) * 0.8);
    const middle = from + (to - from) * (hidden.length > 1 ? l / (hidden.length - 1) : 0.5);
    return shown.map((j, k) => ({
      j,
      r,
      value: outputs[j] / largest,
      output: outputs[j],
      x: middle + (Math.floor(k / high) - (wide - 1) / 2) * gap,
      y: HEIGHT / 2 + ((k % high) - (high - 1) / 2) * step,
    }));
  });
}

function drawEdges(g, palette, network, { passes }, columns, outputs) {
  if (!network) return;
  const stages = [...columns, outputs];
  stages.forEach((to, l) => {
    const { W, nOut } = network.layers[l],
      from = l ? columns[l - 1] : null,
      X = passes[l].X,
      edges = [];
    const ends = l === stages.length - 1 ? to : to.filter(({ value }) => value);
    const starts = from ?? [...X.keys()].filter(i => X[i] > 0.3).map(i => ({ j: i, ...imageSpot(i) }));
    for (const start of starts)
      for (const end of ends) edges.push({ start, end, part: X[start.j] * network.values[W + start.j * nOut + end.j] });
    const strongest = edges.sort((a, b) => Math.abs(b.part) - Math.abs(a.part)).slice(0, EDGES[l ? 1 : 0]),
      most = Math.abs(strongest[0]?.part) || 1;
    for (const { start, end, part } of strongest) {
      const t = part / most;
      g.strokeStyle = css(t < 0 ? palette.negative : palette.positive, (l ? 0.2 : 0.1) + 0.6 * Math.abs(t));
      g.lineWidth = 0.5 + (l ? 1.6 : 0.6) * Math.abs(t);
      g.beginPath();
      g.moveTo(start.x, start.y);
      g.bezierCurveTo((start.x + end.x) / 2, start.y, (start.x + end.x) / 2, end.y, end.x - (end.r ?? 0), end.y);
      g.stroke();
    }
  });
}

function drawImage(g, palette, network, { centered }, looked) {
  const top = (HEIGHT - IMAGE) / 2;
  g.imageSmoothingEnabled = false;
  g.globalAlpha = 0.92;
  g.drawImage(looked < 0 ? grayPicture(centered) : weightPicture(weightsOf(network, looked), palette), 4, top, IMAGE, IMAGE);
  g.globalAlpha = 1;
  g.strokeStyle = css(palette.ink, 0.5);
  g.lineWidth = 1;
  g.strokeRect(4, top, IMAGE, IMAGE);
  const words = [looked < 0 ? "28 × 28 pixels" : `weights of neuron ${looked + 1}`, 4 + IMAGE / 2, top + IMAGE + 15, IMAGE + 8];
  Object.assign(g, {
    fillStyle: css(palette.ink, 0.8),
    strokeStyle: css(palette.panel),
    lineWidth: 5,
    lineJoin: "round",
    textAlign: "center",
  });
  g.strokeText(...words); // connections end at the letters
  g.fillText(...words);
}

/** Weights as colors: orange where ink raises the neuron's output, blue where it lowers it. */
export function weightPicture(weights, palette) {
  const most = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) || 1;
  return paint(28, 28, k => signed(weights[k] / most, palette));
}

function drawNeurons(g, palette, column, looked) {
  for (const { j, x, y, r, value } of column) {
    g.fillStyle = css(mix(palette.zero, value < 0 ? palette.negative : palette.positive, Math.abs(value)));
    g.strokeStyle = css(palette.ink, j === looked ? 1 : 0.45);
    g.lineWidth = j === looked ? 2 : 0.8;
    g.beginPath();
    g.arc(x, y, r, 0, 7);
    g.fill();
    g.stroke();
  }
}

function drawOutputs(g, palette, outputs, { probabilities, order }, threshold) {
  g.font = font(g.canvas, "bold");
  const left = WIDTH - BARS - 48,
    full = WIDTH - 8 - g.measureText("100.0%").width - left,
    sure = probabilities[order[0]] >= threshold;
  for (const { j, x, y, r } of outputs) {
    const p = probabilities[j],
      best = j === order[0];
    g.fillStyle = css(mix(palette.zero, palette.positive, p));
    g.strokeStyle = css(palette.ink, best ? 1 : 0.45);
    g.lineWidth = best && sure ? 2.5 : 1;
    g.beginPath();
    g.arc(x, y, r, 0, 7);
    g.fill();
    g.stroke();
    g.fillStyle = css(p > 0.6 ? [0, 0, 0] : palette.ink);
    g.textAlign = "center";
    g.font = font(g.canvas, best ? "bold" : "");
    g.fillText(j, x, y + 4);
    g.fillStyle = css(best ? palette.positive : palette.negative);
    g.fillRect(left, y - 6, Math.max(full * p, 1), 12);
    g.fillStyle = css(palette.ink);
    g.textAlign = "right";
    g.fillText(`${(100 * p).toFixed(1)}%`, WIDTH - 2, y + 4);
  }
  g.strokeStyle = css(palette.ink, 0.7);
  g.lineWidth = 1;
  g.setLineDash([3, 3]);
  g.beginPath();
  g.moveTo(left + full * threshold, TOP);
  g.lineTo(left + full * threshold, HEIGHT - TOP);
  g.stroke();
  g.setLineDash([]);
}
