"""Real files, made on the spot: images, recordings and clips of every kind that people and providers send."""

from __future__ import annotations

import math
import random
import struct
import wave
import zlib
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

import av
import pillow_heif
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

_CODECS = {
    "mp3": ("mp3", "libmp3lame", 44_100),
    "flac": ("flac", "flac", 44_100),
    "ogg": ("ogg", "libopus", 48_000),
    "m4a": ("ipod", "aac", 44_100),
    "aac": ("adts", "aac", 44_100),
}


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A gradient, so that turning or mirroring it shows."""
    ramp = Image.linear_gradient("L").resize((width, height))
    across = ramp.transpose(Image.Transpose.ROTATE_90).resize((width, height))
    return Image.merge("RGB", (ramp, across, Image.new("L", (width, height), 90))).convert(mode)


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    """What no encoder makes small."""
    return Image.frombytes("RGB", (width, height), _randomness(seed).randbytes(width * height * 3))


def save_image(path: Path, image: Image.Image, format_name: str, **options: object) -> Path:
    if format_name == "HEIF":
        pillow_heif.register_heif_opener()
    image.save(path, format_name, **options)
    return path


def exif(*, orientation: int = 1, located: bool = False) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    if located:
        tags.get_ifd(0x8825)[1] = "N"
    return tags.tobytes()


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds nothing."""
    blank = BytesIO()
    Image.new("L", (1, 1)).save(blank, "PNG")
    ihdr = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + ihdr + struct.pack(">I", zlib.crc32(ihdr))
    return blank.getvalue()[:8] + chunk + blank.getvalue()[33:]


def save_wav(path: Path, seconds: float, *, rate: int = 8_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(_tone(int(seconds * rate), rate))
    return path


def save_audio(path: Path, kind: str, seconds: float) -> Path:
    """A tone in the format that `kind` names by its usual extension."""
    if kind == "wav":
        return save_wav(path, seconds)
    container_name, codec, rate = _CODECS[kind]
    with av.open(str(path), "w", format=container_name) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout = "mono"
        for start, sound in _blocks(int(seconds * rate), rate):
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(sound) // 2)
            frame.planes[0].update(sound)
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def save_clip(
    path: Path,
    *,
    codec: str = "libx264",
    width: int = 160,
    height: int = 120,
    frames: int = 24,
    rate: int = 24,
    bit_rate: int = 300_000,
    sound: bool = True,
    faststart: bool = True,
    grain: int = 255,
) -> Path:
    """An MP4; the more grain (0 to 255), the larger. Without any, frame n is an even grey of brightness 40 + n."""
    flags = {"movflags": "+faststart"} if faststart else {}
    shades = _randomness(7)
    with av.open(str(path), "w", format="mp4", options=flags) as container:
        video = container.add_stream(codec, rate=rate, options={"x265-params": "log-level=none"})
        video.width, video.height, video.pix_fmt, video.bit_rate = width, height, "yuv420p", bit_rate
        audio = container.add_stream("aac", rate=44_100) if sound else None
        for number in range(frames):
            frame = av.VideoFrame(width, height, "yuv420p")
            for index, plane in enumerate(frame.planes):
                level = 40 + number % 100 if index == 0 else 128
                plane.update(_grainy(level, grain, plane.buffer_size, shades))
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            for start, block in _blocks(44_100 * frames // rate, 44_100):
                voice = av.AudioFrame(format="s16", layout="mono", samples=len(block) // 2)
                voice.planes[0].update(block)
                voice.sample_rate, voice.pts = 44_100, start
                container.mux(audio.encode(voice))
            container.mux(audio.encode(None))
    return path


def decoded_seconds(path: Path) -> float:
    """How long a file sounds when it is played."""
    with av.open(str(path)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def _grainy(level: int, grain: int, size: int, shades: random.Random) -> bytes:
    if not grain:
        return bytes([level]) * size
    return shades.randbytes(size).translate(bytes((level + shade % (grain + 1)) % 256 for shade in range(256)))


def _randomness(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same picture every time, no secret


def _tone(samples: int, rate: int) -> bytes:
    return b"".join(struct.pack("<h", int(9_000 * math.sin(2 * math.pi * 440 * at / rate))) for at in range(samples))


def _blocks(samples: int, rate: int) -> list[tuple[int, bytes]]:
    sound = _tone(samples, rate)
    return [(start, sound[start * 2 : (start + 1024) * 2]) for start in range(0, samples, 1024)]
