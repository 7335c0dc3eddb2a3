import { localized } from "../basis/localized.js";

const SLASH = 1;
const SUBCOMMAND = 1;
const GROUP = 2;

/**
 * Returns everything that can be run: a command, or each of its subcommands.
 *
 * @returns {Array<{name: string, shown: string, description: string, options: Array}>} `name` as the API takes it,
 *   `shown` in the person's language
 */
export function runnable(commands, locale) {
  return commands
    .filter((command) => (command.type ?? SLASH) === SLASH)
    .flatMap((command) => leaves(command, "", "", locale))
    .sort((one, other) => one.shown.localeCompare(other.shown, locale));
}

function leaves(node, name, shown, locale) {
  const own = { name: `${name}${node.name}`, shown: `${shown}${localized(node, "name", locale)}` };
  const inner = (node.options || []).filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
  if (node.type !== undefined && inner.length)
    return inner.flatMap((one) => leaves(one, `${own.name} `, `${own.shown} `, locale));
  return [{ ...own, description: localized(node, "description", locale), options: node.options || [] }];
}

/** Returns commands that fit what was typed after the slash: those that begin so first. */
export function matching(commands, typed) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return commands;
  const begins = (command) => [command.shown, command.name].some((one) => one.toLowerCase().startsWith(wanted));
  const holds = (command) => `${command.shown} ${command.name} ${command.description}`.toLowerCase().includes(wanted);
  return [...commands.filter(begins), ...commands.filter((command) => !begins(command) && holds(command))];
}
