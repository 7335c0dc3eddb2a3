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
    crowds = [each for each in played if 15 < each.in_flight < 100 and "of two models" not in each.case]

    assert len(crowds) == 4
    assert all(each.delay <= each.fixed_delay and each.requests <= each.fixed_requests / 4 for each in crowds)


def test_a_crowd_takes_less_than_a_third_of_the_requests_whatever_it_is_made_of(played: list[pace.Played]) -> None:
    crowds = [each for each in played if each.in_flight > 15]

    assert len(crowds) == 9
    assert all(each.requests <= each.fixed_requests / 3 for each in crowds)


def tasks(*starts: float, model: int = 0, end: float = 1e9) -> list[pace.Task]:
    return [pace.Task(start, end, pace.assumed(), model) for start in starts]


def test_one_page_shows_a_crowd_of_one_model() -> None:
    assert pace.looked(tasks(*range(20)), range(20)) == (1, list(range(19, -1, -1)))


def test_each_model_with_tasks_under_way_takes_a_page_of_its_own() -> None:
    mixed = [*tasks(*range(10)), *tasks(*range(10, 20), model=1)]

    assert pace.looked(mixed, range(20))[0] == 2
    assert pace.looked(mixed, range(10))[0] == 1


def test_a_task_long_overdue_lets_pages_be_read_of_what_has_ended_since() -> None:
    crowd = [*tasks(-2_400), *tasks(*range(250), end=250), *tasks(*range(250, 270))]
    under_way = [0, *range(251, 271)]

    pages, shown = pace.looked(crowd, under_way)

    assert (pages, set(shown)) == (3, set(under_way))


def test_a_look_ends_where_it_would_take_too_many_pages() -> None:
    crowd = [*tasks(-2_400), *tasks(*range(900), end=900), *tasks(900)]

    assert pace.looked(crowd, [0, 901]) == (3, [901])
