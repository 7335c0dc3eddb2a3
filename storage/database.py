"""A database as the repositories see it: named statements inside transactions, on either engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextvars import Context
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from bot.jobs.ports import StoreUnavailable

Value = str | int | float | None
"""What a statement's parameter may be; flags are 0 or 1."""

T = TypeVar("T")
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Item_contra = TypeVar("Item_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)

Engine = Literal["sqlite", "postgres"]


class Row(Protocol):
    """One row; columns by name."""

    def __getitem__(self, column: str, /) -> object:
        """Return a column's value."""
        ...


class Session(Protocol):
    """Where statements run: inside one transaction, or each in its own."""

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        """Run a named statement; return every row it gives."""
        ...

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        """Run a named statement; return its first row."""
        ...

    async def run(self, statement: str, /, **values: Value) -> None:
        """Run a named statement that gives no rows."""
        ...

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        """Run a named statement once for each set of values, none included."""
        ...


class Transaction(Session, Protocol):
    """Where the statements of one transaction run."""

    async def each(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> Sequence[Row | None]:
        """Run a named statement once for each set of values, one after the other; return the first row each gives."""
        ...


class Undo(Exception, Generic[T]):
    """Raised inside a transaction to roll it back and still answer."""

    def __init__(self, answer: T) -> None:
        """Keep what `Database.transaction` returns."""
        super().__init__()
        self.answer = answer


Work = Callable[[Transaction], Awaitable[T]]
GroupWork = Callable[[Transaction, Sequence[Item]], Awaitable[Sequence[Answer]]]


class Burst(Protocol[Item_contra, Answer_co]):
    """Work that arrives in bursts and may share transactions; one item's failure never touches its neighbours."""

    async def put(self, item: Item_contra) -> Answer_co:
        """Return the item's answer once it is committed."""
        ...


class Database(Session, Protocol):
    """A database. Statements run on it directly are each a transaction of their own."""

    @property
    def engine(self) -> Engine:
        """Return which engine it is, where a statement must differ."""
        ...

    @property
    def version(self) -> str:
        """Return the engine's name and version, as people know them."""
        ...

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` in one transaction: all of it is committed when this returns, or none of it.

        The transaction has its own task: cancelling the caller stops only the waiting. `work` may run more than once.

        Raises:
            StoreUnavailable: the database cannot be written or reached now.
            ConstraintViolated: the schema forbids it.
        """
        ...

    def burst(self, work: GroupWork[Item, Answer]) -> Burst[Item, Answer]:
        """Return a way to run `work` on items that arrive together; it must answer in their order."""
        ...

    async def ping(self) -> None:
        """Ask for one row, past whatever waits its turn.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        ...

    async def copy_into(self, path: Path, now: int) -> None:
        """Write a copy of the database as of one moment into a new file, and mark it as a backup's.

        Raises:
            NotAFile: the database is on a server, which anybody may copy without this process.
            StoreUnavailable: the copy cannot be written; nothing of it is left.
        """
        ...

    async def close(self) -> None:
        """Finish what is under way, then close."""
        ...


class OwnTasks:
    """Runs work in tasks of its own, so that a caller who goes away leaves it running."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the work's result; cancelling this leaves the work running.

        Raises:
            StoreUnavailable: the database was closed.
        """
        return await asyncio.shield(self.start(work))

    def start(self, work: Coroutine[Any, Any, T], *, context: Context | None = None) -> asyncio.Task[T]:
        """Start work and keep hold of it; in a context of its own where it is done for several callers.

        Raises:
            StoreUnavailable: the database was closed.
        """
        if self._closed:
            work.close()
            raise StoreUnavailable("the database is closed")
        task = asyncio.get_running_loop().create_task(work, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Take no more work and wait for what is under way."""
        self._closed = True
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))
