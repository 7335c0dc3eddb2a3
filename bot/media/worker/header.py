"""Headers of images and recordings, read without decoding anything.

In the worker, for all that no pixel is decoded: a header that is nothing but a header keeps a reader busy for minutes.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bot.media.probe import ProbeError, probe_audio, probe_image
from bot.media.worker.wire import AudioProbed, ImageProbed, NotProbed

if TYPE_CHECKING:
    from bot.media.worker.wire import ProbeAudio, ProbeImage


def image(task: ProbeImage) -> ImageProbed | NotProbed:
    """Read an image's header."""
    try:
        probed = probe_image(Path(task.source))
    except ProbeError as error:
        return _not(error)
    return ImageProbed(**{**asdict(probed), "kind": probed.kind.name})


def audio(task: ProbeAudio) -> AudioProbed | NotProbed:
    """Read a recording's header."""
    try:
        probed = probe_audio(Path(task.source))
    except ProbeError as error:
        return _not(error)
    return AudioProbed(**{**asdict(probed), "kind": probed.kind.name})


def _not(error: ProbeError) -> NotProbed:
    return NotProbed(found=error.found.name if error.found is not None else "")
