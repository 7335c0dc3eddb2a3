"""Limits that hold for a kind of clip or input, whatever the model."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog.model import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimits:
    """Characters per text option (provider notes §2.1)."""

    prompt_characters: int = 2_500
    avoid_characters: int = 2_500


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLimits:
    """What an image must be (provider notes §2.1, ratio [U]).

    Attributes:
        max_bytes: 10 MB, read as decimal megabytes, the stricter reading.
        longer_than_px: each side must be longer than this many pixels.
        max_aspect: the longer side over the shorter, at most.
    """

    max_bytes: int = 10_000_000
    longer_than_px: int = 300
    max_aspect: float = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionLimits:
    """What an extension needs and makes (provider notes §3, mostly [U]).

    Attributes:
        adds_seconds: the least and the most a clip grows.
        max_total_seconds: an extended clip may not be longer.
        max_source_age_days: upstream forgets clips after this many days.
        price: unknown unless the owner says.
    """

    adds_seconds: tuple[int, int] = (4, 5)
    max_total_seconds: int = 180
    max_source_age_days: int = 30
    price: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LipsyncLimits:
    """What a lip-sync needs (provider notes §4.1).

    Attributes:
        text_characters: upstream's limit [U]; the provider states none, so the owner may raise it.
        min_speed: the slowest speech.
        max_speed: the fastest speech.
        audio_formats: what the provider takes [D], as lower-case file extensions.
        max_audio_bytes: 20 MB, read as decimal megabytes; the file must be smaller.
        max_audio_seconds: the recording must be shorter.
        min_audio_seconds: what is shorter is padded with silence.
        source_seconds: the shortest and the longest clip that can be made to speak [U].
        max_source_age_days: upstream forgets clips after this many days [U].
        price: unknown unless the owner says.
    """

    text_characters: int = 120
    min_speed: float = 0.8
    max_speed: float = 2.0
    audio_formats: tuple[str, ...] = ("mp3", "wav", "flac", "ogg")
    max_audio_bytes: int = 20_000_000
    max_audio_seconds: int = 60
    min_audio_seconds: int = 2
    source_seconds: tuple[int, int] = (2, 10)
    max_source_age_days: int = 30
    price: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every limit of the catalogue that is not a model's."""

    text: TextLimits = TextLimits()
    image: ImageLimits = ImageLimits()
    extension: ExtensionLimits = ExtensionLimits()
    lipsync: LipsyncLimits = LipsyncLimits()
