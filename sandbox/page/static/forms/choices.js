import { displayName } from "../messages/inline_markdown.js";
import { session } from "../world/session.js";

const USERS = 5;
const ROLES = 6;
const MENTIONABLES = 7;
const CHANNELS = 8;
const KINDS = {
  text: 0,
  direct: 1,
  voice: 2,
  announcement: 5,
  announcement_thread: 10,
  public_thread: 11,
  private_thread: 12,
  stage: 13,
  forum: 15,
  media: 16,
};

/** Returns a select's, radio group's or checkbox group's own options, for a list. */
export function stringOptions(component) {
  return component.options.map((option) => ({
    label: option.label,
    value: option.value,
    description: option.description || "",
    emoji: option.emoji?.name || "",
    chosen: option.default === true,
  }));
}

/** Returns the people, roles or channels that a select offers. */
export function entityOptions(component) {
  const chosen = new Set((component.default_values || []).map((one) => one.id));
  const offered = {
    [USERS]: () => people(),
    [ROLES]: () => roles(),
    [MENTIONABLES]: () => [...people(), ...roles()],
    [CHANNELS]: () => channels(component.channel_types),
  }[component.type]();
  return offered.map((option) => ({ ...option, chosen: chosen.has(option.value) }));
}

export function people() {
  return [...session.people, session.bot].map((user) => ({
    label: displayName(user),
    value: user.id,
    description: user.username,
  }));
}

export function roles() {
  return session.server.roles.map((role) => ({ label: `@${role.name}`, value: role.id }));
}

/** Returns the server's channels of some kinds (Discord's numbers), or all of them. */
export function channels(kinds = null) {
  return session.channels
    .filter((channel) => channel.server_id !== null && (!kinds?.length || kinds.includes(KINDS[channel.kind])))
    .map((channel) => ({ label: `#${channel.name}`, value: channel.id }));
}
