"""Finding flags in the text after a verb.

Two hyphens before a word are meant. A long dash is prose more often than not, so it makes a flag only directly before
the name of one, or before a near miss of one. Nothing is a flag inside code or inside quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.replies.characters import (
    BLANK,
    CLOSING,
    COLONS,
    EAST_ASIAN,
    HYPHENS,
    LONG_DASHES,
    PLAIN_OPENING,
    STOPS,
    closing_quote,
    folded,
    trimmed,
)
from bot.replies.flags import Given, flag_called, flag_near
from bot.replies.said import Flag

_NAME = r"[^\W\d_]+(?:-[^\W\d_]+)*"
_CODE = r"```.*?```|``.+?``|`[^`\n]+`"
_OPENING = re.escape(PLAIN_OPENING)
_CLOSING = re.escape("".join({mark for marks in CLOSING.values() for mark in marks}))
_NAMES = "|".join(Flag)
_PLACE = re.compile(
    rf"(?P<code>{_CODE})"
    rf"|(?P<quote>[{_OPENING}])"
    rf"|(?P<meant>[{HYPHENS}]{{2}})(?P<meant_name>{_NAME})"
    rf"|(?P<maybe>[{HYPHENS}{LONG_DASHES}]?[{LONG_DASHES}][{HYPHENS}]?)(?P<maybe_name>{_NAME})"
    rf"|(?P<option>{_NAMES})(?=[{COLONS}][^{BLANK}])",
    re.DOTALL | re.IGNORECASE,
)
_ENDS_NAME = re.compile(rf"[{BLANK}]|[{COLONS}=]|[\d.,]|[{_OPENING}'‘’]|[{STOPS};)\]?…、，；]|\Z")
_BETWEEN = re.compile(rf"[{COLONS}=][{BLANK}]*|[{BLANK}]*")
_DIRECTLY = re.compile(rf"[{COLONS}=]")
_WORD = re.compile(rf"[^{BLANK}]+")
_UNIT = re.compile(rf"[^\S\n](?:s|secs?|seconds?|sekunden|secondes?|segundos?|秒|秒钟)[{STOPS}]*(?=[{BLANK}]|\Z)", re.I)
_BLANKS = re.compile(rf"[{BLANK}]*")
_END_MARKS = f"{STOPS},;、，；"
_STOPS_HERE = re.compile(rf"[{STOPS},;、，；]*(?=[{BLANK}]|\Z)")
_SPACED = re.compile(rf"[{BLANK}]")
_UNSPACED = re.compile(rf"[{EAST_ASIAN}{_CLOSING}]")


@dataclass(frozen=True, slots=True)
class _Found:
    """A flag's place: where its dashes begin, where its name ends, and what it is."""

    start: int
    end: int
    name: str
    flag: Flag | None


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text taken apart.

    Attributes:
        text: what is left without the flags, trimmed.
        flags: the flags, in order.
    """

    text: str
    flags: tuple[Given, ...]


def scan(text: str, voices: Sequence[str]) -> Scanned:
    """Take the flags out of `text`.

    Args:
        text: what follows a verb.
        voices: the names of the voices there are: where an unquoted value begins with one, what follows it is text.
    """
    kept: list[str] = []
    flags: list[Given] = []
    done = 0
    while (found := next(_flags(text, done), None)) is not None:
        value, end = _value(text, found, voices)
        kept.append(text[done : found.start])
        flags.append(Given(found.flag, found.name, value))
        done = _end(_BLANKS, text, end)
    return Scanned(trimmed("".join([*kept, text[done:]])), tuple(flags))


def _flags(text: str, start: int) -> Iterator[_Found]:
    position = start
    while (place := _PLACE.search(text, position)) is not None:
        position = place.end()
        if place["quote"] is not None:
            position = _after_quote(text, place.start(), start)
        elif place["code"] is None and (found := _flag(text, place, start)) is not None:
            yield found


def _flag(text: str, place: re.Match[str], start: int) -> _Found | None:
    name = place["meant_name"] or place["maybe_name"] or place["option"]
    before = text[place.start() - 1 : place.start()]
    alone = place.start() == start or _SPACED.match(before) is not None
    if not _ENDS_NAME.match(text, place.end()) or not (alone or _UNSPACED.match(before)):
        return None
    flag = flag_called(name)
    sure = alone and (place["meant"] is not None or (place["maybe"] is not None and flag_near(name) is not None))
    return _Found(place.start(), place.end(), name, flag) if flag is not None or sure else None


def _after_quote(text: str, opening: int, start: int) -> int:
    """Return where a quoted passage ends; a mark inside a word, such as in 10" of rain, opens none."""
    before, after = text[opening - 1 : opening], text[opening + 1 : opening + 2]
    opens = opening == start or not before.isalnum() or _UNSPACED.match(before) is not None
    if not opens or not after or _SPACED.match(after):
        return opening + 1
    closing = closing_quote(text, opening)
    return opening + 1 if closing is None else closing + 1


def _value(text: str, found: _Found, voices: Sequence[str]) -> tuple[str | None, int]:
    if found.flag is Flag.SPOILER and not _DIRECTLY.match(text, found.end):
        return None, _end(_STOPS_HERE, text, found.end)
    start = _end(_BETWEEN, text, found.end)
    if start == len(text) or _end(_STOPS_HERE, text, start) == len(text):
        return None, len(text)
    if text[start] in CLOSING and (closing := closing_quote(text, start)) is not None:
        return trimmed(text[start + 1 : closing]) or None, closing + 1
    following = next(_flags(text, start), None)
    limit = len(text) if following is None else following.start
    if limit == start:
        return None, start
    match found.flag:
        case Flag.AVOID | None:
            return _bare(text[start:limit]) or None, limit
        case Flag.VOICE:
            return _voice(text, start, limit, voices)
        case _:
            return _word(text, start, limit, found.flag)


def _word(text: str, start: int, limit: int, flag: Flag) -> tuple[str | None, int]:
    word = _WORD.match(text, start, limit)
    if word is None:
        return None, start
    end = word.end()
    if flag is Flag.LENGTH and text[start:end].isdecimal():
        end = _end(_UNIT, text, end)
    return text[start:end].rstrip(_END_MARKS) or None, end


def _voice(text: str, start: int, limit: int, voices: Sequence[str]) -> tuple[str | None, int]:
    line = text[start:limit].split("\n", 1)[0]
    for name in sorted(voices, key=len, reverse=True):
        rest = line[len(name) :]
        if folded(line[: len(name)]) == folded(name) and (
            not rest or _end(_STOPS_HERE, rest, 0) or _SPACED.match(rest)
        ):
            return line[: len(name)], _end(_STOPS_HERE, text, start + len(name))
    return _bare(line).rstrip(_END_MARKS) or None, start + len(line)


def _bare(value: str) -> str:
    """Return an unquoted value, trimmed, without an opening quote that was never closed."""
    inner = trimmed(value)
    return trimmed(inner[1:]) if inner[:1] and inner[0] in PLAIN_OPENING else inner


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return position if match is None else match.end()
