"""When tasks are asked for, and when one request stands for many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.clock import DAY, MINUTE, SECOND
from bot.jobs import pace
from bot.jobs.ports import Quantiles

TYPICAL = Quantiles(p10=60 * SECOND, p50=100 * SECOND, p90=250 * SECOND, samples=50)
quantiles = st.one_of(
    st.none(),
    st.tuples(st.integers(0, DAY), st.integers(0, DAY), st.integers(0, DAY)).map(
        lambda three: Quantiles(*sorted(three), samples=9)
    ),
)


def polls(until: int, *, webhooks: bool) -> list[int]:
    times = [pace.first_poll(TYPICAL, webhooks=webhooks)]
    while times[-1] < until:
        times.append(times[-1] + pace.next_poll(times[-1], TYPICAL, webhooks=webhooks))
    return times


def test_with_webhooks_polling_waits_until_most_such_tasks_are_done():
    assert polls(TYPICAL.p90, webhooks=True) == [TYPICAL.p90]


def test_without_webhooks_requests_are_spent_where_completions_are():
    times = polls(10 * MINUTE, webhooks=False)
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    likely = [gap for at, gap in zip(times, gaps, strict=False) if TYPICAL.p10 <= at <= TYPICAL.p50]
    seldom = [gap for at, gap in zip(times, gaps, strict=False) if TYPICAL.p50 < at < (TYPICAL.p50 + TYPICAL.p90) // 2]

    assert [at for at in times if at < 0.8 * TYPICAL.p10] == []
    assert max(likely) <= 10 * SECOND
    assert min(seldom) > 10 * SECOND
    assert gaps[-1] >= 20 * SECOND


@given(st.integers(0, 40 * DAY), quantiles, st.booleans())
def test_a_poll_is_never_at_once_and_never_further_off_than_ten_minutes_once_it_began(age, known, webhooks):
    wait = pace.next_poll(max(age, pace.first_poll(known, webhooks=webhooks)), known, webhooks=webhooks)

    assert SECOND <= wait <= 10 * MINUTE


@given(st.integers(-DAY, 40 * DAY), quantiles, st.booleans(), st.floats(0, 1e6))
def test_a_task_that_was_seen_is_asked_for_by_itself_within_the_backstop(age, known, webhooks, gained):
    assert SECOND <= pace.spared(age, known, gained, webhooks=webhooks) <= pace.BACKSTOP


@given(st.lists(st.tuples(st.integers(0, DAY), quantiles)), st.booleans())
def test_demand_is_the_sum_of_what_each_would_take(ages, webhooks):
    alone = [pace.demand([each], webhooks=webhooks) for each in ages]

    assert abs(pace.demand(ages, webhooks=webhooks) - sum(alone)) < 1e-9
    assert all(0 <= each <= 1 for each in alone)


def test_the_history_gains_with_every_task_and_loses_with_every_page():
    ten = pace.demand([(80 * SECOND, TYPICAL)] * 10, webhooks=False)

    assert pace.gain(pace.demand([(80 * SECOND, TYPICAL)], webhooks=False), 1) < 1 < pace.gain(ten, 1)
    assert pace.gain(ten, 2) == pace.gain(ten, 1) / 2
