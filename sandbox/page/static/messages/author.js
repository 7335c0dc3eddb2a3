import { h } from "../basis/dom.js";
import { displayName } from "./inline_markdown.js";

const TINTS = 5;

/** Returns a round sign for somebody: the bot's bird, or a person's initial in a colour of their own. */
export function avatar(user, kind = "") {
  if (user.bot) return h("img", { class: `avatar ${kind}`, src: "/static/egret.svg", alt: "" });
  const sum = [...user.username].reduce((total, letter) => total + letter.codePointAt(0), 0);
  return h("span", { class: `avatar ${kind} tint-${sum % TINTS}`, "aria-hidden": "true" }, displayName(user).charAt(0));
}

export function badge(user) {
  return user.bot ? h("span", { class: "app", title: "This is a bot" }, "APP") : null;
}
