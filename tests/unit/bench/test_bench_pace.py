"""The simulation's trace is what the code in use gives, and what the code was chosen for holds in it."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from bench import pace


@pytest.fixture(scope="module")
def played() -> list[pace.Played]:
    return pace.play()


def test_the_trace_is_of_the_schedule_in_use(played: list[pace.Played]) -> None:
    assert json.loads(pace.TRACE.read_text()) == [asdict(each) for each in played]


def test_one_task_alone_takes_no_more_requests_than_fixed_polling_that_is_as_late(played: list[pace.Played]) -> None:
    alone = [each for each in played if each.in_flight == 1]

    assert len(alone) == 4
    assert all(each.requests <= each.fixed_requests_at_equal_delay for each in alone)


def test_a_crowd_is_seen_sooner_than_by_fixed_polling_with_a_quarter_of_its_requests(played: list[pace.Played]) -> None:
    crowds = [each for each in played if each.in_flight > 15]

    assert len(crowds) == 3
    assert all(each.delay <= each.fixed_delay and each.requests <= each.fixed_requests / 4 for each in crowds)
