"""Counters carry their period in their names, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.jobs.limits import Scope, month_counter, period_end, person_day_counter


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)


def test_a_month_ends_at_midnight_utc():
    assert month_counter(at(2026, 11, 30, 23, 59, 59)) == "process:usd:2026-11"
    assert month_counter(at(2026, 12, 1)) == "process:usd:2026-12"


def test_a_person_counts_by_day():
    assert person_day_counter(7, 42, at(2026, 11, 22, 23, 59)) == "server:7:person:42:jobs:2026-11-22"


@pytest.mark.parametrize(
    ("scope", "now", "end"),
    [
        (Scope.PERSON_DAY_JOBS, (2026, 11, 30, 12), (2026, 12, 1)),
        (Scope.PROCESS_MONTH_USD, (2026, 11, 30, 12), (2026, 12, 1)),
        (Scope.PROCESS_MONTH_USD, (2026, 12, 31, 23, 59), (2027, 1, 1)),
        (Scope.PROCESS_MONTH_USD, (2028, 2, 29), (2028, 3, 1)),
    ],
)
def test_a_period_ends_when_the_next_begins(scope, now, end):
    assert period_end(scope, at(*now)) == at(*end)
