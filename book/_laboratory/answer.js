// An answer in words to a question of an assignment: a box to write in, and what the browser keeps of it.
import { button, make } from "./dom.js";
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
    this.reset = button("Reset answer", () => this.restore(), { hidden: true });
    this.bar.append(this.reset, this.status);
    this.restoreKept();
  }

  /** Open the box. */
  async edit(focus = true) {
    this.#box ??= this.#open();
    if (focus) this.#box.focus();
  }

  #open() {
    const question = this.element.closest("section")?.querySelector("h1, h2, h3, h4")?.firstChild.textContent.trim();
    const box = make("textarea", {
      className: "laboratory-answer",
      rows: 6,
      "aria-label": `Your answer in words${question ? `: ${question}` : ""}`,
      placeholder: "Your answer. It becomes part of the notebook that you download.",
      value: this.edited ? this.text : "",
      oninput: () => this.change(box.value.trim() ? box.value : this.source),
    });
    this.published.hidden = this.opener.hidden = true;
    this.bar.before(box);
    return box;
  }

  /** Write a text, as if the reader had written it. */
  write(text) {
    this.#box.value = text;
    this.change(text);
  }

  display() {
    this.edit(false);
    this.#box.value = this.edited ? this.text : "";
  }

  refresh() {
    this.reset.hidden = !this.edited;
    this.status.textContent = this.edited ? "kept in this browser" : "";
  }

  /** Remove the box, and offer to bring back what was in it: the button is right below the box, where a finger hits it by mistake. */
  restore() {
    const written = this.edited ? this.text : "";
    super.restore();
    this.#box?.remove();
    this.#box = null;
    this.published.hidden = this.opener.hidden = false;
    if (written) this.status.replaceChildren(button("Undo the reset", () => this.#undo(written)));
  }

  #undo(written) {
    this.edit();
    this.write(written);
  }
}
