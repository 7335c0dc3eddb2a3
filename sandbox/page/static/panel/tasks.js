/** The provider's tasks, newest first: what was asked, what it costs, how far it is, and who was told of its end. */
import { fill, h } from "../basis/dom.js";
import { clock, setClock, span, timeOfDay } from "./clocks.js";
import { KeyedList, setAttribute, setShown, setText } from "./patch.js";

export function taskSection(desk, openHistory) {
  const none = h("p", { class: "muted" }, "None yet: run /video in the channel.");
  const more = h("p", { class: "muted", hidden: true });
  const list = h("ol", { class: "cards" });
  const rows = new KeyedList(list, () => taskRow(desk, openHistory));
  const count = h("span", { class: "muted" });
  const element = h(
    "section",
    { class: "panel-card", "aria-labelledby": "panel-tasks" },
    h("h3", { id: "panel-tasks" }, "The provider's tasks ", count),
    none,
    list,
    more,
  );
  return {
    element,
    show({ tasks, task_count: total }) {
      rows.show(tasks);
      setText(count, total > 0 ? `(${total})` : "");
      setShown(none, total === 0);
      setShown(more, total > tasks.length);
      setText(more, `The ${tasks.length} newest of ${total}.`);
    },
  };
}

function taskRow(desk, openHistory) {
  const state = h("span", { class: "badge" });
  const kind = h("span", { class: "kind" });
  const cost = h("span", { class: "cost" });
  const prompt = h("p", { class: "prompt" });
  const courses = h("p", { class: "courses", hidden: true });
  const since = clock("ago", true);
  const running = clock("for", true);
  const took = h("span");
  const error = h("p", { class: "danger-text", hidden: true });
  const webhooks = h("span");
  const calls = h("ol", { class: "calls" });
  const callBox = h("details", {}, h("summary", {}, "Webhook: ", webhooks), calls);
  const clip = h("a", { target: "_blank", rel: "noopener noreferrer" }, "Clip");
  const history = h("button", { type: "button", class: "panel-button link" });
  const finish = button("Finish", "/finish", "The task is finished.");
  const fail = button("Fail", "/fail", "The task has failed.");
  const again = button("Webhook again", "/webhook", "The webhook was sent again.");
  const expire = button("Let the clip expire", "/expire", "The clip's address answers 403 from now on.");
  const element = h(
    "li",
    { class: "panel-item" },
    h("p", { class: "head" }, state, kind, cost),
    prompt,
    courses,
    h("p", { class: "muted" }, since, running, took),
    error,
    callBox,
    h("p", { class: "panel-buttons" }, clip, history, finish, fail, again, expire),
  );
  let task = null;
  let called = "";

  function button(label, path, done) {
    const made = h("button", { type: "button", class: "panel-button small" }, label);
    made.addEventListener("click", () => desk.act(`/tasks/${task.id}${path}`, {}, done, made));
    return made;
  }

  history.addEventListener("click", () => openHistory(task.order));

  function show(now) {
    task = now;
    element.dataset.state = now.state;
    setText(state, now.state_words);
    setText(kind, now.kind);
    setText(cost, costWords(now));
    setText(prompt, now.prompt || "no words");
    setText(courses, `As you chose: ${now.courses.join(", ")}`);
    setShown(courses, now.courses.length > 0);
    setClock(since, now.created_at);
    setShown(running, !now.ended);
    if (now.ended) setText(took, `, took ${span(now.ended_at - now.created_at)}`);
    else setClock(running, now.created_at);
    setShown(since, now.ended);
    setText(error, now.error);
    setShown(error, now.error !== "");
    setText(webhooks, now.webhook_words);
    showCalls(now.webhooks);
    setShown(clip, now.clip !== "");
    setAttribute(clip, "href", now.clip || null);
    setText(clip, now.clip ? `Clip (${now.clip_seconds.toFixed(1)} s)` : "Clip");
    setText(history, `Order ${now.order}: what the bot did`);
    setShown(history, now.order !== "");
    setShown(finish, !now.ended);
    setShown(fail, !now.ended);
    setShown(again, now.ended && now.has_webhook);
    setShown(expire, now.clip !== "");
    for (const made of [finish, fail, again, expire]) setAttribute(made, "aria-label", `${made.textContent}: ${now.prompt}`);
  }

  function showCalls(all) {
    const told = JSON.stringify(all);
    if (told === called) return;
    called = told;
    fill(
      calls,
      all.map((call) => h("li", { dataset: { ok: String(call.ok) } }, h("time", {}, timeOfDay(call.at)), ` ${call.words}`)),
    );
  }

  return { element, show };
}

function costWords(task) {
  const price = `$${task.price_usd.toFixed(2)}`;
  if (!task.ended) return price;
  return task.charged_usd === task.price_usd ? `${price} charged` : `${price}, charged $${task.charged_usd.toFixed(2)}`;
}
