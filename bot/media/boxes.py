"""The top-level boxes of an MP4 (ISO/IEC 14496-12 §4.2), read without decoding anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_HEADER: Final = 8
_LARGE_HEADER: Final = 16
_MAX_BOXES: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLayout:
    """How an MP4 is laid out.

    Attributes:
        starts_with_ftyp: the file begins as an MP4 must.
        has_movie: there is a `moov` box, without which nothing plays.
        movie_first: `moov` comes before the media data, so that a player can start before it has the whole file.
        complete: the boxes end exactly where the file does; False where it was cut off.
    """

    starts_with_ftyp: bool
    has_movie: bool
    movie_first: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A box of an MP4.

    Attributes:
        name: four letters.
        start: where its header begins, in bytes from the beginning of the file.
        end: where the next one begins.
        open_ended: it says that it reaches to the end of the file, instead of how large it is.
    """

    name: bytes
    start: int
    end: int
    open_ended: bool


def walk_boxes(path: Path) -> list[Box]:
    """Return the file's top-level boxes, as far as they are well formed."""
    length = path.stat().st_size
    boxes: list[Box] = []
    with path.open("rb") as file:
        at = 0
        while at < length and len(boxes) < _MAX_BOXES:
            file.seek(at)
            header = file.read(_LARGE_HEADER)
            size = _box_size(header, remaining=length - at)
            if size is None:
                break
            boxes.append(Box(header[4:8], at, at + size, open_ended=header[:4] == bytes(4)))
            at += size
    return boxes


def read_layout(path: Path) -> BoxLayout:
    """Walk the file's top-level boxes."""
    length = path.stat().st_size
    boxes = walk_boxes(path)
    names = [box.name for box in boxes]
    movie = names.index(b"moov") if b"moov" in names else None
    media = names.index(b"mdat") if b"mdat" in names else None
    return BoxLayout(
        starts_with_ftyp=names[:1] == [b"ftyp"],
        has_movie=movie is not None,
        movie_first=movie is not None and (media is None or movie < media),
        complete=bool(boxes) and boxes[-1].end == length,
    )


def _box_size(header: bytes, *, remaining: int) -> int | None:
    """Return the box's size in bytes, or None where it is malformed or reaches past the end of the file."""
    if len(header) < _HEADER:
        return None
    size, smallest = int.from_bytes(header[:4]), _HEADER
    if size == 0:
        return remaining
    if size == 1:
        if len(header) < _LARGE_HEADER:
            return None
        size, smallest = int.from_bytes(header[8:16]), _LARGE_HEADER
    return size if smallest <= size <= remaining else None
