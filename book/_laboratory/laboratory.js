// The laboratory of a page: its cells, the Python that runs them, and the panel that says how things are.
import { Answer } from "./answer.js";
import { Cell } from "./cell.js";
import { button, make, megabytes, save } from "./dom.js";
import { hear } from "./figure.js";
import { Notebook, asOutputs } from "./notebook.js";
import { Python, Stopped, missing } from "./python.js";
import { Store } from "./store.js";

const LONG = 10_000; // milliseconds after which a running cell points out Stop
const GAP = /=\s*\.\.\.\s*[,)]/; // where a reader has not yet written an answer

let opened;

/** Return the laboratory of this page; the first call opens it, or the next one if that failed. */
export function open(options) {
  opened ??= Laboratory.open(options).catch(error => {
    opened = undefined;
    throw error;
  });
  return opened;
}

class Laboratory {
  #python = null;
  #starting = null; // a promise of the same Python, ready and with the reader's files
  #queue = [];
  #working = false;
  #running = null;
  #files = new Map(); // of the reader: name to bytes; each new Python gets them
  #replies = new Map(); // kind of a message to the function that waits for it

  static async open({ root, page, notebook, prefix }) {
    document.head.append(make("link", { rel: "stylesheet", href: new URL("laboratory/laboratory.css", root) }));
    const sizes = await (await fetch(new URL("laboratory/files.json", root))).json();
    return new Laboratory(root, page, await Notebook.fetch(new URL(notebook, root)), sizes, new Store(prefix));
  }

  constructor(root, page, notebook, sizes, store) {
    Object.assign(this, { root, page, notebook, sizes, store });
    this.#buildPanel();
    this.cells = [];
    notebook.cells().forEach((data, i) => {
      const element = document.getElementById(`cell-${data.id}`);
      const cell = new Cell({ ...data, own: false }, element, i + 1, this);
      this.cells.push(cell);
      if (cell.has("task")) this.cells.push(this.#answerCell(cell));
    });
    this.answers = notebook.answers().map(data => new Answer(data, document.getElementById(`cell-${data.id}`), this));
    store.onOtherTab(id =>
      this.#texts()
        .find(text => text.id === id)
        ?.changedElsewhere(),
    );
  }

  /** Let the browser ask whether to leave, while there is work that it does not keep. */
  guard() {
    this.#guard ??= event => {
      if (this.#texts().some(text => text.unkept)) event.preventDefault();
    };
    addEventListener("beforeunload", this.#guard);
  }

  #guard = null;

  /** All that the reader can change: the cells that are seen, and the answers in words. */
  #texts() {
    return [...this.cells.filter(cell => cell.element), ...this.answers];
  }

  // --- the panel ---

  #buildPanel() {
    this.words = make("span", { role: "status", className: "laboratory-words" });
    this.bar = make("progress", { hidden: true, "aria-label": "Loading Python" });
    this.cancel = button("Cancel", () => this.stop("Loading was canceled."), { hidden: true });
    this.stopper = button("Stop", () => this.stop(), { hidden: true, title: "Stop Python; its variables are lost" });
    const file = make("input", { type: "file", multiple: true, hidden: true, onchange: () => this.#addFiles(file) });
    const summary = make("summary", { textContent: "More" });
    const more = make(
      "details",
      { className: "laboratory-more" },
      summary,
      make(
        "div",
        {},
        button("Restart", () => this.restart(), { title: "Restart Python with nothing in it" }),
        button("Add a file", () => file.click(), {
          title: "Add one of your files, such as a CSV or a picture, so that the code on this page can open it",
        }),
        file,
        button("Download notebook", () => this.download(), { title: "The notebook of this page with your edits and outputs" }),
        button("Reset page", () => this.resetPage(), { title: "Go back to the published code everywhere on this page" }),
      ),
    );
    more.addEventListener("click", ({ target }) => {
      if (!target.closest("button")) return;
      more.open = false; // it covers the code
      summary.focus();
    });
    this.panel = make(
      "div",
      { className: "laboratory-panel", role: "region", "aria-label": "Laboratory" },
      this.words,
      this.bar,
      this.cancel,
      this.stopper,
      button("Run all", () => this.runAll()),
      more,
    );
    document.querySelector("article").append(this.panel);
  }

  say(words) {
    this.words.textContent = words;
  }

  /** Show Stop while anything runs that the reader may want to end: a cell, the answer of a figure, or the search for a completion. */
  #showStop() {
    this.stopper.hidden = !this.#working && !this.#python?.busy;
  }

  async #addFiles(input) {
    for (const file of input.files) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      this.#files.set(file.name, bytes);
      if (this.#python) await this.#python.write(file.name, bytes);
    }
    const names = [...input.files].map(file => `"${file.name}"`).join(", ");
    this.say(`The code of this page can open ${names}. Nothing leaves this machine.`);
    input.value = "";
  }

