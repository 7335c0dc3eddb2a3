"""Rules for commands that Discord enforces and its description of the API does not state.

Source: developers/interactions/application-commands.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.fidelity.problems import Finding

MAX_TEXT: Final = 8_000
"""Characters of a command's names, descriptions and values together."""
MAX_COMMANDS: Final = 100
CHAT_INPUT: Final = 1
_SUBCOMMANDS: Final = (1, 2)
_PUNCTUATION: Final = frozenset("-_'")
_JOINING_SCRIPTS: Final = ("DEVANAGARI", "THAI")
"""Scripts whose combining marks Discord lets into names."""

Command = Mapping[str, Any]


def command_findings(operation: str, body: object) -> Iterator[Finding]:
    """Yield what is wrong with the commands in a request, if it has any."""
    if operation in ("bulk_set_application_commands", "bulk_set_guild_application_commands"):
        commands = [command for command in body if isinstance(command, Mapping)] if isinstance(body, list) else []
        for index, command in enumerate(commands):
            yield from (finding.under(f"/{index}") for finding in _command(command))
        yield from _list(commands)
    elif operation in ("create_application_command", "create_guild_application_command"):
        if isinstance(body, Mapping):
            yield from _command(body)
    elif operation in ("update_application_command", "update_guild_application_command"):
        yield from _change(body)


def _list(commands: Sequence[Command]) -> Iterator[Finding]:
    by_kind = Counter(_kind(command) for command in commands)
    if by_kind[CHAT_INPUT] > MAX_COMMANDS:
        yield Finding("", f"{by_kind[CHAT_INPUT]} slash commands, more than {MAX_COMMANDS}")
    names = Counter((_kind(command), str(command.get("name"))) for command in commands)
    for (_, name), times in names.items():
        if times > 1:
            yield Finding("", f"{times} commands are named '{name}'")


def _kind(command: Command) -> int:
    kind = command.get("type")
    return kind if isinstance(kind, int) else CHAT_INPUT


def _command(command: Command) -> Iterator[Finding]:
    if _kind(command) == CHAT_INPUT:
        yield from _names(command)
        yield from _description(command)
        yield from _options(command)
    else:
        for key in ("description", "options"):
            if command.get(key):
                yield Finding(f"/{key}", "only slash commands have this")
    size = sum(map(len, _texts(command)))
    if size > MAX_TEXT:
        yield Finding("", f"{size} characters of names, descriptions and values, more than {MAX_TEXT}")


def _change(body: object) -> Iterator[Finding]:
    """Yield what is wrong with a change of a command, whose kind the request does not tell."""
    change = body if isinstance(body, Mapping) else {}
    if "description" in change and "name" in change:
        yield from _names(change)
    yield from _options(change)


def _names(thing: Command) -> Iterator[Finding]:
    localized = thing.get("name_localizations")
    named = [("/name", thing.get("name"))]
    named += [(f"/name_localizations/{k}", v) for k, v in localized.items()] if isinstance(localized, Mapping) else []
    for place, name in named:
        if isinstance(name, str) and not is_name(name):
            yield Finding(place, "not a command name: 1 to 32 lower-case letters, digits, - or _")


def is_name(name: str) -> bool:
    r"""Return whether a slash command or an option can have this name: ^[-_'\p{L}\p{N}…]{1,32}$, in lower case."""
    return 1 <= len(name) <= 32 and all(_may_be_in_name(character) for character in name) and name == name.lower()


def _may_be_in_name(character: str) -> bool:
    if character in _PUNCTUATION or unicodedata.category(character)[0] in "LN":
        return True
    return unicodedata.name(character, "").startswith(_JOINING_SCRIPTS)


def _description(thing: Command) -> Iterator[Finding]:
    description = thing.get("description")
    if not isinstance(description, str) or not description:
        yield Finding("/description", "is missing")


def _options(thing: Command) -> Iterator[Finding]:
    given = thing.get("options")
    options = [option for option in given if isinstance(option, Mapping)] if isinstance(given, list) else []
    optional_before = False
    for index, option in enumerate(options):
        if option.get("required") and optional_before:
            yield Finding(f"/options/{index}", "a required option after an optional one")
        optional_before = optional_before or not option.get("required")
        yield from (finding.under(f"/options/{index}") for finding in _option(option))
    names = Counter(str(option.get("name")) for option in options)
    for name, times in names.items():
        if times > 1:
            yield Finding("/options", f"{times} options are named '{name}'")
    if len({option.get("type") in _SUBCOMMANDS for option in options}) > 1:
        yield Finding("/options", "subcommands beside other options")


def _option(option: Command) -> Iterator[Finding]:
    yield from _names(option)
    yield from _description(option)
    given = option.get("choices")
    choices = [choice for choice in given if isinstance(choice, Mapping)] if isinstance(given, list) else []
    if choices and option.get("autocomplete"):
        yield Finding("/choices", "choices exclude autocomplete")
    for key in ("name", "value"):
        if len({str(choice.get(key)) for choice in choices}) < len(choices):
            yield Finding("/choices", f"two choices have the same {key}")
    for least, most in (("min_value", "max_value"), ("min_length", "max_length")):
        low, high = option.get(least), option.get(most)
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield Finding(f"/{least}", f"{least} is greater than {most}")
    yield from _options(option)


def _texts(thing: Command) -> Iterator[str]:
    """Yield a command's names, descriptions and choice values; of localized texts the longest counts."""
    for key in ("name", "description"):
        localized = thing.get(f"{key}_localizations")
        texts = [thing.get(key), *(localized.values() if isinstance(localized, Mapping) else ())]
        yield max((text for text in texts if isinstance(text, str)), key=len, default="")
    value = thing.get("value")
    if isinstance(value, str):
        yield value
    for key in ("options", "choices"):
        parts = thing.get(key)
        for part in parts if isinstance(parts, list) else []:
            if isinstance(part, Mapping):
                yield from _texts(part)
