"""The flags of a reply: which there are, who takes them, and what their values look like.

Flag names are the same in every language, as the names of a command's options are in this grammar.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.catalog import Mode
from bot.replies.characters import folded
from bot.replies.said import Flag, Verb

Value: TypeAlias = str | int | float | bool | Mode

_CHANGES = frozenset({Flag.LENGTH, Flag.QUALITY, Flag.AVOID, Flag.SPOILER})
TAKEN: Final[Mapping[Verb, frozenset[Flag]]] = {
    Verb.EXTEND: frozenset({Flag.SPOILER}),
    Verb.CONTINUE: frozenset({Flag.SPOILER}),
    Verb.LIPSYNC: frozenset({Flag.VOICE, Flag.SPEED, Flag.SPOILER}),
    Verb.REROLL: _CHANGES,
    Verb.EDIT: _CHANGES,
}
"""The flags each verb takes; a verb that is not here takes none."""

QUALITIES: Final[Mapping[str, Mode]] = {
    folded(word): mode
    for mode, words in {
        Mode.STD: ("std", "standard", "estándar", "padrão", "標準", "スタンダード", "标准"),
        Mode.PRO: ("pro", "profi", "professional", "profesional", "profissional", "プロ", "专业"),
    }.items()
    for word in words
}
"""How the two tiers are written."""

_YES_NO = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SECONDS = re.compile(r"(\d{1,6}) ?(?:s|secs?|seconds?|sek|sekunden|secondes?|segundos?|秒|秒钟)?")
_SPEED = re.compile(r"x?(\d{1,4}(?:[.,]\d{1,4})?|[.,]\d{1,4}) ?[x\u00d7]?")


@dataclass(frozen=True, slots=True)
class Given:
    """A flag as it was written.

    Attributes:
        flag: which, or None where there is no such flag.
        name: its name as typed.
        value: what was given, as typed, without its quotes; None where nothing was.
    """

    flag: Flag | None
    name: str
    value: str | None


def flag_called(name: str) -> Flag | None:
    """Return the flag of this name, in any case and width, or None."""
    wanted = folded(name)
    return Flag(wanted) if wanted in {flag.value for flag in Flag} else None


def flag_near(name: str) -> Flag | None:
    """Return the flag that `name` is one slip of the finger away from, or None.

    The first two letters must be right: "—void" and "—seed" are prose, not "avoid" and "speed".
    """
    typed = folded(name)
    return next((flag for flag in Flag if typed[:2] == flag[:2] and _one_slip_apart(typed, flag.value)), None)


def value_of(flag: Flag, written: str) -> Value | None:
    """Return what was written after `flag` as a value, or None where it has not the form of one.

    Limits are not looked at: they are the catalogue's.
    """
    plain = unicodedata.normalize("NFKC", written).casefold()
    match flag:
        case Flag.VOICE | Flag.AVOID:
            return written
        case Flag.SPOILER:
            return _YES_NO.get(plain)
        case Flag.QUALITY:
            return QUALITIES.get(folded(written))
        case Flag.LENGTH:
            length = _SECONDS.fullmatch(plain)
            return int(length[1]) if length else None
        case Flag.SPEED:
            speed = _SPEED.fullmatch(plain)
            return float(speed[1].replace(",", ".")) if speed else None


def _one_slip_apart(typed: str, name: str) -> bool:
    start = 0
    while start < min(len(typed), len(name)) and typed[start] == name[start]:
        start += 1
    end = 0
    while end < min(len(typed), len(name)) - start and typed[-1 - end] == name[-1 - end]:
        end += 1
    here, there = typed[start : len(typed) - end], name[start : len(name) - end]
    return max(len(here), len(there)) <= 1 or (len(here) == 2 and here == there[::-1])
