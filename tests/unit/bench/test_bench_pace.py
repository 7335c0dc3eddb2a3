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

    assert len(crowds) == 11
    assert all(each.delay <= each.fixed_delay and each.requests <= each.fixed_requests / 4 for each in crowds)


def tasks(*starts: float, model: int = 0, end: float = 1e9) -> list[pace.Task]:
    return [pace.Task(start, end, pace.assumed(), model) for start in starts]


def test_one_page_shows_a_crowd_of_one_model() -> None:
    assert pace.looked(tasks(*range(20)), range(20)) == (1, list(range(19, -1, -1)))


def test_each_model_with_tasks_under_way_takes_a_page_of_its_own() -> None:
    mixed = [*tasks(*range(10)), *tasks(*range(10, 20), model=1)]

    assert pace.looked(mixed, range(20))[0] == 2
    assert pace.looked(mixed, range(10))[0] == 1


def test_a_list_is_let_be_after_two_pages_of_tasks_that_have_ended() -> None:
    crowd = [*tasks(-2_400), *tasks(*range(900), end=900), *tasks(900)]

    assert pace.looked(crowd, [0, 901]) == (3, [901])


def test_tasks_between_those_that_have_ended_are_found() -> None:
    crowd = tasks(*range(900))

    assert pace.looked(crowd, [0, 150, 300, 450, 600, 750])[0] == 9


def test_a_list_that_is_let_be_does_not_hide_the_next() -> None:
    crowd = [*tasks(-1), *tasks(*range(250), end=250), *tasks(-1, model=1)]
    crowd.sort(key=lambda task: task.start)
    open_tasks = [number for number, task in enumerate(crowd) if task.start == -1]

    pages, shown = pace.looked(crowd, open_tasks)

    assert (pages, [crowd[number].model for number in shown]) == (3, [1])
