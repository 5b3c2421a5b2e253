// What the browser keeps for the reader: edits and passed checks, under one name for each cell of each page.
// An entry is { hash, text, passed, former }: the hash of the cell as it was published when the reader changed it, and what the reader wrote into
// an earlier edition of it, until the reader uses or forgets that.

/** A short hash of a text, to see whether a cell was published in another form since. */
export function hash(text) {
  let a = 0x9e3779b9,
    b = 0x85ebca6b;
  for (const letter of text) {
    a = Math.imul(a ^ letter.codePointAt(0), 0x01000193);
    b = Math.imul(b ^ letter.codePointAt(0), 0x5bd1e995);
  }
  return ((a >>> 0).toString(36) + (b >>> 0).toString(36)).padStart(12, "0");
}

/** Thrown when the browser keeps nothing; the message says why. */
export class NotKept extends Error {}

/** Thrown when another tab has changed an entry since it was read here; nothing was written. */
export class Conflict extends Error {}

export class Store {
  #known = new Map();
  #prefix;

  constructor(prefix) {
    this.#prefix = prefix;
  }

  #raw(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  key(cell) {
    return `${this.#prefix}#cell-${cell}`;
  }

  /** Return the entry of a cell, or {}; from now on, it counts as known here. */
  read(cell) {
    this.#known.set(cell, this.#raw(this.key(cell)));
    return this.peek(cell);
  }

  /** Return the entry of a cell, or {}. */
  peek(cell) {
    try {
      return JSON.parse(this.#raw(this.key(cell))) ?? {};
    } catch {
      return {};
    }
  }

  /** Whether another tab has changed the entry of a cell since it was read or written here. */
  changed(cell) {
    return this.#known.has(cell) && this.#known.get(cell) !== this.#raw(this.key(cell));
  }

  /** Change some fields of a cell's entry; an entry that says nothing is removed. */
  write(cell, fields) {
    const key = this.key(cell),
      now = this.#raw(key);
    if (this.changed(cell)) throw new Conflict();
    const entry = Object.fromEntries(Object.entries({ ...this.peek(cell), ...fields }).filter(([, value]) => value !== undefined));
    const raw = entry.text === undefined && entry.former === undefined && !entry.passed ? null : JSON.stringify(entry);
    if (raw === now) return;
    try {
      if (raw === null) localStorage.removeItem(key);
      else localStorage.setItem(key, raw);
    } catch (error) {
      throw new NotKept(error.name === "QuotaExceededError" ? "the storage of this site is full" : "this browser blocks it");
    }
    this.#known.set(cell, raw);
  }

  /** Call a function with the cell whose entry another tab has changed. */
  onOtherTab(tell) {
    addEventListener("storage", event => {
      if (!event.key?.startsWith(this.key(""))) return;
      tell(event.key.slice(this.key("").length));
    });
  }
}
