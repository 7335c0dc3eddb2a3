"""PostgreSQL, where one machine is not enough: a pool of connections, one transaction on each.

asyncpg is an extra, so this module is imported only when a PostgreSQL address is opened. A connection that breaks
during a commit leaves its outcome unknown: that is reported as unavailable, and every caller may repeat its request.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final, Generic

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from bot.clock import Clock
from bot.jobs.ports import StoreUnavailable
from storage.database import Answer, Burst, Engine, GroupWork, Item, OwnTasks, Row, T, Transaction, Undo, Value, Work
from storage.errors import ConstraintViolated, NotAFile
from storage.location import PostgresServer
from storage.statements import Statements

_CONNECTIONS: Final = 10
_CONNECTIONS_OF_A_BURST: Final = 3
_CONNECT_SECONDS: Final = 10
_STATEMENT_SECONDS: Final = 30

APPLICATION: Final = "egret"
"""What the server lists its sessions under; a restoration refuses while there are any."""

_ATTEMPTS: Final = 6
_FIRST_REST: Final = 10
"""Milliseconds, at most, before a transaction that lost against another is tried again; doubled each time."""

_LOST = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,  # disk full and too many connections among them
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
    asyncpg.InterfaceError,
    # What a server says to who connects anew while it is maintained: no statement of ours brings these about.
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    OSError,  # TimeoutError is one
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the driver's errors as our own; none of its messages is kept, they may hold values."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise ConstraintViolated(error.constraint_name or type(error).__name__) from None
    except _UNAVAILABLE as error:
        raise StoreUnavailable(f"the database cannot be used now: {type(error).__name__}") from None


class _Session:
    """Runs statements on one connection."""

    def __init__(self, connection: PoolConnectionProxy[asyncpg.Record], statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        return await self._statements.rows(self._connection, statement, values)

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        rows = await self.rows(statement, **values)
        return rows[0] if rows else None

    async def run(self, statement: str, /, **values: Value) -> None:
        await self._statements.run(self._connection, statement, values)

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        await self._statements.many(self._connection, statement, values)

    async def each(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> Sequence[Row | None]:
        return [await self.row(statement, **chosen) for chosen in values]


class PostgresDatabase:
    """A pool of connections to one database. Made by `open_postgres`."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], clock: Clock, statements: Statements, version: str) -> None:
        self._pool = pool
        self._clock = clock
        self._statements = statements
        self._version = version
        self._tasks = OwnTasks()

    @property
    def engine(self) -> Engine:
        """Return which engine it is."""
        return "postgres"

    @property
    def version(self) -> str:
        """Return the server's version."""
        return self._version

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        """Run a statement in a transaction of its own; return its rows."""
        return await self._tasks.run(self._patiently(lambda session: session.rows(statement, **values), self._plainly))

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        """Run a statement in a transaction of its own; return its first row."""
        return await self._tasks.run(self._patiently(lambda session: session.row(statement, **values), self._plainly))

    async def run(self, statement: str, /, **values: Value) -> None:
        """Run a statement in a transaction of its own."""
        await self._tasks.run(self._patiently(lambda session: session.run(statement, **values), self._plainly))

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        """Run a statement for each set of values, all in one transaction."""
        await self.transaction(lambda session: session.many(statement, values))

    async def transaction(self, work: Work[T], *, turn: asyncio.Semaphore | None = None) -> T:
        """Run work in one transaction, in a task of its own; a few times if it loses against another.

        Args:
            work: what is to be done.
            turn: what that task waits for before it takes a connection.
        """
        return await self._tasks.run(self._in_turn(work, turn))

    def burst(self, work: GroupWork[Item, Answer]) -> Burst[Item, Answer]:
        """Return a way to run each item in a transaction of its own: the server has many writers."""
        return _OneByOne(self, work)

    async def _in_turn(self, work: Work[T], turn: asyncio.Semaphore | None) -> T:
        async with turn or nullcontext():
            return await self._patiently(work, self._transaction)

    async def _patiently(self, work: Work[T], run: Callable[[Work[T]], Awaitable[T]]) -> T:
        with translated():
            for attempt in range(_ATTEMPTS):
                try:
                    return await run(work)
                except _LOST:
                    await self._clock.sleep(1 + secrets.randbelow(_FIRST_REST << attempt))
        raise StoreUnavailable("the database is too busy: the transaction lost against others every time")

    async def _transaction(self, work: Work[T]) -> T:
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                return await work(_Session(connection, self._statements))
        except Undo as undo:
            answer: T = undo.answer
            return answer

    async def _plainly(self, work: Work[T]) -> T:
        async with self._pool.acquire() as connection:
            return await work(_Session(connection, self._statements))

    async def ping(self) -> None:
        """Ask the server for one row.

        Raises:
            StoreUnavailable: it does not answer.
        """
        with translated():
            async with self._pool.acquire() as connection:
                await connection.fetchval("SELECT 1")

    async def copy_into(self, path: Path, now: int) -> None:  # noqa: ARG002 - nothing is copied
        """Refuse: a server is copied by its own tools, without this process."""
        raise NotAFile(self._version)

    async def close(self) -> None:
        """Finish what is under way, then close every connection."""
        await self._tasks.close()
        await self._pool.close()


class _OneByOne(Generic[Item, Answer]):
    """Runs each item by itself, and few at a time: a flood of them must leave connections to everything else."""

    def __init__(self, database: PostgresDatabase, work: GroupWork[Item, Answer]) -> None:
        self._database = database
        self._work = work
        self._places = asyncio.Semaphore(_CONNECTIONS_OF_A_BURST)

    async def put(self, item: Item) -> Answer:
        """Return the item's answer once it is committed."""

        async def alone(session: Transaction) -> Answer:
            (answer,) = await self._work(session, [item])
            return answer

        return await self._database.transaction(alone, turn=self._places)


async def open_postgres(location: PostgresServer, clock: Clock) -> PostgresDatabase:
    """Connect to the server.

    Raises:
        StoreUnavailable: it cannot be reached, or refuses.
    """
    statements = Statements("postgres")
    try:
        pool = await asyncpg.create_pool(
            location.url,
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_CONNECT_SECONDS,
            command_timeout=_STATEMENT_SECONDS,
            # Prepared once and kept as long as a connection lives: asyncpg's own hundred are fewer than there are, and
            # after five minutes it would prepare each anew.
            statement_cache_size=2 * len(statements.texts),
            max_cached_statement_lifetime=0,
            server_settings={"application_name": APPLICATION},
        )
        async with pool.acquire() as connection:
            server = connection.get_server_version()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        # Only the kind: the message may repeat the address.
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {type(error).__name__}") from None
    return PostgresDatabase(pool, clock, statements, f"PostgreSQL {server.major}.{server.minor}")
