import { Refused } from "../basis/api.js";
import { announce } from "../basis/announce.js";
import { fill, h, uniqueId } from "../basis/dom.js";
import { avatar } from "../messages/author.js";
import { session } from "../world/session.js";
import { matching, runnable } from "./shapes.js";

/** The commands that come up while a message begins with a slash. */
export class CommandPicker {
  /** @param {HTMLTextAreaElement} input @param {function(Object)} choose */
  constructor(input, choose) {
    this.input = input;
    this.choose = choose;
    this.list = h("ul", { role: "listbox", id: uniqueId("commands"), "aria-label": "Commands" });
    this.element = h(
      "div",
      { class: "picker", hidden: true },
      h("div", { class: "picker-title" }, "Commands"),
      this.list,
    );
    input.setAttribute("aria-controls", this.list.id);
    this.found = [];
    this.at = 0;
  }

  get open() {
    return !this.element.hidden;
  }

  /** Shows what fits the text, or goes away where it is no command. */
  async update() {
    const text = this.input.value;
    if (!text.startsWith("/") || text.includes("\n")) {
      this.close();
      return;
    }
    let commands;
    try {
      commands = runnable(await session.commands(), session.locale);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      commands = [];
    }
    if (this.input.value !== text) return;
    this.found = matching(commands, text.slice(1));
    const none = commands.length
      ? "No commands match."
      : session.bot.online
        ? "No commands are offered here."
        : "The bot is offline.";
    fill(
      this.list,
      this.found.length ? this.found.map((command, at) => this.#row(command, at)) : h("li", { class: "none" }, none),
    );
    this.element.hidden = false;
    this.#mark(0);
    this.#say();
  }

  /** Returns the command that a text names in full, with a space or nothing after it. */
  async named(name) {
    const commands = runnable(await session.commands(), session.locale);
    return commands.find((command) => [command.shown, command.name].includes(name.trim()));
  }

  close() {
    this.element.hidden = true;
    this.said = "";
    this.input.removeAttribute("aria-activedescendant");
  }

  #row(command, at) {
    const required = command.options
      .filter((option) => option.required)
      .map((option) => h("span", { class: "picker-option" }, option.name));
    const row = h(
      "li",
      { role: "option", id: `${this.list.id}-${at}`, "aria-selected": "false" },
      avatar(session.bot, "small"),
      h(
        "span",
        { class: "picker-words" },
        h("b", {}, `/${command.shown}`),
        " ",
        required,
        h("small", {}, command.description),
      ),
    );
    row.addEventListener("pointermove", () => this.#mark(at));
    row.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.choose(command);
    });
    return row;
  }

  /** Tells how many there are: a text area, unlike a combobox, cannot say that a list has opened. */
  #say() {
    const words = this.found.length === 1 ? "1 command" : `${this.found.length} commands`;
    if (words !== this.said) announce(words);
    this.said = words;
  }

  #mark(at) {
    this.at = at;
    const rows = [...this.list.querySelectorAll("[role=option]")];
    rows.forEach((row, number) => row.setAttribute("aria-selected", String(number === at)));
    if (rows[at]) {
      this.input.setAttribute("aria-activedescendant", rows[at].id);
      rows[at].scrollIntoView({ block: "nearest" });
    }
  }

  /** Takes a key of the text field; returns whether it was meant for the list. */
  onKey(event) {
    if (!this.open) return false;
    const last = this.found.length - 1;
    if (event.key === "ArrowDown") this.#mark(this.at >= last ? 0 : this.at + 1);
    else if (event.key === "ArrowUp") this.#mark(this.at <= 0 ? last : this.at - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && this.found.length) this.choose(this.found[this.at]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    return true;
  }
}
