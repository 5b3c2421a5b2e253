// A text on the page that the reader can change: what was published, what it is now, and what the browser keeps of it.
import { button, make } from "./dom.js";
import { Conflict, NotKept, hash } from "./store.js";

export class KeptText {
  #text;
  #lost = null; // a note that the browser does not keep the text, while that is so
  #discarded = null; // what the last reset removed

  /**
   * @param data       { id, source, ... } from the notebook
   * @param element    its element on the page, or null for a text that readers do not see
   * @param laboratory who knows the store, and says things
   *
   * A derived class has `bar`, the element after which notes belong, and `edit()` and `display()`: open an editor, and show the text in it. It puts
   * the buttons `reset` and `undo` into its bar.
   */
  constructor(data, element, laboratory) {
    Object.assign(this, data, { element, laboratory });
    this.#text = this.source;
    this.reset = button(element?.matches(".cell") ? "Reset cell" : "Reset answer", () => this.restore(), { hidden: true });
    this.undo = button("Undo the reset", () => this.#bringBack(), { hidden: true });
  }

  get text() {
    return this.#text;
  }

  get edited() {
    return this.#text !== this.source;
  }

  /** Whether the reader would lose this text by leaving the page. */
  get unkept() {
    return this.edited && Boolean(this.#lost);
  }

  /** Show whether the text is the published one. */
  refresh() {
    this.reset.hidden = !this.edited;
    this.undo.hidden = this.edited || this.#discarded === null;
  }

  /** Take what the reader wrote, and keep it. */
  change(text) {
    this.#text = text;
    this.#save();
    this.refresh();
  }

  /** Show a text in place of the present one, which the browser keeps already. */
  take(text) {
    this.#text = text;
    this.display();
    this.refresh();
  }

  /** Show what was kept on an earlier visit, or ask, if the published text has changed since. Returns what was kept about this edition. */
  restoreKept() {
    const entry = this.laboratory.store.read(this.id);
    const current = entry.hash === hash(this.source);
    if (entry.text !== undefined && current) this.take(entry.text);
    const former = [entry.former, current ? "" : entry.text].filter(Boolean).join("\n\n");
    // apart from the text, which the reader may begin anew before deciding about the former one
    if (former !== (entry.former ?? "")) this.keep({ former, text: undefined, hash: undefined, passed: undefined });
    if (former) this.#offer(former);
    return current ? entry : {};
  }

  #offer(text) {
    this.#ask("This cell has changed since you edited it.", "", {
      "Use my edit": () => {
        this.take(text);
        this.#save({ former: undefined });
        return this.edit();
      },
      "Forget my edit": () => this.keep({ former: undefined }),
    });
  }

  /** Another tab has changed what is kept. If that is a different text, the reader decides. Returns whether all agree. */
  changedElsewhere() {
    const { store } = this.laboratory;
    const same = !store.changed(this.id) || (store.peek(this.id).text ?? this.source) === this.#text;
    if (!same) this.conflict();
    else {
      store.read(this.id);
      this.element.querySelector(".laboratory-conflict")?.remove();
    }
    return same;
  }

  conflict() {
    if (this.element.querySelector(".laboratory-conflict")) return;
    this.#ask("This cell was changed in another tab.", "laboratory-conflict", {
      "Use that version": () => this.take(this.laboratory.store.read(this.id).text ?? this.source),
      "Keep this one": () => {
        this.laboratory.store.read(this.id);
        this.#save();
      },
    });
  }

  /** Ask the reader a question, with a button for each answer. */
  #ask(words, className, answers) {
    const note = make("p", { className: `laboratory-note ${className}`, role: "status" }, words);
    for (const [answer, act] of Object.entries(answers)) {
      const choose = () => {
        note.remove();
        return act();
      };
      note.append(" ", button(answer, choose));
    }
    this.bar.before(note);
  }

  /** Let the browser keep some fields of this text's entry. */
  keep(fields) {
    try {
      this.laboratory.store.write(this.id, fields);
      this.#lost?.remove();
      this.#lost = null;
    } catch (error) {
      if (error instanceof Conflict) {
        if (this.changedElsewhere()) this.keep(fields);
      } else if (error instanceof NotKept) this.#warn(error.message);
      else throw error;
    }
  }

  #warn(why) {
    const words = `Your work is not kept when you leave this page: ${why}. Download the notebook (under More) before you leave.`;
    this.laboratory.say(words);
    this.laboratory.guard();
    if (this.#lost) return;
    this.#lost = make("p", { className: "laboratory-note", textContent: words });
    this.bar.before(this.#lost);
  }

  #save(more = {}) {
    this.keep({ text: this.edited ? this.#text : undefined, hash: hash(this.source), ...more });
  }

  /** Go back to what was published, and offer to bring back what was there: the button is where a finger hits it by mistake. */
  restore() {
    if (this.edited) this.#discarded = this.#text;
    this.#text = this.source;
    this.#save();
    this.refresh();
  }

  #bringBack() {
    this.take(this.#discarded);
    this.#save();
    this.refresh();
    return this.edit();
  }
}
