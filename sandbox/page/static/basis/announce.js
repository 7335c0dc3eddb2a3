import { h } from "./dom.js";

const spoken = () => document.getElementById("spoken");
const notices = () => document.getElementById("notices");
const SHOWN_MS = 7000;

/** Says something to screen readers once they are done with what they say. */
export function announce(sentence) {
  const line = h("p", {}, sentence);
  spoken().append(line);
  // What was said is taken away, or a reader who walks through the page would meet it again.
  setTimeout(() => line.remove(), SHOWN_MS);
}

/** Shows, and says, what went wrong or came about, at the edge of the page. */
export function notify(sentence, kind = "error") {
  const dismiss = h("button", { type: "button", class: "notice-close", "aria-label": "Dismiss" }, "×");
  const notice = h(
    "div",
    { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status" },
    h("span", {}, sentence),
    dismiss,
  );
  dismiss.addEventListener("click", () => notice.remove());
  notices().append(notice);
  setTimeout(() => notice.remove(), SHOWN_MS);
}
