// The system that Python runs on: the part of WASI preview 1 that it uses, over the files of files.js. Everything else reports that it is not available.
import { File, Folder, find, names } from "./files.js";

const OK = 0,
  BAD_FILE = 8,
  EXISTS = 20,
  INVALID = 28,
  IS_FOLDER = 31,
  NO_ENTRY = 44,
  NOT_HERE = 52,
  NO_FOLDER = 54,
  NOT_EMPTY = 55;
const NO_SEEK = 70,
  NOT_ALLOWED = 63;
const CREATE = 1,
  MUST_BE_FOLDER = 2,
  MUST_BE_NEW = 4,
  TRUNCATE = 8,
  APPEND = 1;
const KINDS = { channel: 2, folder: 3, file: 4 };
const ROOT = 3;
const ALL_RIGHTS = 0x1fffffffn;
const MICROSECOND = 1000n;

/** Thrown when Python ends itself. */
export class Ended extends Error {}

const text = new TextEncoder(),
  decoder = new TextDecoder();

/** What the imports of one instance share: its files, its open files, its settings, and its memory. */
class System {
  constructor(root, streams, environment) {
    this.root = root;
    this.environment = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    this.open = new Map([...streams, root].map((node, number) => [number, { node, position: 0, append: false }]));
  }

  /** A view of the memory: always a new one, since the memory may have grown. */
  get view() {
    return new DataView(this.memory.buffer);
  }

  bytes(pointer, length) {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }

  path(pointer, length) {
    return decoder.decode(this.bytes(pointer, length));
  }

  number(pointer, value) {
    this.view.setUint32(pointer, value, true);
    return OK;
  }

  /** The pieces of memory that a list of (pointer, length) pairs names. */
  pieces(pointer, count) {
    const view = this.view;
    return Array.from({ length: count }, (_, i) =>
      this.bytes(view.getUint32(pointer + 8 * i, true), view.getUint32(pointer + 8 * i + 4, true)),
    );
  }

  /** Look a path up below an open folder: its parent folder, its last name, and what is there. */
  look(number, pointer, length) {
    const start = this.open.get(number)?.node,
      path = this.path(pointer, length),
      way = names(path);
    if (start?.kind !== "folder") return { error: start ? NO_FOLDER : BAD_FILE };
    if (!way) return { error: NOT_ALLOWED };
    if (!way.length) return { parent: start, node: start };
    const name = way.pop(),
      parent = find(start, way.join("/"));
    if (!parent) return { error: NO_ENTRY };
    if (parent.kind !== "folder") return { error: NO_FOLDER };
    return { parent, name, node: parent.entries.get(name) };
  }

  status(pointer, node) {
    const view = this.view;
    this.bytes(pointer, 64).fill(0);
    view.setBigUint64(pointer + 8, node.number, true);
    view.setUint8(pointer + 16, KINDS[node.kind]);
    view.setBigUint64(pointer + 24, 1n, true);
    view.setBigUint64(pointer + 32, BigInt(node.size ?? 0), true);
    for (const offset of [40, 48, 56]) view.setBigUint64(pointer + offset, node.changed, true);
    return OK;
  }

  strings(list, pointers, buffer) {
    for (const string of list) {
      const bytes = text.encode(`${string}\0`);
      this.number(pointers, buffer);
      this.bytes(buffer, bytes.length).set(bytes);
      pointers += 4;
      buffer += bytes.length;
    }
    return OK;
  }

  sizes(list, count, size) {
    this.number(count, list.length);
    return this.number(
      size,
      list.reduce((sum, string) => sum + text.encode(string).length + 1, 0),
    );
  }
}

/** Wait without doing anything: a worker that shares no memory has no better way. */
function sleep(nanoseconds) {
  const until = performance.now() + Number(nanoseconds) / 1e6;
  while (performance.now() < until);
}

function time(clock) {
  return clock === 0 ? BigInt(Date.now()) * 1_000_000n : BigInt(Math.round(performance.now() * 1000)) * MICROSECOND;
}

/**
 * Return the imports for an instance of Python, and a function to call with its memory.
 *
 * @param root the Folder that Python sees as "/"
 * @param streams the Files or Channels for standard input, output, and error
 * @param environment its environment variables
 */
