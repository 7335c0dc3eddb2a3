"""Pictures and recordings as phones make them, and a look at the clips that come of them."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Final

import av
import pillow_heif
from PIL import Image

from sandbox.clips import ClipFacts, read_facts
from sandbox.person import LocalFile, Person
from sandbox.seen import SeenMessage

_TOP_LEFT: Final = 0x0112, 6
"""The tag of a picture's orientation, and its value for one that is to be turned to the right."""
_SOUNDS: Final = {
    "mp3": ("mp3", "libmp3lame", 44_100),
    "m4a": ("ipod", "aac", 44_100),
    "ogg": ("ogg", "libopus", 48_000),
    "wav": ("wav", "pcm_s16le", 44_100),
}


def picture(
    name: str = "kite.png", *, width: int = 640, height: int = 480, colour: str = "teal", turned: bool = False
) -> LocalFile:
    """Return a picture in the format that its name tells; `turned` says that it is to be shown on its side."""
    image = Image.new("RGB", (width, height), colour)
    extension = name.rpartition(".")[2]
    options: dict[str, object] = {}
    if turned:
        tags = Image.Exif()
        tags[_TOP_LEFT[0]] = _TOP_LEFT[1]
        options["exif"] = tags.tobytes()
    if extension == "heic":
        pillow_heif.register_heif_opener()
    if extension == "gif":
        options |= {"save_all": True, "append_images": [Image.new("RGB", (width, height), "black")], "duration": 100}
    formats = {"heic": "HEIF", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF", "png": "PNG", "avif": "AVIF"}
    buffer = BytesIO()
    image.save(buffer, formats[extension], **options)
    return LocalFile(name, buffer.getvalue())


def recording(name: str, seconds: float) -> LocalFile:
    """Return a tone that swells twice a second, in the format that its name tells."""
    container_name, codec, rate = _SOUNDS[name.rpartition(".")[2]]
    buffer = BytesIO()
    with av.open(buffer, "w", format=container_name) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout = "mono"
        samples = _tone(round(seconds * rate), rate)
        for start in range(0, len(samples) // 2, 1024):
            block = samples[2 * start : 2 * (start + 1024)]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(block) // 2)
            frame.planes[0].update(block)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return LocalFile(name, buffer.getvalue())


async def download(person: Person, message: SeenMessage, directory: Path) -> Path:
    """Save the only file under a message."""
    (attachment,) = message.attachments
    path = directory / f"{message.id}-{attachment.filename}"
    path.write_bytes(await person.download(attachment))
    return path


def played(clip: Path) -> ClipFacts:
    """Decode every picture of a clip, as a player would, and return what it is."""
    with av.open(str(clip)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    facts = read_facts(clip)
    assert pictures == round(facts.seconds * facts.rate)
    return facts


def _tone(samples: int, rate: int) -> bytes:
    swell = range(rate // 2)
    turns = [math.tau * position / rate for position in swell]
    loudness = [int(6_000 * (1 - math.cos(2 * turn)) * math.sin(330 * turn)) for turn in turns]
    once = struct.pack(f"<{len(swell)}h", *loudness)
    return (once * math.ceil(samples / len(swell)))[: 2 * samples]
