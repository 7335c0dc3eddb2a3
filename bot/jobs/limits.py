"""Ceilings as counters: what a job takes from each, and how a refusal names the one that was full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from bot.errors import Refusal

IN_FLIGHT_COUNTER: Final = "in_flight"
"""How many jobs may occupy a task at the provider right now, over the whole process group."""


class Scope(StrEnum):
    """Whose ceiling; counters are taken in this order, so that two submissions never wait for each other."""

    PROCESS_MONTH_USD = "process_month_usd"
    PERSON_DAY_JOBS = "person_day_jobs"


@dataclass(frozen=True, slots=True)
class Hold:
    """What a job takes from one counter.

    Attributes:
        counter: the counter's row, with its period in its name.
        amount: jobs, or micro-dollars.
        ceiling: the most the counter may reach; None for no ceiling.
    """

    scope: Scope
    counter: str
    amount: int
    ceiling: int | None


@dataclass(frozen=True, kw_only=True)
class CeilingReached(Refusal):
    """A ceiling of the operator's is reached.

    Attributes:
        used: jobs or micro-dollars taken so far.
        ceiling: jobs or micro-dollars.
        free_at: UTC milliseconds when the period ends.
    """

    scope: Scope
    used: int
    ceiling: int
    free_at: int


def month_counter(at: int) -> str:
    """Return the counter of the whole account's spend in `at`'s month (UTC)."""
    return f"process:usd:{datetime.fromtimestamp(at / 1000, UTC):%Y-%m}"


def person_day_counter(person_id: int, at: int) -> str:
    """Return the counter of a person's jobs on `at`'s day (UTC)."""
    return f"person:{person_id}:jobs:{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}"


def period_end(scope: Scope, at: int) -> int:
    """Return when the period of `scope` that holds `at` ends, in UTC milliseconds."""
    day = datetime.fromtimestamp(at / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if scope is Scope.PERSON_DAY_JOBS:
        return int(day.timestamp() * 1000) + 86_400_000
    first_of_next = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)
    return int(first_of_next.timestamp() * 1000)
