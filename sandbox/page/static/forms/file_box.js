import { fill, h } from "../basis/dom.js";
import { pickFiles, sizeInWords } from "../basis/files.js";

/** A place for files: a button that opens the picker, and a target to drop them on. */
export class FileBox {
  /**
   * @param {{id: string, label: string, accept: string|null, most: number, described: string,
   *   check: function(File): string, complain: function(string), onchange?: function()}} about
   */
  constructor(about) {
    this.about = about;
    this.files = [];
    this.button = h("button", {
      type: "button",
      class: "file-button",
      id: about.id,
      "aria-describedby": about.described,
      on: { click: () => this.#pick() },
    });
    this.listed = h("ul", { class: "file-list" });
    this.element = h("div", { class: "file-box" }, this.button, this.listed);
    this.element.addEventListener("dragover", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.element.classList.add("over");
    });
    this.element.addEventListener("dragleave", () => this.element.classList.remove("over"));
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.element.classList.remove("over");
      this.add([...event.dataTransfer.files]);
    });
    this.#show();
  }

  async #pick() {
    this.add(await pickFiles({ accept: this.about.accept, multiple: this.about.most > 1 }));
    this.button.focus();
  }

  /** Takes files as far as there is room; a single place is overwritten. */
  add(files) {
    if (!files.length) return;
    const wrong = files.map((file) => this.about.check(file)).find(Boolean) || "";
    this.about.complain(wrong);
    if (wrong) return;
    this.files = this.about.most === 1 ? [files[0]] : [...this.files, ...files].slice(0, this.about.most);
    this.#show();
    this.about.onchange?.();
  }

  get full() {
    return this.files.length >= this.about.most;
  }

  #show() {
    this.button.textContent = this.files.length
      ? this.about.most > 1
        ? "Add more files"
        : "Choose another file"
      : "Choose a file, or drop one here";
    this.button.setAttribute("aria-label", `${this.about.label}: ${this.button.textContent}`);
    fill(
      this.listed,
      this.files.map((file) => this.#line(file)),
    );
  }

  #line(file) {
    const away = h("button", { type: "button", class: "file-away", "aria-label": `Remove ${file.name}` }, "×");
    away.addEventListener("click", () => {
      this.files = this.files.filter((one) => one !== file);
      this.#show();
      this.about.onchange?.();
      this.button.focus();
    });
    return h("li", {}, h("span", { class: "file-name" }, file.name), h("small", {}, sizeInWords(file.size)), away);
  }
}
