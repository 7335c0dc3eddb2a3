"""Why a file cannot be taken, beyond what the catalogue's own rules refuse."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Refusal


@dataclass(frozen=True, kw_only=True)
class ImageFormatNotTaken(Refusal):
    """The image is in a format that is neither taken nor convertible.

    Attributes:
        found: the format, as a lower-case file extension or media type; "" where neither was given.
        taken: the formats that are, as lower-case file extensions.
    """

    found: str
    taken: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ImageTooManyPixels(Refusal):
    """The image is too large to be decoded, even to be scaled down.

    Attributes:
        width: pixels.
        height: pixels.
        limit_pixels: the most pixels, width times height.
    """

    width: int
    height: int
    limit_pixels: int


@dataclass(frozen=True, kw_only=True)
class FileUnreadable(Refusal):
    """The file is damaged, empty, or not what its name says.

    Attributes:
        expected: "image" or "audio".
    """

    expected: str
