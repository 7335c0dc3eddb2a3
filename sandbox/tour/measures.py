"""What a clip is measured for, ready to be given to an order."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sandbox.clips import read_facts
from sandbox.tour import clip_checks
from sandbox.tour.acting import there
from sandbox.tour.guide import Measure
from sandbox.tour.orders import Order

SERVER_LIMIT: Final = 10 * 1024 * 1024
"""What Discord takes on a server without boosts, in bytes (platform notes §5)."""
WIDE: Final = (16, 9)
UPRIGHT: Final = (9, 16)


def lasting(seconds: float, ratio: tuple[int, int] = WIDE) -> Measure:
    """Measure a new clip: its length and its shape."""

    def measure(path: Path) -> list[str]:
        facts = read_facts(path)
        return _sentences(clip_checks.wrong_length(facts, seconds), clip_checks.wrong_ratio(facts, ratio))

    return measure


def small_enough(seconds: float) -> Measure:
    """Measure a new clip, and whether the server takes a file of its size."""

    def measure(path: Path) -> list[str]:
        size = path.stat().st_size
        large = f"it has {size} bytes, and the server takes {SERVER_LIMIT}" if size > SERVER_LIMIT else ""
        return [*lasting(seconds)(path), *_sentences(large)]

    return measure


def longer_than(source: Order) -> Measure:
    """Measure an extension against its source."""
    return lambda path: _sentences(clip_checks.wrong_extension(path, there(source.clip)))


def from_pictures(first: Path, last: Path) -> Measure:
    """Measure a clip that begins with one picture and ends with another."""
    return lambda path: [*lasting(5, UPRIGHT)(path), *_sentences(clip_checks.wrong_pictures(path, first, last))]


def speaking(path: Path) -> list[str]:
    """Measure a clip that is to speak."""
    return _sentences(clip_checks.wrong_speech(path))


def carrying(recording: Path) -> Measure:
    """Measure a clip that is to speak with a recording."""
    return lambda path: _sentences(clip_checks.wrong_recording(path, recording))


def _sentences(*found: str) -> list[str]:
    return [sentence for sentence in found if sentence]
