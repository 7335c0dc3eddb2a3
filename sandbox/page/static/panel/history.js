/** What the bot wrote down about one order, in a dialog that stays up to date while it is open. */
import { fill, h } from "../basis/dom.js";
import { request } from "../basis/api.js";
import { timeOfDay } from "./clocks.js";
import { setText } from "./patch.js";

export function historyDialog(desk) {
  const title = h("h3", { id: "panel-history", tabindex: "-1" });
  const prompt = h("p", { class: "prompt" });
  const state = h("p");
  const lines = h("ol", { class: "history" });
  const close = h("button", { type: "button", class: "panel-button" }, "Close");
  const element = h(
    "dialog",
    { class: "panel-dialog", "aria-labelledby": "panel-history" },
    title,
    prompt,
    state,
    lines,
    h("p", { class: "muted" }, "Read from the bot's own file, without the bot."),
    h("p", { class: "panel-buttons" }, close),
  );
  let order = "";
  let told = "";

  async function load() {
    const wanted = order;
    const history = await request("GET", `/api/panel/orders/${encodeURIComponent(wanted)}`);
    if (wanted !== order) return;
    setText(title, `Order ${history.id}: ${history.kind}, ${history.who}`);
    setText(prompt, history.prompt || "no words");
    setText(state, history.state_words);
    const now = JSON.stringify(history.lines);
    if (now === told) return;
    told = now;
    fill(lines, history.lines.map((line, place) => historyLine(line, history.lines[place - 1])));
  }

  async function open(id) {
    order = id;
    told = "";
    try {
      await load();
      if (!element.open) element.showModal();
      title.focus();
    } catch (error) {
      desk.say(error.sentence ?? error.message);
    }
  }

  close.addEventListener("click", () => element.close());
  element.addEventListener("click", (event) => {
    if (event.target === element) element.close(); // beside it
  });

  function show() {
    if (element.open) load().catch((error) => desk.say(error.sentence ?? error.message));
  }

  return { element, open, show };
}

function historyLine(line, before) {
  const passed = before ? line.at - before.at : 0;
  const at = h("time", { datetime: new Date(line.at * 1000).toISOString() }, timeOfDay(line.at));
  const since = passed >= 0.05 ? h("span", { class: "muted" }, ` +${passed.toFixed(1)} s`) : "";
  return h("li", {}, h("p", { class: "at" }, at, since), h("p", {}, line.words));
}
