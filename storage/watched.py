"""A database that remembers whether it could be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Generic

from bot.jobs.ports import StoreUnavailable
from bot.jobs.trouble import Standing
from storage.database import Answer, Burst, Database, Engine, GroupWork, Item, Row, T, Value, Work


class WatchedDatabase:
    """Passes everything on, and notes what kept it from being done."""

    def __init__(self, database: Database, standing: Standing) -> None:
        """Note it in `standing`."""
        self._database = database
        self._standing = standing

    @property
    def engine(self) -> Engine:
        """Return which engine it is."""
        return self._database.engine

    @property
    def version(self) -> str:
        """Return the engine's name and version."""
        return self._database.version

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        """Run a statement in a transaction of its own; return its rows."""
        with _noting(self._standing):
            return await self._database.rows(statement, **values)

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        """Run a statement in a transaction of its own; return its first row."""
        with _noting(self._standing):
            return await self._database.row(statement, **values)

    async def run(self, statement: str, /, **values: Value) -> None:
        """Run a statement in a transaction of its own."""
        with _noting(self._standing):
            await self._database.run(statement, **values)

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        """Run a statement for each set of values, all in one transaction."""
        with _noting(self._standing):
            await self._database.many(statement, values)

    async def transaction(self, work: Work[T]) -> T:
        """Run work in one transaction."""
        with _noting(self._standing):
            return await self._database.transaction(work)

    def burst(self, work: GroupWork[Item, Answer]) -> Burst[Item, Answer]:
        """Return a way to run work on items that arrive together."""
        return _WatchedBurst(self._database.burst(work), self._standing)

    async def ping(self) -> None:
        """Ask for one row; that it answers says nothing of whether it can be written."""
        await self._database.ping()

    async def copy_into(self, path: Path, now: int) -> None:
        """Write a copy; where that fails it is the copy's place that is at fault."""
        await self._database.copy_into(path, now)

    async def close(self) -> None:
        """Close it."""
        await self._database.close()


class _WatchedBurst(Generic[Item, Answer]):
    def __init__(self, burst: Burst[Item, Answer], standing: Standing) -> None:
        self._burst = burst
        self._standing = standing

    async def put(self, item: Item) -> Answer:
        with _noting(self._standing):
            return await self._burst.put(item)


@contextmanager
def _noting(standing: Standing) -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        standing.failed(error.trouble)
        raise
