"""What a downloaded clip must be, measured in the file itself. Everything here blocks while it decodes."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Final

import av
from PIL import Image, ImageChops, ImageStat

from sandbox.clips import ClipFacts, read_facts
from sandbox.clips.mp4 import as_picture
from sandbox.clips.sound import RATE, Sound, read_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXTENSION_SECONDS: Final = (4.0, 5.0)
"""What an extension adds (provider notes §3)."""
_LENGTH_TOLERANCE: Final = 0.3
"""Seconds by which clips are longer or shorter than asked for (provider notes §6)."""
_RATIO_TOLERANCE: Final = 0.02
_PICTURE_TOLERANCE: Final = 4.0
"""Mean difference of grey values up to which two pictures are the same one, encoded anew."""
_THUMBNAIL: Final = (64, 64)
_WINDOW: Final = RATE // 20
_LIKENESS: Final = 0.8
"""Correlation of loudness from which a sound counts as the recording."""


def wrong_length(facts: ClipFacts, seconds: float) -> str:
    """Return what is wrong with a clip's length, "" for nothing."""
    if abs(facts.seconds - seconds) <= _LENGTH_TOLERANCE:
        return ""
    return f"it is {facts.seconds:.2f} s long instead of {seconds:g} s"


def wrong_ratio(facts: ClipFacts, ratio: tuple[int, int]) -> str:
    """Return what is wrong with a clip's shape, "" for nothing."""
    wanted = ratio[0] / ratio[1]
    if abs(facts.width / facts.height - wanted) <= _RATIO_TOLERANCE * wanted:
        return ""
    return f"it is {facts.width}×{facts.height} instead of {ratio[0]}:{ratio[1]}"


def wrong_extension(clip: Path, source: Path) -> str:
    """Return what is wrong with an extension: its length, or that it does not begin with its source."""
    added = read_facts(clip).seconds - read_facts(source).seconds
    low, high = EXTENSION_SECONDS
    if not low - 0.1 <= added <= high + 0.1:
        return f"it is {added:.2f} s longer than its source instead of {low:g} to {high:g} s"
    return wrong_beginning(clip, source)


def wrong_beginning(clip: Path, source: Path) -> str:
    """Return where a clip's pictures leave its source's, "" where it begins with all of them."""
    seen = 0
    for number, (ours, theirs) in enumerate(zip(_pictures(clip), _pictures(source), strict=False)):
        seen += 1
        difference = _difference(ours, theirs)
        if difference > _PICTURE_TOLERANCE:
            return f"its picture {number} is not its source's (difference {difference:.0f})"
    return "" if seen else "it has no pictures"


def wrong_pictures(clip: Path, first: Path, last: Path) -> str:
    """Return what is wrong with a clip that is to begin with one picture and to end with another."""
    pictures = list(_pictures(clip))
    if not pictures:
        return "it has no pictures"
    with Image.open(first) as start, Image.open(last) as end:
        given = [picture.convert("RGB").resize(_THUMBNAIL).convert("L") for picture in (start, end)]
    for shown, (right, wrong), where in ((pictures[0], given, "begin"), (pictures[-1], given[::-1], "end")):
        if _difference(shown, right) >= _difference(shown, wrong):
            return f"it does not {where} with the picture given for that"
    return ""


def wrong_speech(clip: Path) -> str:
    """Return what is wrong with a clip that is to speak: no audio track, or silence."""
    sound = read_sound(clip)
    if sound is None:
        return "it has no audio track"
    return "" if max(_loudness(sound), default=0.0) > 200 else "its audio track is silent"


def wrong_recording(clip: Path, recording: Path) -> str:
    """Return what is wrong with a clip that is to carry a recording, "" where its loudness follows the recording's."""
    theirs, ours = read_sound(recording), read_sound(clip)
    if ours is None:
        return "it has no audio track"
    if theirs is None:
        return "the recording has no sound"
    shorter = min(ours.seconds, theirs.seconds)
    likeness = correlation(_loudness(ours.fitted(shorter)), _loudness(theirs.fitted(shorter)))
    return "" if likeness >= _LIKENESS else f"its sound is not the recording (likeness {likeness:.2f})"


def correlation(ours: list[float], theirs: list[float]) -> float:
    """Return Pearson's correlation of two equally long lists; 0 where one does not vary."""
    count = min(len(ours), len(theirs))
    if count < 2:
        return 0.0
    mean_a, mean_b = sum(ours[:count]) / count, sum(theirs[:count]) / count
    pairs = [(a - mean_a, b - mean_b) for a, b in zip(ours[:count], theirs[:count], strict=True)]
    scale = math.sqrt(sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))
    return sum(a * b for a, b in pairs) / scale if scale else 0.0


def _difference(ours: Image.Image, theirs: Image.Image) -> float:
    return float(ImageStat.Stat(ImageChops.difference(ours, theirs)).mean[0])


def _loudness(sound: Sound) -> list[float]:
    windows = range(0, len(sound.samples) - _WINDOW + 1, _WINDOW)
    return [math.sqrt(sum(x * x for x in sound.samples[at : at + _WINDOW : 8]) / (_WINDOW // 8)) for at in windows]


def _pictures(path: Path) -> Iterator[Image.Image]:
    """Yield every sixth picture, small and grey."""
    with av.open(str(path)) as container:
        for frame in islice(container.decode(video=0), 0, None, 6):
            yield as_picture(frame).resize(_THUMBNAIL).convert("L")
