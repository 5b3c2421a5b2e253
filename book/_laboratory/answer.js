// An answer in words to a question of an assignment: a box to write in, and what the browser keeps of it.
import { make } from "./dom.js";
import { KeptText } from "./kept.js";

export class Answer extends KeptText {
  #box = null;

  /** @param data { id, source } of the cell; its element on the page holds the published words and a bar with a button. */
  constructor(data, element, laboratory) {
    super(data, element, laboratory);
    this.bar = element.querySelector(".laboratory-bar");
    this.published = element.querySelector("p");
    this.opener = this.bar.querySelector("button");
    this.status = make("span", { className: "laboratory-state", role: "status" });
    this.bar.append(this.reset, this.undo, this.status);
    this.restoreKept();
    if (this.#begun) this.edit(false);
  }

  /** A box that the page opened at once, because the reader did not wait for the laboratory; null without one. */
  get #begun() {
    return this.#box ? null : this.element.querySelector("textarea");
  }

  #adopt(box) {
    this.#box = this.#prepare(box);
    if (box.value === box.defaultValue) this.display();
    else this.#write(box.value);
  }

  /** Open the box. */
  async edit(focus = true) {
    if (this.#begun) this.#adopt(this.#begun);
    this.#box ??= this.#open();
    if (focus) this.#box.focus();
  }

  #open() {
    const box = make("textarea", { className: "laboratory-answer", rows: 6, value: this.edited ? this.text : "" });
    this.bar.before(box);
    return this.#prepare(box);
  }

  #prepare(box) {
    box.setAttribute("aria-label", this.element.dataset.label);
    box.placeholder = "Your answer. It becomes part of the notebook that you download.";
    box.oninput = () => this.#write(box.value);
    this.published.hidden = this.opener.hidden = true;
    return box;
  }

  /** Put a text into the box, as if the reader had written it. */
  write(text) {
    this.#box.value = text;
    this.#write(text);
  }

  #write(text) {
    this.change(text.trim() ? text : this.source);
  }

  display() {
    if (this.#begun) return; // what the reader writes now comes last
    this.edit(false);
    const text = this.edited ? this.text : "";
    if (this.#box.value !== text) this.#box.value = text;
  }

  refresh() {
    super.refresh();
    this.status.textContent = this.edited && !this.unkept ? "kept in this browser" : "";
  }

  /** Remove the box, with what was in it. */
  restore() {
    super.restore();
    this.#box?.remove();
    this.#box = null;
    this.published.hidden = this.opener.hidden = false;
  }
}
