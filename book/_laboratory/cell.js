// One cell on the page: its code, its editor, its output, and what the browser keeps of it.
import { button, make } from "./dom.js";
import { Editor } from "./editor.js";
import { KeptText } from "./kept.js";
import { Output } from "./output.js";
import { hash } from "./store.js";

export class Cell extends KeptText {
  tried = false; // whether it has begun to run in this session of Python
  ranText = null; // what last ran there without an error
  passed = false;
  output = null;
  messages = null; // everything that Python reported about the last run; null before the first
  #shown; // the code whose output is on the page
  #editor = null;
  #opening = null; // a promise while the editor is being loaded
  #attempt = 0; // counts the times that it was asked for; a reset makes it start again
  #box = null; // takes what is typed until then
  #ticking = 0; // while it runs, a timer
  #pending = ""; // what it says while it waits or runs

  /**
   * @param data       { id, source, metadata } from the notebook; `own` for a cell that is not in it
   * @param element    its element on the page, or null for a cell that readers do not see
   * @param number     its place, which names it in tracebacks
   * @param laboratory runs the cells and shows messages
   */
  constructor(data, element, number, laboratory) {
    super(data, element, laboratory);
    this.number = number;
    this.#shown = this.source;
    if (element) this.#build();
  }

  /** Whether Python knows what this cell says now: it ran, and has not been edited since. */
  get ran() {
    return this.ranText === this.text;
  }

  /** Whether it has left something else in Python than what it says now: it was edited after it ran, or failed. */
  get spoiled() {
    return this.tried && !this.ran;
  }

  /** Begin with a new Python, which knows nothing of this cell. */
  forget() {
    this.tried = false;
    this.ranText = null;
  }

  get label() {
    return this.own ? "your answer" : `cell ${this.number}`;
  }

  /** Whether the build skips this cell, because it needs a running Jupyter. */
  get needsJupyter() {
    return Boolean(this.metadata.tags?.includes("skip-execution"));
  }

  has(what) {
    return Boolean(this.element?.classList.contains(`laboratory-for-${what}`));
  }

  /** Whether there is an output on the page that belongs to different code: the reader has changed it since. */
  get outdated() {
    return this.text !== this.#shown && (this.messages ?? this.static)?.length > 0;
  }

  get alt() {
    const written = this.metadata.mystnb?.image?.alt;
    return written && !this.edited ? written : `Figure drawn by ${this.label}`;
  }

