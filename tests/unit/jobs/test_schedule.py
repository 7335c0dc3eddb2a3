"""When the provider is asked, and how often."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.clock import DAY, MINUTE, SECOND
from bot.jobs import schedule
from bot.jobs.ports import Quantiles

TYPICAL = Quantiles(p10=60 * SECOND, p50=100 * SECOND, p90=250 * SECOND, samples=50)
quantiles = st.one_of(
    st.none(),
    st.tuples(st.integers(0, DAY), st.integers(0, DAY), st.integers(0, DAY)).map(
        lambda three: Quantiles(*sorted(three), samples=9)
    ),
)


def polls(until: int, *, webhooks: bool) -> list[int]:
    times = [schedule.first_poll(TYPICAL, webhooks=webhooks)]
    while times[-1] < until:
        times.append(times[-1] + schedule.next_poll(times[-1], TYPICAL, webhooks=webhooks))
    return times


def test_with_webhooks_polling_waits_until_most_such_tasks_are_done():
    assert polls(TYPICAL.p90, webhooks=True) == [TYPICAL.p90]


def test_without_webhooks_requests_are_spent_where_completions_are():
    times = polls(10 * MINUTE, webhooks=False)
    before = [at for at in times if at < TYPICAL.p10]
    likely = [at for at in times if TYPICAL.p10 <= at <= TYPICAL.p90]
    gaps = [later - earlier for earlier, later in zip(likely, likely[1:], strict=False)]
    assert len(before) <= 3
    assert max(gaps) <= 10 * SECOND
    assert len([at for at in times if TYPICAL.p90 < at < TYPICAL.p90 + MINUTE]) < 6


@given(st.integers(0, 40 * DAY), quantiles, st.booleans())
def test_a_poll_is_never_at_once_and_never_further_off_than_ten_minutes(age, known, webhooks):
    wait = schedule.next_poll(age, known, webhooks=webhooks)
    assert SECOND <= wait <= 10 * MINUTE


@given(st.integers(1, 10_000))
def test_a_backoff_grows_to_its_cap_and_no_further(attempt):
    wait = schedule.backoff(attempt, first=5 * SECOND, most=5 * MINUTE)
    assert 2_500 <= wait <= 5 * MINUTE
    assert attempt < 8 or wait >= 150 * SECOND


@given(st.integers(0, DAY))
def test_an_unknown_outcome_is_looked_for_every_ten_seconds_to_two_minutes(age):
    assert 10 * SECOND <= schedule.next_look(age) <= 2 * MINUTE


def test_a_lease_outlives_the_call_it_covers():
    assert schedule.POST_LEASE > schedule.POST_DEADLINE
    assert schedule.UPLOAD_LEASE > schedule.UPLOAD_DEADLINE
