"""Counts what a job costs: requests to Discord and to the provider, SQL statements and commits. Never a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

import pytest

from sandbox.discord.clock import Clock
from sandbox.discord.json_types import JsonObject
from sandbox.discord.observation import Exchange
from storage.database import Row, Transaction, Value, Work
from storage.sqlite import SqliteDatabase
from tests.e2e.community import Community

T = TypeVar("T")
BY_TIME: Final = frozenset({"durations", "line", "open_jobs", "overdue_since"})
"""Statements that follow from time having passed, once a minute or every few seconds when something happens then. The
slower the machine, the more jobs meet them."""


class StandingClock(Clock):
    """Time that passes, but wakes nobody unless it is moved: what happens is what an event led to, not an interval."""

    async def sleep_until(self, instant: int) -> None:
        """Return once time was moved to `instant`."""
        while self.now() < instant:
            await self._advanced.wait()


@dataclass
class Tally:
    """What was counted since the last `clear`.

    Attributes:
        discord: requests to Discord, by method and route.
        statements: SQL statements, by their names, without those in `timed` and `looks`.
        timed: those that are in `BY_TIME`.
        looks: claims that found nothing. Two bells that ring apart lead to one more than two that ring together, so how
            many there are depends on how busy the machine is.
        commits: transactions that wrote something, each of which waits for the disk.
    """

    discord: Counter[str] = field(default_factory=Counter)
    statements: Counter[str] = field(default_factory=Counter)
    timed: Counter[str] = field(default_factory=Counter)
    looks: Counter[str] = field(default_factory=Counter)
    commits: int = 0

    def clear(self) -> None:
        """Begin anew."""
        self.discord.clear()
        self.statements.clear()
        self.timed.clear()
        self.looks.clear()
        self.commits = 0

    def note(self, statement: str, times: int = 1) -> None:
        """Count a statement."""
        (self.timed if statement in BY_TIME else self.statements)[statement] += times

    def on_exchange(self, exchange: Exchange) -> None:
        """Count a request to Discord."""
        self.discord[f"{exchange.method} {exchange.route}"] += 1

    def on_event(self, payload: JsonObject) -> None:
        """Events cost the bot nothing but their reading."""

    def listen(self, place: Community, patch: pytest.MonkeyPatch) -> None:
        """Count from here on, in databases that are opened from here on, too."""
        place.discord.observe(self)
        alone, attempt = SqliteDatabase._alone, SqliteDatabase.attempt

        async def counted(database: SqliteDatabase, work: Work[T], run: Callable[[Work[T]], Awaitable[T]]) -> T:
            before = 0

            async def noted(session: Transaction) -> T:
                nonlocal before
                before = database._connection.total_changes
                return await work(_Named(session, self))

            answer = await run(noted)
            self.commits += database._connection.total_changes > before
            return answer

        async def counted_alone(database: SqliteDatabase, statement: str, work: Work[T]) -> T:
            return await counted(database, work, lambda noted: alone(database, statement, noted))

        async def counted_attempt(database: SqliteDatabase, work: Work[T]) -> T:
            return await counted(database, work, lambda noted: attempt(database, noted))

        patch.setattr(SqliteDatabase, "_alone", counted_alone)
        patch.setattr(SqliteDatabase, "attempt", counted_attempt)


class _Named:
    """A session that tells the names of its statements."""

    def __init__(self, session: Transaction, tally: Tally) -> None:
        self._session = session
        self._tally = tally

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        found = await self._session.rows(statement, **values)
        if statement.startswith("claim") and not found:
            self._tally.looks[statement] += 1
        else:
            self._tally.note(statement)
        return found

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        self._tally.note(statement)
        return await self._session.row(statement, **values)

    async def run(self, statement: str, /, **values: Value) -> None:
        self._tally.note(statement)
        await self._session.run(statement, **values)

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        self._tally.note(statement)
        await self._session.many(statement, values)

    async def each(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> Sequence[Row | None]:
        self._tally.note(statement, len(values))
        return await self._session.each(statement, values)


@asynccontextmanager
async def quiet(tally: Tally, turns: int = 20) -> AsyncIterator[None]:
    """Wait afterwards until nothing more is counted: the last bells rung lead to looks that find nothing."""
    yield
    unchanged = 0
    seen = (0, 0, 0, 0)
    while unchanged < turns:
        await asyncio.sleep(0.01)
        now = (tally.discord.total(), tally.statements.total(), tally.looks.total(), tally.commits)
        unchanged = unchanged + 1 if now == seen else 0
        seen = now
