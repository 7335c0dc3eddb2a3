import { Refused } from "../basis/api.js";
import { h, iconButton, uniqueId } from "../basis/dom.js";
import { acceptFor, encoded, fileComplaint } from "../basis/files.js";
import { ListBox } from "../basis/listbox.js";
import { localized } from "../basis/localized.js";
import { channels, people, roles } from "../forms/choices.js";
import { FileBox } from "../forms/file_box.js";
import { suggestionsFor } from "../world/interactions.js";
import { session } from "../world/session.js";
import { Suggestions } from "./suggestions.js";

/** Option types (developers/interactions/application-commands, "Application Command Option Type"). */
const TYPE = { string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10, file: 11 };

/** One option of a command that is being put together. */
export class Option {
  /**
   * @param {Object} shape as the bot registered it
   * @param {{command: string, others: function(): Object, remove: function(Option), run: function()}} form
   */
  constructor(shape, form) {
    this.shape = shape;
    this.form = form;
    this.id = uniqueId("option");
    this.label = localized(shape, "name", session.locale);
    this.wrong = h("p", { class: "field-error", id: `${this.id}-error`, role: "alert" });
    const control = this.#control();
    this.element = h(
      "div",
      { class: "option", dataset: { option: shape.name } },
      h(
        "label",
        { for: this.id, class: "option-name" },
        this.label,
        shape.required && h("span", { class: "required", title: "Required" }, " *"),
      ),
      control,
      !shape.required &&
        iconButton("close", `Remove ${this.label}`, () => form.remove(this), { class: "icon-button option-away" }),
      h("p", { class: "field-note", id: `${this.id}-note` }, localized(shape, "description", session.locale)),
      this.wrong,
    );
  }

  get name() {
    return this.shape.name;
  }

  get takesFile() {
    return this.shape.type === TYPE.file;
  }

  get #described() {
    return `${this.id}-note ${this.id}-error`;
  }

  #control() {
    const { shape } = this;
    if (this.takesFile) return this.#files();
    if (shape.choices?.length)
      return this.#list(
        shape.choices.map((choice) => ({
          label: localized(choice, "name", session.locale),
          value: String(choice.value),
          raw: choice.value,
        })),
      );
    if (shape.type === TYPE.boolean)
      return this.#list([
        { label: "True", value: "true", raw: true },
        { label: "False", value: "false", raw: false },
      ]);
    if (shape.type === TYPE.user) return this.#list(people());
    if (shape.type === TYPE.role) return this.#list(roles());
    if (shape.type === TYPE.mentionable) return this.#list([...people(), ...roles()]);
    if (shape.type === TYPE.channel) return this.#list(channels(shape.channel_types));
    return this.#text();
  }

  #list(options) {
    this.box = new ListBox({
      label: this.label,
      placeholder: "Choose",
      options,
      clearable: true,
      onchange: () => this.mark(""),
    });
    this.box.button.id = this.id;
    this.box.button.setAttribute("aria-describedby", this.#described);
    this.read = () => {
      const chosen = options.find((option) => option.value === this.box.values[0]);
      return chosen && (chosen.raw ?? chosen.value);
    };
    this.focus = () => this.box.button.focus();
    return this.box.element;
  }

  #files() {
    this.files = new FileBox({
      id: this.id,
      label: this.label,
      accept: acceptFor(this.shape.file_types),
      most: 1,
      described: this.#described,
      check: (file) => fileComplaint(file, session.channel.upload_limit),
      complain: (sentence) => this.mark(sentence),
    });
    this.read = () => this.files.files[0];
    this.focus = () => this.files.button.focus();
    return this.files.element;
  }

  #text() {
    const { shape } = this;
    const numeric = shape.type === TYPE.integer || shape.type === TYPE.number;
    // What is suggested stands on one line; everything else may have several.
    const kind = shape.autocomplete ? { tag: "input", type: "text" } : { tag: "textarea", rows: "1" };
    this.input = h(kind.tag, {
      id: this.id,
      type: kind.type,
      rows: kind.rows,
      class: "option-text",
      inputmode: numeric ? "decimal" : null,
      maxlength: String(shape.max_length || 6000),
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": this.#described,
    });
    this.input.addEventListener("input", () => this.mark(""));
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !event.defaultPrevented) {
        event.preventDefault();
        this.form.run();
      }
    });
    if (shape.autocomplete) this.suggestions = new Suggestions(this.input, (typed) => this.#ask(typed));
    this.read = () => {
      const given = this.suggestions ? this.suggestions.value : this.input.value;
      if (given === "" || given === undefined) return undefined;
      if (!numeric || typeof given === "number") return given;
      // What is no number goes as it was typed: the local Discord says what it takes.
      const number = Number(given.trim());
      return Number.isNaN(number) ? given : number;
    };
    this.focus = () => this.input.focus();
    return this.input;
  }

  async #ask(typed) {
    const others = {};
    for (const other of this.form.others())
      if (other !== this && !other.takesFile && other.read() !== undefined) others[other.name] = other.read();
    try {
      return await suggestionsFor(this.form.command, this.name, { ...others, [this.name]: typed });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.mark(error.sentence);
      return [];
    }
  }

  /** Takes typed words as far as the option takes any: a list by its label or value, text as it is, files not. */
  write(words) {
    if (this.input) this.input.value = words;
    else this.box?.choose(words);
  }

  /** Shows what is wrong with the option, or takes it away. */
  mark(sentence) {
    this.wrong.textContent = sentence;
    document.getElementById(this.id)?.setAttribute("aria-invalid", sentence ? "true" : "false");
  }

  /** Returns why the option cannot be sent as it is, or "". */
  complaint() {
    const given = this.read();
    if (given === undefined) return this.shape.required ? "This option is required. Specify a value." : "";
    const { min_length: least } = this.shape;
    return typeof given === "string" && least && given.length < least
      ? `At least ${least} characters; there are ${given.length}.`
      : "";
  }

  /** Returns the value as the person's API takes it; undefined for none. */
  async value() {
    const given = this.read();
    return this.takesFile && given ? encoded(given) : given;
  }
}