  #build() {
    this.bar = this.element.querySelector(".laboratory-bar");
    this.input = this.element.querySelector(".cell_input");
    this.status = make("span", { className: "laboratory-state", role: "status" });
    this.clock = make("span", { className: "laboratory-clock", role: "timer", "aria-label": "Running for" }); // read on demand, not announced
    this.compare = button("Compare", () => this.#compare(), { hidden: true, title: "Show what you changed" });
    const above = button("Run above", () => this.laboratory.runAbove(this.element.id), { title: "Run all cells above this one again" });
    this.older = make("span", {
      className: "laboratory-older",
      hidden: true,
      textContent: "The output is from different code: run the cell again.",
    });
    this.bar.append(...(this.own ? [] : [above]), this.reset, this.undo, this.compare, this.older, this.status, this.clock);
    this.static = [...this.element.querySelectorAll(":scope .cell_output")];
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", this.label);
    if (this.restoreKept().passed) this.markPassed(false);
    if (this.#begun) this.edit(false);
  }

  display() {
    if (this.#editor) this.#editor.text = this.text;
    else if (this.#box) this.#box.value = this.text;
    else if (this.edited) this.edit(false);
  }

  refresh() {
    super.refresh();
    this.compare.hidden = !this.edited;
    this.older.hidden = !this.outdated;
    this.element.classList.toggle("laboratory-outdated", this.outdated);
    this.element.classList.toggle("laboratory-edited", this.edited);
  }

  /** Open the editor; resolves when it is there, or cannot be loaded. Until then, a plain box takes what is typed. */
  async edit(focus = true) {
    this.element.querySelectorAll("details").forEach(details => {
      details.open = true;
    });
    if (this.#begun && this.#begun !== this.#box) this.#adopt(this.#begun);
    if (focus) (this.#editor ?? (this.#box ??= this.#makeBox())).focus();
    if (!this.#editor) await (this.#opening ??= this.#open());
  }

  /** A box that the page opened at once, because the reader did not wait for the laboratory; null without one. */
  get #begun() {
    return this.element.querySelector(".laboratory-draft");
  }

  /** Put a plain box in the place of the code. */
  #makeBox() {
    const box = make("textarea", { className: "laboratory-draft", rows: Math.min(40, this.text.split("\n").length + 1), value: this.text });
    box.addEventListener("keydown", event => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
      event.preventDefault();
      this.laboratory.run(this.element.id, { advance: event.shiftKey });
    });
    this.input.hidden = true;
    this.input.after(box);
    return this.#prepare(box);
  }

  /** Take over a box in which the reader may already have written. */
  #adopt(box) {
    this.#box = this.#prepare(box);
    this.input.hidden = true;
    if (box.value !== box.defaultValue) this.change(box.value);
    else if (box.value !== this.text) box.value = this.text;
  }

  #prepare(box) {
    box.setAttribute("aria-label", `Code of ${this.label}`);
    box.oninput = () => this.change(box.value);
    return box;
  }

  async #open() {
    const attempt = ++this.#attempt;
    let problem;
    await Editor.load(this.laboratory.root).catch(error => {
      problem = error;
    });
    await composed(() => this.#box);
    if (attempt !== this.#attempt) return;
    this.#opening = null;
    if (!problem) return this.#showEditor();
    if (this.edited) this.#box ??= this.#makeBox();
    this.laboratory.say(`Use the plain text box, because ${problem.message}. To try again, press Edit.`);
  }

  /** Let the editor take the place of the code, or of the box with its selection and focus. */
  #showEditor() {
    const box = this.#box;
    this.host = make("div", { className: "laboratory-editor", translate: false });
    this.input.hidden = true;
    this.input.after(this.host); // first, because the editor measures its letters
    this.#editor = new Editor(this.host, {
      text: this.text,
      label: `Code of ${this.label}. Escape leaves the editor.`,
      change: text => this.change(text),
      run: advance => this.laboratory.run(this.element.id, { advance }),
      complete: word => this.laboratory.complete(word),
    });
    if (!box) return;
    this.#editor.select(box.selectionStart, box.selectionEnd);
    if (document.activeElement === box) this.#editor.focus();
    this.#removeBox();
  }

  #removeBox() {
    this.#box?.remove();
    this.#box = null;
  }

  /** Put a text into the editor, as if the reader had written it. */
  write(text) {
    this.#editor.text = text;
    this.change(text);
  }

  /** Go back to what is published: code, and output. A run goes on, but shows nothing more. */
  restore() {
    this.#attempt++;
    this.#opening = null;
    this.#removeBox();
    this.#editor?.close();
    this.#editor = null;
    this.host?.remove();
    this.host = null;
    this.input.hidden = false;
    this.clear();
    super.restore();
    this.say(this.#pending);
  }

  clear() {
    this.output?.remove();
    this.output = this.messages = null;
    this.#shown = this.source;
    this.static?.forEach(part => {
      part.hidden = false;
    });
    this.comparison?.remove();
    this.element?.querySelectorAll(".laboratory-marked").forEach(line => line.classList.remove("laboratory-marked"));
    this.#editor?.mark(null);
    if (this.element) this.refresh();
  }

  say(words) {
    if (this.status) this.status.textContent = words;
  }

  /** Say what it waits for, until it runs, or its run is given up. */
  wait(words) {
    if (this.#ticking) return; // it runs already, and will run again
    this.#pending = words;
    this.say(words);
  }

  /** Wait no longer, if what it waited for has not come about. */
  settle() {
    if (this.#pending) this.end("");
  }

  /** Say that an earlier cell ended with an error, so that this one did not run, and lead there. */
  blockedBy({ element, label }) {
    if (this.own) this.clear(); // what is said of an earlier answer is not about this one
    this.#pending = "";
    const link = element ? make("a", { href: `#${element.id}`, textContent: label }) : label;
    this.status?.replaceChildren(
      "did not run, because ",
      link,
      " ended with an error: correct it or reset it. If that does not help, choose Restart under More.",
    );
  }

  /** Say that a name comes from a different answer, and lead there. */
  lacks(name, { element }, task) {
    const link = make("a", { href: `#${element.id}`, textContent: task ? `your answer to “${task}”` : "a different answer" });
    this.status.replaceChildren(`ended with an error: ${name} is set in `, link, ". Run that answer first.");
  }

  /** Prepare for a run. What the cell shows goes where the published output was. */
  begin(ask) {
    this.clear();
    this.tried = true;
    this.failed = false;
    this.messages = [];
    this.#shown = this.text;
    if (!this.element) return;
    this.refresh();
    const place = this.static.at(-1) ?? this.host ?? this.#box ?? this.input;
    this.static.forEach(part => {
      part.hidden = true;
    });
    this.output = new Output(place, this.alt, ask);
    this.element.setAttribute("aria-busy", "true");
    this.wait("running …");
    const start = performance.now();
    this.#ticking = setInterval(() => {
      this.clock.textContent = `${Math.round((performance.now() - start) / 1000)} s`;
    }, 1000);
  }

  receive(message) {
    if (!this.messages) {
      this.failed ||= message.kind === "error"; // the cell was reset while it ran, and shows nothing
      return;
    }
    if (message.kind === "clear") this.messages = [];
    else if (message.kind !== "progress") this.messages.push(message);
    if (message.kind === "error") this.#failed(message);
    this.output?.receive(message);
  }

  #failed({ line, name, message }) {
    this.failed = true;
    if (!line) return;
    if (this.#editor) this.#editor.mark(line, `${name}: ${message}`);
    else this.edit(false).then(() => this.failed && this.#editor?.mark(line, `${name}: ${message}`));
  }

  end(words) {
    clearInterval(this.#ticking);
    this.#ticking = 0;
    this.#pending = "";
    if (this.clock) this.clock.textContent = "";
    this.element?.removeAttribute("aria-busy");
    this.say(words);
  }

  markPassed(keep = true) {
    this.passed = true;
    this.element.classList.add("laboratory-passed");
    if (keep) this.keep({ passed: true, hash: hash(this.source) });
    this.say("passed ✓");
  }

  #compare() {
    if (this.comparison?.isConnected) return this.comparison.remove();
    this.comparison = make("pre", { className: "laboratory-comparison", tabIndex: 0, "aria-label": "What you changed" });
    for (const [sign, line] of difference(this.source.split("\n"), this.text.split("\n"))) {
      this.comparison.append(make(sign === "+" ? "ins" : sign === "-" ? "del" : "span", { textContent: `${sign} ${line}\n` }));
    }
    this.bar.before(this.comparison);
  }
}

/** Resolve when no word is being composed in a box: a keyboard on a screen, or one for Chinese, would lose it if the box went away. */
async function composed(find) {
  while (find()?.hasAttribute("data-composing")) {
    await new Promise(resolve => find().addEventListener("compositionend", () => setTimeout(resolve), { once: true }));
  }
}

/** The lines of two texts, each with " " (in both), "-" (in the first) or "+" (in the second): a longest common subsequence. */
export function difference(a, b) {
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const found = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) found.push([" ", a[i++], j++]);
    else if (j >= b.length || (i < a.length && length[i + 1][j] >= length[i][j + 1])) found.push(["-", a[i++]]);
    else found.push(["+", b[j++]]);
  }
  return found.map(([sign, line]) => [sign, line]);
}
