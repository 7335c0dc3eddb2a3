"""Stills of videos, as Discord's media proxy makes them for the posters that clients show."""

from __future__ import annotations

import io
from typing import Final

import av
from av.error import FFmpegError

_AT_SECONDS: Final = 0.5
"""Past a fade-in, and there even in the shortest clip."""
_LARGEST: Final = (960, 960)


def still(data: bytes) -> bytes | None:
    """Return a frame of a video as WebP, or None where there is none; call it outside the event loop."""
    try:
        with av.open(io.BytesIO(data), mode="r") as container:
            picture = None
            for frame in container.decode(video=0) if container.streams.video else ():
                picture = frame
                if (frame.time or 0.0) >= _AT_SECONDS:
                    break
            if picture is None:
                return None
            image = picture.to_image()  # type: ignore[no-untyped-call]  # PyAV leaves it without types
    except (FFmpegError, ValueError):
        return None
    image.thumbnail(_LARGEST)
    held = io.BytesIO()
    image.save(held, "WEBP", quality=80)
    return held.getvalue()
