"""What a file's header tells; apart from what reads headers, which only the worker needs in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.media.signatures import FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedImage:
    """An image's header.

    Attributes:
        size: bytes.
        width: pixels as stored, before any rotation; None where only the worker can tell. Height likewise.
        upright: no rotation is asked for.
        located: the place where it was taken is written in it.
        may_be_transparent: it has an alpha channel or a transparent colour.
        common_colours: RGB, grey or palette; not, for example, CMYK.
    """

    kind: FileKind
    size: int
    width: int | None
    height: int | None
    upright: bool
    located: bool
    may_be_transparent: bool
    common_colours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedAudio:
    """A recording's header; `size` in bytes."""

    kind: FileKind
    size: int
    duration_ms: int
