import { personPath, request } from "../basis/api.js";
import { session } from "./session.js";

const WAIT_SECONDS = 25;
const RETRY_MS = 1500;
const OF_MESSAGES = new Set(["message_created", "message_updated", "reaction"]);
const OF_CHANNELS = new Set(["thread_created", "channel_updated", "channel_deleted", "server_updated"]);
const OF_BOT = new Set(["bot_connected", "bot_disconnected"]);

let waiting = null;

/** Keeps the session up to date with what its person can notice, for as long as the page is open. */
export async function follow() {
  session.on("person", () => waiting?.abort());
  for (;;) {
    try {
      await once();
      session.tell("reached", true);
    } catch (error) {
      if (error.name === "AbortError") continue;
      session.tell("reached", false);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function once() {
  waiting = new AbortController();
  const who = session.person;
  const path = `${personPath(who.username, "changes")}?after=${session.seq}&timeout=${WAIT_SECONDS}`;
  const { seq, changes } = await request("GET", path, undefined, { signal: waiting.signal });
  if (who !== session.person) return;
  session.seq = seq;
  await apply(changes);
}

async function apply(changes) {
  const kinds = new Set(changes.map((change) => change.kind));
  if ([...kinds].some((kind) => OF_CHANNELS.has(kind))) await lookAgain();
  if ([...kinds].some((kind) => OF_BOT.has(kind))) await session.lookAround();
  if (kinds.has("commands") || kinds.has("bot_connected")) session.forgetCommands();
  // A message that changed several times is read once: what is read is how it is now.
  const created = new Set(
    changes.filter((change) => change.kind === "message_created").map((change) => change.message_id),
  );
  const read = new Set(changes.filter((change) => OF_MESSAGES.has(change.kind)).map((change) => change.message_id));
  for (const change of changes) {
    if (change.kind === "message_deleted") {
      read.delete(change.message_id);
      session.deleted(change.message_id);
    } else if (change.kind === "typing") {
      session.tell("typing", change);
    } else if (change.kind === "interaction") {
      session.tell("interaction", change.interaction_id);
    }
  }
  for (const id of read) await session.read(id, created.has(id));
}

async function lookAgain() {
  const here = session.channel.id;
  await session.lookAtChannels();
  if (!session.channelById(here)) await session.enter("general");
}
