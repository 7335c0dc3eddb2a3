import { Refused, personPath, request } from "../basis/api.js";
import { openForm } from "../forms/form.js";
import { session } from "./session.js";

const FIRST_RESPONSE_SECONDS = 10;
/** A little more than Discord's three seconds, which the local Discord keeps itself. */

/**
 * Sends what starts an interaction and follows it to its first response.
 *
 * A form that comes is opened, a message that comes is shown by the feed. Refusals are for the caller, who knows the
 * field at fault.
 *
 * @returns {Promise<{outcome: string, message: Object|null, choices: Array}>}
 * @throws {Refused}
 */
export async function interact(path, body) {
  const started = await request("POST", path, body);
  const outcome = await awaited(started.interaction_id);
  if (outcome.message) session.keep(outcome.message, true);
  if (outcome.modal) openForm(outcome.modal, started.interaction_id);
  return outcome;
}

/** Waits for an interaction's first response. */
export async function awaited(id) {
  const path = personPath(session.person.username, "interactions", id);
  return request("GET", `${path}?timeout=${FIRST_RESPONSE_SECONDS}`);
}

/** Returns whether nobody answered in time. */
export function unanswered(outcome) {
  return outcome.outcome === "failed" || outcome.outcome === "pending";
}

export function runCommand(command, options) {
  return interact(personPath(session.person.username, "channels", session.channel.id, "run"), { command, options });
}

export async function suggestionsFor(command, option, options) {
  const path = personPath(session.person.username, "channels", session.channel.id, "autocomplete");
  const outcome = await interact(path, { command, option, options });
  if (unanswered(outcome)) throw new Refused(0, { error: "Loading options failed" });
  return outcome.choices;
}

export function runOnMessage(message, command) {
  return interact(personPath(session.person.username, "messages", message.id, "command"), { command });
}

export function useComponent(message, customId, values = null) {
  const body = values === null ? { custom_id: customId } : { custom_id: customId, values };
  return interact(personPath(session.person.username, "messages", message.id, "component"), body);
}

export function submitForm(interactionId, values) {
  return interact(personPath(session.person.username, "interactions", interactionId, "modal"), { values });
}
