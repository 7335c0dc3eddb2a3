"""Reading a typed command against the commands that Discord lists: names, options, types.

An option's value runs to the next known option, as in a line pasted into Discord's own client, or stands in quotation
marks. What values are allowed is not judged here: Discord's client does that, in its own words.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sandbox.console.entries import NotUnderstood

SUBCOMMAND: Final = 1
SUBCOMMAND_GROUP: Final = 2
STRING: Final = 3
INTEGER: Final = 4
BOOLEAN: Final = 5
NUMBER: Final = 10
ATTACHMENT: Final = 11
"""Option types (developers/interactions/application-commands, "Application Command Option Type")."""

_TRUE: Final = frozenset({"true", "yes", "on", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "0"})
_MESSAGE_NUMBER: Final = re.compile(r"\[?(\d{1,4})\]?", re.ASCII)

Value: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionShape:
    """What is known of an option before anything is typed."""

    name: str
    kind: int
    required: bool = False
    autocompleted: bool = False
    options: tuple[OptionShape, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandShape:
    """A command as Discord lists it."""

    name: str
    options: tuple[OptionShape, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What an option suggests for what is typed so far."""

    option: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCommand:
    """A command ready to be run.

    Attributes:
        name: With its subcommand, such as "settings show".
        values: By option.
        files: Paths by attachment option.
        clips: Numbers of shown messages, by option that takes a clip; the same text stands in `values`.
        question: Set where suggestions are asked for instead.
    """

    name: str
    values: dict[str, Value] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    clips: dict[str, int] = field(default_factory=dict)
    question: Question | None = None


def read_command(text: str, commands: Sequence[CommandShape]) -> TypedCommand:
    """Read what was typed after the slash.

    Raises:
        NotUnderstood: no such command or option, or a value is not of the option's type.
    """
    name, options, rest = _find(text, commands)
    values: dict[str, Value] = {}
    files: dict[str, str] = {}
    clips: dict[str, int] = {}
    question: Question | None = None
    for option, raw in _pairs(rest, options):
        if option.autocompleted and raw.endswith("?"):
            question = Question(option.name, raw.removesuffix("?"))
        elif option.kind == ATTACHMENT:
            files[option.name] = raw
        else:
            values[option.name] = _value(option, raw)
            number = _MESSAGE_NUMBER.fullmatch(raw)
            if option.autocompleted and option.kind == STRING and number:
                clips[option.name] = int(number[1])
    return TypedCommand(name=name, values=values, files=files, clips=clips, question=question)


def read_fields(text: str, fields: Sequence[OptionShape]) -> dict[str, str]:
    """Read "field:value" pairs for a form.

    Raises:
        NotUnderstood: no such field, or one is given twice.
    """
    return {field.name: raw for field, raw in _pairs(text, fields)}


def _find(text: str, commands: Sequence[CommandShape]) -> tuple[str, tuple[OptionShape, ...], str]:
    first, _, rest = text.strip().partition(" ")
    named = {command.name: command for command in commands}
    if first not in named:
        raise NotUnderstood(_unknown("command", f"/{first}", [f"/{name}" for name in named]))
    name, options = first, named[first].options
    while any(option.kind in (SUBCOMMAND, SUBCOMMAND_GROUP) for option in options):
        word, _, rest = rest.strip().partition(" ")
        inner = {option.name: option for option in options}
        if word not in inner:
            raise NotUnderstood(f"/{name} goes on with one of: {', '.join(inner)}")
        name, options = f"{name} {word}", inner[word].options
    return name, options, rest.strip()


def _pairs(rest: str, options: Sequence[OptionShape]) -> list[tuple[OptionShape, str]]:
    """Split "prompt:a kite length:10" into options and what is typed behind them."""
    named = {option.name: option for option in options}
    starts = _starts(rest, list(named))
    lead = rest[: starts[0][0]].strip() if starts else rest
    pairs = [(_first_text(lead, options), _unquoted(lead))] if lead else []
    for index, (_, after, name) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(rest)
        pairs.append((named[name], _unquoted(rest[after:end].strip())))
    seen: set[str] = set()
    for option, _ in pairs:
        if option.name in seen:
            raise NotUnderstood(f"{option.name} is given twice")
        seen.add(option.name)
    return pairs


def _starts(rest: str, names: list[str]) -> list[tuple[int, int, str]]:
    """Find "name:" outside quotation marks: where it begins, where its value does, and the name."""
    if not names:
        return []
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    token = re.compile(rf'(?P<quoted>(?<![^\s:])"(?:\\.|[^"\\])*")|(?:(?<=\s)|^)(?P<name>{either}):')
    return [(match.start(), match.end(), match["name"]) for match in token.finditer(rest) if match["name"]]


def _first_text(lead: str, options: Sequence[OptionShape]) -> OptionShape:
    """Return the option that text without a name belongs to."""
    names = [option.name for option in options]
    label = re.match(r"([\w-]+):(\s|$)?", lead)
    if label and (label[2] is None or difflib.get_close_matches(label[1], names, n=1)):
        raise NotUnderstood(_unknown("option", label[1], names))
    texts = [option for option in options if option.kind == STRING]
    if not texts:
        raise NotUnderstood(f"{lead!r} belongs to no option")
    return texts[0]


def _unknown(what: str, given: str, known: list[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there is: {', '.join(known) or 'none'}"
    return f"there is no {what} {given!r}: {hint}"


def _unquoted(raw: str) -> str:
    if not raw.startswith('"'):
        return raw
    whole = re.fullmatch(r'"((?:\\.|[^"\\])*)"', raw, re.DOTALL)
    if whole is None:
        raise NotUnderstood(f"a quotation mark has no other half, or something stands behind it: {raw}")
    return re.sub(r"\\(.)", r"\1", whole[1])


def _value(option: OptionShape, raw: str) -> Value:
    if option.kind == BOOLEAN:
        if raw.lower() in _TRUE | _FALSE:
            return raw.lower() in _TRUE
        raise NotUnderstood(f"{option.name} is true or false, not {raw!r}")
    if option.kind == INTEGER:
        if re.fullmatch(r"[+-]?\d{1,16}", raw, re.ASCII):
            return int(raw)
        raise NotUnderstood(f"{option.name} is a whole number, not {raw!r}")
    if option.kind == NUMBER:
        if re.fullmatch(r"[+-]?\d{1,16}(\.\d{1,9})?", raw, re.ASCII):
            return float(raw)
        raise NotUnderstood(f"{option.name} is a number, not {raw!r}")
    return raw
