"""When the provider is asked, and how often."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.clock import DAY, MINUTE, SECOND
from bot.jobs import schedule


@given(st.integers(1, 10_000))
def test_a_backoff_grows_to_its_cap_and_no_further(attempt):
    wait = schedule.backoff(attempt, first=5 * SECOND, most=5 * MINUTE)
    assert 2_500 <= wait <= 5 * MINUTE
    assert attempt < 8 or wait >= 150 * SECOND


@given(st.integers(-DAY, DAY))
def test_an_unknown_outcome_is_looked_for_every_ten_seconds_to_two_minutes(age):
    assert 10 * SECOND <= schedule.next_look(age) <= 2 * MINUTE


def test_a_lease_outlives_the_call_it_covers():
    assert schedule.POST_LEASE > schedule.POST_DEADLINE
    assert schedule.UPLOAD_LEASE > schedule.UPLOAD_DEADLINE


def test_what_is_still_to_come_by_a_clock_put_back_is_looked_for_as_seldom_as_what_is_long_past():
    assert schedule.next_look(-DAY) == schedule.next_look(DAY) == 2 * MINUTE
