import { h } from "../basis/dom.js";
import { session } from "../world/session.js";
import { stamp } from "./times.js";

/** Discord's markup within a line, each rule tried at the place where the text stands (`y`). */
const RULES = [
  [/\\([^\w\s])/y, (found) => found[1]],
  [/``\s?([^\n]*?)\s?``(?!`)/y, (found) => h("code", {}, found[1])],
  [/`([^`\n]+)`/y, (found) => h("code", {}, found[1])],
  [/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, (found) => stamp(Number(found[1]), found[2] || "f")],
  [/<@!?(\d{15,20})>/y, (found) => mention(`@${nameOf(found[1])}`, found[1] === session.person.id)],
  [
    /<@&(\d{15,20})>/y,
    (found) => mention(`@${session.server.roles.find((role) => role.id === found[1])?.name || "role"}`),
  ],
  [/<#(\d{15,20})>/y, (found) => channelLink(found[1])],
  [/<\/([-\w\p{L}\p{N} ]{1,98}):\d{15,20}>/uy, (found) => commandLink(found[1])],
  [/<a?:(\w{2,32}):\d{15,20}>/y, (found) => `:${found[1]}:`],
  [/@(everyone|here)\b/y, (found) => mention(`@${found[1]}`)],
  [/<(https?:\/\/[^\s<>]+)>/y, (found) => link(found[1])],
  [
    /\[((?:\\.|[^\]\\\n])+)\]\(<?(https?:\/\/[^\s<>)]+)>?(?:\s+"[^"\n]*")?\)/y,
    (found) => link(found[2], inline(found[1])),
  ],
  [/https?:\/\/[^\s<>]+[^\s<>.,:;"')\]|*_~]/y, (found) => link(found[0])],
  [/\|\|([\s\S]+?)\|\|/y, (found) => spoiler(inline(found[1]))],
  [/\*\*\*(?=\S)([\s\S]+?)\*\*\*/y, (found) => h("strong", {}, h("em", {}, inline(found[1])))],
  [/\*\*([\s\S]+?)\*\*(?!\*)/y, (found) => h("strong", {}, inline(found[1]))],
  [/__([\s\S]+?)__(?!_)/y, (found) => h("u", {}, inline(found[1]))],
  [/~~([\s\S]+?)~~/y, (found) => h("s", {}, inline(found[1]))],
  [/\*(?=\S)((?:\*\*|\\.|[^*])+?)\*(?!\*)/y, (found) => h("em", {}, inline(found[1]))],
  [/\b_((?:__|\\.|[^_])+?)_\b/y, (found) => h("em", {}, inline(found[1]))],
];
const SPECIAL = /[\\`<@[h|*_~\n]/;

/** Returns nodes for a text's markup within lines. */
export function inline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(plain);
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const found = SPECIAL.test(text[at]) ? ruleAt(text, at) : null;
    if (found) {
      flush();
      nodes.push(found.node);
      at += found.length;
    } else {
      if (text[at] === "\n") {
        flush();
        nodes.push(h("br"));
      } else plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes.flat(Infinity);
}

function ruleAt(text, at) {
  for (const [pattern, make] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    // `make` may walk inner text with the same patterns, so everything is taken from the match.
    if (match) return { node: make(match), length: match[0].length };
  }
  return null;
}

function nameOf(id) {
  const user = session.user(id);
  return user ? displayName(user) : "somebody";
}

/** Returns what somebody is called here. */
export function displayName(user) {
  return user.global_name || user.username.charAt(0).toUpperCase() + user.username.slice(1);
}

function mention(words, mine = false) {
  return h("span", { class: mine ? "mention mine" : "mention" }, words);
}

function channelLink(id) {
  const channel = session.channelById(id);
  if (!channel) return mention("#No Access");
  return h("a", { class: "mention", href: hashFor(id), dataset: { channel: id } }, `#${channel.name}`);
}

function commandLink(name) {
  const open = () => session.tell("command-wanted", name);
  return h("button", { type: "button", class: "mention", on: { click: open } }, `/${name}`);
}

/** Returns the page's own address of a channel, or of a message in it. */
export function hashFor(channelId, messageId = "") {
  return `#${[session.person.username, channelId, messageId].filter(Boolean).join("/")}`;
}

const MESSAGE_LINK = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?$/;

/** Returns a link; one to a message leads there within the page, one out of it opens another tab. */
export function link(url, label = null) {
  const inside = MESSAGE_LINK.exec(url);
  if (inside) {
    const channel = session.channelById(inside[1]);
    const words = label || [`#${channel?.name || "unknown"}`, inside[2] && " › message"];
    return h(
      "a",
      {
        href: hashFor(inside[1], inside[2]),
        class: label ? null : "mention",
        dataset: { channel: inside[1], message: inside[2] || "" },
      },
      words,
    );
  }
  return h(
    "a",
    { href: session.local(url), target: "_blank", rel: "noopener noreferrer", title: label ? url : null },
    label || url,
  );
}

/** Hides something until somebody asks for it. */
export function spoiler(children) {
  const hidden = h("span", { class: "spoiler-words", "aria-hidden": "true", inert: true }, children);
  const element = h(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler, select to show" },
    hidden,
  );
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    element.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) element.removeAttribute(name);
    hidden.removeAttribute("aria-hidden");
    hidden.removeAttribute("inert");
    element.removeEventListener("click", reveal);
    element.removeEventListener("keydown", reveal);
  };
  element.addEventListener("click", reveal);
  element.addEventListener("keydown", reveal);
  return element;
}
