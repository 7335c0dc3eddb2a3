"""What Discord learns from an uploaded file: media type, size in pixels, duration."""

from __future__ import annotations

import io
import mimetypes
from dataclasses import dataclass
from typing import Final

import av
from av.error import FFmpegError
from PIL import Image, UnidentifiedImageError

_TYPES: Final = {
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".wav": "audio/x-wav",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """Width and height in pixels and duration in seconds, where they apply."""

    content_type: str
    width: int | None = None
    height: int | None = None
    duration_secs: float | None = None


def content_type_of(filename: str) -> str:
    """Return the media type that a file name stands for."""
    extension = "." + filename.rpartition(".")[2].lower()
    guessed = _TYPES.get(extension) or mimetypes.guess_type(filename)[0]
    return guessed or "application/octet-stream"


def examine(filename: str, data: bytes) -> MediaFacts:
    """Return what can be learnt from a file; call it outside the event loop.

    A file whose bytes do not fit its name keeps the media type of its name and has no further facts, as on Discord.
    """
    content_type = content_type_of(filename)
    family = content_type.partition("/")[0]
    if family == "image":
        return _image(content_type, data)
    if family in ("video", "audio"):
        return _stream(content_type, data)
    return MediaFacts(content_type)


def _image(content_type: str, data: bytes) -> MediaFacts:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return MediaFacts(content_type, image.width, image.height)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return MediaFacts(content_type)


def _stream(content_type: str, data: bytes) -> MediaFacts:
    try:
        with av.open(io.BytesIO(data), mode="r") as container:
            seconds = None if container.duration is None else container.duration / av.time_base
            video = container.streams.video
            if content_type.startswith("video") and video:
                return MediaFacts(content_type, video[0].width, video[0].height, seconds)
            return MediaFacts(content_type, duration_secs=seconds)
    except (FFmpegError, ValueError):
        return MediaFacts(content_type)
