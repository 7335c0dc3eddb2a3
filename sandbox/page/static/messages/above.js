import { h } from "../basis/dom.js";
import { session } from "../world/session.js";
import { avatar, badge } from "./author.js";
import { displayName, hashFor } from "./inline_markdown.js";
import { plainLine } from "./markdown.js";

/** Returns the line over a message: the command that it answers, or the message that it replies to. */
export function above(message) {
  const used = message.interaction_metadata;
  const name = message.interaction?.name;
  if (used && name) return command(message, used.user, name);
  if (message.message_reference?.message_id && message.referenced_message !== undefined) return reply(message);
  return null;
}

function command(message, person, name) {
  const slash = message.type === 20;
  return h(
    "div",
    { class: "above" },
    avatar(person, "small"),
    h("b", {}, displayName(person)),
    " used ",
    h("span", { class: "command" }, slash ? `/${name}` : name),
  );
}

function reply(message) {
  const target = message.referenced_message;
  if (target === null) return h("div", { class: "above" }, h("i", {}, "Original message was deleted"));
  const pinged = message.mentions.some((user) => user.id === target.author.id);
  const words = plainLine(target.content) || describe(target);
  return h(
    "a",
    {
      class: "above",
      href: hashFor(target.channel_id, target.id),
      dataset: { channel: target.channel_id, message: target.id },
    },
    h("span", { class: "hidden" }, "Reply to "),
    avatar(target.author, "small"),
    h("b", {}, `${pinged ? "@" : ""}${displayName(target.author)}`),
    badge(target.author),
    h("span", { class: "quoted" }, words),
  );
}

function describe(message) {
  if (message.attachments.length) return "Click to see attachment";
  if (message.embeds.length || message.components.length) return "Click to see message";
  return session.messages.get(message.id)?.sandbox.loading ? "is thinking…" : "";
}
