import { h } from "../basis/dom.js";
import { inline } from "./inline_markdown.js";

const FENCE = /```(?:([\w+-]*)\n)?([\s\S]*?)\n?```/g;
const HEADING = /^(#{1,3})\s+(\S.*)$/;
const SUBTEXT = /^-#\s+(\S.*)$/;
const QUOTE = /^>(?:\s(.*))?$/;
const BULLET = /^(\s*)(?:[-*]|(\d{1,9})\.)\s+(\S.*)$/;

/** Returns nodes for a text in Discord's Markdown. */
export function markdown(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(FENCE)) {
    nodes.push(...blocks(text.slice(at, found.index)));
    nodes.push(h("pre", {}, h("code", { dataset: { language: found[1] || "" } }, found[2])));
    at = found.index + found[0].length;
  }
  nodes.push(...blocks(text.slice(at)));
  return nodes;
}

/** Returns nodes for text without code blocks: a run of lines of one kind becomes one block. */
function blocks(text) {
  if (!text.trim()) return [];
  const lines = text.replace(/^\n|\n$/g, "").split("\n");
  const nodes = [];
  let plain = [];
  const flush = () => {
    if (plain.length) nodes.push(h("div", { class: "paragraph" }, inline(plain.join("\n"))));
    plain = [];
  };
  for (let at = 0; at < lines.length;) {
    const block = quoted(lines, at) || listed(lines, at) || single(lines[at]);
    if (block) {
      flush();
      nodes.push(block.node);
      at += block.lines;
    } else {
      plain.push(lines[at]);
      at += 1;
    }
  }
  flush();
  return nodes;
}

function single(line) {
  const heading = HEADING.exec(line);
  // The page has its own headings; a message's are below them.
  if (heading)
    return {
      node: h(`h${heading[1].length + 2}`, { class: `heading-${heading[1].length}` }, inline(heading[2])),
      lines: 1,
    };
  const subtext = SUBTEXT.exec(line);
  if (subtext) return { node: h("small", { class: "subtext" }, inline(subtext[1])), lines: 1 };
  return null;
}

function quoted(lines, at) {
  if (lines[at].startsWith(">>> ")) {
    const rest = [lines[at].slice(4), ...lines.slice(at + 1)];
    return { node: h("blockquote", {}, blocks(rest.join("\n"))), lines: lines.length - at };
  }
  const inside = [];
  while (at + inside.length < lines.length && QUOTE.test(lines[at + inside.length])) {
    inside.push(QUOTE.exec(lines[at + inside.length])[1] || "");
  }
  return inside.length ? { node: h("blockquote", {}, blocks(inside.join("\n"))), lines: inside.length } : null;
}

function listed(lines, at) {
  const items = [];
  while (at + items.length < lines.length && BULLET.test(lines[at + items.length]))
    items.push(BULLET.exec(lines[at + items.length]));
  if (!items.length) return null;
  return { node: nested(items, 0).list, lines: items.length };
}

/** Returns the list that begins with an item, and the index after it; deeper items hang from the one before. */
function nested(items, from) {
  const depth = items[from][1].length;
  const number = items[from][2];
  const list = h(number === undefined ? "ul" : "ol", number === undefined ? {} : { start: number });
  let at = from;
  while (at < items.length && items[at][1].length >= depth) {
    if (items[at][1].length > depth && list.lastElementChild) {
      const inner = nested(items, at);
      list.lastElementChild.append(inner.list);
      at = inner.next;
    } else {
      list.append(h("li", {}, inline(items[at][3])));
      at += 1;
    }
  }
  return { list, next: at };
}

/** Returns a text as one plain line: for the line over a reply, and for what is said aloud. */
export function plainLine(text) {
  const holder = h("div", {}, markdown(text));
  for (const hidden of holder.querySelectorAll(".spoiler")) hidden.replaceWith("▇▇▇");
  for (const gap of holder.querySelectorAll("br")) gap.replaceWith(" ");
  return [...holder.childNodes]
    .map((node) => node.textContent.trim())
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}
