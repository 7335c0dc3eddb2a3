"""Ceilings as counters: what a job takes from each, and how a refusal names the one that was full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from bot.clock import DAY
from bot.errors import Refusal

IN_FLIGHT_COUNTER: Final = "in_flight"
"""How many jobs may occupy a task at the provider right now, over the whole process group."""


class HoldKind(StrEnum):
    """When a counter gets back what a job took from it."""

    LEDGER = "ledger"
    """The whole account's money: settled to what was charged, in the ledger."""
    MONEY = "money"
    """A server's money: settled to what was charged, whatever came of it."""
    SPEND = "spend"
    """A person's money: settled to what was charged for a clip; given back whole where there is none."""
    CLIP = "clip"
    """A number of clips: given back where there is none."""
    PLACE = "place"
    """A job under way: given back when it ends, or is given up."""


class Scope(StrEnum):
    """Whose ceiling; counters are taken in this order, so that two submissions never wait for each other."""

    PROCESS_MONTH_USD = "process_month_usd"
    SERVER_MONTH_USD = "server_month_usd"
    SERVER_MONTH_JOBS = "server_month_jobs"
    PERSON_RUNNING = "person_running"
    PERSON_DAY_JOBS = "person_day_jobs"
    PERSON_MONTH_JOBS = "person_month_jobs"
    PERSON_DAY_USD = "person_day_usd"
    PERSON_MONTH_USD = "person_month_usd"

    @property
    def kind(self) -> HoldKind:
        """Return when its counter gets back what was taken."""
        return _KINDS[self]

    @property
    def in_dollars(self) -> bool:
        """Tell whether its counter counts micro-dollars; jobs otherwise."""
        return self.kind in {HoldKind.LEDGER, HoldKind.MONEY, HoldKind.SPEND}

    @property
    def refuses(self) -> int:
        """Return which of several full ceilings is named: the smallest number; the person's own come first."""
        return _REFUSALS.index(self)


_KINDS: Final = {
    Scope.PROCESS_MONTH_USD: HoldKind.LEDGER,
    Scope.SERVER_MONTH_USD: HoldKind.MONEY,
    Scope.SERVER_MONTH_JOBS: HoldKind.CLIP,
    Scope.PERSON_RUNNING: HoldKind.PLACE,
    Scope.PERSON_DAY_JOBS: HoldKind.CLIP,
    Scope.PERSON_MONTH_JOBS: HoldKind.CLIP,
    Scope.PERSON_DAY_USD: HoldKind.SPEND,
    Scope.PERSON_MONTH_USD: HoldKind.SPEND,
}
_REFUSALS: Final = (
    Scope.PERSON_RUNNING,
    Scope.PERSON_DAY_JOBS,
    Scope.PERSON_DAY_USD,
    Scope.PERSON_MONTH_JOBS,
    Scope.PERSON_MONTH_USD,
    Scope.SERVER_MONTH_JOBS,
    Scope.SERVER_MONTH_USD,
    Scope.PROCESS_MONTH_USD,
)
BUDGETS: Final = (Scope.SERVER_MONTH_USD, Scope.SERVER_MONTH_JOBS)
"""The ceilings of a server's month; who manages it is warned before they are full."""
WARNED_AT: Final = 80
"""Of how many hundredths of a budget its keeper is warned."""
_DAILY: Final = frozenset({Scope.PERSON_DAY_JOBS, Scope.PERSON_DAY_USD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one person may take on one server; None means no ceiling, written out on purpose.

    Attributes:
        running: jobs under way at once.
        clips_per_day: jobs ordered in a day (UTC).
        clips_per_month: jobs ordered in a calendar month (UTC).
        microusd_per_day: the person's spend in a day.
        microusd_per_month: the person's spend in a month.
        server_clips_per_month: jobs ordered by everybody on the server.
        server_microusd_per_month: the server's spend.
    """

    running: int | None = None
    clips_per_day: int | None = None
    clips_per_month: int | None = None
    microusd_per_day: int | None = None
    microusd_per_month: int | None = None
    server_clips_per_month: int | None = None
    server_microusd_per_month: int | None = None

    def of(self, scope: Scope) -> int | None:
        """Return the ceiling of a scope; the whole account's is none of a person's."""
        return {
            Scope.SERVER_MONTH_USD: self.server_microusd_per_month,
            Scope.SERVER_MONTH_JOBS: self.server_clips_per_month,
            Scope.PERSON_RUNNING: self.running,
            Scope.PERSON_DAY_JOBS: self.clips_per_day,
            Scope.PERSON_MONTH_JOBS: self.clips_per_month,
            Scope.PERSON_DAY_USD: self.microusd_per_day,
            Scope.PERSON_MONTH_USD: self.microusd_per_month,
        }.get(scope)


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
    """A ceiling of the operator's or the server's is reached.

    Attributes:
        used: jobs or micro-dollars taken so far.
        ceiling: jobs or micro-dollars.
        asked: what the job would have taken.
        free_at: UTC milliseconds when the period ends; of no use for PERSON_RUNNING, which waits for a job's end.
    """

    scope: Scope
    used: int
    ceiling: int
    asked: int = 0
    free_at: int


def counter_of(scope: Scope, *, guild_id: int, person_id: int, at: int) -> str:
    """Return the counter that a job of a person on a server takes from at an instant (UTC milliseconds).

    Quotas never cross servers: the same person has counters of their own on each.
    """
    day = datetime.fromtimestamp(at / 1000, UTC)
    period = "" if scope is Scope.PERSON_RUNNING else f":{day:%Y-%m-%d}" if scope in _DAILY else f":{day:%Y-%m}"
    unit = "running" if scope is Scope.PERSON_RUNNING else "usd" if scope.in_dollars else "jobs"
    match scope:
        case Scope.PROCESS_MONTH_USD:
            owner = "process"
        case Scope.SERVER_MONTH_USD | Scope.SERVER_MONTH_JOBS:
            owner = f"server:{guild_id}"
        case _:
            owner = f"server:{guild_id}:person:{person_id}"
    return f"{owner}:{unit}{period}"


def month_counter(at: int) -> str:
    """Return the counter of the whole account's spend in `at`'s month (UTC)."""
    return counter_of(Scope.PROCESS_MONTH_USD, guild_id=0, person_id=0, at=at)


def person_day_counter(guild_id: int, person_id: int, at: int) -> str:
    """Return the counter of a person's jobs on a server on `at`'s day (UTC)."""
    return counter_of(Scope.PERSON_DAY_JOBS, guild_id=guild_id, person_id=person_id, at=at)


def period_end(scope: Scope, at: int) -> int:
    """Return when the period of `scope` that holds `at` ends, in UTC milliseconds."""
    day = datetime.fromtimestamp(at / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if scope in _DAILY:
        return int(day.timestamp() * 1000) + DAY
    first_of_next = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)
    return int(first_of_next.timestamp() * 1000)
