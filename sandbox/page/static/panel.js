/**
 * The provider beside the channel: what it was asked to make, how the next task goes, the bot's process, and whether
 * everything was paid once and delivered once. Everything is asked of this page's own server, about once a second.
 */
import { fill, h } from "./basis/dom.js";
import { request } from "./basis/api.js";
import { botSection } from "./panel/bot.js";
import { choiceSection } from "./panel/choices.js";
import { historyDialog } from "./panel/history.js";
import { orderSection } from "./panel/orders.js";
import { promiseSection } from "./panel/promises.js";
import { taskSection } from "./panel/tasks.js";
import { runClocks, tellProvidersTime } from "./panel/clocks.js";

const EVERY_MS = 1000;
const TROUBLE_MS = 3000;

/**
 * Builds the panel in an element and keeps it up to date.
 *
 * @param {HTMLElement} element for example `<aside id="panel">`
 * @returns {() => void} ends it
 */
export function mountPanel(element) {
  const spoken = h("p", { class: "panel-spoken", role: "status" });
  const trouble = h("p", { class: "panel-trouble", hidden: true });
  const desk = new Desk(spoken, trouble);
  const history = historyDialog(desk);
  const sections = [
    promiseSection(desk),
    botSection(desk),
    choiceSection(desk),
    taskSection(desk, history.open),
    orderSection(desk, history.open),
  ];
  element.classList.add("panel");
  const title = h("h2", { class: "panel-title" }, "Behind the scenes");
  // Not before it can look as it should.
  dressed().then(() => fill(element, title, trouble, spoken, sections.map((section) => section.element), history.element));
  desk.shows([...sections, history]);
  const stopClocks = runClocks(element);
  desk.begin();
  return () => {
    desk.end();
    stopClocks();
  };
}

/** Fetches the panel's style sheet, unless the page has it; comes true when it is there, or never will be. */
function dressed() {
  const href = new URL("./panel.css", import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return Promise.resolve();
  const link = h("link", { rel: "stylesheet", href });
  const done = new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
  });
  document.head.append(link);
  return done;
}

/** Asks for news, hands them to the sections, and does what is asked for. */
class Desk {
  constructor(spoken, trouble) {
    this.spoken = spoken;
    this.trouble = trouble;
    this.sections = [];
    this.version = "";
    this.timer = 0;
    this.ended = false;
    this.asking = null;
    this.look = () => this.soon(0);
  }

  shows(sections) {
    this.sections = sections;
  }

  begin() {
    document.addEventListener("visibilitychange", this.look);
    this.soon(0);
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.look);
  }

  /** Says something to everybody: it is shown, and read aloud once the reader is done. */
  say(sentence) {
    this.spoken.textContent = sentence;
  }

  /**
   * Asks the server to do something, says what came of it, and shows the new state.
   *
   * @param {string} path below /api/panel
   * @param {Object} body
   * @param {string} done what is said when it is done
   * @param {HTMLButtonElement|null} button rests meanwhile
   * @returns {Promise<boolean>} whether it was done
   */
  async act(path, body, done, button = null) {
    if (button?.getAttribute("aria-disabled") === "true") return false;
    // Not `disabled`: the focus would be lost, and with it a keyboard user's place.
    button?.setAttribute("aria-disabled", "true");
    try {
      await request("POST", `/api/panel${path}`, body);
      this.say(done);
      return true;
    } catch (error) {
      this.say(error.sentence ?? error.message);
      return false;
    } finally {
      button?.removeAttribute("aria-disabled");
      await this.refresh();
    }
  }

  /** Asks for news now; whoever asks meanwhile gets the same ones, and then newer ones. */
  async refresh() {
    await this.asking;
    this.asking = this.ask();
    await this.asking;
  }

  async ask() {
    try {
      const state = await request("GET", `/api/panel/state?known=${this.version}`);
      tellProvidersTime(state.now);
      if ("tasks" in state) {
        this.version = state.version;
        for (const section of this.sections) section.show(state);
      }
      this.trouble.hidden = true;
      return true;
    } catch (error) {
      this.trouble.textContent = error.sentence ?? error.message;
      this.trouble.hidden = false;
      return false;
    }
  }

  soon(milliseconds) {
    clearTimeout(this.timer);
    if (this.ended) return;
    this.timer = setTimeout(async () => {
      if (document.hidden) return; // looked at again as soon as somebody can see it
      await this.refresh();
      this.soon(this.trouble.hidden ? EVERY_MS : TROUBLE_MS);
    }, milliseconds);
  }
}
