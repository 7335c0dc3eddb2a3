"""Medians, ratios, goals and the order of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.figures import Goal, Made, Question, Result, alternated, percentile, read_results, write_results

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def question(goal: Goal | None = None) -> Question:
    return Question(name="answer", what="an answer", against="a shorter one", unit="ms", goal=goal)


def result(figures: Sequence[float], baselines: Sequence[float], goal: Goal | None = None) -> Result:
    made = Made(machine="2 cores", commit="0123456789", began="2030-01-31 23:59")
    return Result.of(question(goal), figures, baselines, measure="answers", made=made)


def test_a_figure_is_the_median_of_its_runs_and_one_slow_run_does_not_move_it() -> None:
    found = result([3, 1, 2, 900, 2.5], [1, 1, 500, 2, 0.5])

    assert (found.figure, found.baseline, found.ratio, found.runs) == (2.5, 1, 2.5, 5)
    assert found.figures == (3, 1, 2, 900, 2.5)


def test_a_ratio_follows_from_the_figures_that_are_written() -> None:
    found = result([1.00049, 1.00049, 1.00049], [0.33333, 0.33333, 0.33333])

    assert (found.figure, found.baseline) == (1.0, 0.333)
    assert found.ratio == round(found.figure / found.baseline, 3)


def test_the_spread_is_of_runs_that_belong_together() -> None:
    assert result([2, 9, 4], [1, 3, 4]).spread == (1, 3)


@pytest.mark.parametrize(("figures", "baselines"), [([], []), ([1.0], [1.0, 2.0])])
def test_runs_without_a_counterpart_give_no_figure(figures: list[float], baselines: list[float]) -> None:
    with pytest.raises(ValueError, match="runs against"):
        result(figures, baselines)


@pytest.mark.parametrize(
    ("goal", "holds"),
    [
        (Goal(ratio_at_most=2.0), True),
        (Goal(ratio_at_most=1.99), False),
        (Goal(ratio_at_least=2.0), True),
        (Goal(ratio_at_least=2.01), False),
        (Goal(figure_at_most=10), True),
        (Goal(figure_at_most=9.9), False),
        (Goal(figure_at_least=10), True),
        (Goal(figure_at_least=10.1), False),
        (Goal(above_baseline_at_most=5), True),
        (Goal(above_baseline_at_most=4.9), False),
        (Goal(ratio_at_most=2.0, figure_at_most=9.9), False),
        (Goal(ratio_at_most=1.9, figure_at_most=10), False),
        (None, None),
    ],
)
def test_a_goal_holds_when_all_its_bounds_do(goal: Goal | None, holds: bool | None) -> None:
    assert result([10], [5], goal).holds is holds


def test_nothing_is_a_multiple_of_nothing_and_a_bound_of_the_figure_still_holds() -> None:
    found = result([0, 0, 1], [0, 0, 0], Goal(figure_at_most=0))

    assert (found.figure, found.baseline, found.ratio, found.holds) == (0, 0, 0, True)
    assert found.spread == (0, 0)


def test_a_goal_says_its_bounds() -> None:
    assert Goal(ratio_at_most=2, figure_at_most=90).words("MiB") == "≤ 2 × and ≤ 90 MiB"


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_occurred(share: float, value: int) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == value


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 0), ([1.0], 1.01)])
def test_there_is_no_percentile_of_nothing(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, share)


async def test_runs_alternate_and_the_baseline_goes_first() -> None:
    order: list[str] = []

    async def baseline(number: int) -> float:
        order.append(f"baseline {number}")
        return 1.0 + number

    async def bot(number: int) -> float:
        order.append(f"bot {number}")
        return 10.0 + number

    figures, baselines = await alternated(2, baseline, bot)

    assert order == ["baseline 0", "bot 0", "baseline 1", "bot 1"]
    assert (figures, baselines) == ([10.0, 11.0], [1.0, 2.0])


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = [result([10], [5], Goal(ratio_at_most=2.0)), result([1], [2])]

    write_results(tmp_path / "results.json", written)

    assert read_results(tmp_path / "results.json") == written
