// What a cell shows: text as it arrives, figures, errors.
import { make, save } from "./dom.js";
import { mount } from "./figure.js";

const FIGURE = "application/vnd.nnfromscratch.figure+json";
const RICH = {
  [FIGURE]: (figure, output) => output.live(figure),
  "image/svg+xml": showSvg,
  "image/png": (data, { alt }) => make("img", { src: `data:image/png;base64,${data}`, alt }),
  "text/html": data => make("div", { className: "text_html", innerHTML: data }),
};

export class Output {
  #text;
  #figures = []; // promises of functions that end the figures shown here

  /**
   * @param after the element that it follows
   * @param alt   what is to be seen in a picture that the cell draws
   * @param ask   hands a figure's request to Python
   */
  constructor(after, alt, ask) {
    this.alt = alt;
    this.ask = ask;
    this.progress = make("progress", { hidden: true, "aria-label": "Epochs of training" });
    this.progressWords = make("span", { className: "laboratory-epochs" });
    this.body = make("div", { className: "laboratory-body", translate: false }); // what a program prints is not for translators
    this.element = make(
      "div",
      { className: "laboratory-output cell_output", role: "group", "aria-label": "Output of your run" },
      make("p", { className: "laboratory-epoch-line" }, this.progress, this.progressWords),
      this.body,
    );
    after.after(this.element);
  }

  receive(message) {
    this[message.kind === "progress" ? "epoch" : message.kind]?.(message);
  }

  stream({ name, text }) {
    if (this.#text?.dataset.stream !== name) {
      this.#text = make("pre", { tabIndex: 0, "aria-label": name === "stderr" ? "Messages" : "Text" });
      this.#text.dataset.stream = name;
      this.body.append(make("div", { className: `output ${name === "stderr" ? "stderr" : "stream"} highlight` }, this.#text));
    }
    this.#text.append(text);
  }

  dropped({ characters }) {
    this.note(`… ${characters.toLocaleString("en")} more characters were printed; they are not shown.`);
  }

  left_out({ values }) {
    this.note(`… ${values.toLocaleString("en")} more values or figures are not shown.`);
  }

  display({ data }) {
    this.#text = null;
    const type = Object.keys(RICH).find(type => data[type] !== undefined);
    if (type) this.body.append(make("div", { className: "output" }, RICH[type](data[type], this)));
    else
      this.body.append(
        make(
          "div",
          { className: "output text_plain highlight" },
          make("pre", { tabIndex: 0, "aria-label": "Value", textContent: data["text/plain"] }),
        ),
      );
  }

  clear() {
    for (const figure of this.#figures.splice(0)) figure.then(end => end?.());
    this.body.replaceChildren();
    this.#text = null;
  }

  /** End the figures, and take everything off the page. */
  remove() {
    this.clear();
    this.element.remove();
  }

  /** Show an interactive figure. */
  live(figure) {
    const host = make("div", { className: "live-figure" });
    this.#figures.push(mount(host, figure, this.ask).catch(error => this.note(`This figure could not start: ${error.message}`)));
    return host;
  }

  error({ name, message, trace, line, hint }) {
    this.#text = null;
    const where = line ? ` in line ${line}` : "";
    const box = make(
      "div",
      { className: "laboratory-error", role: "alert" },
      make("p", {}, make("strong", { textContent: `${name}${where}` }), message ? `: ${message}` : ""),
      hint ? make("p", { textContent: hint }) : null,
      trace.split("\n").length > 3
        ? make(
            "details",
            { open: name !== "AssertionError" && passesCells(trace) }, // a check that was called is not where to look
            make("summary", { textContent: "Traceback" }),
            make("pre", { tabIndex: 0 }, ...withLinks(trace)),
          )
        : null,
    );
    this.body.append(box);
  }

  epoch({ done, total }) {
    this.progress.hidden = false;
    this.progress.max = total;
    this.progress.value = done;
    this.progressWords.textContent = done < total ? `epoch ${done + 1} of ${total}` : `${total} epoch${total === 1 ? "" : "s"}`;
  }

  note(words) {
    this.#text = null;
    this.body.append(make("p", { className: "laboratory-note", textContent: words }));
  }
}

/** Whether an error came from a different cell than the one that ran: the reader has to look there. */
function passesCells(trace) {
  return new Set(trace.match(/\bcell \d+(?=, line)/g)).size > 1;
}

/** The parts of a traceback, in which each cell that the page shows is a link. */
function withLinks(trace) {
  return trace.split(/\b(cell \d+)(?=, line)/).map((part, i) => {
    const cell = i % 2 ? document.querySelector(`.laboratory[aria-label="${part}"]`) : null;
    return cell ? make("a", { href: `#${cell.id}`, textContent: part }) : part;
  });
}

function showSvg(text, { alt }) {
  const holder = make("div", { className: "laboratory-svg", role: "img", "aria-label": alt, innerHTML: text }),
    svg = holder.querySelector("svg");
  if (svg?.dataset.width) {
    svg.setAttribute("width", svg.dataset.width);
    svg.setAttribute("height", svg.dataset.height);
  }
  svg?.setAttribute("aria-hidden", "true");
  const tool = make("button", { type: "button", className: "laboratory-save", textContent: "Save as SVG" });
  tool.onclick = () => {
    const copy = svg.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("color", getComputedStyle(svg).color);
    save("figure.svg", copy.outerHTML, "image/svg+xml");
  };
  return make("figure", { className: "laboratory-figure" }, holder, tool);
}
