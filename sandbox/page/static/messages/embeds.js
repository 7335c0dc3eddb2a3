import { h } from "../basis/dom.js";
import { session } from "../world/session.js";
import { inline, link } from "./inline_markdown.js";
import { markdown } from "./markdown.js";
import { sentAt } from "./times.js";

const SUPPRESSED = 1 << 2;

/** Returns a message's embeds, unless they are hidden. */
export function embeds(message) {
  return message.flags & SUPPRESSED ? [] : message.embeds.map(embed);
}

function embed(one) {
  const element = h(
    "div",
    { class: "embed" },
    one.author?.name &&
      h("div", { class: "embed-author" }, one.author.url ? link(one.author.url, one.author.name) : one.author.name),
    one.title && h("div", { class: "embed-title" }, one.url ? link(one.url, inline(one.title)) : inline(one.title)),
    one.description && h("div", { class: "embed-words" }, markdown(one.description)),
    one.fields?.length > 0 && h("dl", { class: "embed-fields" }, one.fields.map(field)),
    picture(one.image, "embed-image"),
    picture(one.thumbnail, "embed-thumbnail"),
    (one.footer || one.timestamp) &&
      h("footer", {}, one.footer?.text, one.footer && one.timestamp && " · ", one.timestamp && sentAt(one.timestamp)),
  );
  if (one.color !== undefined && one.color !== null) {
    element.style.setProperty("border-left-color", `#${one.color.toString(16).padStart(6, "0")}`);
  }
  return element;
}

function field(one) {
  return h(
    "div",
    { class: one.inline ? "inline" : null },
    h("dt", {}, inline(one.name)),
    h("dd", {}, markdown(one.value)),
  );
}

function picture(media, kind) {
  if (!media?.url) return null;
  if (!session.isLocal(media.url)) return h("div", { class: kind }, link(media.url));
  return h("img", { class: kind, src: session.local(media.url), alt: "", loading: "lazy" });
}
