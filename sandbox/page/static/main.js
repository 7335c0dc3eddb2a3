import { notify } from "./basis/announce.js";
import { h } from "./basis/dom.js";
import { Header } from "./around/header.js";
import { Sidebar } from "./around/sidebar.js";
import { Typing } from "./around/typing.js";
import { Composer } from "./composing/composer.js";
import { hashFor } from "./messages/inline_markdown.js";
import { MessageList } from "./messages/list.js";
import { runTimes } from "./messages/times.js";
import { follow } from "./world/feed.js";
import { session } from "./world/session.js";

const list = new MessageList();
const header = new Header();
const composer = new Composer();

function build() {
  document
    .getElementById("app")
    .prepend(
      new Sidebar().element,
      h(
        "main",
        { class: "channel", "aria-labelledby": "channel-title" },
        header.element,
        header.offline,
        list.element,
        new Typing().element,
        composer.element,
      ),
    );
}

/** Reads the address: a person, a channel, and perhaps a message. */
function address() {
  return location.hash.slice(1).split("/").map(decodeURIComponent);
}

async function go() {
  const [who, where, message] = address();
  if (who && who !== session.person.username && session.people.some((one) => one.username === who))
    await session.become(who, where);
  else if (where && where !== session.channel.id) await session.enter(where);
  if (message) list.goTo(message);
}

function followLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-channel]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const { channel, message } = link.dataset;
    if (!session.channelById(channel)) notify("You cannot see that channel.");
    else if (location.hash === hashFor(channel, message)) go();
    else location.hash = hashFor(channel, message);
    if (link.closest("#sidebar")) document.getElementById("sidebar").classList.remove("open");
  });
  addEventListener("hashchange", go);
  // Where one is stays in the address, so that a reload, a bookmark or a second window shows the same.
  session.on("channel", () => {
    const [, where] = address();
    if (address()[0] !== session.person.username || where !== session.channel.id)
      history.replaceState(null, "", hashFor(session.channel.id));
  });
}

function skipToWriting() {
  document.querySelector(".skip").addEventListener("click", (event) => {
    // The address belongs to the place where one is.
    event.preventDefault();
    document.getElementById("words").focus();
  });
}

function takeDrops() {
  const area = document.querySelector("main");
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("dropping");
  });
  area.addEventListener("dragleave", (event) => {
    if (!area.contains(event.relatedTarget)) area.classList.remove("dropping");
  });
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("dropping");
    if (event.dataTransfer.files.length) composer.take([...event.dataTransfer.files]);
  });
  // A file that misses must not replace the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
}

async function mount() {
  const element = document.getElementById("panel");
  const { mountPanel } = await import("./panel.js");
  mountPanel(element);
}

build();
followLinks();
takeDrops();
skipToWriting();
runTimes();
mount();
const [who, where, message] = address();
await session.begin(who, where);
if (message) list.goTo(message);
document.body.classList.add("ready");
follow();
