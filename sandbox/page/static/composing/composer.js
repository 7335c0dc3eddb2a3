import { Refused, personPath, request } from "../basis/api.js";
import { notify } from "../basis/announce.js";
import { fill, h, iconButton } from "../basis/dom.js";
import { encoded, fileComplaint, pickFiles, sizeInWords } from "../basis/files.js";
import { openMenu } from "../basis/menu.js";
import { displayName } from "../messages/inline_markdown.js";
import { session } from "../world/session.js";
import { CommandForm } from "./command_form.js";
import { CommandPicker } from "./picker.js";
import { asVoiceMessage, canRecord, record } from "./recorder.js";

const TYPING_MS = 8000;
const MOST_FILES = 10;
const MOST_CHARACTERS = 2000;

/** Where messages are written, files gathered, voices recorded and commands put together. */
export class Composer {
  constructor() {
    this.files = [];
    this.target = null;
    this.pings = true;
    this.words = h("textarea", {
      id: "words",
      rows: "1",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      autocomplete: "off",
    });
    this.picker = new CommandPicker(this.words, (command) => this.#open(command));
    this.replyBar = h("div", { class: "reply-bar", hidden: true });
    this.tray = h("ul", { class: "tray", "aria-label": "Files to send", hidden: true });
    this.recordBar = h("div", { class: "record-bar", hidden: true });
    this.wrong = h("p", { class: "form-error", role: "alert" });
    this.more = iconButton("plus", "Attach files or record", (event) => this.#more(event.currentTarget), {
      "aria-haspopup": "menu",
    });
    this.send = iconButton("send", "Send", () => this.#send(), { class: "icon-button send" });
    this.line = h("div", { class: "composer-line" }, this.more, this.words, this.send);
    this.command = h("div", { class: "command-place" });
    this.element = h(
      "div",
      { class: "composer", id: "composer" },
      this.picker.element,
      this.command,
      this.replyBar,
      this.tray,
      this.recordBar,
      this.line,
      this.wrong,
    );
    this.words.addEventListener("input", () => this.#onInput());
    this.words.addEventListener("keydown", (event) => this.#onKey(event));
    this.words.addEventListener("blur", () => this.picker.close());
    this.words.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) {
        event.preventDefault();
        this.take([...event.clipboardData.files]);
      }
    });
    session.on("channel", () => this.#moved());
    session.on("channels", () => this.#permit());
    session.on("reply", (message) => this.#answer(message));
    session.on("commands", () => this.picker.open && this.picker.update());
    session.on("command-wanted", (name) => this.openNamed(name));
    session.on("gone", (id) => id === this.target?.id && this.#answer(null));
  }

  #moved() {
    this.#leave();
    this.#answer(null);
    this.files = [];
    this.#showFiles();
    this.wrong.textContent = "";
    this.#permit();
  }

  /** Says where one writes, or that one may not. */
  #permit() {
    const { channel } = session;
    if (!channel) return;
    const name =
      channel.server_id === null
        ? `@${displayName(session.bot)}`
        : channel.parent_id
          ? `“${channel.name}”`
          : `#${channel.name}`;
    const may = session.may(channel.parent_id ? "SEND_MESSAGES_IN_THREADS" : "SEND_MESSAGES");
    this.words.placeholder = may ? `Message ${name}` : "You do not have permission to send messages here";
    this.words.setAttribute("aria-label", this.words.placeholder);
    for (const control of [this.words, this.more, this.send]) control.disabled = !may;
  }

  #onInput() {
    this.words.style.setProperty("height", "auto");
    this.words.style.setProperty("height", `${this.words.scrollHeight}px`);
    this.wrong.textContent =
      this.words.value.length > MOST_CHARACTERS
        ? `A message has at most ${MOST_CHARACTERS} characters; this one has ${this.words.value.length}.`
        : "";
    this.picker.update();
    this.#type();
  }

  #type() {
    const now = performance.now();
    if (this.words.value.startsWith("/") || !this.words.value || now - (this.typedAt ?? -TYPING_MS) < TYPING_MS) return;
    this.typedAt = now;
    request("POST", personPath(session.person.username, "channels", session.channel.id, "typing"), {}).catch(() => {});
  }

