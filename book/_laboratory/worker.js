// Runs Python, away from the page: everything that takes time happens here. The page talks to it through python.js only.
import { Channel, File, Folder, find, put, putArchive } from "./files.js";
import { system } from "./wasi.js";

const LIBRARY = "/usr/local/lib/python315.zip"; // where this Python looks for its library; a folder does as well as an archive
const DRAWS = /\b(matplotlib|plots|widgets|pyplot|PIL)\b/;
const ENVIRONMENT = {
  HOME: "/home/reader",
  TMPDIR: "/tmp",
  MPLCONFIGDIR: "/tmp/matplotlib",
  NO_COLOR: "1",
  PYTHONTZPATH: "",
};
const LONGEST = 200_000; // characters that one cell may print; what comes after is only counted
const MOST = 500; // values and figures that one cell may show
const AT_ONCE = 200; // pieces of text that are sent as they come; then they are collected,
const PIECE = 16_000,
  PATIENCE = 60; // until this many characters are waiting, or this many milliseconds have passed

const root = new Folder();
let python, memory, sizes, base, drawing;

const say = (kind, message = {}, transfer = []) => postMessage({ kind, ...message }, transfer);

/** Fetch a gzip file, counting its bytes; return the stream of its content. */
async function unpacked(name) {
  const response = await fetch(new URL(name, base));
  if (!response.ok) throw new Error(`${name} was not found (${response.status})`);
  const count = new TransformStream({
    transform(part, out) {
      say("loaded", { name, bytes: part.length });
      out.enqueue(part);
    },
  });
  return response.body.pipeThrough(count).pipeThrough(new DecompressionStream("gzip"));
}

let archived = 0; // bytes of the files that came in archives

async function archive(name, path) {
  const bytes = new Uint8Array(await new Response(await unpacked(name)).arrayBuffer());
  archived += bytes.length;
  putArchive(root, path, bytes);
}

/** Return the compiled program: the one that is kept, or else a new one, which is then kept. */
async function compiled(name, keeper) {
  const kept = await new Promise(resolve => {
    keeper.onmessage = ({ data }) => resolve(data);
  });
  if (kept) return kept;
  const module = await WebAssembly.compileStreaming(
    new Response(await unpacked(name), { headers: { "Content-Type": "application/wasm" } }),
  );
  keeper.postMessage(module);
  return module;
}

/** Text that is printed: sent in pieces, and only counted when there is too much of it. */
class Printed {
  decoder = new TextDecoder();
  pending = "";
  shown = 0;
  dropped = 0;
  sent = 0;
  pieces = 0;

  constructor(name) {
    this.name = name;
  }

  receive(bytes) {
    const text = this.decoder.decode(bytes, { stream: true });
    const room = LONGEST - this.shown;
    this.pending += room > 0 ? text.slice(0, room) : "";
    this.shown += Math.min(text.length, Math.max(room, 0));
    this.dropped += Math.max(text.length - Math.max(room, 0), 0);
    if (this.pieces < AT_ONCE || this.pending.length > PIECE || performance.now() - this.sent > PATIENCE) this.flush();
  }

  flush() {
    if (!this.pending) return;
    say("stream", { name: this.name, text: this.pending });
    this.pending = "";
    this.pieces++;
    this.sent = performance.now();
  }

  end() {
    this.flush();
    if (this.dropped) say("dropped", { name: this.name, characters: this.dropped });
    this.shown = this.dropped = this.pieces = 0;
  }
}

const streams = [new Printed("stdout"), new Printed("stderr")];
const flush = () => streams.forEach(stream => stream.flush());

/** Messages of the guest: lines of JSON, each of which arrives as a whole or in pieces. */
function messages() {
  const decoder = new TextDecoder();
  let rest = "";
  return bytes => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      flush();
      const { kind, ...message } = JSON.parse(line);
      if (kind === "display" && ++displayed > MOST) continue;
      if (kind !== "done") say(kind, message);
    }
  };
}

let displayed = 0; // values and figures of the present cell

async function start(request) {
  try {
    await load(request);
  } catch (error) {
    throw new Error(`Python could not be loaded: ${error.message}. Check your connection, and press Run again.`, { cause: error });
  }
}

async function load({ files, address, keeper }) {
  [sizes, base] = [files, address];
  for (const path of ["/tmp/matplotlib", "/home/reader", "/dev"]) put(root, path, new Folder());
  put(root, "/dev/page", new Channel(messages()));
  const [module] = await Promise.all([
    compiled(files.python.name, keeper),
    archive(files.library.name, LIBRARY),
    archive(files.course.name, "/course"),
  ]);
  const { imports, connect } = system(root, [new File(), ...streams.map(s => new Channel(bytes => s.receive(bytes)))], ENVIRONMENT);
  const { exports } = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: imports, host: { call: () => -1 } });
  connect(exports.memory);
  memory = () => exports.memory.buffer.byteLength + archived;
  exports._initialize();
  python = code => {
    const bytes = new TextEncoder().encode(code),
      place = exports.host_alloc(bytes.length) >>> 0;
    new Uint8Array(exports.memory.buffer, place, bytes.length).set(bytes);
    exports.turn(place, bytes.length);
  };
  python("import sys; sys.path.insert(0, '/course'); import laboratory.cells; laboratory.cells.start()");
  say("ready");
}

/** Load what a cell needs to draw, if it draws; return an error for the cell if that is not possible. What failed is tried again. */
async function drawable(source) {
  if (!DRAWS.test(source)) return null;
  try {
    await (drawing ??= archive(sizes.plotting.name, LIBRARY));
    return null;
  } catch (error) {
    drawing = null;
    const message = `the plotting library could not be loaded: ${error.message}`;
    return { name: "Not loaded", message, line: null, trace: "", hint: "Check your connection, and run this cell again." };
  }
}

/** Call a function of the guest with a request. If Python itself fails, the session ends with a message. */
async function call(name, request, answer) {
  try {
    const problem = await drawable(request.source ?? "");
    if (problem) {
      say("error", problem);
      return say("done", { answer, memory: memory() });
    }
    displayed = 0;
    python(`laboratory.cells.${name}(${JSON.stringify(JSON.stringify(request))})`);
    streams.forEach(stream => stream.end());
    if (displayed > MOST) say("left_out", { values: displayed - MOST });
    say("done", { answer, memory: memory() });
  } catch (error) {
    streams.forEach(stream => stream.end());
    say("broken", { answer, message: String(error?.message ?? error) });
  }
}

const tasks = {
  start,
  call: ({ name, request, answer }) => call(name, request, answer),
  write({ path, bytes, answer }) {
    put(root, path, new File(bytes));
    say("done", { answer });
  },
  read({ path, answer }) {
    const bytes = find(root, path)?.content?.().slice();
    say("done", { answer, bytes }, bytes ? [bytes.buffer] : []);
  },
};

// One task after another, in the order of the requests.
let queue = Promise.resolve();
onmessage = ({ data }) => {
  queue = queue
    .then(() => tasks[data.task](data))
    .catch(error => say("broken", { answer: data.answer, message: String(error?.message ?? error) }));
};
