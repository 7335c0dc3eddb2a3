import { Refused } from "../basis/api.js";
import { fill, h, iconButton } from "../basis/dom.js";
import { localized } from "../basis/localized.js";
import { avatar } from "../messages/author.js";
import { runCommand, unanswered } from "../world/interactions.js";
import { session } from "../world/session.js";
import { Option } from "./options.js";

/** A command that is being put together: its required options, those that were added, and the rest as chips. */
export class CommandForm {
  /**
   * @param {{name: string, shown: string, description: string, options: Array}} command
   * @param {{close: function()}} on
   */
  constructor(command, on) {
    this.command = command;
    this.on = on;
    const required = command.options.filter((shape) => shape.required);
    // Where nothing is required, the first option is the one that most people want.
    this.options = (required.length ? required : command.options.slice(0, 1)).map((shape) => this.#option(shape));
    this.wrong = h("p", { class: "form-error", role: "alert" });
    this.held = h("div", { class: "options" });
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Add an option" });
    this.send = h("button", { class: "button primary run" }, "Run");
    this.element = h(
      "form",
      { class: "command-form", "aria-label": `Command /${command.shown}`, novalidate: true },
      h(
        "header",
        {},
        avatar(session.bot, "small"),
        h("b", {}, `/${command.shown}`),
        h("span", { class: "command-about" }, command.description),
        iconButton("close", "Leave the command (Esc)", () => on.close()),
      ),
      this.held,
      this.chips,
      this.wrong,
      h("footer", {}, this.send),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) on.close();
    });
    this.#show();
  }

  #option(shape) {
    return new Option(shape, {
      command: this.command.name,
      others: () => this.options,
      remove: (option) => this.#remove(option),
      run: () => this.run(),
    });
  }

  #show() {
    fill(
      this.held,
      this.options.map((option) => option.element),
    );
    const left = this.command.options.filter((shape) => !this.options.some((option) => option.shape === shape));
    fill(
      this.chips,
      left.map((shape) => this.#chip(shape)),
    );
  }

  #chip(shape) {
    const add = () => this.add(shape).focus();
    return h(
      "button",
      { type: "button", class: "chip", title: localized(shape, "description", session.locale), on: { click: add } },
      `+ ${localized(shape, "name", session.locale)}`,
    );
  }

  /** Adds an optional option and returns it. */
  add(shape) {
    const option = this.#option(shape);
    this.options.push(option);
    this.held.append(option.element);
    this.chips.replaceChildren();
    const left = this.command.options.filter((one) => !this.options.some((other) => other.shape === one));
    fill(
      this.chips,
      left.map((one) => this.#chip(one)),
    );
    return option;
  }

  #remove(option) {
    this.options = this.options.filter((one) => one !== option);
    this.#show();
    (this.chips.querySelector("button") || this.send).focus();
  }

  /** Takes what was typed after the command's name: `prompt:a storm length:10`, or words for the first option. */
  fill(text) {
    const names = this.command.options.flatMap((shape) => [shape.name, localized(shape, "name", session.locale)]);
    const named = new RegExp(`(?:^|\\s)(${names.map(escaped).join("|")}):`, "u");
    const [unnamed, ...rest] = text.split(named);
    if (unnamed.trim()) this.options[0]?.write(unnamed.trim());
    for (let at = 0; at < rest.length; at += 2) {
      const shape = this.command.options.find((one) =>
        [one.name, localized(one, "name", session.locale)].includes(rest[at]),
      );
      const option = this.options.find((one) => one.shape === shape) || this.add(shape);
      option.write(rest[at + 1].trim());
    }
    this.focus();
  }

  focus() {
    (this.options[0] || this.send).focus();
  }

  /** Takes dropped files into the first options that have room for them; returns those that found none. */
  take(files) {
    const left = [...files];
    for (const option of this.options.filter((one) => one.takesFile && !one.files.full)) {
      if (left.length) option.files.add([left.shift()]);
    }
    for (const shape of this.command.options) {
      if (left.length && shape.type === 11 && !this.options.some((option) => option.shape === shape))
        this.add(shape).files.add([left.shift()]);
    }
    return left;
  }

  async run() {
    if (this.busy) return;
    this.wrong.textContent = "";
    let first = null;
    for (const option of this.options) {
      const sentence = option.complaint();
      option.mark(sentence);
      if (sentence) first = first || option;
    }
    if (first) {
      first.focus();
      return;
    }
    this.#wait(true);
    try {
      const values = {};
      for (const option of this.options) {
        const value = await option.value();
        if (value !== undefined) values[option.name] = value;
      }
      const outcome = await runCommand(this.command.name, values);
      this.on.close();
      if (unanswered(outcome)) session.tell("unanswered", `/${this.command.shown}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#refuse(error);
    } finally {
      this.#wait(false);
    }
  }

  #wait(busy) {
    this.busy = busy;
    this.send.disabled = busy;
    if (busy) this.send.setAttribute("aria-busy", "true");
    else this.send.removeAttribute("aria-busy");
  }

  #refuse(error) {
    const option = this.options.find((one) => one.name === error.field);
    if (option) {
      option.mark(error.sentence);
      option.focus();
    } else this.wrong.textContent = error.sentence;
  }
}

/** Escapes what a regular expression would take for its own. */
function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&");
}
