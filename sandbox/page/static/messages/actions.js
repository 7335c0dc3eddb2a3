import { Refused, personPath, request } from "../basis/api.js";
import { announce, notify } from "../basis/announce.js";
import { localized } from "../basis/localized.js";
import { openMenu } from "../basis/menu.js";
import { askForLine } from "../forms/line.js";
import { runOnMessage, unanswered } from "../world/interactions.js";
import { session } from "../world/session.js";
import { displayName } from "./inline_markdown.js";
import { pickReaction } from "./reactions.js";

const MESSAGE_COMMAND = 3;

/** Opens everything that can be done with a message. */
export async function openMessageMenu(message, where) {
  const items = [];
  const ephemeral = message.sandbox.ephemeral_for !== null;
  if (ephemeral) {
    items.push({ label: "Dismiss message", run: () => dismiss(message) });
  } else {
    items.push({ label: "Add a reaction", run: () => pickReaction(message, where) });
    if (session.may("SEND_MESSAGES")) items.push({ label: "Reply", run: () => reply(message) });
    if (!message.thread && session.may("CREATE_PUBLIC_THREADS") && session.channel.kind === "text")
      items.push({ label: "Start a thread", run: () => startThread(message) });
    items.push({ label: "Copy message link", run: () => copyLink(message) });
  }
  items.push(...(await apps(message)));
  const own = message.author.id === session.person.id;
  if (own && message.content) items.push(null, { label: "Edit message", run: () => edit(message) });
  if (!ephemeral && (own || session.may("MANAGE_MESSAGES")))
    items.push(own ? "" : null, { label: "Delete message", kind: "danger", run: () => remove(message) });
  openMenu(
    where,
    "Message",
    items.filter((item) => item !== ""),
  );
}

async function apps(message) {
  let commands = [];
  try {
    commands = (await session.commands()).filter((command) => command.type === MESSAGE_COMMAND);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  if (!commands.length) return [];
  return [
    null,
    { group: "Apps" },
    ...commands.map((command) => ({
      label: localized(command, "name", session.locale),
      kind: "app-item",
      run: () => runApp(message, command.name),
    })),
  ];
}

async function runApp(message, name) {
  await quietly(async () => {
    if (unanswered(await runOnMessage(message, name))) session.tell("unanswered", name);
  });
}

/** Answers a message: the writing place takes it up. */
export function reply(message) {
  session.tell("reply", message);
}

export async function dismiss(message) {
  if (await change("DELETE", message)) announce("Dismissed");
}

async function remove(message) {
  if (await change("DELETE", message)) announce("Message deleted");
}

async function edit(message) {
  const content = await askForLine({
    title: "Edit message",
    label: "Message",
    value: message.content,
    action: "Save",
    long: true,
  });
  if (content !== null && content !== message.content) await change("PATCH", message, { content });
}

async function change(method, message, body = undefined) {
  return quietly(() => request(method, personPath(session.person.username, "messages", message.id), body));
}

async function startThread(message) {
  const name = await askForLine({
    title: "Start a thread",
    label: "Thread name",
    value: "",
    placeholder: "What is it about?",
    action: "Create thread",
    max: 100,
  });
  if (!name) return;
  const made = await quietly(() =>
    request("POST", personPath(session.person.username, "messages", message.id, "thread"), { name }),
  );
  if (made) {
    await session.lookAtChannels();
    await session.enter(made.id);
  }
}

async function copyLink(message) {
  const url = `https://discord.com/channels/${session.server.id}/${message.channel_id}/${message.id}`;
  await navigator.clipboard.writeText(url);
  notify(`The link to ${displayName(message.author)}'s message is copied.`, "info");
}

/** Does something; a refusal is shown. Returns what came of it, or undefined where it was refused. */
async function quietly(action) {
  try {
    return (await action()) ?? true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notify(error.sentence);
    return undefined;
  }
}
