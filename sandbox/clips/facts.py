"""What a video file is: length, size, frame rate, whether it has sound."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from sandbox.clips.mp4 import as_picture

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """Properties of a video file.

    Attributes:
        seconds: Length of the picture.
        width: Pixels.
        height: Pixels.
        rate: Frames per second.
        has_sound: Whether there is an audio stream.
    """

    seconds: float
    width: int
    height: int
    rate: Fraction
    has_sound: bool


def read_facts(path: Path) -> ClipFacts:
    """Read a file's properties from its headers.

    Raises:
        av.error.FFmpegError: The file is no video that FFmpeg can open.
        ValueError: The file has no picture.
    """
    with av.open(str(path)) as container:
        if not container.streams.video:
            raise ValueError("the file has no picture")
        video = container.streams.video[0]
        if video.duration is not None and video.time_base is not None:
            seconds = float(video.duration * video.time_base)
        else:
            seconds = (container.duration or 0) / 1_000_000
        return ClipFacts(
            seconds=seconds,
            width=video.codec_context.width,
            height=video.codec_context.height,
            rate=video.average_rate or Fraction(25),
            has_sound=bool(container.streams.audio),
        )


def first_picture(path: Path) -> Image.Image:
    """The first frame of a video file.

    Raises:
        av.error.FFmpegError: The file cannot be read.
    """
    with av.open(str(path)) as container:
        return as_picture(next(container.decode(video=0)))
