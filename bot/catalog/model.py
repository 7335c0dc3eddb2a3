"""The vocabulary of the catalogue: Kling models as data.

Money is integer micro-dollars everywhere (the provider's points divided by ten: provider notes §7), so that sums are
exact. Sources are given as in the provider notes: [D] documented by the provider, [C] seen in public code or payloads,
[U] documented upstream by Kling, [I] inferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MICRO: Final = 1_000_000
"""Micro-dollars in one dollar."""


class ClipKind(StrEnum):
    """How a clip is made, and so which provider task makes it."""

    VIDEO = "video"
    EXTEND = "extend"
    LIPSYNC = "lipsync"


class Mode(StrEnum):
    """The quality tier, in the provider's words (provider notes §2.1)."""

    STD = "std"
    PRO = "pro"


class Ratio(StrEnum):
    """The clip's shape; only meaningful without a start image (provider notes §2.1)."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


class Follow(StrEnum):
    """How closely the clip keeps to the prompt; the provider's cfg_scale, 0 to 1."""

    LOOSELY = "loosely"
    BALANCED = "balanced"
    STRICTLY = "strictly"

    @property
    def cfg_scale(self) -> float:
        """Return the value sent; 0.5 is the provider's strong recommendation (provider notes §2.1)."""
        return _CFG_SCALES[self]


_CFG_SCALES = {Follow.LOOSELY: 0.3, Follow.BALANCED: 0.5, Follow.STRICTLY: 0.8}


class OutputFamily(StrEnum):
    """Where a completed task carries its video (provider notes §6)."""

    CLASSIC = "classic"
    """`output.video_url` and `output.works`."""
    STRING = "string"
    """`output.video` is the URL itself."""


@dataclass(frozen=True, slots=True)
class Price:
    """What the provider charges for one clip.

    Attributes:
        microusd: the price in micro-dollars.
        as_of: when it was seen, as "YYYY-MM"; prices change without notice.
    """

    microusd: int
    as_of: str


@dataclass(frozen=True, slots=True)
class PricedLength:
    """The price of one length of one mode, with or without sound."""

    seconds: int
    sound: bool
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeRow:
    """What one quality tier of a model can do.

    Attributes:
        mode: the tier.
        lengths: clip lengths in seconds, ascending.
        resolution: such as "720p", or "" where no source tells.
        end_frame_lengths: the lengths at which an end frame is taken.
        prices: the known prices; a missing pair of length and sound is not known.
    """

    mode: Mode
    lengths: tuple[int, ...]
    resolution: str = ""
    end_frame_lengths: tuple[int, ...] = ()
    prices: tuple[PricedLength, ...] = ()

    def price(self, seconds: int, *, sound: bool) -> Price | None:
        """Return the price of one clip, or None where it is not known."""
        for priced in self.prices:
            if priced.seconds == seconds and priced.sound == sound:
                return priced.price
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One Kling version: what it can do, derived from which are commands, checks, prices and documentation.

    Attributes:
        key: its name in commands, settings and storage, such as "1.6".
        label: its name as shown to people.
        use: what it is good for in a few words, for the model list ("can be extended").
        provider_model: the request's `model` (provider notes §2).
        version: the request's `input.version`.
        modes: its quality tiers, Standard first.
        start_image: whether it makes a video from an image.
        camera: whether it takes a camera move, without an image only.
        negative_prompt: whether it takes a list of what not to show.
        cfg_scale: whether it takes `Follow`.
        sound: whether it makes sound along with the picture (`enable_audio`).
        extendable: whether its clips can be extended.
        lip_syncable: whether its clips can be made to speak.
        output: where its task carries the video.
    """

    key: str
    label: str
    use: str
    version: str
    modes: tuple[ModeRow, ...]
    provider_model: str = "kling"
    start_image: bool = True
    camera: bool = False
    negative_prompt: bool = False
    cfg_scale: bool = False
    sound: bool = False
    extendable: bool = False
    lip_syncable: bool = False
    output: OutputFamily = OutputFamily.CLASSIC

    def mode_row(self, mode: Mode) -> ModeRow | None:
        """Return the row of `mode`, or None where the model does not come in it."""
        for row in self.modes:
            if row.mode is mode:
                return row
        return None

    @property
    def lengths(self) -> tuple[int, ...]:
        """Return every length in seconds that some mode offers, ascending."""
        return tuple(sorted({seconds for row in self.modes for seconds in row.lengths}))
