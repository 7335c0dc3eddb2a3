"""Writing MP4 files: H.264 in yuv420p, AAC, the index in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import av

from sandbox.clips.sound import RATE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from PIL import Image

    from sandbox.clips.sound import Sound

FRAMES_PER_SECOND: Final = 12
"""Low on purpose: a clip is made in a fraction of its length on one core."""
_VIDEO_OPTIONS: Final = {"preset": "ultrafast", "crf": "26"}


def as_picture(frame: av.VideoFrame) -> Image.Image:
    """A decoded frame as an RGB picture."""
    return frame.to_image()  # type: ignore[no-untyped-call, no-any-return]  # not annotated by PyAV


def as_frame(picture: Image.Image) -> av.VideoFrame:
    """An RGB picture as a frame to encode."""
    return av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call, no-any-return]  # not annotated by PyAV


def write_mp4(
    path: Path,
    pictures: Iterable[Image.Image],
    *,
    width: int,
    height: int,
    rate: int = FRAMES_PER_SECOND,
    sound: Sound | None = None,
) -> None:
    """Encode pictures and sound.

    Args:
        path: Where the file goes; replaced if it exists.
        pictures: RGB pictures of exactly `width` x `height`, in order.
        width: Even number of pixels.
        height: Even number of pixels.
        rate: Frames per second.
        sound: Audio track; None writes a file without one.
    """
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=rate, options=dict(_VIDEO_OPTIONS))
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.thread_count = 1
        audio = None if sound is None else container.add_stream("aac", rate=RATE, layout="mono")
        for picture in pictures:
            container.mux(video.encode(as_frame(picture)))
        container.mux(video.encode())
        if sound is not None and audio is not None:
            for frame in sound.frames():
                container.mux(audio.encode(frame))
            container.mux(audio.encode())