  // --- Python ---

  /** Return Python, started first if necessary. */
  #start() {
    if (this.#python?.ended) this.#python = null;
    if (!this.#python) this.#starting = this.#load();
    return this.#starting;
  }

  async #load() {
    const why = missing();
    if (why) throw new Stopped(`Python cannot run here: ${why}`);
    const { python, library, course } = this.sizes,
      total = python.size + library.size + course.size;
    let loaded = 0;
    this.bar.hidden = this.cancel.hidden = false;
    this.bar.max = total;
    this.say(`Loading Python (${megabytes(total)}; ${megabytes(this.sizes.plotting.size)} more when code draws) …`);
    const started = (this.#python = new Python(new URL("laboratory/", this.root), this.sizes, message => {
      if (message.kind !== "loaded") return this.#hear(message);
      loaded += message.bytes;
      if (loaded > total) return;
      this.bar.value = loaded;
      this.say(`Loading Python: ${megabytes(loaded)} of ${megabytes(total)}`);
    }));
    try {
      await started.ready;
      for (const [name, bytes] of this.#files) await started.write(name, bytes);
      this.say("Python is ready.");
    } catch (error) {
      if (this.#python === started) this.#python = null;
      throw error;
    } finally {
      if (!this.#python || this.#python === started) this.bar.hidden = this.cancel.hidden = true;
    }
    return started;
  }

  #hear(message) {
    if (message.kind === "work") this.#showStop();
    else if (message.kind === "figure") hear(message);
    else if (this.#replies.has(message.kind)) this.#replies.get(message.kind)(message);
    else this.#running?.receive(message);
  }

  /** Ask Python for something that it sends in one message of some kind; return this message, or undefined if it failed to send one. */
  async #reply(kind, asked) {
    let reply;
    this.#replies.set(kind, message => {
      reply = message;
    });
    await asked;
    return reply;
  }

  /** Bytes that Python and its files take. */
  memory() {
    return this.#python?.memory ?? 0;
  }

  async complete(word) {
    if (!this.#python || this.#working) return [];
    const reply = await this.#reply("completions", this.#python.complete(word)).catch(() => null); // Python was stopped meanwhile
    return reply?.names ?? [];
  }

  stop(words = "Python was stopped, and its variables are gone. Press Run to start it again.") {
    for (const { last, resolve } of this.#queue.splice(0)) {
      last.end("");
      resolve(false);
    }
    this.#python?.stop(words);
    this.#python = null;
    for (const cell of this.cells) cell.forget();
    this.say(words);
  }

  restart() {
    this.stop("Restarting Python …");
    return this.#start().catch(error => this.say(error.message));
  }

  // --- running ---

  /** The cells that have to run before this one: those before it, without tests, solutions of other tasks, and what needs Jupyter. */
  #before(cell) {
    const earlier = this.cells.slice(0, this.cells.indexOf(cell));
    return earlier.filter(
      other =>
        !other.own && !other.has("check") && (!other.has("solution") || cell.has("solution")) && (!other.needsJupyter || cell.needsJupyter),
    );
  }

  /** Run a cell, and first the earlier ones that have not run; if one was edited since, all of them again. */
  async run(id, { advance = false } = {}) {
    let cell = this.cells.find(other => other.element?.id === id);
    if (cell.has("task")) {
      cell = this.cells[this.cells.indexOf(cell) + 1];
      if (!cell.text.trim() || !cell.edited) return cell.edit();
    }
    if (cell.check && GAP.test(cell.text)) {
      cell.clear(); // what is said of an earlier answer is not about this one
      cell.say("Replace the dots with your answer first.");
      return cell.edit();
    }
    const done = this.#enqueue(() => this.#needed(cell), cell);
    if (advance)
      this.cells
        .slice(this.cells.indexOf(cell) + 1)
        .find(other => other.element)
        ?.element.querySelector(".laboratory-run, .ace_text-input")
        ?.focus();
    return done;
  }

  /**
   * The cells that have to run for this one, and it. For an answer, those are the ones that its code needs: a page can take a minute.
   *
   * If one of them is spoiled, all of them run again: alone, it would work on the names that later cells have left, and the later ones
   * would not know what it has changed.
   */
  async #needed(cell) {
    let earlier = this.#before(cell);
    if (cell.own && earlier.some(other => !other.ran)) {
      const python = await this.#start();
      const reply = await this.#reply("needs", python.needs([...earlier, cell].map(({ text }) => text)));
      if (reply) earlier = reply.places.map(place => earlier[place]);
    }
    return [...(earlier.some(other => other.spoiled) ? earlier : earlier.filter(other => !other.ran)), cell];
  }

  /** Run every cell up to this one again. */
  runAbove(id) {
    const cell = this.cells.find(other => other.element?.id === id);
    return this.#enqueueAll(() => this.#before(cell));
  }

  runAll() {
    return this.#enqueueAll(() => this.cells.filter(cell => (!cell.own || cell.edited) && !cell.needsJupyter));
  }

  #enqueueAll(find) {
    const last = find().at(-1);
    return last && this.#enqueue(find, last);
  }

  async edit(id, focus = true) {
    return this.#texts()
      .find(text => text.element.id === id)
      .edit(focus);
  }

  /** Let cells wait for their turn. Which cells is found out then, because others may run until then. Resolves to whether all went well. */
  async #enqueue(find, last) {
    if (this.#working) last.wait("waiting for its turn …");
    return new Promise((resolve, reject) => {
      this.#queue.push({ find, last, resolve, reject });
      if (!this.#working) this.#work();
    });
  }

  async #work() {
    this.#working = true;
    this.#showStop();
    while (this.#queue.length) {
      const { find, last, resolve, reject } = this.#queue.shift();
      await this.#attempt(last, async () => this.runRow(await find())).then(resolve, reject);
      last.settle();
    }
    this.#working = false;
    this.#showStop();
  }

  /** Do something that needs Python; if Python stops meanwhile, say so, and return false. */
  async #attempt(cell, act) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      cell.end("");
      if (!this.#python || this.#python.ended) this.stop(error.message); // unless the next one is already there
      return false;
    }
  }

  /** Run cells one after another, without the earlier ones; an error ends the series. Resolves to whether all went well. */
  async runRow(cells) {
    const last = cells.at(-1);
    for (const [i, cell] of cells.entries()) {
      const left = cells.length - 1 - i;
      if (left) last.wait(`waiting for ${left === 1 ? "an earlier cell" : `${left} earlier cells`} …`);
      const ran = await this.#attempt(cell, async () => this.#runOne(await this.#start(), cell));
      if (ran === false) last.end("");
      else if (cell.failed && cell !== last) last.blockedBy(cell);
      if (ran === false || cell.failed) return false;
    }
    return true;
  }

  async #runOne(python, cell) {
    const remind = setTimeout(() => this.say(`Still running ${cell.label}. Press Stop to end it.`), LONG);
    this.#running = cell;
    const { text } = cell;
    if (cell.spoiled && !cell.own) for (const later of this.cells.slice(this.cells.indexOf(cell))) later.ranText = null;
    cell.begin((number, content) => python.answer(number, content)); // a figure asks the Python that made it
    try {
      await python.run(text, cell.own ? "answer" : String(cell.number));
    } finally {
      clearTimeout(remind);
      this.#running = null;
    }
    cell.ranText = cell.failed ? null : text;
    cell.end(cell.failed ? "ended with an error" : "finished");
    if (!cell.failed) this.#judge(cell);
    else if (cell.own) await this.#findMissing(python, cell);
    this.say("Python is ready.");
  }

  /** If an answer failed because it lacks a name that a different answer sets, say which one: the nearest one above, if there is one. */
  async #findMissing(python, cell) {
    const { name, message } = cell.messages?.findLast(({ kind }) => kind === "error") ?? {}; // none if it was reset meanwhile
    const [, missing] = (name === "NameError" && /^name '(.+?)' is not defined/.exec(message)) || [];
    if (!missing) return;
    const others = this.cells.filter(other => other.own && other.edited && other !== cell);
    const reply = await this.#reply(
      "setters",
      python.setters(
        missing,
        others.map(({ text }) => text),
      ),
    );
    const found = (reply?.places ?? []).map(place => others[place]);
    const other = found.findLast(one => this.cells.indexOf(one) < this.cells.indexOf(cell)) ?? found[0];
    if (other) cell.lacks(missing, other, taskOf(other.element));
  }

  /** Note that a check has passed: a visible test of an assignment, or the one that an answer calls. */
  #judge(cell) {
    const check = cell.own ? cell.check : cell.has("check") ? cell : null;
    if (cell.own && !calls(cell.ranText, checkOf(check.source).name)) {
      cell.say(`nothing was checked: call ${checkOf(check.source).name}`);
    } else if (check) {
      check.markPassed();
      cell.say("passed ✓");
    }
  }

  // --- the reader's answer to a practice task ---

  /** Make a cell for the reader's answer to the task with this check, and put it after it. */
  #answerCell(check) {
    const { id, number } = check,
      source = answerTo(check.source);
    const code = make("pre", { textContent: source });
    const input = make("div", { className: "cell_input" }, make("div", { className: "highlight" }, code));
    const name = `cell-answer-${id}`,
      begun = document.getElementById(name); // the reader did not wait for the laboratory
    const element = begun ?? make("div", { className: "cell laboratory laboratory-own", id: name });
    const bar = make(
      "div",
      { className: "laboratory-bar" },
      button("Check", () => this.run(name), { className: "laboratory-run" }),
    );
    element.prepend(input);
    element.append(bar);
    if (!begun) check.element.after(element);
    const cell = new Cell({ id: `answer-${id}`, source, metadata: {}, own: true, check }, element, number, this);
    code.onclick = () => getSelection().isCollapsed && cell.edit(); // as in the published cells
    return cell;
  }

  // --- the page as a whole ---

  resetPage() {
    for (const text of this.#texts()) text.restore();
    this.stop("Everything on this page is as published. To bring back what you wrote, press Undo the reset where you wrote it.");
  }

  download() {
    const edited = new Map(),
      added = new Map();
    for (const cell of this.cells) {
      if (cell.own) {
        if (cell.edited) added.set(cell.id.replace("answer-", ""), cell.text);
      } else {
        edited.set(cell.id, { text: cell.edited ? cell.text : undefined, outputs: outputsOf(cell) });
      }
    }
    for (const answer of this.answers) if (answer.edited) edited.set(answer.id, { text: answer.text });
    save(this.notebook.name, this.notebook.text(edited, added), "application/x-ipynb+json");
  }
}

