"""The line is played on: who is started when, and whose card no longer says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import MINUTE, SECOND
from bot.jobs import pace
from bot.jobs.forecast import Forecast, Outlook
from bot.jobs.model import JobKind
from bot.jobs.place_shown import Shown
from bot.jobs.ports import InLine, Quantiles
from bot.jobs.states import JobState
from tests.unit.ui.job_samples import job

NOW = 1_780_000_000_000
STEADY = Quantiles(p10=100 * SECOND, p50=100 * SECOND, p90=100 * SECOND, samples=50)


def row(number: int, state: JobState = JobState.QUEUED, **changes: object) -> InLine:
    made = InLine(
        job_id=f"j{number}",
        state=state,
        line=1,
        person=number,
        number=number,
        turn=number,
        person_served=0,
        line_served=0,
        kind=JobKind.VIDEO,
        model="1.6",
        mode="std",
        seconds=5,
        has_card=True,
    )
    return replace(made, **changes)


def forecast(*rows: InLine, places: int = 2, known: Quantiles | None = STEADY) -> Forecast:
    return Forecast(rows, places, NOW, lambda _: known)


def outlooks(made: Forecast, *numbers: int) -> list[Outlook | None]:
    return [made.of(job(id=f"j{number}")) for number in numbers]


def test_each_is_started_as_soon_as_a_place_is_free():
    held = [row(1, JobState.RUNNING, began_at=NOW - 30 * SECOND), row(2, JobState.SUBMITTING, began_at=NOW)]
    made = forecast(*held, row(3), row(4), row(5))
    assert outlooks(made, 3, 4, 5) == [
        Outlook(1, NOW + 170 * SECOND),
        Outlook(2, NOW + 200 * SECOND),
        Outlook(3, NOW + 270 * SECOND),
    ]


def test_what_holds_a_place_has_no_outlook():
    assert outlooks(forecast(row(1, JobState.RUNNING, began_at=NOW), row(2)), 1) == [None]


def test_a_place_that_something_overdue_holds_may_never_be_free():
    made = forecast(row(1, JobState.OVERDUE, began_at=NOW - MINUTE), row(2), row(3))
    assert outlooks(made, 2, 3) == [Outlook(1, NOW + 100 * SECOND), Outlook(2, NOW + 200 * SECOND)]


def test_where_all_places_are_held_by_what_is_overdue_only_positions_are_known():
    overdue = [row(number, JobState.OVERDUE, began_at=NOW) for number in (1, 2)]
    assert outlooks(forecast(*overdue, row(3), row(4)), 3, 4) == [Outlook(1, None), Outlook(2, None)]


def test_a_place_less_than_is_held_is_waited_for():
    held = [row(number, JobState.RUNNING, began_at=NOW - number * SECOND) for number in (1, 2, 3)]
    assert outlooks(forecast(*held, row(4), places=2), 4) == [Outlook(1, NOW + 198 * SECOND)]


def test_where_nothing_is_known_of_such_clips_no_time_is_told():
    assert outlooks(forecast(row(1), known=None), 1) == [Outlook(1, None)]


def test_few_are_looked_at_anew_and_many_after_a_while():
    few, many = forecast(row(1)), forecast(*(row(number) for number in range(1, 101)))
    assert not few.holds_at(NOW)
    assert many.holds_at(NOW + 499)
    assert not many.holds_at(NOW + 500)
    assert not many.holds_at(NOW - 1)


def test_whoever_joins_is_told_their_place_and_the_time_of_whoever_stood_there():
    made = forecast(*(row(number, person=1) for number in range(1, 5)))
    joined = made.join(job(id="new", requester_id=2), STEADY)
    assert joined == Outlook(2, NOW + 100 * SECOND)
    assert made.of(job(id="new")) == joined


def test_whoever_joins_behind_the_last_is_told_a_time_at_the_pace_of_those_before():
    made = forecast(*(row(number) for number in range(1, 5)), places=1)
    server = job().place.guild_id
    assert server != 1
    others = [made.join(job(id=f"n{number}", requester_id=9), STEADY) for number in range(9)]
    assert [each.position for each in others] == [2, 4, 6, 8, 9, 10, 11, 12, 13]
    times = [each.ready_at or 0 for each in others]
    assert times == sorted(times)
    assert times[-1] > NOW + 400 * SECOND


def test_cards_that_say_something_else_are_named_those_furthest_off_first():
    outlook = [NOW + 100 * SECOND * number for number in (1, 2, 3, 4)]
    made = forecast(
        row(1, card_place=1, card_ready_at=outlook[0]),
        row(2, card_place=3, card_ready_at=outlook[1]),
        row(3, card_place=9, card_ready_at=outlook[2]),
        row(4, card_place=5, card_ready_at=outlook[3], has_card=False),
        places=1,
    )
    assert made.misplaced(5) == ["j3", "j2"]
    assert made.misplaced(1) == ["j3"]


def test_a_card_that_will_be_drawn_anyway_takes_nobodys_turn():
    made = forecast(
        row(1, card_place=9, card_behind=True), row(2, card_place=4, card_ready_at=NOW + 200 * SECOND), places=1
    )
    assert made.misplaced(1) == ["j2"]


def test_in_a_line_that_moves_fast_those_behind_are_told_that_more_than_a_round_number_go_first():
    crowd = [row(number) for number in range(1, 101)]
    held = [row(number, JobState.RUNNING, began_at=NOW - number % 20 * 5 * SECOND) for number in range(101, 121)]
    made = forecast(*crowd, *held, places=20)
    told = [(each.position, each.more_than) for each in outlooks(made, 1, 5, 7, 8, 12, 13, 23, 24, 100) if each]
    assert told == [(1, 0), (5, 0), (7, 0), (0, 5), (0, 5), (0, 10), (0, 10), (0, 10), (0, 10)]


@pytest.mark.parametrize(
    ("every", "told"),
    [
        (None, [1, 99, 4_999]),
        (41, [1, 22, -20, -20, -20]),
        (6, [1, 7, -5, -10, -20]),
        (3, [0, 0, -5, -5, -5]),
        (1, [0, 0, 0, 0, 0]),
    ],
)
def test_the_faster_a_line_moves_the_less_is_told_of_places(every: int | None, told: list[int]):
    shown = Shown.at(None if every is None else every * SECOND)
    places = {None: [1, 99, 4_999], 41: [1, 22, 23, 24, 50], 6: [1, 7, 8, 14, 40], 3: [1, 7, 9, 9, 90]}
    at = [shown.of(place) for place in places.get(every, [1, 2, 3, 30, 300])]
    assert [each.position or -each.more_than for each in at] == told


@pytest.mark.parametrize("every", [2, 5, 6, 10, 41, 300])
def test_what_is_told_is_drawn_anew_before_it_is_wrong_and_not_because_it_was_drawn(every: int):
    shown = Shown.at(every * SECOND)
    for place in range(1, 150):
        told = shown.of(place)
        assert shown.error(told, place) < 1
        if told.more_than:
            assert told.more_than < place - 1
            still = [now for now in range(1, place + 1) if shown.error(told, now) < 1]
            assert all(now - 1 - shown.margin > told.more_than for now in still)


@pytest.mark.parametrize(
    ("shown", "wrong"),
    [(NOW + 100 * SECOND, False), (NOW + 114 * SECOND, False), (NOW + 116 * SECOND, True), (None, True)],
)
def test_a_card_whose_time_is_off_by_more_than_a_sixth_is_named(shown: int | None, wrong: bool):
    made = forecast(row(1, card_place=1, card_ready_at=shown))
    assert made.misplaced(5) == (["j1"] if wrong else [])


def test_the_mean_lies_between_the_quantiles_and_what_is_left_shrinks_until_only_the_slow_are_left():
    known = Quantiles(p10=60 * SECOND, p50=100 * SECOND, p90=250 * SECOND, samples=50)
    assert pace.mean(known) == 133 * SECOND
    assert pace.remaining(0, known) == pace.mean(known)
    assert pace.remaining(50 * SECOND, known) == 83 * SECOND
    assert pace.remaining(100 * SECOND, known) == 150 * SECOND
    assert pace.remaining(250 * SECOND, known) == 100 * SECOND