export function system(root, streams, environment) {
  const s = new System(root, streams, environment);
  const file = (number, use) => {
    const open = s.open.get(number);
    if (!open) return BAD_FILE;
    return open.node.kind === "folder" ? IS_FOLDER : use(open, open.node);
  };
  const read = (node, position, pieces) => {
    let done = 0;
    for (const piece of pieces) {
      const count = node.read(position + done, piece);
      done += count;
      if (count < piece.length) break;
    }
    return done;
  };
  const write = (node, position, pieces) => pieces.reduce((done, piece) => done + node.write(position + done, piece), 0);

  const calls = {
    args_sizes_get: (count, size) => s.sizes(["python"], count, size),
    args_get: (pointers, buffer) => s.strings(["python"], pointers, buffer),
    environ_sizes_get: (count, size) => s.sizes(s.environment, count, size),
    environ_get: (pointers, buffer) => s.strings(s.environment, pointers, buffer),
    clock_res_get(clock, result) {
      s.view.setBigUint64(result, MICROSECOND, true);
      return OK;
    },
    clock_time_get(clock, precision, result) {
      s.view.setBigUint64(result, time(clock), true);
      return OK;
    },
    random_get(pointer, length) {
      for (let at = 0; at < length; at += 65536) crypto.getRandomValues(s.bytes(pointer + at, Math.min(65536, length - at)));
      return OK;
    },
    sched_yield: () => OK,
    proc_exit(code) {
      throw new Ended(`Python ended with code ${code}`);
    },
    poll_oneoff(wanted, events, count, result) {
      const view = s.view,
        clocks = [];
      for (let i = 0, at = wanted, out = events; i < count; i++, at += 48, out += 32) {
        const kind = view.getUint8(at + 8);
        if (kind === 0) {
          const absolute = view.getUint16(at + 40, true) & 1,
            end = view.getBigUint64(at + 24, true);
          clocks.push(absolute ? end - time(view.getUint32(at + 16, true)) : end);
        }
        s.bytes(out, 32).fill(0);
        view.setBigUint64(out, view.getBigUint64(at, true), true);
        view.setUint8(out + 10, kind);
      }
      if (clocks.length === count) sleep(clocks.reduce((a, b) => (a < b ? a : b)));
      return s.number(result, count);
    },

    fd_prestat_get(number, result) {
      if (number !== ROOT) return BAD_FILE;
      s.number(result, 0);
      return s.number(result + 4, 1);
    },
    fd_prestat_dir_name(number, pointer) {
      s.bytes(pointer, 1).set(text.encode("/"));
      return OK;
    },
    fd_fdstat_get(number, result) {
      const open = s.open.get(number);
      if (!open) return BAD_FILE;
      s.bytes(result, 24).fill(0);
      s.view.setUint8(result, KINDS[open.node.kind]);
      s.view.setUint16(result + 2, open.append ? APPEND : 0, true);
      s.view.setBigUint64(result + 8, open.node.kind === "channel" ? ALL_RIGHTS & ~0x24n : ALL_RIGHTS, true); // no seek, no tell: a terminal
      s.view.setBigUint64(result + 16, ALL_RIGHTS, true);
      return OK;
    },
    fd_fdstat_set_flags(number, flags) {
      const open = s.open.get(number);
      if (!open) return BAD_FILE;
      open.append = Boolean(flags & APPEND);
      return OK;
    },
    fd_filestat_get(number, result) {
      const open = s.open.get(number);
      return open ? s.status(result, open.node) : BAD_FILE;
    },
    fd_filestat_set_size: (number, size) => file(number, (open, node) => (node.readOnly ? NOT_ALLOWED : (node.resize(Number(size)), OK))),
    fd_filestat_set_times: () => OK,
    fd_advise: () => OK,
    fd_sync: () => OK,
    fd_datasync: () => OK,
    fd_read: (number, pointer, count, result) =>
      file(number, (open, node) => {
        const done = read(node, open.position, s.pieces(pointer, count));
        open.position += done;
        return s.number(result, done);
      }),
    fd_pread: (number, pointer, count, offset, result) =>
      file(number, (open, node) => s.number(result, read(node, Number(offset), s.pieces(pointer, count)))),
    fd_write: (number, pointer, count, result) =>
      file(number, (open, node) => {
        if (node.readOnly) return NOT_ALLOWED;
        if (open.append) open.position = node.size;
        const done = write(node, open.position, s.pieces(pointer, count));
        open.position += done;
        return s.number(result, done);
      }),
    fd_pwrite: (number, pointer, count, offset, result) =>
      file(number, (open, node) => (node.readOnly ? NOT_ALLOWED : s.number(result, write(node, Number(offset), s.pieces(pointer, count))))),
    fd_seek: (number, offset, from, result) =>
      file(number, (open, node) => {
        if (node.kind === "channel") return NO_SEEK;
        const position = Number(offset) + [0, open.position, node.size][from];
        if (!(position >= 0)) return INVALID;
        open.position = position;
        s.view.setBigUint64(result, BigInt(position), true);
        return OK;
      }),
    fd_tell: (number, result) =>
      file(number, (open, node) => {
        if (node.kind === "channel") return NO_SEEK;
        s.view.setBigUint64(result, BigInt(open.position), true);
        return OK;
      }),
    fd_close: number => (s.open.delete(number) ? OK : BAD_FILE),
    fd_renumber(from, to) {
      if (!s.open.has(from)) return BAD_FILE;
      s.open.set(to, s.open.get(from));
      s.open.delete(from);
      return OK;
    },
    fd_readdir(number, buffer, length, cookie, result) {
      const folder = s.open.get(number)?.node;
      if (folder?.kind !== "folder") return folder ? NO_FOLDER : BAD_FILE;
      const entries = [[".", folder], ["..", folder], ...folder.entries],
        view = s.view,
        entry = new Uint8Array(24 + 4096);
      let used = 0;
      for (let i = Number(cookie); i < entries.length && used < length; i++) {
        const [name, node] = entries[i],
          header = new DataView(entry.buffer),
          size = 24 + text.encodeInto(name, entry.subarray(24)).written;
        header.setBigUint64(0, BigInt(i + 1), true);
        header.setBigUint64(8, node.number, true);
        header.setUint32(16, size - 24, true);
        header.setUint32(20, KINDS[node.kind], true);
        const part = entry.subarray(0, Math.min(size, length - used));
        s.bytes(buffer + used, part.length).set(part);
        used += part.length;
      }
      view.setUint32(result, used, true);
      return OK;
    },

    path_open(number, lookup, pointer, length, how, rights, inherited, flags, result) {
      let { error, parent, name, node } = s.look(number, pointer, length);
      if (error) return error;
      if (node && how & CREATE && how & MUST_BE_NEW) return EXISTS;
      if (node && how & MUST_BE_FOLDER && node.kind !== "folder") return NO_FOLDER;
      if (node?.kind === "file" && how & TRUNCATE) {
        if (node.readOnly) return NOT_ALLOWED;
        node.resize(0);
      }
      if (!node) {
        if (!(how & CREATE)) return NO_ENTRY;
        parent.set(name, (node = new File()));
      }
      let free = ROOT + 1;
      while (s.open.has(free)) free++;
      s.open.set(free, { node, position: 0, append: Boolean(flags & APPEND) });
      return s.number(result, free);
    },
    path_filestat_get(number, lookup, pointer, length, result) {
      const { error, node } = s.look(number, pointer, length);
      return error ?? (node ? s.status(result, node) : NO_ENTRY);
    },
    path_filestat_set_times: () => OK,
    path_readlink(number, pointer, length) {
      const { error, node } = s.look(number, pointer, length);
      return error ?? (node ? INVALID : NO_ENTRY); // there are no links
    },
    path_create_directory(number, pointer, length) {
      const { error, parent, name, node } = s.look(number, pointer, length);
      if (error || node) return error ?? EXISTS;
      parent.set(name, new Folder());
      return OK;
    },
    path_remove_directory(number, pointer, length) {
      const { error, parent, name, node } = s.look(number, pointer, length);
      if (error || !node) return error ?? NO_ENTRY;
      if (node.kind !== "folder") return NO_FOLDER;
      if (node.entries.size) return NOT_EMPTY;
      parent.delete(name);
      return OK;
    },
    path_unlink_file(number, pointer, length) {
      const { error, parent, name, node } = s.look(number, pointer, length);
      if (error || !node) return error ?? NO_ENTRY;
      if (node.kind === "folder") return IS_FOLDER;
      parent.delete(name);
      return OK;
    },
    path_rename(number, pointer, length, target, newPointer, newLength) {
      const from = s.look(number, pointer, length),
        to = s.look(target, newPointer, newLength);
      if (from.error || to.error || !from.node) return from.error ?? to.error ?? NO_ENTRY;
      if (from.node === to.node) return OK;
      if (to.node?.kind === "folder") return to.node.entries.size ? NOT_EMPTY : IS_FOLDER;
      from.parent.delete(from.name);
      to.parent.set(to.name, from.node);
      return OK;
    },
  };
  const imports = new Proxy(calls, { get: (known, name) => known[name] ?? (() => NOT_HERE) });
  return {
    imports,
    connect: memory => {
      s.memory = memory;
    },
  };
}
