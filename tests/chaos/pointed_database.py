"""A database with a point on either side of each commit, named by what the store is doing.

These points are listed nowhere: each method of the store that writes makes its own, and a transition each of its own
name, so that a commit that is added tomorrow is a point tomorrow.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Final, Generic, ParamSpec, TypeVar

from bot.jobs.ports import Change, DeliveryChange
from storage.database import Answer, Burst, Database, Engine, GroupWork, Item, Row, Transaction, Value, Work
from storage.remembered import tables_written
from storage.statements import Statements
from storage.store import Store
from tests.chaos.crashes import COMMITTED, UNCOMMITTED, Crashes

P = ParamSpec("P")
T = TypeVar("T")

_ELSEWHERE: Final = "something else"
_doing: ContextVar[str] = ContextVar("_doing", default=_ELSEWHERE)


def label(method: str, arguments: tuple[object, ...]) -> str:
    """Return what a method of the store is about to do: its name, and the transition's."""
    for argument in arguments:
        if isinstance(argument, Change | DeliveryChange):
            return f"{method} {argument.transition.name}"
    return method


def name_methods(store: Store) -> None:
    """Let the database know what each method of the store works for."""
    for name, method in inspect.getmembers(store, inspect.iscoroutinefunction):
        if not name.startswith("_"):
            setattr(store, name, _named(name, method))


def _named(name: str, method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    @functools.wraps(method)
    async def named(*arguments: P.args, **options: P.kwargs) -> T:
        token = _doing.set(label(name, arguments))
        try:
            return await method(*arguments, **options)
        finally:
            _doing.reset(token)

    return named


class _Watched:
    """Runs statements, and remembers whether one of them writes."""

    def __init__(self, session: Transaction, writes: frozenset[str]) -> None:
        self._session = session
        self._writes = writes
        self.wrote = False

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        self.wrote |= statement in self._writes
        return await self._session.rows(statement, **values)

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        self.wrote |= statement in self._writes
        return await self._session.row(statement, **values)

    async def run(self, statement: str, /, **values: Value) -> None:
        self.wrote |= statement in self._writes
        await self._session.run(statement, **values)

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        self.wrote |= statement in self._writes
        await self._session.many(statement, values)

    async def each(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> Sequence[Row | None]:
        self.wrote |= statement in self._writes
        return await self._session.each(statement, values)


class PointedDatabase:
    """A database with a point on either side of each commit."""

    def __init__(self, database: Database, crashes: Crashes) -> None:
        self._database = database
        self._crashes = crashes
        self._writes = writing_statements(database.engine)

    @property
    def engine(self) -> Engine:
        return self._database.engine

    @property
    def version(self) -> str:
        return self._database.version

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        return await self._alone(statement, self._database.rows(statement, **values))

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        return await self._alone(statement, self._database.row(statement, **values))

    async def run(self, statement: str, /, **values: Value) -> None:
        await self._alone(statement, self._database.run(statement, **values))

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        await self._alone(statement, self._database.many(statement, values))

    async def transaction(self, work: Work[T]) -> T:
        doing = _doing.get()
        wrote = False

        async def watched(session: Transaction) -> T:
            nonlocal wrote
            watching = _Watched(session, self._writes)
            answer = await work(watching)
            wrote = watching.wrote
            if wrote:
                self._crashes.reach(f"{UNCOMMITTED} {doing}")
            return answer

        answer = await self._database.transaction(watched)
        if wrote:
            self._crashes.reach(f"{COMMITTED} {doing}")
        return answer

    def burst(self, work: GroupWork[Item, Answer]) -> Burst[Item, Answer]:
        return PointedBurst(self._database, work, self._crashes)

    async def ping(self) -> None:
        await self._database.ping()

    async def copy_into(self, path: Path, now: int) -> None:
        await self._database.copy_into(path, now)

    async def close(self) -> None:
        await self._database.close()

    async def _alone(self, statement: str, work: Awaitable[T]) -> T:
        """Run one statement, whose commit is its own: nothing comes between."""
        writes = statement in self._writes
        doing = _doing.get()
        if writes:
            self._crashes.reach(f"{UNCOMMITTED} {doing}")
        answer = await work
        if writes:
            self._crashes.reach(f"{COMMITTED} {doing}")
        return answer


class PointedBurst(Generic[Item, Answer]):
    """A group commit with points; a group is named by what its first item is done for."""

    def __init__(self, database: Database, work: GroupWork[Item, Answer], crashes: Crashes) -> None:
        self._crashes = crashes
        self._names: dict[int, str] = {}

        async def pointed(session: Transaction, items: Sequence[Item]) -> Sequence[Answer]:
            answers = await work(session, items)
            crashes.reach(f"{UNCOMMITTED} {self._names.get(id(items[0]), _ELSEWHERE)}")
            return answers

        self._burst = database.burst(pointed)

    async def put(self, item: Item) -> Answer:
        doing = _doing.get()
        self._names[id(item)] = doing
        try:
            answer = await self._burst.put(item)
        finally:
            self._names.pop(id(item), None)
        self._crashes.reach(f"{COMMITTED} {doing}")
        return answer


@functools.cache
def writing_statements(engine: Engine) -> frozenset[str]:
    """Return the statements that change a row."""
    return frozenset(name for name, sql in Statements(engine).texts.items() if tables_written(sql))
