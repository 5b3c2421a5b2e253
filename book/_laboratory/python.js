// The one interface between a page and its Python: start, run a cell, stop, read and write a file, and report progress.
// Nothing else knows which Python it is. To replace it, replace what is behind this class (worker.js, wasi.js, files.js).

const HOME = "/home/reader/";
const NOT_LOADED = "Python could not be loaded. Check your connection, and press Run again.";
let keeper; // a worker that has the compiled program when the next Python starts

/** Whether this browser can run Python; if not, why. */
export function missing() {
  if (location.protocol === "file:")
    return "this page was opened as a file; open it from a web server (see how to start the course offline)";
  if (!globalThis.WebAssembly?.compileStreaming || !globalThis.DecompressionStream || !globalThis.Worker) return "this browser is too old";
  // a module with one tag, which needs exception handling
  if (!WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 13, 3, 1, 0, 0]))) {
    return "this browser is too old: it lacks WebAssembly exception handling";
  }
  return "";
}

/** Thrown to everyone who waits for a cell when Python was stopped or failed. */
export class Stopped extends Error {}

export class Python {
  #worker;
  #waiting = new Map(); // what Python is doing now comes first
  #asked = new Map(); // requests of figures that wait until Python is free, by their jobs
  #count = 0;
  #hear;
  #ready;

  /** Bytes that Python and its files take, as of the last cell. */
  memory = 0;

  /** Why it ended; "" until then. */
  ended = "";

  /**
   * Start Python.
   *
   * @param address where its files are
   * @param files   their names and sizes: { python, library, plotting, course }, each { name, size }
   * @param hear    called with every message: { kind: "loaded" | "stream" | "display" | "error" | "progress" | "work" | ..., ... };
   *                "work" means that Python may have begun or ended something, so that `busy` is different
   */
  constructor(address, files, hear) {
    this.#hear = hear;
    this.#worker = new Worker(new URL("worker.js", address), { type: "module" });
    this.#ready = new Promise((resolve, reject) => this.#waiting.set("start", { resolve, reject }));
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = event => this.stop(event.message || NOT_LOADED);
    this.#worker.onmessageerror = () => this.stop("a message from the worker could not be read");
    keeper ??= new Worker(new URL("keeper.js", address));
    keeper.onerror = () => {
      keeper = undefined;
      this.stop(NOT_LOADED);
    };
    const { port1, port2 } = new MessageChannel();
    keeper.postMessage(null, [port1]);
    this.#worker.postMessage({ task: "start", files, address: String(address), keeper: port2 }, [port2]);
  }

  /** Whether it does something for the reader: for a cell, or for a figure. */
  get busy() {
    return this.#waiting.size > 0;
  }

  /** Resolves when Python is ready. */
  get ready() {
    return this.#ready;
  }

  /** Run a cell, and resolve when it is done; everything it says arrives before that. */
  run(source, name) {
    return this.#ask("call", { name: "run", request: { source, name } });
  }

  /** Ask for the names that can complete a word; they arrive as a message. */
  complete(word) {
    return this.#ask("call", { name: "complete", request: { word } });
  }

  /** Ask which of some cells the last one needs; their places arrive as a message. */
  needs(sources) {
    return this.#ask("call", { name: "needs", request: { sources } });
  }

  /** Ask which of some cells set a name; their places arrive as a message. */
  setters(name, sources) {
    return this.#ask("call", { name: "find_setters", request: { name, sources } });
  }

  /** Hand the request of a figure to Python as soon as it is free, unless the figure forgets it before. */
  answer(number, content) {
    if (this.ended) return Promise.reject(new Stopped(this.ended));
    if ("forget" in content) return Promise.resolve(this.#asked.delete(content.forget));
    return new Promise((resolve, reject) => {
      this.#asked.set(content.job ?? content.hello, { request: { number, content }, resolve, reject });
      this.#answerNext();
    });
  }

  #answerNext() {
    if (this.#waiting.size || !this.#asked.size) return;
    const [[job, { request, resolve, reject }]] = this.#asked;
    this.#asked.delete(job);
    this.#ask("call", { name: "answer", request }).then(resolve, reject);
  }

  /** Put a file into the reader's folder. */
  write(name, bytes) {
    return this.#ask("write", { path: HOME + name, bytes });
  }

  /** Return the content of a file in the reader's folder, or undefined. */
  async read(name) {
    return (await this.#ask("read", { path: HOME + name })).bytes;
  }

  /** End Python, with all that it holds, and tell everyone who waits for it. */
  stop(why = "it was stopped") {
    this.ended ||= why;
    this.#worker.terminate();
    for (const { reject } of [...this.#waiting.values(), ...this.#asked.values()]) reject(new Stopped(why));
    this.#waiting.clear();
    this.#asked.clear();
    this.#hear({ kind: "work" });
  }

  #ask(task, message) {
    if (this.ended) return Promise.reject(new Stopped(this.ended));
    const answer = ++this.#count;
    this.#worker.postMessage({ task, answer, ...message });
    return new Promise((resolve, reject) => {
      this.#waiting.set(answer, { resolve, reject, name: message.name });
      this.#hear({ kind: "work" });
    });
  }

  #receive(message) {
    if (message.kind === "broken") return this.stop(message.message);
    if (message.kind !== "ready" && message.kind !== "done") {
      const [now] = this.#waiting.values();
      if (now?.name !== "answer" || message.kind === "figure") this.#hear(message); // what a figure prints would be taken for a cell's
      return;
    }
    this.memory = message.memory ?? this.memory;
    const key = message.kind === "ready" ? "start" : message.answer;
    this.#waiting.get(key)?.resolve(message);
    this.#waiting.delete(key);
    this.#answerNext();
    this.#hear({ kind: "work" });
  }
}
