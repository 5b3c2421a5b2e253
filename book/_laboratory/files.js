// The files that Python sees: a tree in memory. Nothing of it reaches the reader's disk.

const FIRST_SPACE = 256;
let numbers = 1n;

const now = () => BigInt(Date.now()) * 1_000_000n;

export class Folder {
  kind = "folder";
  entries = new Map();
  number = numbers++;
  changed = now();

  set(name, node) {
    this.entries.set(name, node);
    this.changed = now();
  }

  delete(name) {
    this.entries.delete(name);
    this.changed = now();
  }
}

/** A file with a content that grows; one that is read-only shares its bytes with the archive that it came from. */
export class File {
  kind = "file";
  number = numbers++;
  changed = now();

  constructor(bytes = new Uint8Array(0), { readOnly = false } = {}) {
    this.space = bytes;
    this.size = bytes.length;
    this.readOnly = readOnly;
  }

  content() {
    return this.space.subarray(0, this.size);
  }

  read(position, target) {
    const part = this.space.subarray(position, Math.min(position + target.length, this.size));
    target.set(part);
    return part.length;
  }

  write(position, bytes) {
    this.resize(Math.max(this.size, position + bytes.length));
    this.space.set(bytes, position);
    return bytes.length;
  }

  resize(size) {
    if (size > this.space.length) {
      const larger = new Uint8Array(Math.max(size, 2 * this.space.length, FIRST_SPACE));
      larger.set(this.content());
      this.space = larger;
    } else if (size < this.size) {
      this.space.fill(0, size, this.size);
    }
    this.size = size;
    this.changed = now();
  }
}

/** What is written to it is handed to a function, a piece at a time; what is read from it is nothing. */
export class Channel {
  kind = "channel";
  number = numbers++;
  changed = now();
  size = 0;
  readOnly = false;

  constructor(receive) {
    this.receive = receive;
  }

  read() {
    return 0;
  }

  write(position, bytes) {
    this.receive(bytes);
    return bytes.length;
  }

  resize() {}
}

/** Return the names along a path, without "." and with ".." resolved; null if it leads out of the tree. */
export function names(path) {
  const found = [];
  for (const name of path.split("/")) {
    if (name === "..") {
      if (!found.length) return null;
      found.pop();
    } else if (name && name !== ".") {
      found.push(name);
    }
  }
  return found;
}

/** Return the node at a path below a folder, or undefined. */
export function find(folder, path) {
  let node = folder;
  for (const name of names(path) ?? [null]) {
    node = node?.kind === "folder" ? node.entries.get(name) : undefined;
  }
  return node;
}

/** Put a node at a path below a folder, and make the folders on the way. */
export function put(folder, path, node) {
  const way = names(path),
    last = way.pop();
  for (const name of way) {
    if (!folder.entries.has(name)) folder.set(name, new Folder());
    folder = folder.entries.get(name);
  }
  folder.set(last, node);
}

/** Put every file of a zip archive that was stored without compression below a folder. Their bytes are not copied. */
export function putArchive(folder, path, archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength),
    text = new TextDecoder();
  let end = archive.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left; left--) {
    const size = view.getUint32(at + 24, true),
      length = view.getUint16(at + 28, true),
      start = view.getUint32(at + 42, true);
    const name = text.decode(archive.subarray(at + 46, at + 46 + length));
    const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    put(folder, `${path}/${name}`, new File(archive.subarray(from, from + size), { readOnly: true }));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}
