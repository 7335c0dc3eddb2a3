"""New clips, from text or from an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.clips.facts import ClipFacts, read_facts
from sandbox.clips.mp4 import FRAMES_PER_SECOND, write_mp4
from sandbox.clips.scene import Scene, Wording
from sandbox.clips.sound import ambience

if TYPE_CHECKING:
    from pathlib import Path


def render(
    path: Path,
    *,
    prompt: str,
    seconds: float,
    width: int,
    height: int,
    label: str,
    sound: bool = False,
    image: bytes | None = None,
    end_image: bytes | None = None,
) -> ClipFacts:
    """Make a clip in which the prompt, the label and a running time can be read.

    Args:
        path: The MP4 file to write.
        prompt: Text shown, in any script.
        seconds: Length; the file is one frame longer, as the provider's are not round either (provider notes §6).
        width: Even number of pixels.
        height: Even number of pixels.
        label: One line about the request (model, quality, length, ratio).
        sound: Whether the clip has an audio track (soft wind and a chord).
        image: Encoded start image, panned over; without it a landscape with a flying egret is drawn.
        end_image: Encoded image that the last part of the clip shows.

    Raises:
        PIL.UnidentifiedImageError: An image cannot be read.
    """
    scene = Scene(
        width,
        height,
        Wording(prompt=prompt, label=label, seconds=seconds),
        image=image,
        end_image=end_image,
    )
    count = round(seconds * FRAMES_PER_SECOND) + 1
    write_mp4(
        path,
        scene.frames(count, FRAMES_PER_SECOND),
        width=width,
        height=height,
        sound=ambience(count / FRAMES_PER_SECOND, prompt) if sound else None,
    )
    return read_facts(path)
