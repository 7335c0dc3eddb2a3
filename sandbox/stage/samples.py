"""Pictures and recordings to try things with, made on the spot, so that nobody has to look for files first."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import av
from PIL import Image, ImageDraw

from sandbox.clips.sound import RATE, Sound, speech

if TYPE_CHECKING:
    from pathlib import Path

_SIZE: Final = (720, 1280)
_SPOKEN: Final = "The tide is coming in and the kite is still up"
_HUMMED: Final = "Happy birthday from all of us"


@dataclass(frozen=True, slots=True)
class Samples:
    """Files in one directory.

    Attributes:
        morning: An upright picture (9:16), JPEG.
        evening: The same place later, JPEG.
        speech: A recording, WAV.
        voice_message: A recording as phones send it, Opus in OGG.
    """

    morning: Path
    evening: Path
    speech: Path
    voice_message: Path


def write_samples(directory: Path) -> Samples:
    """Write the samples into `directory`, which is made; blocks for some tens of milliseconds."""
    directory.mkdir(parents=True, exist_ok=True)
    samples = Samples(
        directory / "morning.jpg", directory / "evening.jpg", directory / "speech.wav", directory / "voice-message.ogg"
    )
    _shore((250, 214, 165), (120, 170, 215), sun=0.35).save(samples.morning, quality=90)
    _shore((236, 120, 80), (50, 44, 96), sun=0.62).save(samples.evening, quality=90)
    _write_wav(samples.speech, speech(_SPOKEN, "reader", 1.0))
    _write_ogg(samples.voice_message, speech(_HUMMED, "friend", 1.1))
    return samples


def _shore(sky: tuple[int, int, int], sea: tuple[int, int, int], *, sun: float) -> Image.Image:
    width, height = _SIZE
    picture = Image.new("RGB", _SIZE, sky)
    draw = ImageDraw.Draw(picture)
    top, radius = int(height * sun), width // 9
    draw.ellipse((width * 0.6 - radius, top - radius, width * 0.6 + radius, top + radius), fill=(255, 244, 214))
    horizon = int(height * 0.58)
    draw.rectangle((0, horizon, width, height), fill=sea)
    for row in range(horizon + 30, height, 46):
        draw.line((width * 0.1, row, width * 0.9, row), fill=tuple(min(255, part + 30) for part in sea), width=4)
    draw.polygon([(0, height), (0, height * 0.84), (width * 0.7, height * 0.92), (width, height)], fill=(222, 196, 150))
    return picture


def _write_wav(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.samples.tobytes())


def _write_ogg(path: Path, sound: Sound) -> None:
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        for frame in sound.frames():
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
