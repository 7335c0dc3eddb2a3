import { h, iconButton } from "../basis/dom.js";
import { displayName, hashFor } from "../messages/inline_markdown.js";
import { session } from "../world/session.js";

/** The line over the messages: where one is, and the ways to what narrow screens leave out. */
export class Header {
  constructor() {
    this.name = h("h2", { class: "channel-title", id: "channel-title" });
    this.offline = h("p", { class: "offline-note", role: "status", hidden: true });
    const drawer = (name, symbol, label) =>
      iconButton(symbol, label, (event) => toggle(name, event.currentTarget), {
        class: `icon-button to-${name}`,
        "aria-controls": name,
        "aria-expanded": "false",
      });
    this.element = h(
      "header",
      { class: "channel-header" },
      drawer("sidebar", "menu", "Channels and people"),
      this.name,
      drawer("panel", "panel", "Provider and bot"),
    );
    for (const event of ["channel", "channels"]) session.on(event, () => this.#show());
    session.on("bot", () => this.#tellBot());
    session.on("reached", (reached) => this.#tellReached(reached));
    this.reached = true;
  }

  #show() {
    const { channel } = session;
    if (!channel) return;
    const parent = channel.parent_id && session.channelById(channel.parent_id);
    const direct = channel.server_id === null;
    const shown = direct ? `@ ${displayName(session.bot)}` : parent ? channel.name : `# ${channel.name}`;
    this.name.replaceChildren(
      ...(parent
        ? [h("a", { href: hashFor(parent.id), dataset: { channel: parent.id } }, `# ${parent.name}`), " › "]
        : []),
      shown,
    );
    document.title = `${shown.replace(" ", "")} · ${session.server.name}`;
  }

  #tellReached(reached) {
    this.reached = reached;
    this.#tellBot();
  }

  #tellBot() {
    const online = session.bot?.online;
    this.offline.hidden = this.reached && online;
    this.offline.textContent = this.reached
      ? `${displayName(session.bot)} is offline. Commands and buttons are not answered until it is back.`
      : "The sandbox cannot be reached. Is it still running?";
  }
}

/** Opens or closes what a narrow screen keeps at its side, and on wide ones the panel. */
export function toggle(name, button) {
  const element = document.getElementById(name);
  const narrow = matchMedia("(max-width: 1100px)").matches;
  const kind = narrow || name === "sidebar" ? "open" : "folded";
  const on = element.classList.toggle(kind);
  button.setAttribute("aria-expanded", String(kind === "open" ? on : !on));
  if (kind !== "open" || !on) return;
  const close = (event) => {
    if (event.type === "keydown" && event.key !== "Escape") return;
    if (event.type === "pointerdown" && (element.contains(event.target) || button.contains(event.target))) return;
    closeDrawer(element, button);
    document.removeEventListener("keydown", close);
    document.removeEventListener("pointerdown", close, true);
    if (event.type === "keydown") button.focus();
  };
  document.addEventListener("keydown", close);
  document.addEventListener("pointerdown", close, true);
  element.querySelector("a, button, input")?.focus();
}

function closeDrawer(element, button) {
  element.classList.remove("open");
  button.setAttribute("aria-expanded", "false");
}
