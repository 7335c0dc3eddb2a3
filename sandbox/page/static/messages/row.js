import { h, icon, iconButton, uniqueId } from "../basis/dom.js";
import { session } from "../world/session.js";
import { above } from "./above.js";
import { dismiss, openMessageMenu, reply } from "./actions.js";
import { avatar, badge } from "./author.js";
import { components } from "./components.js";
import { embeds } from "./embeds.js";
import { displayName, hashFor } from "./inline_markdown.js";
import { markdown } from "./markdown.js";
import { attachments } from "./media.js";
import { pickReaction, reactions } from "./reactions.js";
import { sentAt } from "./times.js";

const CONTINUES_MS = 7 * 60_000;
const SIGNATURE_OF_URL = /(\/attachments\/[^?"]+)\?[^"]*/g;
const THREAD_CREATED = 18;
const NOTICES = new Set([THREAD_CREATED]);

/**
 * One message of the list.
 *
 * Every part is made anew only when what it shows has changed: a clip that plays goes on when a reaction comes, and a
 * button keeps the focus when the words over it change.
 */
export class Row {
  constructor(message) {
    this.message = message;
    this.headId = uniqueId("head");
    this.bodyId = uniqueId("body");
    this.parts = new Map();
    this.signatures = new Map();
    this.article = h("article", {
      class: "message",
      tabindex: "-1",
      "aria-labelledby": `${this.headId} ${this.bodyId}`,
    });
    this.element = h("li", { dataset: { message: message.id } }, this.article);
    for (const [name, kind] of [
      ["above", "part-above"],
      ["avatar", "part-avatar"],
      ["head", "head"],
      ["body", "body"],
      ["media", "media"],
      ["embeds", "embeds"],
      ["components", "components"],
      ["reactions", "reactions"],
      ["thread", "thread"],
      ["private", "private"],
    ]) {
      const part = h("div", { class: kind });
      this.parts.set(name, part);
      this.article.append(part);
    }
    this.parts.get("head").id = this.headId;
    this.parts.get("body").id = this.bodyId;
    this.complaint = h("div", { class: "complaint", role: "alert" });
    this.article.append(this.complaint, this.#tools());
    this.article.addEventListener("contextmenu", (event) => this.#onContextMenu(event));
    this.update(message);
  }

  get author() {
    return this.message.author;
  }

  get isPrivate() {
    return this.message.sandbox.ephemeral_for !== null;
  }

  update(message) {
    this.message = message;
    const loading = message.sandbox.loading;
    this.article.classList.toggle("to-me", message.sandbox.pinged.includes(session.person.id));
    this.article.classList.toggle("only-mine", this.isPrivate);
    this.article.classList.toggle("notice-row", NOTICES.has(message.type));
    this.#part(
      "above",
      [
        message.interaction?.name,
        message.interaction_metadata?.user,
        message.referenced_message
          ? [
              message.referenced_message.content,
              message.referenced_message.author,
              message.referenced_message.attachments.length,
            ]
          : message.referenced_message,
        message.mentions,
      ],
      () => above(message),
    );
    this.#part("avatar", message.author.id, () => avatar(message.author));
    this.#part("head", [message.author, message.timestamp, session.locale], () => [
      h("b", { class: "author" }, displayName(message.author)),
      " ",
      badge(message.author),
      " ",
      sentAt(message.timestamp),
    ]);
    this.#part("body", [message.content, message.edited_timestamp, loading, message.type, session.locale], () =>
      this.#words(),
    );
    this.#part("media", [message.attachments, message.flags], () => attachments(message));
    this.#part("embeds", [message.embeds, message.flags], () => embeds(message));
    this.#part("components", message.components, () => components(message, (sentence) => this.complain(sentence)));
    this.#part("reactions", message.reactions || [], () => reactions(message));
    this.#part("thread", message.thread ? [message.thread.id, message.thread.name] : null, () => this.#thread());
    this.#part("private", message.sandbox.ephemeral_for, () => this.#onlyMine());
  }

  /** Shows what went wrong under the message, or takes it away. */
  complain(sentence) {
    this.complaint.textContent = sentence;
  }

  /** Lets the message go on from the one before it, as one's next sentence. */
  follow(previous) {
    const alike = previous && previous.author.id === this.author.id && previous.isPrivate === this.isPrivate;
    const close = alike && !this.parts.get("above").hasChildNodes();
    const soon = close && Date.parse(this.message.timestamp) - Date.parse(previous.message.timestamp) < CONTINUES_MS;
    this.article.classList.toggle("continued", Boolean(soon) && !previous.article.classList.contains("notice-row"));
  }

  #part(name, shown, make) {
    // An address is signed anew each time it is read; that is no change of what it shows.
    const signature = JSON.stringify(shown ?? null).replace(SIGNATURE_OF_URL, "$1");
    if (this.signatures.get(name) === signature) return;
    this.signatures.set(name, signature);
    const part = this.parts.get(name);
    const focused = part.contains(document.activeElement) ? document.activeElement.dataset.customId : undefined;
    const made = [make()].flat(Infinity).filter((node) => node !== null && node !== undefined && node !== false);
    part.replaceChildren(...made);
    if (focused !== undefined)
      (part.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`) || this.article).focus({ preventScroll: true });
  }

  #words() {
    const { message } = this;
    if (message.sandbox.loading)
      return h(
        "span",
        { class: "thinking" },
        h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
        `${displayName(message.author)} is thinking…`,
      );
    if (message.type === THREAD_CREATED) {
      const id = message.message_reference.channel_id;
      return [
        h("b", {}, displayName(message.author)),
        " started a thread: ",
        h("a", { href: hashFor(id), dataset: { channel: id } }, message.content),
      ];
    }
    const nodes = markdown(message.content);
    if (message.edited_timestamp) {
      const mark = h(
        "span",
        { class: "edited", title: new Date(message.edited_timestamp).toLocaleString(session.locale) },
        "(edited)",
      );
      if (nodes.at(-1)?.matches?.(".paragraph, .subtext")) nodes.at(-1).append(" ", mark);
      else if (nodes.length) nodes.push(mark);
    }
    return nodes;
  }

  #thread() {
    const { thread } = this.message;
    if (!thread) return null;
    return h(
      "a",
      { class: "thread-link", href: hashFor(thread.id), dataset: { channel: thread.id } },
      icon("thread"),
      h("b", {}, thread.name),
      h("span", {}, "See thread ›"),
    );
  }

  #onlyMine() {
    if (!this.isPrivate) return null;
    const button = h(
      "button",
      { type: "button", class: "link-button", on: { click: () => dismiss(this.message) } },
      "Dismiss message",
    );
    return ["Only you can see this · ", button];
  }

  #tools() {
    const react = iconButton("react", "Add a reaction", (event) => pickReaction(this.message, event.currentTarget), {
      tabindex: "-1",
    });
    const answer = iconButton("reply", "Reply", () => reply(this.message), { tabindex: "-1" });
    const more = iconButton("more", "More", (event) => openMessageMenu(this.message, event.currentTarget), {
      tabindex: "-1",
      "aria-haspopup": "menu",
    });
    // What one person alone sees can be neither answered nor reacted to.
    return h("div", { class: "tools" }, !this.isPrivate && [react, answer], more);
  }

  #onContextMenu(event) {
    // Links, pictures and selected words keep the browser's own menu; a person can ask for it everywhere with Shift.
    if (event.shiftKey || event.target.closest("video, audio") || String(getSelection())) return;
    event.preventDefault();
    const byKeyboard = event.clientX === 0 && event.clientY === 0;
    openMessageMenu(this.message, byKeyboard ? this.article : { x: event.clientX, y: event.clientY });
  }
}
