import { fill, h, icon } from "../basis/dom.js";
import { LOCALES } from "../basis/localized.js";
import { avatar } from "../messages/author.js";
import { displayName, hashFor } from "../messages/inline_markdown.js";
import { session } from "../world/session.js";

/** The server's channels and threads, the direct messages, and who one is. */
export class Sidebar {
  constructor() {
    this.title = h("h1", { class: "server-name" });
    this.channels = h("div", { class: "channel-groups" });
    this.you = h("div", { class: "you" });
    this.element = h(
      "nav",
      { class: "sidebar", id: "sidebar", "aria-label": "Channels and people" },
      this.title,
      this.channels,
      this.you,
    );
    for (const name of ["channels", "bot"]) session.on(name, () => this.#showChannels());
    session.on("person", () => this.#showYou());
  }

  #showChannels() {
    if (!session.person) return;
    this.title.textContent = session.server.name;
    const own = session.channels.filter((channel) => channel.server_id !== null);
    const top = own.filter((channel) => channel.parent_id === null);
    const direct = session.channels.filter((channel) => channel.server_id === null);
    const focused = this.channels.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
    fill(
      this.channels,
      group(
        "Text channels",
        top.map((channel) =>
          entry(
            channel,
            own.filter((one) => one.parent_id === channel.id && !one.archived),
          ),
        ),
      ),
      group(
        "Direct messages",
        direct.map((channel) => entry(channel, [])),
      ),
    );
    if (focused) this.channels.querySelector(`[data-channel="${focused}"]`)?.focus();
  }

  #showYou() {
    const people = session.people.map((person) => personButton(person));
    const locale = h(
      "select",
      { id: "locale", on: { change: (event) => session.speak(event.target.value) } },
      Object.entries(LOCALES).map(([code, name]) =>
        h("option", { value: code, selected: code === session.locale }, name),
      ),
    );
    fill(
      this.you,
      h("fieldset", { class: "people" }, h("legend", {}, "You are"), people),
      h("div", { class: "language" }, h("label", { for: "locale" }, "Discord in"), locale),
    );
  }
}

function group(label, entries) {
  return h("section", {}, h("h2", {}, label), h("ul", {}, entries));
}

function entry(channel, threads) {
  return h(
    "li",
    {},
    link(channel),
    threads.length > 0 &&
      h(
        "ul",
        { class: "threads" },
        threads.map((thread) => h("li", {}, link(thread))),
      ),
  );
}

function link(channel) {
  const pings = session.unread.get(channel.id);
  const direct = channel.server_id === null;
  const here = channel.id === session.channel?.id;
  const presence = session.bot.online ? "online" : "offline";
  return h(
    "a",
    {
      href: hashFor(channel.id),
      class: `channel-link ${pings === undefined ? "" : "unread"}`,
      "aria-current": here ? "page" : null,
      dataset: { channel: channel.id },
    },
    direct
      ? h(
          "span",
          { class: "with-presence" },
          avatar(session.bot, "small"),
          h("span", { class: `presence ${presence}` }),
        )
      : channel.parent_id
        ? icon("thread")
        : h("span", { class: "hash", "aria-hidden": "true" }, "#"),
    h("span", { class: "channel-name" }, direct ? displayName(session.bot) : channel.name),
    direct && h("span", { class: "hidden" }, `, ${presence}`),
    pings === 0 && h("span", { class: "hidden" }, "unread"),
    pings > 0 && h("span", { class: "pings" }, String(pings), h("span", { class: "hidden" }, " mentions")),
  );
}

function personButton(person) {
  const input = h("input", {
    type: "radio",
    name: "person",
    value: person.username,
    checked: person.id === session.person.id,
    on: { change: () => session.become(person.username) },
  });
  const role = session.isModerator(person) ? "Moderator" : "Member";
  return h(
    "label",
    { class: "person" },
    input,
    avatar(person, "middle"),
    h("span", {}, h("b", {}, displayName(person)), h("small", {}, role)),
  );
}
