/** Paid once, delivered once: the numbers from the provider's books and the channels, side by side. */
import { fill, h } from "../basis/dom.js";
import { KeyedList, setShown, setText } from "./patch.js";

export function promiseSection() {
  const verdict = h("p", { class: "verdict" });
  const alarm = h("ul", { class: "alarm", role: "alert", hidden: true });
  const trouble = h("p", { class: "muted", hidden: true });
  const body = h("tbody");
  const rows = new KeyedList(body, countRow, (count) => count.name);
  const table = h(
    "table",
    { class: "counts" },
    h("caption", { class: "panel-hidden" }, "What people ordered, what was bought for it, and what was posted"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td"),
        h("th", { scope: "col" }, "Ordered"),
        h("th", { scope: "col" }, "Bought"),
        h("th", { scope: "col" }, "Posted"),
      ),
    ),
    body,
  );
  const element = h(
    "section",
    { class: "panel-card", "aria-labelledby": "panel-promises" },
    h("h3", { id: "panel-promises" }, "Paid once, delivered once"),
    verdict,
    alarm,
    table,
    trouble,
  );
  let told = "";

  function show({ promises }) {
    const kept = promises.broken.length === 0 && promises.counts.every((count) => count.kept);
    element.dataset.kept = String(kept);
    rows.show(promises.counts);
    setText(verdict, sentence(promises.counts, kept));
    const broken = promises.broken.join("\n");
    if (broken !== told) {
      fill(alarm, promises.broken.map((one) => h("li", {}, one)));
      told = broken;
    }
    setShown(alarm, promises.broken.length > 0);
    setText(trouble, promises.trouble);
    setShown(trouble, promises.trouble !== "");
  }

  return { element, show };
}

function sentence(counts, kept) {
  if (!kept) return "✗ A promise was broken.";
  const all = counts.find((count) => count.name === "All");
  if (!all || all.orders === 0) return "Nobody has ordered anything yet.";
  const onTheWay = counts.find((count) => count.name === "On the way").orders;
  return onTheWay === 0 ? "✓ Both promises kept, nothing is open." : `✓ Both promises kept; ${onTheWay} on the way.`;
}

function countRow(count) {
  const cells = [0, 1, 2].map(() => h("td"));
  const mark = h("span", { class: "panel-hidden" });
  const element = h("tr", {}, h("th", { scope: "row" }, count.name, mark), cells);
  return {
    element,
    show(now) {
      element.dataset.kept = String(now.kept);
      setText(mark, now.kept ? "" : " (wrong)");
      [now.orders, now.tasks, now.clips].forEach((number, place) => setText(cells[place], String(number)));
    },
  };
}
