/** The bot's process: whether it lives, for how long, and what kills it. */
import { h } from "../basis/dom.js";
import { clock, setClock } from "./clocks.js";
import { setAttribute, setShown, setText } from "./patch.js";

const ALIVE = new Set(["running", "offline", "starting", "stopping"]);

export function botSection(desk) {
  const words = h("span", { class: "bot-words" });
  const up = clock("for");
  const down = clock("ago");
  const pid = h("span", { class: "muted" });
  const trouble = h("p", { class: "danger-text", hidden: true });
  const log = h("pre", { tabindex: "0", "aria-label": "The end of the bot's log" });
  const logBox = h("details", { hidden: true }, h("summary", {}, "The end of its log"), log);
  const kill = button("Kill (SIGKILL)", "danger", "/bot/kill", "The bot is dead. What it was doing goes on at the provider.");
  const start = button("Start", "accent", "/bot/start", "The bot is being started.");
  const restart = button("Restart", "", "/bot/restart", "The bot is being restarted in good order.");
  const element = h(
    "section",
    { class: "panel-card", "aria-labelledby": "panel-bot" },
    h("h3", { id: "panel-bot" }, "The bot"),
    h("p", { class: "bot-line" }, h("span", { class: "lamp", "aria-hidden": "true" }), words, " ", up, down, " ", pid),
    trouble,
    logBox,
    h("p", { class: "panel-buttons" }, kill, start, restart),
  );
  let before = "";

  function button(label, kind, path, done) {
    const made = h("button", { type: "button", class: `panel-button ${kind}` }, label);
    made.addEventListener("click", () => {
      if (made.dataset.idle !== "true") desk.act(path, {}, done, made);
      else desk.say(made.dataset.why);
    });
    return made;
  }

  /** Lets a button rest without taking the focus off it; pressed all the same, it says why. */
  function rest(made, idle, why) {
    made.dataset.idle = String(idle);
    made.dataset.why = why;
    setAttribute(made, "aria-disabled", idle ? "true" : null);
  }

  function show({ bot }) {
    element.dataset.state = bot.state;
    setText(words, bot.words);
    const alive = ALIVE.has(bot.state);
    setShown(up, alive && bot.since !== null);
    setShown(down, !alive && bot.since !== null);
    if (bot.since !== null) setClock(alive ? up : down, bot.since);
    setText(pid, alive && bot.pid !== null ? `(process ${bot.pid})` : "");
    setText(trouble, bot.trouble);
    setShown(trouble, bot.trouble !== "");
    setText(log, bot.log);
    setShown(logBox, bot.log !== "");
    rest(kill, !alive, "The bot is not running: there is nothing to kill.");
    rest(start, alive, "The bot is running already.");
    rest(restart, bot.state === "starting" || bot.state === "stopping", "The bot is being started or stopped.");
    if (before !== "" && before !== bot.state) desk.say(`The bot: ${bot.words}.`);
    before = bot.state;
  }

  return { element, show };
}
