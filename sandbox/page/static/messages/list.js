import { announce } from "../basis/announce.js";
import { h } from "../basis/dom.js";
import { byId, session } from "../world/session.js";
import { openMessageMenu } from "./actions.js";
import { displayName } from "./inline_markdown.js";
import { plainLine } from "./markdown.js";
import { Row } from "./row.js";
import { unanswered } from "./unanswered.js";

const NEAR_END = 60;
const LONG_PRESS_MS = 500;
const MOVED = 10;
const SPOKEN_CHARACTERS = 200;

/** The messages of the place where one is: kept in order, changed in place, and held where one reads. */
export class MessageList {
  constructor() {
    this.rows = new Map();
    this.list = h("ol", { class: "messages", "aria-label": "Messages" });
    this.scroller = h("div", { class: "scroller" }, this.list);
    this.below = h(
      "button",
      { type: "button", class: "new-below", hidden: true, on: { click: () => this.#toEnd() } },
      "New messages ↓",
    );
    this.element = h("div", { class: "message-area" }, this.scroller, this.below);
    this.atEnd = true;
    this.lastTop = 0;
    this.scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    // Pictures that load and a writing place that grows move the end away; who was there stays there.
    const sizes = new ResizeObserver(() => this.atEnd && this.#toEnd());
    sizes.observe(this.list);
    sizes.observe(this.scroller);
    this.list.addEventListener("keydown", (event) => this.#onKey(event));
    this.list.addEventListener("focusin", (event) => this.#onFocus(event));
    this.#longPress();
    session.on("channel", () => this.#showAll());
    session.on("message", (message) => this.#show(message));
    session.on("gone", (id) => this.#takeAway(id));
    session.on("arrived", (message) => this.#tell(message));
    session.on("person", () => this.rows.forEach((row) => row.update(row.message)));
    session.on("unanswered", (name) => this.#showUnanswered(name));
  }

  #showAll() {
    const messages = [...session.messages.values()].sort((one, other) => byId(one.id, other.id));
    this.rows = new Map(messages.map((message) => [message.id, new Row(message)]));
    const rows = [...this.rows.values()];
    rows.forEach((row, at) => row.follow(rows[at - 1]));
    this.list.replaceChildren(h("li", { class: "beginning" }, this.#welcome()), ...rows.map((row) => row.element));
    this.below.hidden = true;
    this.#rove(rows.at(-1));
    this.#toEnd();
  }

  #welcome() {
    const { channel } = session;
    const direct = channel.server_id === null;
    const title = direct ? displayName(session.bot) : `${channel.parent_id ? "" : "#"}${channel.name}`;
    const words = direct
      ? `This is the beginning of your direct messages with ${title}.`
      : `This is the beginning of ${title}. Type / to see what the bot can do.`;
    return [h("h2", {}, title), h("p", {}, words)];
  }

  #show(message) {
    const known = this.rows.get(message.id);
    if (known) {
      known.update(message);
      known.follow(this.#before(known));
      this.#quoteAnew(message);
      return;
    }
    const row = new Row(message);
    const next = [...this.rows.keys()].filter((id) => byId(id, message.id) > 0).sort(byId)[0];
    this.rows.set(message.id, row);
    this.list.insertBefore(row.element, next ? this.rows.get(next).element : null);
    row.follow(this.#before(row));
    if (next) this.rows.get(next).follow(row);
    if (!this.list.contains(document.activeElement))
      this.#rove([...this.list.children].at(-1) === row.element ? row : this.current);
    const own = [message.author.id, message.interaction_metadata?.user.id].includes(session.person.id);
    if (this.atEnd || own) this.#toEnd();
    else this.below.hidden = false;
  }

  /** Shows above each reply what it replies to as that is now. */
  #quoteAnew(message) {
    for (const row of this.rows.values())
      if (row.message.referenced_message?.id === message.id)
        row.update({ ...row.message, referenced_message: message });
  }

  #takeAway(id) {
    const row = this.rows.get(id);
    if (!row) return;
    const next = row.element.nextElementSibling;
    const before = row.element.previousElementSibling;
    const focused = row.article.contains(document.activeElement);
    this.rows.delete(id);
    row.element.remove();
    const after = this.#rowOf(next);
    after?.follow(this.#before(after));
    const neighbour = after || this.#rowOf(before);
    if (row === this.current) this.#rove(neighbour);
    if (focused) neighbour?.article.focus();
  }

  /** Shows, where the answer would have come, that there was none; it is no message, and gone with the next look. */
  #showUnanswered(name) {
    const row = unanswered(name, () => {
      row.remove();
      document.getElementById("words")?.focus();
    });
    this.list.append(row);
    this.#toEnd();
  }

  #before(row) {
    return this.#rowOf(row.element.previousElementSibling);
  }

  #rowOf(element) {
    return element ? this.rows.get(element.dataset.message) : undefined;
  }

  /** Lets Tab reach one message, from which the arrow keys go on. */
  #rove(row) {
    if (this.current) this.#reach(this.current, "-1");
    this.current = row;
    if (row) this.#reach(row, "0");
  }

  #reach(row, index) {
    row.article.tabIndex = Number(index);
    for (const tool of row.article.querySelectorAll(".tools button")) tool.tabIndex = Number(index);
  }

  #onFocus(event) {
    const row = this.#rowOf(event.target.closest("li[data-message]"));
    if (row && row !== this.current) this.#rove(row);
  }

  #onKey(event) {
    const row = this.#rowOf(event.target.closest("li[data-message]"));
    if (!row) return;
    if (event.key === "Escape") {
      document.getElementById("words")?.focus();
      return;
    }
    if (event.target !== row.article) return;
    const to = {
      ArrowUp: row.element.previousElementSibling,
      ArrowDown: row.element.nextElementSibling,
      Home: this.list.querySelector("li[data-message]"),
      End: this.list.lastElementChild,
    }[event.key];
    if (to) {
      event.preventDefault();
      this.#rowOf(to)?.article.focus();
    } else if (event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      openMessageMenu(row.message, row.article);
    }
  }

  /** Opens the menu where a finger rests: not every browser tells of it as of a right click. */
  #longPress() {
    let timer = null;
    let from = null;
    let pressed = false;
    const stop = () => clearTimeout(timer);
    this.list.addEventListener("pointerdown", (event) => {
      const row = this.#rowOf(event.target.closest("li[data-message]"));
      if (event.pointerType !== "touch" || !row || event.target.closest("button, a, video, audio")) return;
      from = { x: event.clientX, y: event.clientY };
      pressed = false;
      timer = setTimeout(() => {
        pressed = true;
        openMessageMenu(row.message, from);
      }, LONG_PRESS_MS);
    });
    this.list.addEventListener("pointermove", (event) => {
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > MOVED) stop();
    });
    for (const name of ["pointerup", "pointercancel"]) this.list.addEventListener(name, stop);
    this.list.addEventListener("touchend", (event) => {
      // The click that would follow would take the focus from the menu.
      if (pressed) event.preventDefault();
    });
  }

  /** Goes to a message and shows which it is. */
  goTo(id) {
    const row = this.rows.get(id);
    if (!row) return;
    this.atEnd = false;
    row.article.scrollIntoView({ block: "center" });
    row.article.focus({ preventScroll: true });
    row.article.classList.add("found");
    setTimeout(() => row.article.classList.remove("found"), 2000);
  }

  #onScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    // Only who scrolls up leaves the end: what grows at the end moves it away from who stays there.
    if (scrollHeight - scrollTop - clientHeight < NEAR_END) this.atEnd = true;
    else if (scrollTop < this.lastTop) this.atEnd = false;
    this.lastTop = scrollTop;
    if (this.atEnd) this.below.hidden = true;
  }

  #toEnd() {
    this.atEnd = true;
    this.below.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #tell(message) {
    if (message.author.id === session.person.id) return;
    const words = message.sandbox.loading
      ? "is thinking"
      : plainLine(message.content) || (message.attachments.length ? "sent a file" : "sent a message");
    const only = message.sandbox.ephemeral_for === null ? "" : " Only you can see this.";
    announce(`${displayName(message.author)}: ${words.slice(0, SPOKEN_CHARACTERS)}${only}`);
  }
}
