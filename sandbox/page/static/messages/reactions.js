import { Refused, personPath, request } from "../basis/api.js";
import { notify } from "../basis/announce.js";
import { h, icon } from "../basis/dom.js";
import { place } from "../basis/placing.js";
import { session } from "../world/session.js";

const EMOJI = [
  "👍",
  "👎",
  "❤️",
  "😂",
  "🎉",
  "😮",
  "😢",
  "🔥",
  "👀",
  "✅",
  "❌",
  "🙏",
  "🚀",
  "🌊",
  "🐦",
  "💯",
  "⭐",
  "🤔",
];

/** Returns the emoji under a message, each a switch for one's own. */
export function reactions(message) {
  if (!message.reactions?.length) return [];
  const listed = message.reactions.map((reaction) => {
    const name = reaction.emoji.name;
    return h(
      "button",
      {
        type: "button",
        class: "reaction",
        "aria-pressed": String(reaction.me),
        "aria-label": `${name}: ${reaction.count}${reaction.me ? ", one of them yours" : ""}`,
        on: { click: () => react(message, name, reaction.me) },
      },
      name,
      h("span", { class: "count" }, String(reaction.count)),
    );
  });
  const more = h(
    "button",
    { type: "button", class: "reaction add", "aria-label": "Add another reaction" },
    icon("react"),
  );
  more.addEventListener("click", () => pickReaction(message, more));
  return [...listed, more];
}

/** Puts an emoji under a message, or takes it away. */
export async function react(message, emoji, remove = false) {
  try {
    await request("POST", personPath(session.person.username, "messages", message.id, "reactions"), { emoji, remove });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notify(error.sentence);
  }
}

/** Lets the person choose an emoji for a message. */
export function pickReaction(message, where) {
  const before = document.activeElement;
  const close = () => {
    dialog.close();
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  };
  const choices = EMOJI.map((emoji) =>
    h(
      "button",
      {
        type: "button",
        class: "emoji",
        "aria-label": emoji,
        on: {
          click: () => {
            close();
            react(message, emoji);
          },
        },
      },
      emoji,
    ),
  );
  const dialog = h("dialog", { class: "emoji-picker", "aria-label": "React with" }, choices);
  document.body.append(dialog);
  dialog.addEventListener("keydown", (event) => move(event, choices));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) close();
  });
  dialog.showModal();
  place(dialog, where);
}

function move(event, choices) {
  const columns = 6;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (!step) return;
  event.preventDefault();
  choices[Math.max(0, Math.min(choices.length - 1, choices.indexOf(document.activeElement) + step))].focus();
}