/** What the downloaded notebook stores as the outputs of a cell: none that belong to different code; undefined for the published ones. */
function outputsOf({ outdated, messages }) {
  if (outdated) return [];
  return messages ? asOutputs(messages) : undefined;
}

/** The function that a check defines, the last one of its code: { name, parameters }, without those that have a default. */
export function checkOf(code) {
  const [, name, all] = [...code.matchAll(/^def (\w+)\(([^)]*)\)/gm)].at(-1);
  const parameters = all.split(",").map(part => part.trim());
  return { name, parameters: parameters.filter(part => part && !part.includes("=")) };
}

/** The title of the practice task that an element belongs to, such as "2. Digits off center"; "" without one. */
function taskOf(element) {
  const titles = [...document.querySelectorAll("article strong")].filter(({ textContent }) => /^\d+\. /.test(textContent));
  const above = titles.filter(title => title.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
  return above.at(-1)?.textContent.replace(/\.$/, "") ?? "";
}

/** Whether code calls a function, outside of its comments. */
export const calls = (code, name) => new RegExp(`^[^#\n]*\\b${name}\\(`, "m").test(code);

/** The code with which a reader starts to answer a task: a call of the function that the check defines, with gaps. */
export function answerTo(check) {
  const { name, parameters } = checkOf(check);
  return `# Replace the dots with your answer, then press Check.\n${name}(${parameters.map(one => `${one}=...`).join(", ")})`;
}
