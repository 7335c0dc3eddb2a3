"""One SQLite file, one connection, one transaction at a time; bursts share a commit.

Two connections to one write-ahead log can corrupt it below SQLite 3.51.3 (reliability notes §1.4), so there is only
ever one, in this process and on this machine. `synchronous=FULL`, because rows are money: what was acknowledged
survives a power cut. A transaction is one hop to the connection's thread and back, however many statements it has:
hops are what small statements cost.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import Context, copy_context
from functools import partial
from pathlib import Path
from typing import Final, Generic

import aiosqlite
from filelock import BaseFileLock

from bot.jobs.ports import StoreUnavailable
from bot.jobs.trouble import Trouble
from storage.database import Answer, Burst, Engine, GroupWork, Item, OwnTasks, Row, Session, T, Undo, Value, Work
from storage.errors import ConstraintViolated, DatabaseCorrupt, EngineMissing
from storage.location import SqliteFile
from storage.lock import own
from storage.paged_copy import PagedCopy
from storage.remembered import Remembered, tables_written
from storage.snapshot import mark_copy
from storage.statements import Statements

PROOF: Final = "prove"
"""The statement that tries whether the file can be written."""

_LOCKED_SECONDS: Final = 3.0

OLDEST: Final = (3, 37, 0)
"""The first SQLite with STRICT tables."""

GROUP: Final = 256
"""The most items of a burst that share a commit."""

READ_THROUGH: Final = 64 * 1024 * 1024
"""Bytes of a file that is read through at every start: that takes a fraction of a second."""

_SETTINGS: Final = (
    # Nobody else should have the file; who looks into it holds a lock for a moment, and everybody waits meanwhile.
    "PRAGMA busy_timeout = 1000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What does not fit into memory when it is sorted must need no room on a disk that may be full.
    "PRAGMA temp_store = MEMORY",
)
_UNAVAILABLE: Final = {
    sqlite3.SQLITE_FULL: Trouble.DISK_FULL,
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_IOERR: Trouble.UNWRITABLE,
    sqlite3.SQLITE_READONLY: Trouble.UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: Trouble.UNWRITABLE,
}
_CORRUPT: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE: Final = 0xFF
"""Extended result codes keep the primary one in their lowest byte."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise SQLite's errors as our own."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code in _UNAVAILABLE:
            raise StoreUnavailable(f"the database cannot be written now: {error}", _UNAVAILABLE[code]) from error
        if code in _CORRUPT:
            raise DatabaseCorrupt(f"the database file is damaged: {error}") from error
        if isinstance(error, sqlite3.IntegrityError):
            raise ConstraintViolated(str(error)) from error
        raise


def run_through(work: Awaitable[T]) -> T:
    """Run work that waits for nothing but statements, which are done when they return, and return what it does.

    Raises:
        RuntimeError: it waited for something else, which nobody would tell it of here.
    """
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as done:
        answer: T = done.value
        return answer
    strayed = RuntimeError("a transaction may wait for nothing but its statements")
    steps.throw(strayed)
    raise strayed


