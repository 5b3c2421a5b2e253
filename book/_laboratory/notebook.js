// The notebook that a page was made from: where its cells come from, and what the reader downloads.

const SETUP = "setup",
  QUIZ = "show_quiz(";

const joined = source => (Array.isArray(source) ? source.join("") : source);

/** A text as a notebook stores it: a list of lines that keep their ends. */
const lines = text => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

export class Notebook {
  constructor(content, name) {
    this.content = content;
    this.name = name;
  }

  static async fetch(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the notebook of this page was not found (${response.status})`);
    return new Notebook(await response.json(), decodeURIComponent(address.pathname.split("/").at(-1)));
  }

  /** The code cells that Python can run, in order: { id, source, metadata }. The first, which fetches the package, and quizzes are left out. */
  cells() {
    return this.content.cells
      .filter(cell => cell.cell_type === "code" && cell.id !== SETUP && !joined(cell.source).includes(QUIZ))
      .map(({ id, source, metadata }) => ({ id, source: joined(source), metadata }));
  }

  /** The cells for answers in words, in order: { id, source }. */
  answers() {
    return this.content.cells
      .filter(cell => cell.cell_type === "markdown" && cell.metadata.nbgrader?.solution)
      .map(({ id, source }) => ({ id, source: joined(source) }));
  }

  /**
   * The text of the notebook with the reader's edits and outputs; everything else is as it was.
   *
   * @param edited Map of cell id to { text, outputs }; outputs is undefined for a cell that did not run
   * @param added  Map of cell id to the text of a cell of the reader's own, which comes after it
   */
  text(edited, added) {
    const cells = this.content.cells.flatMap(cell => {
      const { text, outputs } = edited.get(cell.id) ?? {};
      const changed = {
        ...cell,
        ...(text === undefined ? {} : { source: lines(text) }),
        ...(outputs === undefined ? {} : { outputs }),
      };
      if (!added.has(cell.id)) return [changed];
      const answer = {
        cell_type: "code",
        execution_count: null,
        id: `answer-${cell.id}`,
        metadata: {},
        outputs: [],
        source: lines(added.get(cell.id)),
      };
      return [changed, answer];
    });
    return JSON.stringify({ ...this.content, cells }, null, 1) + "\n";
  }
}

/** What Python said about a cell, as a notebook stores it. */
export function asOutputs(messages) {
  const outputs = [];
  for (const message of messages) {
    const last = outputs.at(-1);
    if (message.kind === "stream" && last?.output_type === "stream" && last.name === message.name) {
      last.text = lines(last.text.join("") + message.text);
    } else if (message.kind === "stream") {
      outputs.push({ name: message.name, output_type: "stream", text: lines(message.text) });
    } else if (message.kind === "display") {
      const data = Object.fromEntries(Object.entries(message.data).filter(([type]) => !type.includes("nnfromscratch")));
      outputs.push({ data, metadata: message.metadata ?? {}, output_type: "display_data" });
    } else if (message.kind === "error") {
      outputs.push({ ename: message.name, evalue: message.message, output_type: "error", traceback: lines(message.trace) });
    }
  }
  return outputs;
}
