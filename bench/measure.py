"""What every measurement is given, and how it says what it found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.figures import Made, Question, Result

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How a run of the bench is made.

    Attributes:
        measure: its name.
        runs: how many of each kind.
        quick: whether everything is made small, to see that it works rather than how well.
        folder: an empty directory of the measurement's own.
        made: where, of what and when.
        say: shows a line of progress.
    """

    measure: str
    runs: int
    quick: bool
    folder: Path
    made: Made
    say: Callable[[str], None]

    def size(self, full: T, quick: T) -> T:
        """Return how large something is to be."""
        return quick if self.quick else full

    def result(
        self, question: Question, figures: Sequence[float], baselines: Sequence[float], remark: str = ""
    ) -> Result:
        """Return what runs say, and show it."""
        result = Result.of(
            question, figures, baselines, measure=self.measure, made=self.made, quick=self.quick, remark=remark
        )
        self.say(f"{result.name}: {result.figure:g} {result.unit}, {result.ratio:g} × {result.against}")
        if remark:
            self.say(f"{result.name}: {remark}")
        return result


Measure = Callable[[Conditions], Awaitable[list[Result]]]