class _Statements:
    """Runs statements at once, in the connection's thread."""

    def __init__(self, connection: sqlite3.Connection, statements: Statements, remembered: Remembered) -> None:
        self._connection = connection
        self._statements = statements
        self._remembered = remembered

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        self._remembered.ran(statement)
        return await self._statements.rows(self._connection, statement, values)

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        rows = await self.rows(statement, **values)
        return rows[0] if rows else None

    async def run(self, statement: str, /, **values: Value) -> None:
        self._remembered.ran(statement)
        await self._statements.run(self._connection, statement, values)

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        self._remembered.ran(statement)
        await self._statements.many(self._connection, statement, values)

    async def each(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> Sequence[Row | None]:
        return [await self.row(statement, **chosen) for chosen in values]


class SqliteDatabase:
    """The one connection to the file; see the module. Made by `open_sqlite`."""

    def __init__(
        self, connection: aiosqlite.Connection, path: Path, lock: BaseFileLock, statements: Statements
    ) -> None:
        self._connection = connection
        self._path = path
        self._opened = _identity(path)
        self._file_lock = lock
        self._remembered = Remembered(statements.texts)
        self._session = _Statements(connection._conn, statements, self._remembered)  # noqa: SLF001 - see `_hop`
        self._turn = asyncio.Lock()
        self._tasks = OwnTasks()
        self._writes = frozenset(name for name, sql in statements.texts.items() if tables_written(sql))
        self._locked_at: float | None = None

    @property
    def engine(self) -> Engine:
        """Return which engine it is."""
        return "sqlite"

    @property
    def version(self) -> str:
        """Return the library's version."""
        return f"SQLite {sqlite3.sqlite_version}"

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        """Run a statement in a transaction of its own; return its rows, from memory where they cannot have changed."""
        known = self._remembered.recall(statement, values)
        if known is not None:
            return known

        async def read(session: Session) -> Sequence[Row]:
            rows = await session.rows(statement, **values)
            self._remembered.keep(statement, values, rows)
            return rows

        return await self._tasks.run(self._alone(statement, read))

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        """Run a statement in a transaction of its own; return its first row, likewise."""
        rows = await self.rows(statement, **values)
        return rows[0] if rows else None

    async def run(self, statement: str, /, **values: Value) -> None:
        """Run a statement in a transaction of its own."""
        await self._tasks.run(self._alone(statement, lambda session: session.run(statement, **values)))

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        """Run a statement for each set of values, all in one transaction."""
        await self.transaction(lambda session: session.many(statement, values))

    async def transaction(self, work: Work[T]) -> T:
        """Run work in one transaction, in a task of its own."""
        return await self._tasks.run(self.attempt(work))

    def burst(self, work: GroupWork[Item, Answer]) -> Burst[Item, Answer]:
        """Return a group commit for this work."""
        return GroupCommit(self, self._tasks, work)

    async def attempt(self, work: Work[T]) -> T:
        """Run work in one transaction, in the caller's task."""
        with translated():
            async with self._turn:
                self._ensure_in_place()
                self._ensure_unlocked()
                return await self._hop(partial(self._whole, work))

    def _whole(self, work: Work[T]) -> T:
        """Run a transaction from its beginning to its end; in the connection's thread."""
        connection = self._connection._conn  # noqa: SLF001 - see `_hop`
        with self._noting_locks():
            # IMMEDIATE: what is read is still true when it is written.
            connection.execute("BEGIN IMMEDIATE")
        try:
            answer = run_through(work(self._session))
            connection.execute("COMMIT")
        except Undo as undo:
            connection.rollback()
            undone: T = undo.answer
            return undone
        except BaseException:
            # Whatever ended it: nothing half done may be left for the next transaction to commit.
            connection.rollback()
            raise
        return answer

    async def _hop(self, work: Callable[[], T]) -> T:
        """Run work in the connection's thread, in the caller's context.

        Cancelling this stops only the waiting: what has begun there is finished there.
        """
        # aiosqlite's own calls are one hop for each execution.
        answer: T = await self._connection._execute(copy_context().run, work)  # type: ignore[no-untyped-call]  # noqa: SLF001
        return answer

    async def copy_into(self, path: Path, now: int) -> None:
        """Write a copy of the database as of one moment into a new file, and mark it as a backup's.

        Transactions go on meanwhile; the copy is as of its end.

        Args:
            path: must not exist.
            now: UTC milliseconds; what the mark says.

        Raises:
            StoreUnavailable: it cannot be written; nothing of it is left.
        """
        await self._tasks.run(self._copy_into(path, now))

    async def _copy_into(self, path: Path, now: int) -> None:
        try:
            with translated():
                # Made here, so that nobody else may read it from its first byte on.
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
                source = self._connection._conn  # noqa: SLF001 - aiosqlite would keep its thread busy all the while
                await PagedCopy(source, path, self._turn).run()
                await asyncio.to_thread(mark_copy, path, now)
        except OSError as error:
            raise StoreUnavailable(f"the copy cannot be written: {error.strerror}") from error
        except BaseException:
            path.unlink(missing_ok=True)  # noqa: ASYNC240 - one system call, on the way out
            raise

    async def _alone(self, statement: str, work: Work[T]) -> T:
        with translated():
            async with self._turn:
                self._ensure_in_place()
                if statement in self._writes and statement != PROOF:
                    self._ensure_unlocked()
                with self._noting_locks():
                    answer = await self._hop(lambda: run_through(work(self._session)))
                if statement == PROOF:
                    self._locked_at = None
                return answer

    @contextmanager
    def _noting_locks(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                self._locked_at = time.monotonic()
            raise

    def _ensure_unlocked(self) -> None:
        """Turn writers away at once while another program has the file locked, until `PROOF` shows that it is free.

        Each would wait a second for the lock, and everybody else for them: who only reads, and who wants to be told.
        After a while somebody may try, where nobody else does.

        Raises:
            StoreUnavailable: it was locked when it was last tried.
        """
        if self._locked_at is not None and time.monotonic() - self._locked_at < _LOCKED_SECONDS:
            raise StoreUnavailable("the database cannot be written now: another program has it locked", Trouble.LOCKED)

    def _ensure_in_place(self) -> None:
        """Make sure that what is written can be found again: SQLite goes on writing into a file without a name.

        Raises:
            StoreUnavailable: the file was moved or deleted; it can be moved back.
        """
        if _identity(self._path) != self._opened:
            raise StoreUnavailable("the database file was moved or deleted while it is open", Trouble.UNWRITABLE)

    async def ping(self) -> None:
        """Ask the file for one row, past everybody who waits for another program's lock.

        Raises:
            StoreUnavailable: it does not answer.
        """
        with translated():
            await self._connection.execute_fetchall("PRAGMA schema_version")

    async def close(self) -> None:
        """Finish what is under way, then close the file and let others have it."""
        await self._tasks.close()
        try:
            await self._connection.close()
        finally:
            self._file_lock.release()


class GroupCommit(Generic[Item, Answer]):
    """Commits together the items that arrive while a transaction is under way.

    The items of a group run in one transaction without savepoints, which would cost two statements each. If one raises,
    the whole group is undone and every item is tried again alone, so that only the one at fault fails.
    """

    def __init__(self, database: SqliteDatabase, tasks: OwnTasks, work: GroupWork[Item, Answer]) -> None:
        self._database = database
        self._tasks = tasks
        self._work = work
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._busy = False

    async def put(self, item: Item) -> Answer:
        """Return the item's answer once its group is committed."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if not self._busy:
            self._tasks.start(self._drain(), context=Context()).add_done_callback(self._let_go)
            self._busy = True
        self._waiting.append((item, answer))
        return await answer

    async def _drain(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
            await self._commit(group)
        self._busy = False

    def _let_go(self, drained: asyncio.Task[None]) -> None:
        """Cancel those who still wait if the task was cancelled: the loop is shutting down."""
        if drained.cancelled():
            self._busy = False
            for _, waiting in self._waiting:
                waiting.cancel()
            self._waiting.clear()

    async def _commit(self, group: Sequence[tuple[Item, asyncio.Future[Answer]]]) -> None:
        items = [item for item, _ in group]
        try:
            answers = await self._database.attempt(lambda session: self._work(session, items))
        except asyncio.CancelledError:
            for _, waiting in group:
                waiting.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever waits
            await self._fail(group, error)
            return
        for (_, waiting), answer in zip(group, answers, strict=True):
            if not waiting.done():
                waiting.set_result(answer)

    async def _fail(self, group: Sequence[tuple[Item, asyncio.Future[Answer]]], error: Exception) -> None:
        if len(group) > 1 and not isinstance(error, StoreUnavailable):
            for alone in group:
                await self._commit([alone])
            return
        for _, waiting in group:
            if not waiting.done():
                waiting.set_exception(error)


async def open_sqlite(location: SqliteFile) -> SqliteDatabase:
    """Open the file for this process alone, and check it where `needs_reading_through` says so.

    Raises:
        DatabaseInUse: another process has it.
        DatabaseCorrupt: it fails `PRAGMA quick_check`.
        EngineMissing: this Python's SQLite is too old.
        StoreUnavailable: it cannot be opened.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        raise EngineMissing(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 is needed")
    statements = Statements("sqlite")
    try:
        location.path.parent.mkdir(parents=True, exist_ok=True)
        # Found out here rather than by aiosqlite, whose thread outlives a connection that could not be made.
        location.path.open("ab").close()
        lock = own(location.path)
    except OSError as error:
        trouble = Trouble.DISK_FULL if error.errno in {errno.ENOSPC, errno.EDQUOT} else Trouble.UNWRITABLE
        raise StoreUnavailable(f"the database file cannot be opened: {error.strerror}", trouble) from error
    try:
        with translated():
            # Used from another thread only for a copy, which takes its turn like everybody else.
            suspect = needs_reading_through(location.path)
            connection = await aiosqlite.connect(location.path, isolation_level=None, check_same_thread=False)
            try:
                await _prepare(connection, read_through=suspect)
            except BaseException:
                await connection.close()
                raise
    except BaseException:
        lock.release()
        raise
    return SqliteDatabase(connection, location.path, lock, statements)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def needs_reading_through(path: Path, now: float | None = None, uptime: float | None = None) -> bool:
    """Tell whether a file that is about to be opened is small, or may be damaged.

    A process that dies damages nothing: what it wrote is in the log or it is not, and the kernel has it either way. A
    machine that dies may, where its disk said that it had what it had not. Such a file still has its log, which is
    deleted when the file is closed, and nobody has written to it since the machine started. For years of jobs reading
    everything takes minutes in which nobody is served, so of any other large file only the pages that are used are
    looked at, as they are used; each backup is a copy that is read from its first page to its last.

    Args:
        path: the database file; not yet opened, which would take up its log.
        now: seconds since the epoch; nobody gives it.
        uptime: seconds since the machine started; nobody gives it.
    """
    if path.stat().st_size <= READ_THROUGH:
        return True
    log = path.with_name(path.name + "-wal")
    started = (time.time() if now is None else now) - (_uptime() if uptime is None else uptime)
    return log.exists() and log.stat().st_mtime < started


def _uptime() -> float:
    """Return the seconds since the machine started, those in which it slept included where the system says so."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


async def _prepare(connection: aiosqlite.Connection, *, read_through: bool) -> None:
    connection.row_factory = sqlite3.Row
    for setting in _SETTINGS:
        await connection.execute_fetchall(setting)
    if not read_through:
        return
    problems = [str(row[0]) for row in await connection.execute_fetchall("PRAGMA quick_check")]
    if problems != ["ok"]:
        raise DatabaseCorrupt(f"the database file is damaged: {problems[0]}")
