"""Extensions: the source's frames, then new ones that grow out of the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import av

from sandbox.clips.facts import ClipFacts, read_facts
from sandbox.clips.mp4 import as_picture, write_mp4
from sandbox.clips.scene import Scene, Wording
from sandbox.clips.sound import read_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

ADDED_SECONDS: Final = 4.5
"""What one extension adds; the provider says 4 to 5 s (provider notes §3)."""


def extend(path: Path, source: Path, *, prompt: str, label: str, seconds: float = ADDED_SECONDS) -> ClipFacts:
    """Write a clip that begins with all of `source` and goes on for `seconds`.

    Args:
        path: The MP4 file to write; not the source's.
        source: The clip to extend, at a whole number of frames per second.
        prompt: What the added part shows; the source's last picture is shown on when empty.
        label: One line about the request.
        seconds: How much is added.

    Raises:
        av.error.FFmpegError: The source cannot be read.
    """
    facts = read_facts(source)
    rate = round(facts.rate)
    sound = read_sound(source)
    write_mp4(
        path,
        _pictures(source, facts, prompt=prompt, label=label, seconds=seconds),
        width=facts.width,
        height=facts.height,
        rate=rate,
        sound=None if sound is None else sound.fitted(facts.seconds + seconds),
    )
    return read_facts(path)


def _pictures(source: Path, facts: ClipFacts, *, prompt: str, label: str, seconds: float) -> Iterator[Image.Image]:
    last: Image.Image | None = None
    with av.open(str(source)) as container:
        for frame in container.decode(video=0):
            last = as_picture(frame)
            yield last
    wording = Wording(prompt=prompt, label=label, seconds=seconds, elapsed=facts.seconds)
    scene = Scene(facts.width, facts.height, wording, opening=last)
    rate = round(facts.rate)
    yield from scene.frames(round(seconds * rate), rate)
