"""Jobs to store, and the ways to bring one into a state."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg

from bot.jobs.failures import Failure, FailureReason
from bot.jobs.limits import Hold, Scope, month_counter, person_day_counter
from bot.jobs.model import (
    AssetRole,
    Delivery,
    Job,
    JobKind,
    MessageRef,
    NewAsset,
    NewJob,
    Place,
    Purpose,
    VideoInput,
)
from bot.jobs.ports import Accepted, Change, DeliveryChange, JobStore
from bot.jobs.states import (
    ABANDON,
    BEGIN_SEND,
    BIND,
    CANCEL,
    DELIVER,
    DOUBT,
    FAIL,
    GIVE_UP,
    PASS_DEADLINE,
    SUBMIT,
    SUCCEED,
    DeliveryState,
    JobState,
    Transition,
)

NOW = 1_780_000_000_000
"""28 May 2026, 20:26:40 UTC."""

PRICE = 260_000
PERSON = 7_001
GUILD = 8_001
CHANNEL = 9_001

_numbers = itertools.count(1)


class ManualClock:
    """A clock that moves when told; sleepers wake at the next turn of the loop."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> int:
        return self.at

    async def sleep(self, milliseconds: int) -> None:
        self.at += milliseconds
        await asyncio.sleep(0)


def new_job(**changes: Any) -> NewJob:
    number = next(_numbers)
    made = NewJob(
        id=f"j{number}",
        request_key=f"request-{number}",
        kind=JobKind.VIDEO,
        requester_id=PERSON,
        place=Place(guild_id=GUILD, channel_id=CHANNEL, upload_limit=10_485_760),
        input=VideoInput(prompt="a storm rolls in", seconds=5),
        model="1.6",
        mode="std",
        spoiler=False,
        source_id=None,
        service_mode="public",
        key_fingerprint="key-1",
        hook_token=secrets.token_hex(16),
        price_microusd=PRICE,
        reserved_microusd=PRICE,
        created_at=NOW,
        due_at=NOW,
        queue_expires_at=NOW + 3_600_000,
    )
    return replace(made, **changes)


def an_image(**changes: Any) -> NewAsset:
    made = NewAsset(
        role=AssetRole.IMAGE,
        url="https://cdn.example/a.png?sig=1",
        filename="a.png",
        content_type="image/png",
        size=1_234,
        option="image",
    )
    return replace(made, **changes)


def holds_for(
    new: NewJob, *, month_ceiling: int | None = 1_000 * PRICE, day_ceiling: int | None = 1_000
) -> tuple[Hold, Hold]:
    day = person_day_counter(new.place.guild_id or 0, new.requester_id, new.created_at)
    return (
        Hold(Scope.PROCESS_MONTH_USD, month_counter(new.created_at), new.reserved_microusd, month_ceiling),
        Hold(Scope.PERSON_DAY_JOBS, day, 1, day_ceiling),
    )


async def submitted(store: JobStore, **changes: Any) -> Job:
    new = new_job(**changes)
    answer = await store.submit(new, holds_for(new))
    assert isinstance(answer, Accepted), answer
    return answer.job


def move(job: Job | str, transition: Transition[JobState], **changes: Any) -> Change:
    """A change with what its transition cannot do without."""
    job_id = job if isinstance(job, str) else job.id
    made = Change(job_id=job_id, transition=transition, at=NOW + 1_000, cause="test", due_at=NOW + 2_000)
    if transition is BIND:
        made = replace(made, task_id=f"task-of-{job_id}")
    if transition.target in {JobState.FAILED, JobState.ABANDONED}:
        made = replace(made, failure=Failure(FailureReason.OTHER))
    return replace(made, **changes)


PATHS: dict[JobState, Sequence[Transition[JobState]]] = {
    JobState.QUEUED: (),
    JobState.SUBMITTING: (SUBMIT,),
    JobState.SUBMIT_UNKNOWN: (SUBMIT, DOUBT),
    JobState.RUNNING: (SUBMIT, BIND),
    JobState.OVERDUE: (SUBMIT, BIND, PASS_DEADLINE),
    JobState.ABANDONED: (SUBMIT, DOUBT, ABANDON),
    JobState.SUCCEEDED: (SUBMIT, BIND, SUCCEED),
    JobState.FAILED: (SUBMIT, BIND, FAIL),
    JobState.CANCELLED: (SUBMIT, BIND, CANCEL),
}


async def job_in(store: JobStore, state: JobState, **changes: Any) -> Job:
    """A job brought into a state on its usual way."""
    job = await submitted(store, **changes)
    for transition in PATHS[state]:
        moved = await store.apply(move(job, transition))
        assert moved is not None, transition
        job = moved
    assert job.state is state
    return job


