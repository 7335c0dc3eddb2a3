"""Display names that `tts_timbre` takes (provider notes §4.2)."""

from __future__ import annotations

from typing import Final

_ENGLISH: Final = frozenset(
    {
        "Melody", "Sunny", "Sage", "Ace", "Blossom", "Peppy", "Dove", "Shine", "Anchor", "Lyric", "Tender", "Siren",
        "Zippy", "Bud", "Sprite", "Candy", "Beacon", "Rock", "Titan", "Grace", "Helen", "Lore", "Crag", "Prattle",
        "Hearth", "The Reader", "Commercial Lady",
    }
)  # fmt: skip


def is_voice(name: str) -> bool:
    """Whether the upstream knows a voice of this name.

    The Chinese list is known only in part, so any name in Chinese characters is accepted.
    """
    return name in _ENGLISH or any("\u4e00" <= character <= "\u9fff" for character in name)
