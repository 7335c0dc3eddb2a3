"""How fast the provider works, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """How long each task takes at least, in seconds; None: until a person says so.

    Attributes:
        key: What the page calls it.
        name: What people read.
        line: What it means.
        pending: How long a task waits.
        processing: How long it is being made.
    """

    key: str
    name: str
    line: str
    pending: float | None
    processing: float | None


PACES: Final = (
    Pace("fast", "Fast", "As fast as clips can be drawn.", 0.0, 0.5),
    Pace("usual", "Usual", "Half a second of waiting, 3 s of making.", 0.5, 3.0),
    Pace("easy", "Easy", "2 s of waiting, 4 s of making: time to watch a card change.", 2.0, 4.0),
    Pace("slow", "Slow", "5 s of waiting, 30 s of making: time to kill the bot in between.", 5.0, 30.0),
    Pace("by-hand", "By hand", "Nothing ends before you press Finish or Fail.", None, None),
)


def pace_like(pending: float | None, processing: float | None) -> str:
    """Return the key of the pace with these times, "" where it is none of the named ones."""
    return next((pace.key for pace in PACES if (pace.pending, pace.processing) == (pending, processing)), "")
