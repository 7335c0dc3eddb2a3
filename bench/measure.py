"""What every measurement is given, and how it says what it found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Question, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How a run of the bench is made.

    Attributes:
        runs: how many of each kind.
        quick: whether that is fewer than a figure is worth quoting from.
        folder: an empty directory of the measurement's own.
        machine: where it runs.
        say: shows a line of progress.
    """

    runs: int
    quick: bool
    folder: Path
    machine: str
    say: Callable[[str], None]

    def result(self, question: Question, figures: Sequence[float], baselines: Sequence[float]) -> Result:
        """Return what runs say, and show it."""
        result = Result.of(question, figures, baselines, quick=self.quick, machine=self.machine)
        self.say(f"{result.name}: {result.figure:g} {result.unit}, {result.ratio:g} × {result.against}")
        return result


Measure = Callable[[Conditions], Awaitable[list[Result]]]
