/** What people asked for, newest first, with what came of each; the bot's own history is one click away. */
import { h } from "../basis/dom.js";
import { clock, setClock } from "./clocks.js";
import { KeyedList, setShown, setText } from "./patch.js";

export function orderSection(desk, openHistory) {
  const none = h("p", { class: "muted" }, "None yet.");
  const more = h("p", { class: "muted", hidden: true });
  const list = h("ol", { class: "cards" });
  const rows = new KeyedList(list, () => orderRow(openHistory));
  const count = h("span", { class: "muted" });
  const element = h(
    "section",
    { class: "panel-card", "aria-labelledby": "panel-orders" },
    h("h3", { id: "panel-orders" }, "People's orders ", count),
    none,
    list,
    more,
  );
  return {
    element,
    show({ orders, order_count: total }) {
      rows.show(orders);
      setText(count, total > 0 ? `(${total})` : "");
      setShown(none, total === 0);
      setShown(more, total > orders.length);
      setText(more, `The ${orders.length} newest of ${total}.`);
    },
  };
}

function orderRow(openHistory) {
  const title = h("p", { class: "head" });
  const prompt = h("p", { class: "prompt" });
  const state = h("p");
  const counts = h("span");
  const since = clock("ago");
  const log = h("button", { type: "button", class: "panel-button small" }, "Event log");
  const element = h(
    "li",
    { class: "panel-item" },
    title,
    prompt,
    state,
    h("p", { class: "muted" }, counts, " · ", since),
    h("p", { class: "panel-buttons" }, log),
  );
  let order = null;
  log.addEventListener("click", () => openHistory(order.id));
  return {
    element,
    show(now) {
      order = now;
      element.dataset.state = now.state;
      setText(title, `#${now.id} ${now.kind} · ${now.who}${now.where ? ` in #${now.where}` : " in private"}`);
      setText(prompt, now.prompt || "no words");
      setText(state, now.state_words);
      setText(counts, `${several(now.tasks ?? 0, "task")}, ${several(now.clips ?? 0, "clip")}`);
      setClock(since, now.created_at);
      if (!log.hasAttribute("aria-label")) log.setAttribute("aria-label", `Event log of order ${now.id}`);
    },
  };
}

function several(count, what) {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
