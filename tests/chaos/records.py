"""What the bot's database says, read behind its back: what an owner would look up after the fact."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import asyncpg

from bot.jobs.states import AT_REST, IN_FLIGHT, DeliveryState, JobState

_SETTLED: Final = frozenset({DeliveryState.DELIVERED, DeliveryState.UNDELIVERABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """A job with its charge; money in micro-dollars.

    Attributes:
        was_abandoned: whether it was ever given up on, even if it turned up later.
    """

    number: int
    id: str
    request_key: str
    state: JobState
    hook_token: str
    task_id: str | None
    card_message_id: int | None
    card_shown: int
    revision: int
    reserved: int
    consumed: int | None
    settled: bool
    failure_reason: str | None = None
    was_abandoned: bool = False

    @property
    def at_rest(self) -> bool:
        """Whether nothing is left to be done for it, its card included."""
        return self.state in AT_REST and (self.card_message_id is None or self.card_shown >= self.revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """A message that was owed.

    Attributes:
        reason: why it was postponed or given up on, "" where it never was.
    """

    id: str
    job_id: str
    purpose: str
    state: DeliveryState
    message_id: int | None
    reason: str = ""

    @property
    def at_rest(self) -> bool:
        """Whether nobody works on it any more: it stands, or was given up on, which is another matter."""
        return self.state in _SETTLED


_JOBS: Final = """
    SELECT jobs.number, jobs.id, jobs.request_key, jobs.state, jobs.hook_token, jobs.task_id, jobs.card_message_id,
        jobs.card_shown, jobs.revision, charges.reserved_microusd, charges.consumed_microusd, charges.settled_at,
        jobs.failure_reason,
        (SELECT COUNT(*) FROM job_events WHERE job_events.job_id = jobs.id AND to_state = 'abandoned')
    FROM jobs JOIN charges ON charges.job_id = jobs.id
    ORDER BY jobs.number
"""
_DELIVERIES: Final = "SELECT id, job_id, purpose, state, message_id, reason FROM deliveries ORDER BY number"
_IN_FLIGHT: Final = ", ".join(f"'{state}'" for state in sorted(IN_FLIGHT))
_REMEMBERED: Final = (
    "NOT EXISTS (SELECT 1 FROM erasures WHERE {} LIKE '%:person:' || CAST(erasures.person_id AS TEXT) || ':%')"
)
"""Not of somebody who had what is stored about them deleted: their counters stay, and what each job took does not."""
_COUNTS: Final = {
    "in flight": f"""
        SELECT COALESCE((SELECT used FROM counters WHERE name = 'in_flight'), 0),
            (SELECT COUNT(*) FROM jobs WHERE state IN ({_IN_FLIGHT}))
    """,  # noqa: S608 - of the product's own states
    "money of the month": """
        SELECT (SELECT COALESCE(SUM(used), 0) FROM counters WHERE name LIKE 'process:usd:%'),
            (SELECT COALESCE(SUM(COALESCE(consumed_microusd, reserved_microusd)), 0) FROM charges)
    """,
    "what people have taken": f"""
        SELECT (SELECT COALESCE(SUM(used), 0) FROM counters
                WHERE name LIKE 'server:%' AND {_REMEMBERED.format("name")}),
            (SELECT COALESCE(SUM(amount), 0) FROM holds JOIN jobs ON jobs.id = job_id
             WHERE (quota_held = 1 OR holds.kind IN ('money', 'place'))
                AND holds.counter IN (SELECT name FROM counters) AND {_REMEMBERED.format("holds.counter")})
    """,  # noqa: S608 - of names written here
}
"""Counters beside what the rows say they must be; those of days that are over are dropped, and count no more."""

Cell = str | int | None


class Records:
    """Reads a database of either engine."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.left_out: frozenset[str] = frozenset()
        """Jobs that are looked at no more, because the bot was asked to forget them."""
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def jobs(self, after: int = 0) -> list[JobRecord]:
        """Return every job with a number above `after`, oldest first."""
        found = map(_job, await self.rows(_JOBS))
        return [job for job in found if job.number > after and job.id not in self.left_out]

    async def deliveries(self) -> list[DeliveryRecord]:
        """Return every message that was ever owed, oldest first."""
        return [_delivery(row) for row in await self.rows(_DELIVERIES)]

    async def contradictions(self) -> list[str]:
        """Return each counter that does not say what the rows say."""
        counted = [(name, (await self.rows(query))[0]) for name, query in _COUNTS.items()]
        return [
            f"{name}: {says} counted, {true} true" for name, (says, true) in counted if int(says or 0) != int(true or 0)
        ]

    async def rows(self, query: str) -> Sequence[tuple[Cell, ...]]:
        """Return what a query gives."""
        if self._url.startswith("sqlite"):
            path = self._url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
                return connection.execute(query).fetchall()
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url)
        return [tuple(row.values()) for row in await self._connection.fetch(query)]

    async def close(self) -> None:
        """Close the connection, where there is one."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


def _whole(cell: Cell) -> int:
    assert isinstance(cell, int)
    return cell


def _whole_or_none(cell: Cell) -> int | None:
    return None if cell is None else int(cell)


def _job(row: tuple[Cell, ...]) -> JobRecord:
    number, job_id, key, state, token, task, card, shown, revision, reserved, consumed, settled, *more = row
    failure_reason, abandoned = more
    return JobRecord(
        number=_whole(number),
        id=str(job_id),
        request_key=str(key),
        state=JobState(str(state)),
        hook_token=str(token),
        task_id=None if task is None else str(task),
        card_message_id=_whole_or_none(card),
        card_shown=_whole(shown),
        revision=_whole(revision),
        reserved=_whole(reserved),
        consumed=_whole_or_none(consumed),
        settled=settled is not None,
        failure_reason=None if failure_reason is None else str(failure_reason),
        was_abandoned=_whole(abandoned) > 0,
    )


def _delivery(row: tuple[Cell, ...]) -> DeliveryRecord:
    delivery_id, job_id, purpose, state, message, reason = row
    return DeliveryRecord(
        id=str(delivery_id),
        job_id=str(job_id),
        purpose=str(purpose),
        state=DeliveryState(str(state)),
        message_id=_whole_or_none(message),
        reason="" if reason is None else str(reason),
    )
