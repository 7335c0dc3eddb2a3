"""What files Egret takes, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.catalog.limits import ImageLimits, LipsyncLimits
from bot.clock import SECOND

_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """The provider's limits, which the catalogue knows, and our own on what can be mended to meet them.

    Attributes:
        image: what an image must be when it is sent.
        audio: what a recording must be when it is sent.
        image_source_bytes: the largest image file that is fetched, to be scaled down.
        image_source_pixels: the largest image that is decoded: 100 megapixels hold what phones make by default.
        image_side: the longest side of an image that had to be converted, in pixels.
        result_bytes: the largest finished clip that is fetched.
    """

    image: ImageLimits = field(default_factory=ImageLimits)
    audio: LipsyncLimits = field(default_factory=LipsyncLimits)
    image_source_bytes: int = 50_000_000
    image_source_pixels: int = 100_000_000
    image_side: int = 4096
    result_bytes: int = 512 * _MIB

    @property
    def audio_min_ms(self) -> int:
        """Return the length that shorter recordings are filled up to, in milliseconds."""
        return self.audio.min_audio_seconds * SECOND

    @property
    def audio_max_ms(self) -> int:
        """Return the length that a recording must stay under, in milliseconds."""
        return self.audio.max_audio_seconds * SECOND
