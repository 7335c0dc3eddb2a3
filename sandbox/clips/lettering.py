"""Lines of text in any script, as a grey mask: wrapping, font fallback and right-to-left order.

Shaping inside a run (Arabic joining, Indic clusters, emoji sequences) is done by Raqm, which Pillow's wheels carry.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from sandbox.clips.fonts import Face, FontBook

_ELLIPSIS: Final = "…"
_LINE_SPACING: Final = 1.35


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that share a face and a direction, in reading order."""

    text: str
    face: Face
    right_to_left: bool

    @property
    def width(self) -> float:
        """Advance width in pixels."""
        return self.face.font.getlength(self.text, direction=self.direction)

    @property
    def direction(self) -> str:
        """Raqm's name for the direction."""
        return "rtl" if self.right_to_left else "ltr"


def lettering(text: str, *, width: int, height: int, largest: int, smallest: int = 14) -> Image.Image:
    """Draw `text` into a box as large as it fits.

    Args:
        text: Any script; line breaks are kept, control characters are dropped.
        width: Box width in pixels.
        height: Box height in pixels; the returned mask is cropped to the lines used.
        largest: Largest em size tried, in pixels.
        smallest: Smallest em size; text that does not fit at this size ends in an ellipsis.

    Returns:
        An "L" image of the box's width: 255 where there is ink.
    """
    clean = "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")
    size = largest
    while True:
        book = FontBook(size, clean)
        lines = wrap(clean, book, width)
        room = max(1, int(height / (size * _LINE_SPACING)))
        if len(lines) <= room or size <= smallest:
            break
        size = max(smallest, int(size * 0.85))
    if len(lines) > room:
        lines = [*lines[: room - 1], _shortened(lines[room - 1], book, width)]
    return _draw(lines, book, width, right_to_left=starts_right_to_left(clean))


def wrap(text: str, book: FontBook, width: int) -> list[str]:
    """Break `text` into lines no wider than `width` pixels, between words, or inside one that is too long."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            candidate = f"{line} {word}" if line else word
            if _width(candidate, book) <= width:
                line = candidate
                continue
            *full, line = _filled(line, word, book, width)
            lines.extend(full)
        lines.append(line)
    return lines


def runs_of(line: str, book: FontBook, *, right_to_left: bool = False) -> list[Run]:
    """Split `line` into runs and put them into the order in which they stand from left to right.

    Args:
        line: One line of text.
        book: The fonts.
        right_to_left: The paragraph's direction.
    """
    directions = _directions(line, base=right_to_left)
    spans: list[list[Run]] = []
    start = 0
    for end in range(1, len(line) + 1):
        if end == len(line) or directions[end] != directions[start]:
            span = _by_face(line[start:end], book, right_to_left=directions[start])
            spans.append(span[::-1] if directions[start] else span)
            start = end
    ordered = reversed(spans) if right_to_left else spans
    return [run for span in ordered for run in span]


def _filled(line: str, word: str, book: FontBook, width: int) -> list[str]:
    """Lines after `word` was put behind `line`, breaking inside the word only if no line can hold it."""
    if _width(word, book) <= width:
        return [line, word]
    done: list[str] = []
    current = f"{line} " if line else ""
    for cluster in _clusters(word):
        if current.strip() and _width(current + cluster, book) > width:
            done.append(current.rstrip())
            current = ""
        current += cluster
    return [*done, current]


def _clusters(word: str) -> list[str]:
    clusters: list[str] = []
    for character in word:
        joins = unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}
        if clusters and (joins or clusters[-1].endswith("\u200d")):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _shortened(line: str, book: FontBook, width: int) -> str:
    clusters = _clusters(line)
    while clusters and _width("".join(clusters) + _ELLIPSIS, book) > width:
        clusters.pop()
    return "".join(clusters) + _ELLIPSIS


def _width(line: str, book: FontBook) -> float:
    return sum(run.width for run in runs_of(line, book))


def _draw(lines: list[str], book: FontBook, width: int, *, right_to_left: bool) -> Image.Image:
    pitch = int(book.size * _LINE_SPACING)
    mask = Image.new("L", (width, max(1, pitch * len(lines))), 0)
    draw = ImageDraw.Draw(mask)
    for number, line in enumerate(lines):
        runs = runs_of(line, book, right_to_left=right_to_left)
        x = width - sum(run.width for run in runs) if right_to_left else 0.0
        baseline = number * pitch + int(book.size * 1.05)
        for run in runs:
            draw.text((x, baseline), run.text, fill=255, font=run.face.font, anchor="ls", direction=run.direction)
            x += run.width
    return mask


def _by_face(text: str, book: FontBook, *, right_to_left: bool) -> list[Run]:
    runs: list[Run] = []
    previous: Face | None = None
    for character in text:
        face = book.face_for(character, previous)
        if runs and face is previous:
            runs[-1] = Run(runs[-1].text + character, face, right_to_left)
        else:
            runs.append(Run(character, face, right_to_left))
        previous = face
    return runs


def starts_right_to_left(text: str) -> bool:
    """The paragraph's direction: that of its first letter."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"R", "AL"}:
            return True
        if direction == "L":
            return False
    return False


def _directions(line: str, *, base: bool) -> list[bool]:
    """Per character, whether it stands in a right-to-left span; neutrals go with equal neighbours, else the base."""
    strong: list[bool | None] = []
    for character in line:
        direction = unicodedata.bidirectional(character)
        strong.append(True if direction in {"R", "AL"} else False if direction == "L" else None)
    after: list[bool] = [base] * len(line)
    following = base
    for position in range(len(line) - 1, -1, -1):
        known = strong[position]
        following = following if known is None else known
        after[position] = following
    result: list[bool] = []
    before = base
    for position, known in enumerate(strong):
        if known is not None:
            before = known
            result.append(known)
        else:
            result.append(before if before == after[position] else base)
    return result
