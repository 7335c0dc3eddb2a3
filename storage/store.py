"""The store that the application opens: every repository over one database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.clock import Clock
from bot.jobs.trouble import Standing
from storage.calls import Calls, NobodyElse
from storage.database import Database
from storage.errors import EngineMissing, SchemaMismatch
from storage.location import Location, SqliteFile, locate
from storage.migration import run_migrations
from storage.repositories.alerts import Alerts
from storage.repositories.archived_clips import ArchivedClips
from storage.repositories.cards import Cards
from storage.repositories.clip_pages import ClipPages
from storage.repositories.clips import Clips
from storage.repositories.counters import Counters
from storage.repositories.deliveries import Deliveries
from storage.repositories.drafts import Drafts
from storage.repositories.files import Files
from storage.repositories.hints import Hints
from storage.repositories.houses import Houses
from storage.repositories.jobs import Jobs
from storage.repositories.leases import Leases
from storage.repositories.lookouts import Lookouts
from storage.repositories.memory import Memory
from storage.repositories.moderation import Moderation
from storage.repositories.pauses import Pauses
from storage.repositories.people import People
from storage.repositories.privacy import Privacy
from storage.repositories.restoration import Restoration
from storage.repositories.servers import Servers
from storage.repositories.spending import Spending
from storage.repositories.submissions import Submissions
from storage.repositories.transitions import Transitions
from storage.repositories.turns import Turns
from storage.repositories.workload import Workload
from storage.rows.columns import text
from storage.schema import REVISION
from storage.sqlite import open_sqlite
from storage.watched import WatchedDatabase


class Store(
    Submissions,
    Jobs,
    Transitions,
    Leases,
    Hints,
    Files,
    Cards,
    Clips,
    ClipPages,
    ArchivedClips,
    Deliveries,
    Drafts,
    People,
    Privacy,
    Houses,
    Moderation,
    Servers,
    Pauses,
    Counters,
    Spending,
    Lookouts,
    Memory,
    Restoration,
    Workload,
    Alerts,
    Turns,
):
    """Every store of `bot.jobs.ports` and `bot.community.ports`.

    Attributes:
        standing: how the process stands with its database.
        calls: the way to other processes on the same database.
    """

    standing: Standing
    calls: Calls

    @property
    def engine_version(self) -> str:
        """Return the database engine's name and version, such as "SQLite 3.51.3"."""
        return self._database.version

    async def schema_revision(self) -> str:
        """Return the newest migration that the database has seen."""
        row = await self._database.row("schema_revision")
        return "" if row is None else text(row, "revision")

    async def prove(self) -> None:
        """Write a little, to see whether that is possible again.

        Raises:
            StoreUnavailable: it is not.
        """
        await self._database.run("prove", key="proved_at", value=str(self._clock.now()))
        self.standing.written()

    async def snapshot(self, path: Path) -> None:
        """Write a copy of the SQLite database as of one moment into a new file; work goes on after it.

        Raises:
            NotAFile: the database is on a server, which anybody may copy without this process.
            StoreUnavailable: the copy cannot be written; nothing of it is left.
        """
        await self._database.copy_into(path, self._clock.now())


def _itself(database: Database) -> Database:
    return database


@asynccontextmanager
async def open_store(
    url: str, data_dir: Path, clock: Clock, around: Callable[[Database], Database] = _itself
) -> AsyncIterator[Store]:
    """Open the database that `url` names; it is closed on leaving.

    Args:
        url: a `DATABASE_URL`.
        data_dir: where a relative SQLite path is.
        clock: the time of what no caller dates.
        around: returns what the store is to work on in the database's place.

    Raises:
        BadDatabaseUrl: the address has no known form.
        DatabaseInUse: another process has the SQLite file.
        DatabaseCorrupt: the SQLite file fails its own check.
        SchemaMismatch: migrations are missing, or the schema is a newer version's.
        EngineMissing: the engine's library is not installed.
        StoreUnavailable: the database cannot be opened or reached.
    """
    location = locate(url, data_dir)
    database = await open_database(location, clock)
    try:
        await _check_schema(database)
        standing = Standing()
        store = Store(around(WatchedDatabase(database, standing)), clock)
        store.standing = standing
        store.calls = _calls(location)
        yield store
    finally:
        await database.close()


@asynccontextmanager
async def open_migrated_store(
    url: str, data_dir: Path, clock: Clock, around: Callable[[Database], Database] = _itself
) -> AsyncIterator[Store]:
    """Open the database that `url` names, brought up to date where it is not; arguments as in `open_store`.

    Most starts find the schema as it should be, and need no child process to tell.

    Raises:
        MigrationFailed: the schema could not be brought up to date, or is a newer version's.
    """
    async with AsyncExitStack() as stack:
        try:
            store = await stack.enter_async_context(open_store(url, data_dir, clock, around))
        except SchemaMismatch:
            await run_migrations(url, data_dir)
            store = await stack.enter_async_context(open_store(url, data_dir, clock, around))
        yield store


def _calls(location: Location) -> Calls:
    if isinstance(location, SqliteFile):
        return NobodyElse()
    from storage.postgres import APPLICATION
    from storage.postgres_calls import PostgresCalls

    return PostgresCalls(location, APPLICATION)


async def open_database(location: Location, clock: Clock) -> Database:
    """Open a database of either engine, whatever its schema; the caller closes it.

    Raises:
        DatabaseInUse: another process has the SQLite file.
        DatabaseCorrupt: the SQLite file fails its own check.
        EngineMissing: the engine's library is not installed, or too old.
        StoreUnavailable: the database cannot be opened or reached.
    """
    if isinstance(location, SqliteFile):
        return await open_sqlite(location)
    try:
        from storage.postgres import open_postgres
    except ImportError:
        raise EngineMissing("PostgreSQL needs the extra: pip install egret-bot[postgres]") from None
    return await open_postgres(location, clock)


async def _check_schema(database: Database) -> None:
    if await database.row("schema_table") is None:
        raise SchemaMismatch("the database is empty: run `python -m storage.migrate upgrade`")
    row = await database.row("schema_revision")
    revision = text(row, "revision") if row is not None else "none"
    if revision != REVISION:
        raise SchemaMismatch(
            f"the database has schema {revision} and this version needs {REVISION}: "
            "run `python -m storage.migrate upgrade`, or update Egret"
        )
