import { h } from "../basis/dom.js";
import { session } from "../world/session.js";
import { avatar, badge } from "./author.js";
import { displayName } from "./inline_markdown.js";

/** Returns what Discord shows for a command that nobody answered within three seconds. */
export function unanswered(name, dismiss) {
  const { person, bot } = session;
  return h(
    "li",
    {},
    h(
      "article",
      { class: "message only-mine", role: "alert" },
      h(
        "div",
        { class: "part-above" },
        h(
          "div",
          { class: "above" },
          avatar(person, "small"),
          h("b", {}, displayName(person)),
          " used ",
          h("span", { class: "command" }, name),
        ),
      ),
      h("div", { class: "part-avatar" }, avatar(bot)),
      h("div", { class: "head" }, h("b", { class: "author" }, displayName(bot)), badge(bot)),
      h("div", { class: "failed" }, "The application did not respond"),
      h(
        "div",
        { class: "private" },
        "Only you can see this · ",
        h("button", { type: "button", class: "link-button", on: { click: dismiss } }, "Dismiss message"),
      ),
    ),
  );
}
