"""Voice messages from what browsers record: Opus in OGG, as Discord's clients send them.

Browsers put what they record into other containers (WebM in Chromium, MP4 in Safari), often without a length.
"""

from __future__ import annotations

import io
from typing import Final

import av
from av.error import FFmpegError

_RATE: Final = 48_000
_BITS_PER_SECOND: Final = 64_000


class NotARecording(Exception):
    """No sound could be read."""


def voice_message(data: bytes) -> bytes:
    """Return a recording as mono Opus in OGG; blocks while it works.

    Raises:
        NotARecording: there is no sound in it.
    """
    held = io.BytesIO()
    try:
        with av.open(io.BytesIO(data), mode="r") as source, av.open(held, mode="w", format="ogg") as target:
            if not source.streams.audio:
                raise NotARecording
            stream = target.add_stream("libopus", rate=_RATE, layout="mono", options={"b": str(_BITS_PER_SECOND)})
            resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE)
            written = 0
            for frame in source.decode(audio=0):
                for part in resampler.resample(frame):
                    # Recorders leave gaps in the timestamps where they were paused; a voice message has none.
                    part.pts = written
                    written += part.samples
                    target.mux(stream.encode(part))
            for part in resampler.resample(None):
                part.pts = written
                written += part.samples
                target.mux(stream.encode(part))
            if written == 0:
                raise NotARecording
            target.mux(stream.encode(None))
    except (FFmpegError, ValueError):
        raise NotARecording from None
    return held.getvalue()
