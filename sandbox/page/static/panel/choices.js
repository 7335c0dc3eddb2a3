/** How the next tasks go, how fast the provider works, and how much money there is. */
import { fill, h, uniqueId } from "../basis/dom.js";
import { request } from "../basis/api.js";
import { setShown, setText } from "./patch.js";

export function choiceSection(desk) {
  const next = nextForm(desk);
  const pace = paceForm(desk);
  const balance = balanceForm(desk);
  const element = h(
    "section",
    { class: "panel-card", "aria-labelledby": "panel-provider" },
    h("h3", { id: "panel-provider" }, "The provider"),
    balance.element,
    pace.element,
    next.element,
  );
  const ready = request("GET", "/api/panel/choices").then(({ chapters, paces }) => {
    next.offer(chapters);
    pace.offer(paces);
  });
  ready.catch((error) => desk.say(error.sentence ?? error.message));

  function show({ provider }) {
    balance.show(provider);
    next.show(provider);
    ready.then(() => pace.show(provider), () => {});
  }

  return { element, show };
}

function nextForm(desk) {
  const courses = new Map();
  const line = h("p", { class: "muted", id: uniqueId("course") });
  const course = h("select", { id: uniqueId("course"), "aria-describedby": line.id });
  const times = h("input", { type: "number", min: "1", max: "100", step: "1", value: "1", inputmode: "numeric", id: uniqueId("times") });
  const always = h("input", { type: "checkbox", id: uniqueId("always") });
  const seconds = h("input", { type: "number", min: "0", max: "3600", step: "any", inputmode: "decimal", id: uniqueId("seconds") });
  const secondsBox = h("span", { class: "panel-field", hidden: true }, h("label", { for: seconds.id }, "seconds"), seconds);
  const apply = h("button", { type: "submit", class: "panel-button accent" }, "Let it go so");
  const waiting = h("ul", { class: "waiting" });
  const forget = h("button", { type: "button", class: "panel-button" }, "Forget these");
  const waitingBox = h("div", { hidden: true }, h("h4", {}, "Waiting for tasks"), waiting, forget);
  const element = h(
    "form",
    { class: "panel-form", novalidate: true },
    h("label", { for: course.id }, "The next task"),
    course,
    line,
    h(
      "div",
      { class: "panel-row" },
      h("span", { class: "panel-field" }, h("label", { for: times.id }, "how many"), times),
      h("span", { class: "panel-field" }, always, h("label", { for: always.id }, "all from now on")),
      secondsBox,
      apply,
    ),
    waitingBox,
  );
  let shown = "";

  function describe() {
    const chosen = courses.get(course.value);
    if (!chosen) return;
    setText(line, chosen.line);
    setShown(secondsBox, chosen.seconds !== null);
    seconds.value = chosen.seconds ?? "";
  }

  course.addEventListener("change", describe);
  always.addEventListener("change", () => {
    times.disabled = always.checked;
  });
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = courses.get(course.value);
    const order = { course: course.value, times: always.checked ? null : number(times) };
    if (chosen.seconds !== null) order.seconds = number(seconds);
    const who = always.checked ? "All tasks from now on" : order.times === 1 ? "The next task" : `The next ${order.times} tasks`;
    desk.act("/next", order, `${who}: ${chosen.name}.`, apply);
  });
  forget.addEventListener("click", async () => {
    if (await desk.act("/next/forget", {}, "Forgotten: tasks go well again.", forget)) course.focus();
  });

  return {
    element,
    offer(chapters) {
      for (const chapter of chapters) {
        const options = chapter.courses.map((one) => {
          courses.set(one.id, one);
          return h("option", { value: one.id }, one.name);
        });
        course.append(h("optgroup", { label: chapter.title }, options));
      }
      describe();
    },
    show({ waiting: scripts }) {
      const told = JSON.stringify(scripts);
      if (told === shown) return;
      shown = told;
      fill(waiting, scripts.map((script) => h("li", {}, waitingWords(script))));
      setShown(waitingBox, scripts.length > 0);
    },
  };
}

/** Returns a field's number; what is no number is sent as it is, so that the server says what is wrong with it. */
function number(field) {
  return Number.isNaN(field.valueAsNumber) ? field.value : field.valueAsNumber;
}

function waitingWords({ words, times, seconds, kind }) {
  const what = kind ? kind.toLowerCase() : "task";
  const whom = times === null ? `every ${what}` : times === 1 ? `the next ${what}` : `the next ${times} ${what}s`;
  return `${words}${seconds === null ? "" : ` (${seconds} s)`}: ${whom}`;
}

function paceForm(desk) {
  const name = uniqueId("pace");
  const legend = h("legend", {}, "Pace");
  const line = h("p", { class: "muted" }, " ");
  const options = h("div", { class: "panel-row" });
  const element = h("fieldset", { class: "panel-form" }, legend, options, line);
  const lines = new Map();
  const inputs = new Map();
  let shown = null;

  return {
    element,
    offer(paces) {
      for (const pace of paces) {
        const input = h("input", { type: "radio", name, value: pace.id, id: uniqueId("pace") });
        input.addEventListener("change", () => desk.act("/pace", { pace: pace.id }, `Pace: ${pace.name}.`));
        lines.set(pace.id, pace.line);
        inputs.set(pace.id, input);
        options.append(h("span", { class: "panel-field" }, input, h("label", { for: input.id }, pace.name)));
      }
    },
    show({ pace }) {
      if (pace === shown) return;
      shown = pace;
      for (const [id, input] of inputs) input.checked = id === pace;
      setText(line, lines.get(pace) ?? "A pace of its own, set from elsewhere.");
    },
  };
}

function balanceForm(desk) {
  const left = h("strong");
  const charged = h("span", { class: "muted" });
  const usd = h("input", { type: "number", min: "0", max: "100000", step: "0.01", inputmode: "decimal", id: uniqueId("usd") });
  const set = h("button", { type: "submit", class: "panel-button" }, "Set");
  const element = h(
    "form",
    { class: "panel-form", novalidate: true },
    h("p", {}, "Balance: ", left, " ", charged),
    h("div", { class: "panel-row" }, h("span", { class: "panel-field" }, h("label", { for: usd.id }, "Set it to $"), usd), set),
  );
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await desk.act("/balance", { usd: number(usd) }, "The balance is set.", set)) usd.value = "";
  });
  return {
    element,
    show(provider) {
      setText(left, `$${provider.available_usd.toFixed(2)}`);
      setText(charged, `(charged so far: $${provider.charged_usd.toFixed(2)})`);
    },
  };
}
