"""The voices a clip can speak with.

The provider takes Kling's display names in `tts_timbre` (provider notes §4.2). Only names that the notes give in full
are here; the owner's file can add others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice.

    Attributes:
        name: the display name, sent as it is.
        language: the language it speaks, in English.
    """

    name: str
    language: str


_ENGLISH = (
    "Melody", "Sunny", "Sage", "Ace", "Blossom", "Peppy", "Dove", "Shine", "Anchor", "Lyric", "Tender", "Siren",
    "Zippy", "Bud", "Sprite", "Candy", "Beacon", "Rock", "Titan", "Grace", "Helen", "Lore", "Crag", "Prattle",
    "Hearth", "The Reader", "Commercial Lady",
)  # fmt: skip
_CHINESE = (
    "阳光少年", "懂事小弟", "运动少年", "青春少女", "温柔小妹", "元气少女", "阳光男生", "幽默小哥",
    "文艺小哥", "甜美邻家", "温柔姐姐", "职场女青", "活泼男童", "俏皮女童", "稳重老爸", "温柔妈妈",
    "严肃上司", "优雅贵妇", "慈祥爷爷", "唠叨爷爷", "唠叨奶奶", "和蔼奶奶", "东北老铁", "重庆小伙",
    "刀片烟嗓", "乖巧正太",
)  # fmt: skip

BUILT_IN_VOICES: Final[tuple[Voice, ...]] = (
    *(Voice(name, "English") for name in _ENGLISH),
    *(Voice(name, "Chinese") for name in _CHINESE),
)


def search_voices(voices: tuple[Voice, ...], text: str) -> tuple[Voice, ...]:
    """Return the voices whose name or language contains `text`, those beginning with it first.

    An empty text finds all, in catalogue order.
    """
    wanted = text.strip().casefold()
    found = [voice for voice in voices if wanted in voice.name.casefold() or wanted in voice.language.casefold()]
    return tuple(sorted(found, key=lambda voice: not voice.name.casefold().startswith(wanted)))


def speaks_chinese(text: str) -> bool:
    """Tell whether `text` contains a Chinese character."""
    return any("\u3400" <= character <= "\u9fff" for character in text)


_CHARACTERS_PER_SECOND = 14.0
"""English read aloud at about 150 words a minute."""
_IDEOGRAPHS_PER_SECOND = 4.5
"""Chinese read aloud at about 270 characters a minute."""


def speech_seconds(text: str, speed: float = 1.0) -> float:
    """Estimate how long `text` takes to speak at `speed`, in seconds; good enough for a warning, not for a cut."""
    words = " ".join(text.split())
    ideographs = sum("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3" for character in words)
    return (ideographs / _IDEOGRAPHS_PER_SECOND + (len(words) - ideographs) / _CHARACTERS_PER_SECOND) / speed
