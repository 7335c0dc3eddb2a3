"""Lip-synced clips: a source's picture with a given recording, or with synthesised speech and its words as a caption.

Nobody's lips move here; what can be checked is that the picture is kept and that the sound is the one asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
from PIL import Image, ImageDraw

from sandbox.clips.facts import ClipFacts, read_facts
from sandbox.clips.lettering import lettering
from sandbox.clips.mp4 import as_picture, write_mp4
from sandbox.clips.sound import RATE, Sound, read_sound, speech

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def dub(path: Path, source: Path, *, recording: Path) -> ClipFacts:
    """Write `source` with `recording` as its only sound, cut or padded with silence to the clip's length.

    The picture is copied bit by bit. Provider notes §4.1: speech longer than the video is cut, the video never
    stretched.

    Raises:
        av.error.FFmpegError: A file cannot be read.
        ValueError: The recording has no audio stream.
    """
    sound = read_sound(recording)
    if sound is None:
        raise ValueError("the recording has no audio stream")
    facts = read_facts(source)
    _copy_picture(path, source, sound.fitted(facts.seconds))
    return read_facts(path)


def speak(path: Path, source: Path, *, text: str, voice: str, speed: float = 1.0) -> ClipFacts:
    """Write `source` with babble in the rhythm of `text`, and the text as a caption at the top.

    Args:
        path: The MP4 file to write; not the source's.
        source: The clip whose picture is kept.
        text: The words, in any script.
        voice: Chooses the pitch.
        speed: 0.8 to 2.

    Raises:
        av.error.FFmpegError: The source cannot be read.
    """
    facts = read_facts(source)
    write_mp4(
        path,
        _captioned(source, facts, text),
        width=facts.width,
        height=facts.height,
        rate=round(facts.rate),
        sound=speech(text, voice, speed).fitted(facts.seconds),
    )
    return read_facts(path)


def _copy_picture(path: Path, source: Path, sound: Sound) -> None:
    with (
        av.open(str(source)) as given,
        av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as made,
    ):
        picture = given.streams.video[0]
        video = made.add_stream_from_template(picture)
        audio = made.add_stream("aac", rate=RATE, layout="mono")
        for packet in given.demux(picture):
            if packet.dts is not None:
                packet.stream = video
                made.mux(packet)
        for frame in sound.frames():
            made.mux(audio.encode(frame))
        made.mux(audio.encode())


def _captioned(source: Path, facts: ClipFacts, text: str) -> Iterator[Image.Image]:
    short = min(facts.width, facts.height)
    margin = short // 24
    ink = lettering(text, width=facts.width - 4 * margin, height=facts.height // 5, largest=short // 18)
    strip = Image.new("RGB", (facts.width - 2 * margin, ink.height + margin), (12, 16, 24))
    strip.paste((140, 220, 255), (margin, margin // 2), ink)
    opacity = Image.new("L", strip.size, 0)
    ImageDraw.Draw(opacity).rounded_rectangle((0, 0, strip.width - 1, strip.height - 1), margin // 2, fill=215)
    with av.open(str(source)) as container:
        for frame in container.decode(video=0):
            picture = as_picture(frame)
            picture.paste(strip, (margin, margin * 3), opacity)
            yield picture
