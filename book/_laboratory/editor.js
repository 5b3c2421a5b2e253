// The editor of a cell: Ace, loaded when the first cell is edited. Nothing else knows which editor it is.

let loading;

function script(address) {
  return new Promise((resolve, reject) => {
    document.head.append(
      Object.assign(document.createElement("script"), {
        src: address,
        onload: resolve,
        onerror: () => reject(new Error("the editor could not be loaded")),
      }),
    );
  });
}

async function load(root) {
  const folder = new URL("laboratory/ace/", root);
  await script(new URL("ace.js", folder));
  await Promise.all(
    ["mode-python.js", "theme-cloud_editor.js", "theme-cloud_editor_dark.js", "ext-language_tools.js"].map(name =>
      script(new URL(name, folder)),
    ),
  );
}

const theme = () => `ace/theme/cloud_editor${document.documentElement.dataset.theme === "dark" ? "_dark" : ""}`;

export class Editor {
  #ace;

  /** Load the editor's program; what failed is tried again the next time. */
  static load(root) {
    loading ??= load(root).catch(error => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  /**
   * Open an editor in an element, after `load`.
   *
   * @param host     the element; what is in it is replaced
   * @param options  { text, label, change(text), run(advance), complete(word) -> Promise of names }
   */
  constructor(host, { text, label, change, run, complete }) {
    const editor = (this.#ace = globalThis.ace.edit(host, {
      mode: "ace/mode/python",
      theme: theme(),
      value: text,
      useWorker: false,
      useSoftTabs: true,
      tabSize: 4,
      newLineMode: "unix",
      fontSize: "0.84rem", // that of the code on the page: 79 characters fit
      minLines: 2,
      maxLines: 40,
      showPrintMargin: false,
      highlightActiveLine: false,
      wrap: true,
      enableKeyboardAccessibility: true,
      textInputAriaLabel: label,
      enableBasicAutocompletion: true,
      enableLiveAutocompletion: false,
      showFoldWidgets: false,
      // Keyboards on a screen insert whole words: a bracket that closes by itself would remain in addition to theirs.
      behavioursEnabled: !matchMedia("(pointer: coarse)").matches,
    }));
    editor.completers = [
      {
        identifierRegexps: [/[\w.]/],
        getCompletions: async (_, session, position, prefix, done) => {
          const names = await complete(prefix);
          done(
            null,
            names.map(name => ({ value: name.replace(/\($/, ""), caption: name, meta: "" })),
          );
        },
      },
    ];
    editor.commands.addCommands([
      { name: "run", bindKey: "Ctrl-Enter|Command-Enter", exec: () => run(false) },
      { name: "run and go on", bindKey: "Shift-Enter", exec: () => run(true) },
      // Tab indents where there is something to indent; after Escape it leaves, as everywhere else.
      {
        name: "leave",
        bindKey: "Esc",
        exec: () => {
          editor.blur();
          host.querySelector(".ace_scroller")?.focus();
        },
      },
    ]);
    editor.session.on("change", () => this.#silent || change(editor.getValue()));
    this.#watchTheme = new MutationObserver(() => editor.setTheme(theme()));
    this.#watchTheme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  #watchTheme;
  #silent = false; // while the text is replaced: the editor first empties itself, and says so

  get text() {
    return this.#ace.getValue();
  }

  set text(text) {
    this.#silent = true;
    this.#ace.session.setValue(text);
    this.#silent = false;
  }

  focus() {
    this.#ace.focus();
  }

  /** Select the text between two places, counted in characters from the start. */
  select(start, end) {
    const [from, to] = [start, end].map(place => this.#ace.session.doc.indexToPosition(place));
    this.#ace.selection.setRange({ start: from, end: to });
  }

  /** Mark the line in which an error happened; none with line null. */
  mark(line, words = "") {
    this.#ace.session.setAnnotations(line ? [{ row: line - 1, column: 0, text: words, type: "error" }] : []);
    if (this.#marker) this.#ace.session.removeMarker(this.#marker);
    const { Range } = globalThis.ace.require("ace/range");
    this.#marker = line ? this.#ace.session.addMarker(new Range(line - 1, 0, line - 1, 1), "laboratory-line", "fullLine") : null;
    this.#ace.renderer.updateFull(true); // at once: a busy machine, or a tab in the background, may draw the next frame much later
  }

  #marker = null;

  close() {
    this.#watchTheme.disconnect();
    this.#ace.destroy();
  }
}
