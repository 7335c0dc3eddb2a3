import { fill, h, icon, uniqueId } from "./dom.js";
import { homeFor, place } from "./placing.js";

const TYPE_AHEAD_MS = 700;

/**
 * A list to choose from behind a button: Discord's selects, a command's choices, a form's fields.
 *
 * A native list would tell of every arrow key, and show no descriptions; this one tells when it is closed.
 */
export class ListBox {
  /**
   * @param {{label: string, placeholder?: string, options: Array<{label: string, value: string, description?: string, emoji?: string}>,
   *   values?: string[], min?: number, max?: number, disabled?: boolean, clearable?: boolean, onchange?: function(string[])}} about
   */
  constructor(about) {
    this.about = { min: 1, max: 1, values: [], placeholder: "Make a selection", ...about };
    this.values = [...this.about.values];
    this.listId = uniqueId("list");
    this.button = h("button", {
      type: "button",
      class: "listbox-button",
      role: "combobox",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": this.listId,
      "aria-label": this.about.label,
      disabled: this.about.disabled,
      on: { click: () => (this.list ? this.close() : this.open()), keydown: (event) => this.#onButtonKey(event) },
    });
    this.element = h("div", { class: "listbox" }, this.button);
    this.#show();
  }

  get several() {
    return this.about.max > 1;
  }

  #show() {
    const chosen = this.about.options.filter((option) => this.values.includes(option.value));
    const words = chosen.length
      ? chosen.map((option) => [option.emoji, option.label].filter(Boolean).join(" ")).join(", ")
      : this.about.placeholder;
    fill(this.button, h("span", { class: chosen.length ? "chosen" : "placeholder" }, words), icon("down"));
    this.button.setAttribute("aria-label", `${this.about.label}: ${words}`);
  }

  /** Chooses what is called so, if there is such a thing. */
  choose(words) {
    const wanted = words.toLowerCase();
    const found = this.about.options.find((option) =>
      [option.label, option.value].some((one) => one.toLowerCase() === wanted),
    );
    if (found) this.values = [found.value];
    this.#show();
  }

  open() {
    if (this.list || this.about.options.length === 0) return;
    this.before = [...this.values];
    this.list = h("ul", {
      class: "listbox-list",
      role: "listbox",
      id: this.listId,
      tabindex: "-1",
      "aria-label": this.about.label,
      "aria-multiselectable": this.several ? "true" : null,
    });
    this.rows = this.about.options.map((option) => this.#row(option));
    fill(this.list, this.rows);
    homeFor(this.element).append(this.list);
    place(this.list, this.button, { width: true });
    this.button.setAttribute("aria-expanded", "true");
    this.list.addEventListener("keydown", (event) => this.#onListKey(event));
    this.outside = (event) => {
      if (!this.list.contains(event.target) && !this.element.contains(event.target)) this.close({ restore: false });
    };
    document.addEventListener("pointerdown", this.outside, true);
    this.#mark(
      Math.max(
        0,
        this.about.options.findIndex((option) => this.values.includes(option.value)),
      ),
    );
    this.list.focus();
  }

  close({ restore = true, keep = true } = {}) {
    if (!this.list) return;
    document.removeEventListener("pointerdown", this.outside, true);
    this.list.remove();
    this.list = null;
    this.button.setAttribute("aria-expanded", "false");
    const enough = this.values.length >= this.about.min || (this.values.length === 0 && this.about.clearable);
    const changed = this.values.join("\n") !== this.before.join("\n");
    if (!keep || !enough) this.values = this.before;
    this.#show();
    if (restore) this.button.focus({ preventScroll: true });
    if (keep && enough && changed) this.about.onchange?.(this.values);
  }

  #row(option) {
    const row = h(
      "li",
      {
        role: "option",
        id: uniqueId("option"),
        "aria-selected": String(this.values.includes(option.value)),
        dataset: { value: option.value },
      },
      option.emoji && h("span", { class: "option-emoji", "aria-hidden": "true" }, option.emoji),
      h(
        "span",
        { class: "option-words" },
        h("span", {}, option.label),
        option.description && h("small", {}, option.description),
      ),
      h("span", { class: "option-tick", "aria-hidden": "true" }, "✓"),
    );
    row.addEventListener("pointermove", () => this.#mark(this.rows.indexOf(row)));
    row.addEventListener("click", () => this.#choose(option.value));
    return row;
  }

  #choose(value) {
    const chosen = this.values.includes(value);
    if (this.several) {
      if (chosen) this.values = this.values.filter((one) => one !== value);
      else if (this.values.length < this.about.max) this.values.push(value);
      for (const row of this.rows) row.setAttribute("aria-selected", String(this.values.includes(row.dataset.value)));
      return;
    }
    // Choosing what is chosen takes it back where that is allowed, as in Discord.
    this.values = chosen && this.about.clearable ? [] : [value];
    if (chosen && !this.about.clearable) this.before = [];
    this.close();
  }

  #mark(index) {
    this.at = index;
    this.rows.forEach((row, number) => row.classList.toggle("active", number === index));
    this.list.setAttribute("aria-activedescendant", this.rows[index].id);
    this.rows[index].scrollIntoView({ block: "nearest" });
  }

  #onButtonKey(event) {
    if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      this.open();
    }
  }

  #onListKey(event) {
    const last = this.rows.length - 1;
    if (event.key === "ArrowDown") this.#mark(Math.min(this.at + 1, last));
    else if (event.key === "ArrowUp") this.#mark(Math.max(this.at - 1, 0));
    else if (event.key === "Home") this.#mark(0);
    else if (event.key === "End") this.#mark(last);
    else if (event.key === "Enter" || event.key === " ") this.#choose(this.about.options[this.at].value);
    else if (event.key === "Tab") this.close();
    else if (event.key === "Escape") this.close({ keep: this.several });
    else if (event.key.length === 1) this.#typeAhead(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #typeAhead(letter) {
    const now = performance.now();
    this.typed = now - (this.typedAt || 0) > TYPE_AHEAD_MS ? letter : this.typed + letter;
    this.typedAt = now;
    const found = this.about.options.findIndex((option) =>
      option.label.toLowerCase().startsWith(this.typed.toLowerCase()),
    );
    if (found >= 0) this.#mark(found);
  }
}
