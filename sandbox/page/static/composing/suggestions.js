import { fill, h, uniqueId } from "../basis/dom.js";
import { homeFor, place } from "../basis/placing.js";

const PAUSE_MS = 180;

/** Suggestions under a text field while somebody types: a combobox whose list the bot fills. */
export class Suggestions {
  /**
   * @param {HTMLInputElement} input
   * @param {function(string): Promise<Array<{name: string, value: string|number}>>} ask
   */
  constructor(input, ask) {
    this.input = input;
    this.ask = ask;
    this.rows = [];
    this.at = -1;
    this.chosen = null;
    this.list = h("ul", {
      class: "suggestions",
      role: "listbox",
      id: uniqueId("suggestions"),
      "aria-label": "Suggestions",
    });
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    }))
      input.setAttribute(name, value);
    input.addEventListener("input", () => this.#later());
    input.addEventListener("focus", () => this.#later(0));
    input.addEventListener("blur", () => this.#hide());
    // Before the field's own listener, which runs the command on Enter.
    input.addEventListener("keydown", (event) => this.#onKey(event), { capture: true });
  }

  /** What is to be sent: the chosen suggestion's value, or what was typed. */
  get value() {
    return this.chosen && this.chosen.name === this.input.value ? this.chosen.value : this.input.value;
  }

  #later(pause = PAUSE_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#fetch(), pause);
  }

  async #fetch() {
    const typed = this.input.value;
    if (this.chosen?.name === typed && typed) return;
    const number = (this.asked = (this.asked || 0) + 1);
    this.list.setAttribute("aria-busy", "true");
    const found = await this.ask(typed);
    // Answers may overtake each other; only the latest question counts, and only while somebody is there.
    if (number !== this.asked || document.activeElement !== this.input) return;
    this.list.removeAttribute("aria-busy");
    this.#show(found);
  }

  #show(found) {
    this.found = found;
    this.rows = found.map((one) => {
      const row = h("li", { role: "option", id: uniqueId("suggestion"), "aria-selected": "false" }, one.name);
      // Down, not click: the field must not lose the focus first.
      row.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.#choose(one);
      });
      return row;
    });
    fill(this.list, this.rows.length ? this.rows : h("li", { class: "none" }, "No options match your search"));
    // Not inside the form, whose edges would cut it off.
    homeFor(this.input).append(this.list);
    this.list.style.setProperty("width", `${this.input.offsetWidth}px`);
    place(this.list, this.input, { above: true });
    this.input.setAttribute("aria-expanded", "true");
    this.#mark(-1);
  }

  #mark(index) {
    this.at = index;
    this.rows.forEach((row, number) => row.setAttribute("aria-selected", String(number === index)));
    if (index < 0) this.input.removeAttribute("aria-activedescendant");
    else {
      this.input.setAttribute("aria-activedescendant", this.rows[index].id);
      this.rows[index].scrollIntoView({ block: "nearest" });
    }
  }

  #choose(one) {
    this.chosen = one;
    this.input.value = one.name;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.#hide();
  }

  #hide() {
    clearTimeout(this.timer);
    this.asked = (this.asked || 0) + 1;
    this.list.remove();
    this.rows = [];
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #onKey(event) {
    if (event.key === "ArrowDown" && !this.list.isConnected) {
      this.#later(0);
      return;
    }
    if (!this.list.isConnected || !this.rows.length) return;
    if (event.key === "ArrowDown") this.#mark((this.at + 1) % this.rows.length);
    else if (event.key === "ArrowUp") this.#mark((this.at - 1 + this.rows.length) % this.rows.length);
    else if ((event.key === "Enter" || event.key === "Tab") && this.at >= 0) {
      this.#choose(this.found[this.at]);
      if (event.key === "Tab") return;
    } else if (event.key === "Escape") this.#hide();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
