"""What phones and input methods make of spaces, dashes, quotes and letters.

Text that people wrote is never rewritten: these are ways to recognise, and every prompt is cut out of the message.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BLANK: Final = r"\s\u200b\u2060\ufeff\u180e"
"""Inside a character class: whitespace (the non-breaking and ideographic spaces included) and zero-width spaces."""
INVISIBLE: Final = (
    BLANK + r"\u00ad\u034f\u061c\u115f\u1160\u200c-\u200f\u202a-\u202e\u2061-\u206f\u2800\u3164\ufe00-\ufe0f"
)
"""Inside a character class: what shows nothing, but may belong to a script or an emoji and so stays in a prompt."""
HYPHENS: Final = r"\-\u2010\u2011\u2212\ufe63\uff0d"
"""Inside a character class: hyphens, of which two make a flag."""
LONG_DASHES: Final = r"\u2012-\u2015\u2e3a\u2e3b\ufe58"
"""Inside a character class: what phones make of two hyphens, of which one makes a flag."""
EAST_ASIAN: Final = r"\u2e80-\u312f\u31f0-\u9fff\uac00-\ud7a3\uff00-\uffef"
"""Inside a character class: characters that are written without spaces between words, their punctuation included."""
COLONS: Final = ":\uff1a"
STOPS: Final = ".!\u3002\uff01\uff0e\uff61"
"""What ends a sentence and changes nothing about a command; a question mark does."""

_DOUBLE: Final = '"“”„‟″＂'
_SINGLE: Final = "'‘’‚‛′＇"
CLOSING: Final[dict[str, str]] = {
    **dict.fromkeys(_DOUBLE, _DOUBLE),
    **dict.fromkeys(_SINGLE, _SINGLE),
    "«": "»", "»": "«", "‹": "›", "›": "‹", "「": "」", "『": "』", "｢": "｣", "《": "》",
}  # fmt: skip
"""The characters that close each quote; languages pair the curly ones in every way."""
PLAIN_OPENING: Final = "".join(mark for mark in CLOSING if mark not in _SINGLE)
"""Quotes that are not apostrophes as well."""

_MENTION = r"<@[!&]?\d+>"
_BEFORE = re.compile(rf"(?:[{BLANK}]|[{INVISIBLE}]*{_MENTION})*")
_UNSEEN = re.compile(rf"(?:[{INVISIBLE}]|{_MENTION})*")
_UNSAID = re.compile(rf"(?:[{INVISIBLE}]|{_MENTION})*+(?:[{STOPS}]++(?:[{INVISIBLE}]|{_MENTION})*+)?")
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u2060\ufeff\u180e"
_NO_LETTER = re.compile(rf"[\u0300-\u036f{INVISIBLE}]")
_SPACE = re.compile(r"\s")
_DASHES_BEFORE = re.compile(rf"^[{HYPHENS}{LONG_DASHES}]{{1,2}}(?=[{BLANK}])")
_HYPHEN = re.compile(rf"[{HYPHENS}{LONG_DASHES}]")


def trimmed(text: str) -> str:
    """Return `text` without the whitespace around it."""
    return text.strip(_BLANKS)


def without_mentions_before(text: str) -> str:
    """Return `text` without the mentions it begins with, trimmed."""
    match = _BEFORE.match(text)
    return trimmed(text[match.end() :] if match else text)


def without_dashes_before(text: str) -> str:
    """Return `text` without the dash that sets it off from the verb before it: "extend — the storm ends"."""
    return trimmed(_DASHES_BEFORE.sub("", text))


def shows_nothing(text: str) -> bool:
    """Tell whether nothing but mentions and invisible characters is in `text`."""
    return _UNSEEN.fullmatch(text) is not None


def says_nothing(text: str) -> bool:
    """Tell whether `text` adds nothing to a verb before it: nothing visible, or a full stop or exclamation mark."""
    return _UNSAID.fullmatch(text) is not None


def folded(text: str) -> str:
    """Return `text` for comparison: no case, no accents, no widths, no invisible characters, plain hyphens."""
    plain = unicodedata.normalize("NFKD", _HYPHEN.sub("-", _SPACE.sub(" ", text)))
    return _NO_LETTER.sub(lambda found: " " if found[0] == " " else "", plain.casefold())


def closing_quote(text: str, opening: int) -> int | None:
    """Return where the quote that opens at `opening` closes, or None where it does not."""
    closers = CLOSING[text[opening]]
    if text[opening] not in _SINGLE:
        return min((found for found in (text.find(mark, opening + 1) for mark in closers) if found >= 0), default=None)
    for position in range(opening + 1, len(text)):
        if text[position] in closers and not _inside_word(text, position):
            return position
    return None


def unquoted(text: str) -> str:
    """Return `text` without the one pair of quotes around the whole of it, or as it is; quotes inside stay."""
    if len(text) < 2 or text[-1] not in CLOSING.get(text[0], ""):
        return text
    for position in range(1, len(text) - 1):
        if text[position] in (text[0], text[-1]) and not (text[0] in _SINGLE and _inside_word(text, position)):
            return text
    return trimmed(text[1:-1])


def _inside_word(text: str, position: int) -> bool:
    return position + 1 < len(text) and text[position - 1].isalnum() and text[position + 1].isalnum()
