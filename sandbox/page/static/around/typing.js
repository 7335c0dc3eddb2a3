import { h } from "../basis/dom.js";
import { displayName } from "../messages/inline_markdown.js";
import { session } from "../world/session.js";

const SHOWN_MS = 10_000;

/** The line under the messages that says who types. */
export class Typing {
  constructor() {
    this.until = new Map();
    this.words = h("span");
    this.element = h(
      "div",
      { class: "typing", hidden: true },
      h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
      this.words,
    );
    session.on("typing", (change) => this.#began(change));
    session.on("arrived", (message) => this.#ended(message.author.id));
    session.on("channel", () => this.#forget());
  }

  #began({ channel_id: channel, actor_id: who }) {
    if (channel !== session.channel.id || who === session.person.id) return;
    clearTimeout(this.until.get(who));
    this.until.set(
      who,
      setTimeout(() => this.#ended(who), SHOWN_MS),
    );
    this.#show();
  }

  #ended(who) {
    clearTimeout(this.until.get(who));
    this.until.delete(who);
    this.#show();
  }

  #forget() {
    for (const timer of this.until.values()) clearTimeout(timer);
    this.until.clear();
    this.#show();
  }

  #show() {
    const names = [...this.until.keys()].map((id) => displayName(session.user(id)));
    this.element.hidden = names.length === 0;
    this.words.textContent = names.length === 1 ? `${names[0]} is typing…` : `${names.join(", ")} are typing…`;
  }
}
