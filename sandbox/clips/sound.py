"""Sound as mono 16-bit samples at 48 kHz: synthesis, reading from any file, fitting to a length."""

from __future__ import annotations

import hashlib
import math
import random
from array import array
from typing import TYPE_CHECKING, Final

import av

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RATE: Final = 48_000
"""Samples per second of every sound in this package."""
_CHUNK: Final = 4_800
_SECONDS_PER_CHARACTER: Final = 0.07
_SHORTEST_SPEECH: Final = 0.6


class Sound:
    """Mono 16-bit samples at `RATE`."""

    def __init__(self, samples: array[int]) -> None:
        self.samples = samples

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / RATE

    def fitted(self, seconds: float) -> Sound:
        """The same sound cut, or followed by silence, so that it lasts `seconds`."""
        wanted = round(seconds * RATE)
        kept = self.samples[:wanted]
        kept.extend(array("h", bytes(2 * (wanted - len(kept)))))
        return Sound(kept)

    def frames(self) -> Iterator[av.AudioFrame]:
        """The samples as frames for an encoder."""
        for start in range(0, len(self.samples), _CHUNK):
            part = self.samples[start : start + _CHUNK]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(part))
            frame.planes[0].update(part.tobytes())
            frame.sample_rate = RATE
            frame.pts = start
            yield frame


def read_sound(path: Path) -> Sound | None:
    """Decode the first audio stream of any file FFmpeg understands.

    Returns:
        The sound, or None where the file has no audio stream.

    Raises:
        av.error.FFmpegError: The file cannot be read.
    """
    samples: array[int] = array("h")
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return None
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                samples.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
        for piece in resampler.resample(None):
            samples.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
    return Sound(samples)


def ambience(seconds: float, seed: str) -> Sound:
    """A quiet chord in soft wind, different for each `seed`, lasting `seconds`."""
    choice = random.Random(seed)
    root = choice.choice((110.0, 130.8, 146.8, 164.8))
    second: array[int] = array("h")
    wind = 0.0
    for position in range(RATE):
        time = position / RATE
        wind += (choice.uniform(-1, 1) - wind) * 0.05
        swell = 0.6 + 0.4 * math.sin(math.tau * time)
        chord = math.sin(math.tau * root * time) + 0.6 * math.sin(math.tau * round(root * 1.5) * time)
        second.append(int(4200 * swell * chord * 0.6 + 9000 * wind))
    return Sound(second * math.ceil(seconds)).fitted(seconds)


def speech(text: str, voice: str, speed: float) -> Sound:
    """Babble in the rhythm of `text`: one humming syllable per few letters, a pause per word.

    Args:
        text: The words; about 14 characters a second at speed 1, never under 0.6 s.
        voice: Chooses the pitch.
        speed: 0.8 to 2; 2 is twice as fast.
    """
    pitch = 95 + hashlib.sha256(voice.encode()).digest()[0] * 0.6
    length = max(_SHORTEST_SPEECH, len(text) * _SECONDS_PER_CHARACTER) / speed
    syllables = _syllables(text)
    share = round(length * RATE / len(syllables))
    samples: array[int] = array("h")
    for number, voiced in enumerate(syllables):
        tone = pitch * (1 + 0.12 * math.sin(number * 1.7))
        samples.extend(_syllable(share, tone) if voiced else array("h", bytes(2 * share)))
    return Sound(samples)


def _syllables(text: str) -> list[bool]:
    """True for a voiced beat, False for a pause; three letters of a word make a beat."""
    beats: list[bool] = []
    for word in text.split():
        beats.extend([True] * math.ceil(len(word) / 3))
        beats.append(False)
    return beats[:-1] or [True]


def _syllable(samples: int, tone: float) -> array[int]:
    step = math.tau * tone / RATE
    return array(
        "h",
        [
            int(
                7000
                * math.sin(math.pi * position / samples)
                * (
                    math.sin(step * position)
                    + 0.5 * math.sin(2 * step * position)
                    + 0.3 * math.sin(5 * step * position)
                )
            )
            for position in range(samples)
        ],
    )