async def finished(store: JobStore, at: int, **changes: Any) -> Job:
    """A clip that was made at an instant; it is not awaited any more."""
    job = await job_in(store, JobState.RUNNING, **changes)
    ended = await store.apply(move(job, SUCCEED, at=at, due_at=None))
    assert ended is not None
    return ended


async def delivery_in(store: JobStore, state: DeliveryState, purpose: Purpose = Purpose.RESULT) -> Delivery:
    """A delivery brought into a state on its usual way; its clip is not awaited any more."""
    job = await job_in(store, JobState.RUNNING)
    assert await store.apply(move(job, SUCCEED, purpose=purpose, due_at=None)) is not None
    (delivery,) = await store.deliveries(job.id)
    steps: dict[DeliveryState, Sequence[Transition[DeliveryState]]] = {
        DeliveryState.PENDING: (),
        DeliveryState.SENDING: (BEGIN_SEND,),
        DeliveryState.DELIVERED: (BEGIN_SEND, DELIVER),
        DeliveryState.UNDELIVERABLE: (GIVE_UP,),
    }
    for transition in steps[state]:
        moved = await store.apply_delivery(send(delivery, transition))
        assert moved is not None, transition
        delivery = moved
    assert delivery.state is state
    return delivery


def send(delivery: Delivery | str, transition: Transition[DeliveryState], **changes: Any) -> DeliveryChange:
    """A change with what its transition cannot do without."""
    delivery_id = delivery if isinstance(delivery, str) else delivery.id
    made = DeliveryChange(delivery_id=delivery_id, transition=transition, at=NOW + 3_000, due_at=NOW + 3_000)
    if transition is DELIVER:
        made = replace(made, message=MessageRef(CHANNEL, next(_numbers) + 500_000), due_at=None)
    return replace(made, **changes)


class Probe:
    """Reads a database behind its store's back."""

    def __init__(self, reader: sqlite3.Connection | asyncpg.Connection[asyncpg.Record]) -> None:
        self._reader = reader

    @classmethod
    @asynccontextmanager
    async def of(cls, url: str) -> AsyncIterator[Probe]:
        if url.startswith("sqlite"):
            connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            try:
                yield cls(connection)
            finally:
                connection.close()
        else:
            server = await asyncpg.connect(url)
            try:
                yield cls(server)
            finally:
                await server.close()

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if isinstance(self._reader, sqlite3.Connection):
            return self._reader.execute(sql).fetchall()
        return [tuple(row.values()) for row in await self._reader.fetch(sql)]

    async def value(self, sql: str) -> Any:
        return (await self.rows(sql))[0][0]

    async def columns(self, table: str) -> list[str]:
        """The names of a table's columns, in their order."""
        if isinstance(self._reader, sqlite3.Connection):
            return [row[1] for row in self._reader.execute(f"PRAGMA table_info({table})")]
        rows = await self._reader.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position", table
        )
        return [str(row["column_name"]) for row in rows]

    async def contradictions(self) -> list[str]:
        """Every counter that does not say what the rows say, and every history that does not lead to its row."""
        checks = {
            "in flight": """
                SELECT COALESCE((SELECT used FROM counters WHERE name = 'in_flight'), 0),
                    (SELECT COUNT(*) FROM jobs WHERE state IN ('submitting', 'submit_unknown', 'running', 'overdue'))
                """,
            "month": """
                SELECT (SELECT COALESCE(SUM(used), 0) FROM counters WHERE name LIKE 'process:usd:%'),
                    (SELECT COALESCE(SUM(COALESCE(consumed_microusd, reserved_microusd)), 0) FROM charges)
                """,
            "person": """
                SELECT (SELECT COALESCE(SUM(used), 0) FROM counters WHERE name LIKE 'server:%'),
                    (SELECT COALESCE(SUM(amount), 0) FROM holds JOIN jobs ON jobs.id = job_id
                     WHERE quota_held = 1 OR holds.kind IN ('money', 'place'))
                """,
        }
        wrong = [
            f"{name}: {counted} counted, {true} true"
            for name, (counted, true) in [(name, (await self.rows(sql))[0]) for name, sql in checks.items()]
            if int(counted) != int(true)
        ]
        strays = await self.value(
            """
            SELECT COUNT(*) FROM jobs WHERE state <> (
                SELECT to_state FROM job_events WHERE job_id = jobs.id ORDER BY number DESC LIMIT 1
            )
            """
        )
        return wrong + ([f"histories: {strays} lead elsewhere"] if strays else [])
