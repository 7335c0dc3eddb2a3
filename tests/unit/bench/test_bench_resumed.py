"""A run of the bench that is cut, or in which something fails, is taken up where it ended."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from bench import __main__ as bench
from bench import measures
from bench.failure import BenchFailed
from bench.figures import FEWEST_RUNS, read_results
from bench.measures import MEASURES, Planned
from bench.run import read_run
from bench.stage import BOT_PYTHON

if TYPE_CHECKING:
    from pathlib import Path

    from bench.figures import Result
    from bench.measure import Conditions

FAILS: str = "memory"
CUT_AT: str = "guilds"


class Bench:
    """Measurements that take no time, one that fails and one in which the run is cut, as long as they are to."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.troubled = True

    async def make(self, conditions: Conditions) -> list[Result]:
        self.made.append(conditions.measure)
        if self.troubled and conditions.measure == FAILS:
            raise BenchFailed("it never connected")
        if self.troubled and conditions.measure == CUT_AT:
            raise asyncio.CancelledError
        ones = [1.0] * conditions.runs
        return [conditions.result(question, ones, ones) for question in MEASURES[conditions.measure].questions]


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    measuring = Bench()
    monkeypatch.setenv(BOT_PYTHON, sys.executable)
    for name, planned in MEASURES.items():
        monkeypatch.setitem(MEASURES, name, Planned(measuring.make, planned.questions, planned.seconds))
    for name, file in (("RESULTS", "results.json"), ("LAST_RUN", "run.json"), ("PAGE", "page.md")):
        monkeypatch.setattr(bench, name, tmp_path / file)
    return measuring


async def test_what_failed_and_what_was_cut_off_is_made_by_the_run_that_takes_it_up(measuring: Bench) -> None:
    names = list(MEASURES)
    with pytest.raises(asyncio.CancelledError):
        await bench.main(bench.chosen([]))
    assert "it never connected" in bench.PAGE.read_text().casefold()
    measuring.made, measuring.troubled = [], False

    assert await bench.main(bench.chosen(["--resume"])) == 0

    assert measuring.made == [FAILS, *names[names.index(CUT_AT) :]]
    kept = read_results(bench.RESULTS)
    assert [each.name for each in kept] == [question.name for each in MEASURES.values() for question in each.questions]
    assert len({each.began for each in kept}) == 1
    assert read_run(bench.LAST_RUN, kept).failures == {}
    assert "Not measured" not in bench.PAGE.read_text()


async def test_what_takes_far_longer_than_planned_is_given_up_with_the_time_it_had_and_the_others_are_made(
    measuring: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_conditions: Conditions) -> list[Result]:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    measuring.troubled = False
    monkeypatch.setattr(measures, "LEAST_PATIENCE", 0.0)
    monkeypatch.setitem(MEASURES, FAILS, Planned(hang, MEASURES[FAILS].questions, 0))

    assert await bench.main(bench.chosen([])) == 1

    assert measuring.made == [name for name in MEASURES if name != FAILS]
    assert "it was not done after 0 s" in bench.PAGE.read_text().casefold()


def test_a_measurement_may_take_as_long_as_a_slow_machine_needs_and_longer_with_more_runs() -> None:
    planned = MEASURES["processes"]

    assert planned.patience(FEWEST_RUNS) >= 2 * planned.seconds
    assert planned.patience(2 * FEWEST_RUNS) == 2 * planned.patience(FEWEST_RUNS)


async def test_nothing_is_written_of_bots_that_find_more_than_they_need(
    measuring: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(BOT_PYTHON)

    assert await bench.main(bench.chosen([])) == 2

    assert (measuring.made, bench.RESULTS.exists()) == ([], False)
    assert "make bench" in capsys.readouterr().err


async def test_nothing_is_made_again_of_a_run_that_is_whole(measuring: Bench) -> None:
    measuring.troubled = False
    assert await bench.main(bench.chosen([])) == 0
    measuring.made = []

    assert await bench.main(bench.chosen(["--resume"])) == 0

    assert measuring.made == []
