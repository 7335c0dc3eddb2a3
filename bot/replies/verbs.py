"""Finding the verb that a reply begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.replies.characters import BLANK, COLONS, PLAIN_OPENING, folded, says_nothing, trimmed
from bot.replies.said import Verb
from bot.replies.vocabulary import NOT_BEFORE, SET_OFF, TOGETHER, VERBS

_LONGEST: Final = max(map(len, VERBS))
_OPENING = re.escape(PLAIN_OPENING)
_SET_OFF = re.compile(rf"[{COLONS}]|[^\S\n]?[{COLONS}](?=[{BLANK}]|\Z)|(?=[{BLANK}]*[{_OPENING}])")
_APART = re.compile(rf"[{COLONS}]|[^\S\n]?[{COLONS}](?=[{BLANK}]|\Z)|(?=[{BLANK}{_OPENING}])")
_MARKS = re.compile(r"[、，,]")
_BEFORE = re.compile(rf"¡[{BLANK}]*")


@dataclass(frozen=True, slots=True)
class Command:
    """A verb and what was written after it.

    Attributes:
        verb: what it asks for.
        rest: the text after it, trimmed, its flags included.
    """

    verb: Verb
    rest: str


def command_in(text: str) -> Command | None:
    """Return the verb that `text` begins with, in whatever language, or None.

    The longest word wins. Between it and what follows there must be whitespace, a colon or a quote, unless its
    language writes without spaces.
    """
    opening = _BEFORE.match(text)
    begin = 0 if opening is None else opening.end()
    for end, word in reversed(_prefixes(text, begin)):
        verb = VERBS.get(word)
        rest = None if verb is None else _rest(word, text[end:])
        if verb is not None and rest is not None:
            return Command(verb, trimmed(rest))
    return None


def _prefixes(text: str, begin: int) -> list[tuple[int, str]]:
    """Return where each beginning of `text` ends, and the beginning folded, as far as a verb can reach."""
    found: list[tuple[int, str]] = []
    word = ""
    for position in range(begin, len(text)):
        letter = folded(text[position])
        if letter == " " and word.endswith(" "):
            letter = ""
        word += letter
        if len(word) > _LONGEST:
            break
        if letter:
            found.append((position + 1, word))
    return found


def _rest(word: str, after: str) -> str | None:
    """Return what follows the verb `word`, or None where that makes it no verb."""
    if says_nothing(after):
        return ""
    apart = (_SET_OFF if word in SET_OFF else _APART).match(after)
    if apart is not None:
        return after[apart.end() :]
    if word not in TOGETHER:
        return None
    mark = _MARKS.match(after)
    if mark is not None:
        return after[mark.end() :]
    unlike = NOT_BEFORE.get(word)
    return None if unlike is not None and unlike.match(after) else after
