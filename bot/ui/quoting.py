"""People's words inside our own: on one line, harmless, and no longer than there is room for.

Lengths are UTF-16 code units, the largest of the ways in which Discord and its clients count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from bot.ui.language import pgettext

ELLIPSIS: Final = "…"
_JOINER: Final = "\u200d"
_HIDDEN: Final = re.compile(
    # A flag of a region, such as Scotland's, is spelt with letters that are not seen: only there they stay.
    r"(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)"
    r"|["
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the line around
    r"\u2028\u2029"  # what breaks it
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0"
    r"\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # what is not seen
    r"]"
)
"""Joiners and the selectors of variants stay: emoji and scripts need them."""
_ESCAPES: Final = {character: f"\\{character}" for character in "\\*_~`|<>[]/"} | {"@": "@\u200b"}
"""What Discord reads as formatting, a mention, a time, a link or an invitation wherever it stands in a line."""
_MARKS_PER_LETTER: Final = 4
_UNMARKED: Final = re.compile(
    r"[\0-\u02ff\u1e00-\u20cf\u2100-\u2bff\u4e00-\u9fff\uac00-\ud7a3\ufe0e\ufe0f\U0001f300-\U0001faff]*"
)
"""Texts without a character that combines with the letter before it: there is nothing to leave out."""


def units(text: str) -> int:
    """Return a text's length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def one_line(text: str) -> str:
    """Return a text on one line, without control characters and without what would reorder or hide it."""
    return " ".join(_visible(" ".join(text.split())).split())


def shorten(text: str, limit: int) -> str:
    """Return a text cut to `limit` units, with an ellipsis where something is missing; no letter or emoji is split."""
    if units(text) <= limit and _UNMARKED.fullmatch(text):
        # Most of what is drawn is so; to look for letters of several characters takes longer than drawing the rest.
        return text
    return "".join(_cut(list(_letters(text)), limit))


def escaped(text: str, limit: int) -> str:
    """Return a person's text for the middle of a message: as typed, but without effect, and at most `limit` units."""
    return "".join(_cut([_escape(letter) for letter in _letters(one_line(text))], limit))


def quoted(text: str, limit: int) -> str:
    """Return a person's text in quotation marks, escaped and cut, at most `limit` units in all."""
    return in_quotes(escaped(text, limit - units(in_quotes(""))))


def in_quotes(text: str) -> str:
    """Return a text in quotation marks, as the language being spoken has them."""
    return pgettext("quotation marks", "“{words}”").format(words=text)


def in_block(text: str, limit: int) -> str:
    """Return a person's text as a code block, which keeps its lines and formats nothing, at most `limit` units."""
    harmless = _visible(text, keeping="\n\t").replace("``", "`\u200b`").replace("``", "`\u200b`")
    return f"```\n{shorten(harmless, limit - 8)}\n```"


def _visible(text: str, keeping: str = "") -> str:
    """Return a text without control characters but for some, and without what would reorder it or hide in it."""
    seen = _HIDDEN.sub(lambda found: found[1] or "", text)
    return "".join(
        character for character in seen if character in keeping or unicodedata.category(character) not in {"Cc", "Cs"}
    )


def _cut(pieces: list[str], limit: int) -> list[str]:
    room = limit
    for index, piece in enumerate(pieces):
        room -= units(piece)
        if room < 0:
            kept = pieces[:index]
            while kept and sum(map(units, kept)) + 1 > limit:
                kept.pop()
            while kept and kept[-1].isspace():
                kept.pop()
            return [*kept, ELLIPSIS]
    return pieces


def _letters(text: str) -> Iterator[str]:
    """Yield what a person sees as one character: a letter with its marks, a joined emoji, a flag."""
    if text.isascii():
        yield from text
        return
    letter, marks = "", 0
    for character in text:
        if not letter:
            letter = character
        elif _continues(letter, character):
            mark = unicodedata.combining(character) != 0
            marks += mark
            if not mark or marks <= _MARKS_PER_LETTER:
                letter += character
        else:
            yield letter
            letter, marks = character, 0
    if letter:
        yield letter


def _continues(letter: str, character: str) -> bool:
    if character == _JOINER or letter[-1] == _JOINER:
        return True
    if unicodedata.category(character) in {"Mn", "Me", "Mc"}:
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f":
        return True
    return len(letter) == 1 and _is_flag_half(letter) and _is_flag_half(character)


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _escape(letter: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in letter)
