"""What is measured: medians of alternated runs, their ratio to a baseline, and whether a goal holds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, Self, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

FEWEST_RUNS: Final = 5
"""Fewer runs are too few for a median on a machine that does other things too."""
Bare = TypeVar("Bare")
Bot = TypeVar("Bot")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Goal(_Record):
    """Bounds that must all hold.

    Attributes:
        ratio_at_most: for the figure divided by its baseline.
        ratio_at_least: for the same, where more is better.
        figure_at_most: for the figure, in its unit.
        figure_at_least: for the same, where more is better.
        above_baseline_at_most: for the figure less its baseline, in their unit.
    """

    ratio_at_most: float | None = None
    ratio_at_least: float | None = None
    figure_at_most: float | None = None
    figure_at_least: float | None = None
    above_baseline_at_most: float | None = None

    def holds(self, figure: float, baseline: float, ratio: float) -> bool:
        """Tell whether every bound that is set is kept."""
        return (
            (self.ratio_at_most is None or ratio <= self.ratio_at_most)
            and (self.ratio_at_least is None or ratio >= self.ratio_at_least)
            and (self.figure_at_most is None or figure <= self.figure_at_most)
            and (self.figure_at_least is None or figure >= self.figure_at_least)
            and (self.above_baseline_at_most is None or figure - baseline <= self.above_baseline_at_most)
        )

    def words(self, unit: str) -> str:
        """Return the bounds as a person reads them."""
        bounds = (
            (self.ratio_at_most, "≤ {:g} ×"),
            (self.ratio_at_least, "≥ {:g} ×"),
            (self.figure_at_most, f"≤ {{:g}} {unit}"),
            (self.figure_at_least, f"≥ {{:g}} {unit}"),
            (self.above_baseline_at_most, f"≤ {{:g}} {unit} above it"),
        )
        return " and ".join(form.format(bound) for bound, form in bounds if bound is not None)


class Made(_Record):
    """Where, of what and when figures were made; the attributes are those of `Result`."""

    machine: str
    commit: str
    began: str


class Question(_Record):
    """What one figure tells.

    Attributes:
        name: how it is called in results.
        what: what was measured, as a phrase.
        against: what the baseline is, as a phrase.
        unit: of the figure and the baseline.
        goal: None where none is set.
    """

    name: str
    what: str
    against: str
    unit: str
    goal: Goal | None = None


class Result(Question):
    """One figure of one run of the bench.

    Attributes:
        figure: the median of the bot's runs.
        baseline: the median of the baseline's runs.
        ratio: `figure` divided by `baseline`; 0 where that is 0.
        holds: whether the goal is met; None without a goal.
        runs: how many runs of each were made, alternated.
        quick: whether it is too small, or made too seldom, to be quoted.
        figures: the bot's runs, in order.
        baselines: the baseline's runs, in order.
        measure: the measurement that it is one of.
        machine: where it was measured.
        commit: the short name of the commit that was measured, with "+" where files differed from it.
        began: when the run of the bench began that it belongs to, UTC, as "2030-01-31 23:59".
        remark: what else the runs showed, as a sentence; "" for nothing.
    """

    figure: float
    baseline: float
    ratio: float
    holds: bool | None
    runs: int
    quick: bool
    figures: tuple[float, ...]
    baselines: tuple[float, ...]
    measure: str
    machine: str
    commit: str
    began: str
    remark: str

    @classmethod
    def of(
        cls,
        question: Question,
        figures: Sequence[float],
        baselines: Sequence[float],
        *,
        measure: str,
        made: Made,
        quick: bool = False,
        remark: str = "",
    ) -> Self:
        """Return the medians and what follows from them.

        Raises:
            ValueError: the runs do not pair up, or there are none.
        """
        if len(figures) != len(baselines) or not figures:
            raise ValueError(f"{question.name}: {len(figures)} runs against {len(baselines)}")
        figures, baselines = rounded(figures), rounded(baselines)
        figure, baseline = rounded((statistics.median(figures), statistics.median(baselines)))
        ratio = round(figure / baseline, 3) if baseline else 0.0
        return cls(
            **{name: getattr(question, name) for name in Question.model_fields},
            figure=figure,
            baseline=baseline,
            ratio=ratio,
            holds=None if question.goal is None else question.goal.holds(figure, baseline, ratio),
            runs=len(figures),
            quick=quick,
            figures=tuple(figures),
            baselines=tuple(baselines),
            measure=measure,
            machine=made.machine,
            commit=made.commit,
            began=made.began,
            remark=remark,
        )

    @property
    def spread(self) -> tuple[float, float]:
        """Return the lowest and the highest ratio of two runs that belong together: how much the machine disturbed."""
        pairs = zip(self.figures, self.baselines, strict=True)
        ratios = [figure / baseline if baseline else 0.0 for figure, baseline in pairs]
        return min(ratios), max(ratios)


_RESULTS: Final = TypeAdapter(list[Result])


def read_results(path: Path) -> list[Result]:
    """Read what a run of the bench left.

    Raises:
        pydantic.ValidationError: the file is something else.
    """
    return _RESULTS.validate_json(path.read_bytes())


def write_results(path: Path, results: Sequence[Result]) -> None:
    """Write what a run of the bench found, one figure after the other."""
    path.write_bytes(_RESULTS.dump_json(list(results), indent=2) + b"\n")


def rounded(values: Sequence[float]) -> list[float]:
    """Return values with three decimals, which is more than any of them is worth."""
    return [round(value, 3) for value in values]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed (nearest rank).

    Raises:
        ValueError: there are no values, or `share` is not over 0 and at most 1.
    """
    if not values or not 0 < share <= 1:
        raise ValueError("a percentile needs values, and a share over 0 and at most 1")
    return sorted(values)[math.ceil(share * len(values)) - 1]


async def alternated(
    runs: int, baseline: Callable[[int], Awaitable[Bare]], bot: Callable[[int], Awaitable[Bot]]
) -> tuple[list[Bot], list[Bare]]:
    """Make both kinds of runs in turn, baseline first, so that what the machine does meanwhile meets both alike.

    Returns:
        What the bot's runs gave, and what the baseline's gave.
    """
    baselines: list[Bare] = []
    figures: list[Bot] = []
    for number in range(runs):
        baselines.append(await baseline(number))
        figures.append(await bot(number))
    return figures, baselines
