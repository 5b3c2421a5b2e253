// TapeStepper: the tape of a formula as a graph of cards, filled in step by step. All numbers and sentences are Python's.
import { codeButton, frame, integerIn, menu, placeIn, player, share } from "./shared.js";

const INCH = 100; // the layout is in inches

/** One card: its name, its value, its derivative. */
function card({ x, y, kind }, { width, strip }, number) {
  const [left, top, w, h] = [x - width / 2, y, width, strip].map(length => length * INCH),
    middle = left + w / 2;
  const rows = ["head", "value", "gradient"].map(
    (row, i) =>
      `<g class="nns-${row}"><rect x="${left}" y="${top + i * h}" width="${w}" height="${h}"/><text x="${middle}" y="${top + (i + 0.7) * h}" text-anchor="middle"></text></g>`,
  );
  return `<g data-card="${number}" class="nns-${kind}">${rows.join("")}<rect class="nns-border" x="${left}" y="${top}" width="${w}" height="${3 * h}"/></g>`;
}

/** The whole graph as SVG text; names are put in as text afterwards. */
function graph(tape) {
  const right = Math.max(...tape.cards.map(({ x }) => Math.abs(x))) + tape.width / 2 + 0.05,
    height = (tape.height + 0.1) * INCH;
  const lines = tape.edges.map(([from, to]) => {
    const [a, b] = [tape.cards[from], tape.cards[to]];
    return `<line data-edge="${from} ${to}" x1="${a.x * INCH}" y1="${(a.y + 3 * tape.strip) * INCH}" x2="${b.x * INCH}" y2="${b.y * INCH}"/>`;
  });
  const cards = tape.cards.map((one, number) => card(one, tape, number));
  return {
    width: 2 * right * INCH,
    text: `<svg viewBox="${-right * INCH} -5 ${2 * right * INCH} ${height}">${lines.join("")}${cards.join("")}</svg>`,
  };
}

function render({ model, el }) {
  const { tapes } = model.get("meta"),
    figure = frame(model, el);
  figure.root.classList.add("nns-tape");
  figure.picture.before(figure.words); // the graph is tall; this way, its words are seen together with the controls
  let tape = tapes[0],
    step = 0,
    cards = [],
    edges = [],
    updateCode = null;

  const draw = () => {
    const { width, text } = graph(tape);
    figure.picture.innerHTML = text;
    figure.picture.style.maxWidth = `${width * 1.25}px`;
    cards = [...figure.picture.querySelectorAll("[data-card]")];
    edges = [...figure.picture.querySelectorAll("[data-edge]")];
    cards.forEach((element, i) => {
      element.querySelector(".nns-head text").textContent = tape.cards[i].name;
    });
  };
  const show = () => {
    const now = tape.steps[step],
      active = new Set(now.to),
      used = new Set(now.from);
    cards.forEach((element, i) => {
      for (const [row, texts] of [
        ["value", now.values],
        ["gradient", now.gradients],
      ]) {
        const part = element.querySelector(`.nns-${row}`),
          text = texts[i] ?? "";
        part.lastChild.textContent = text;
        part.classList.toggle("nns-known", text !== "");
      }
      element.classList.toggle("nns-new", active.has(i));
      element.classList.toggle("nns-used", used.has(i));
    });
    for (const edge of edges) {
      const [from, to] = edge.dataset.edge.split(" ").map(Number);
      edge.classList.toggle("nns-new", (used.has(from) && active.has(to)) || (used.has(to) && active.has(from)));
    }
    figure.picture.setAttribute("aria-label", `Tape of ${tape.name}, step ${step + 1} of ${tape.steps.length}. ${now.words}`);
    figure.say(now.words);
    updateCode?.();
  };

  const steps = player({
    label: "step",
    max: 0,
    value: 0,
    interval: 1800,
    written: value => `${value + 1} of ${tape.steps.length}`,
    change: value => {
      step = value;
      show();
      changed();
    },
  });
  const choose = index => {
    tape = tapes[index];
    step = Math.min(step, tape.steps.length - 1);
    steps.input.max = tape.steps.length - 1;
    steps.set(step);
    draw();
    show();
  };
  const names = tapes.map(({ name }) => name);
  const formula = menu({
    label: "formula",
    options: names,
    value: 0,
    change: index => {
      steps.stop();
      step = 0;
      choose(index);
      changed();
    },
  });
  figure.controls.append(...(tapes.length > 1 ? [formula.root] : []), steps.root);
  choose(0);
  if (tapes.every(({ code }) => code)) updateCode = codeButton(figure, () => tape.code);

  const changed = share(figure, model, {
    read: () => ({ formula: tape.name, step: step + 1 }),
    write: asked => {
      const index = placeIn(asked.formula, names);
      step = integerIn(asked.step, 1, tapes[index].steps.length, 1) - 1;
      formula.set(index);
      choose(index);
      return [];
    },
  });
  return () => steps.stop();
}

export default { render };