  async #onKey(event) {
    if (event.isComposing || this.picker.onKey(event)) return;
    if (event.key === "Escape" && this.target) this.#answer(null);
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      await this.#send();
    } else if (event.key === "ArrowUp" && !this.words.value) {
      event.preventDefault();
      document.querySelector(".messages li:last-child .message")?.focus();
    }
  }

  /** Takes files that were dropped or pasted: into the command that is being put together, else into the message. */
  take(files) {
    const left = this.form ? this.form.take(files) : files;
    if (this.form && left.length)
      notify(`/${this.form.command.shown} has no room for ${left.map((file) => file.name).join(", ")}.`);
    if (this.form || !left.length) return;
    const wrong = left.map((file) => fileComplaint(file, session.channel.upload_limit)).find(Boolean);
    if (wrong) {
      notify(wrong);
      return;
    }
    if (this.files.length + left.length > MOST_FILES) notify(`A message has at most ${MOST_FILES} files.`);
    this.files = [...this.files, ...left].slice(0, MOST_FILES);
    this.#showFiles();
    this.words.focus();
  }

  #showFiles() {
    this.tray.hidden = this.files.length === 0;
    fill(
      this.tray,
      this.files.map((file) => {
        const away = h("button", { type: "button", class: "file-away", "aria-label": `Remove ${file.name}` }, "×");
        away.addEventListener("click", () => {
          this.files = this.files.filter((one) => one !== file);
          this.#showFiles();
          this.words.focus();
        });
        return h("li", {}, h("span", { class: "file-name" }, file.name), h("small", {}, sizeInWords(file.size)), away);
      }),
    );
  }

  #more(where) {
    const voice = session.may("SEND_VOICE_MESSAGES");
    openMenu(
      where,
      "Attach",
      [
        { label: "Upload files", run: async () => this.take(await pickFiles({ multiple: true })) },
        voice && canRecord() && { label: "Record a voice message", run: () => this.#record() },
        voice && { label: "Send a recording as a voice message", run: () => this.#pickVoice() },
        { label: "Use a command", run: () => this.#beginCommand() },
      ].filter(Boolean),
    );
  }

  #beginCommand() {
    this.words.value = "/";
    this.words.focus();
    this.picker.update();
  }

  async #record() {
    try {
      const recording = await record(this.recordBar);
      if (recording) await this.#sendVoice(recording);
    } catch (error) {
      if (error instanceof DOMException)
        notify("The microphone cannot be used. A recording can be sent from a file instead.");
      else throw error;
    }
  }

  async #pickVoice() {
    const [file] = await pickFiles({ accept: "audio/*" });
    if (file) await this.#sendVoice(file);
  }

  async #sendVoice(recording) {
    await this.#deliver(async () => ({ voice: await encoded(await asVoiceMessage(recording)) }));
  }

  async #send() {
    const content = this.words.value.trim();
    if (content.startsWith("/") && !this.files.length) {
      // What was typed or pasted as a command is never said aloud by mistake.
      await this.openNamed(content.slice(1));
      return;
    }
    if ((!content && !this.files.length) || content.length > MOST_CHARACTERS) return;
    const sent = await this.#deliver(async () => ({
      content,
      files: await Promise.all(this.files.map((file) => encoded(file))),
    }));
    if (!sent) return;
    this.words.value = "";
    this.files = [];
    this.typedAt = undefined;
    this.#showFiles();
    this.#onInput();
  }

  /** Sends a message or voice message, in reply where one is answered; returns whether it was taken. */
  async #deliver(body) {
    if (this.busy) return false;
    this.busy = true;
    this.wrong.textContent = "";
    const reply = this.target ? { reply_to: this.target.id, ping: this.pings } : {};
    try {
      const message = await request(
        "POST",
        personPath(session.person.username, "channels", session.channel.id, "messages"),
        { ...(await body()), ...reply },
      );
      session.keep(message, true);
      this.#answer(null);
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.wrong.textContent = error.sentence;
      return false;
    } finally {
      this.busy = false;
    }
  }

  #answer(message) {
    this.target = message;
    this.pings = true;
    this.replyBar.hidden = message === null;
    if (message === null) return;
    if (this.form) this.#leave();
    const own = message.author.id === session.person.id;
    const ping = h(
      "button",
      { type: "button", class: "ping", "aria-pressed": "true", title: "Whether the author is notified" },
      "@ ON",
    );
    ping.addEventListener("click", () => {
      this.pings = !this.pings;
      ping.setAttribute("aria-pressed", String(this.pings));
      ping.textContent = this.pings ? "@ ON" : "@ OFF";
    });
    fill(
      this.replyBar,
      h("span", {}, "Replying to ", h("b", {}, displayName(message.author))),
      !own && ping,
      iconButton("close", "Stop replying", () => {
        this.#answer(null);
        this.words.focus();
      }),
    );
    this.words.focus();
  }

  /** Opens the command that a text begins with, "video" or "video prompt:a storm"; says so where there is none. */
  async openNamed(name) {
    const words = name.split(/\s+/);
    for (let count = Math.min(3, words.length); count > 0; count -= 1) {
      const command = await this.picker.named(words.slice(0, count).join(" "));
      if (command) {
        this.#open(command);
        this.form.fill(words.slice(count).join(" "));
        return;
      }
    }
    this.wrong.textContent = `There is no command /${words[0]} here.`;
  }

  #open(command) {
    this.picker.close();
    this.words.value = "";
    this.#onInput();
    const waiting = this.files;
    this.form = new CommandForm(command, { close: () => this.#leave(true) });
    fill(this.command, this.form.element);
    this.line.hidden = true;
    // Files that were gathered before the command go where it takes files.
    if (waiting.length && command.options.some((shape) => shape.type === 11)) {
      this.files = this.form.take(waiting);
      this.#showFiles();
    }
    this.form.focus();
  }

  #leave(refocus = false) {
    this.form = null;
    this.command.replaceChildren();
    this.line.hidden = false;
    if (refocus) this.words.focus();
  }
}
