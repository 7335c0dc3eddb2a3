"""A soak sees what grows, however slowly, and hears what the log complains of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.vitals import MEBIBYTE, Complaints, Vitals, complaints, too_slow, unsteady

BATCH = 25
STEADY = tuple(
    Vitals(
        jobs=jobs,
        seconds=float(jobs),
        memory=110 * MEBIBYTE + jobs % 3 * 4096,
        blocks=900_000 + jobs % 3 * 700,
        files=30 + jobs % 7,
        threads=9,
        tasks=70 + jobs % 5,
        database=400_000 + 3_200 * jobs,
        log_ahead=4 * MEBIBYTE,
    )
    for jobs in range(BATCH, 2_400 + BATCH, BATCH)
)


def test_a_bot_that_stays_as_it_is_is_steady():
    assert unsteady(STEADY) == []


@pytest.mark.parametrize(
    ("name", "per_job"),
    [
        ("memory", 6.5 * 1024),
        ("blocks", 30),
        ("files", 1 / 100),
        ("threads", 1 / 400),
        ("tasks", 1 / 100),
        ("log_ahead", 4096),
    ],
)
def test_what_each_job_leaves_behind_is_seen(name: str, per_job: float):
    leaking = [replace(each, **{name: round(getattr(each, name) + per_job * each.jobs)}) for each in STEADY]
    assert any(finding.startswith(name) for finding in unsteady(leaking))


def test_a_database_of_which_later_jobs_take_more_is_seen():
    growing = [replace(each, database=round(3_200 * each.jobs * (1 + each.jobs / 5_000))) for each in STEADY]
    assert [finding.split()[0:2] for finding in unsteady(growing)] == [["a", "job"]]


def test_what_grows_only_at_first_is_no_leak():
    warming = [replace(each, memory=each.memory - max(0, 1_000 - each.jobs) * 8_192) for each in STEADY]
    assert unsteady(warming) == []


def test_a_log_is_searched_for_defects_and_for_callbacks_that_took_long(tmp_path: Path):
    log = tmp_path / "bot.log"
    log.write_text(
        "01:00 [info] job_moved\n"
        "01:01 [warning] Executing <Task pending coro=<x()>> took 0.231 seconds [asyncio]\n"
        "01:02 [warning] Executing <Handle y> took 1.500 seconds [asyncio]\n"
        "x.py:1: RuntimeWarning: coroutine 'x' was never awaited\n"
        "x.py:1: ResourceWarning: unclosed file\n",
        encoding="utf-8",
    )
    seen = complaints(log)
    assert list(seen.slow) == [1.5, 0.231]
    assert len(seen.defects) == 2


@pytest.mark.parametrize(("allowed", "found"), [(0.0, [1.5, 0.2]), (1.0, [1.5]), (2.0, [])])
def test_callbacks_that_took_longer_than_allowed_are_found(allowed: float, found: list[float]):
    assert too_slow(Complaints(defects=(), slow=(1.5, 0.2)), allowed) == found
