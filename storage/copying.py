"""Copies a database that no process of Egret's has to be running for, whatever its schema."""

from __future__ import annotations

from pathlib import Path

from bot.clock import Clock
from storage.errors import EngineMissing, NothingToBackUp
from storage.location import PostgresServer, SqliteFile, locate
from storage.snapshot import Snapshot
from storage.sqlite import open_sqlite


async def copy_database(url: str, data_dir: Path, copy: Path, clock: Clock) -> None:
    """Open a SQLite database as the bot would and copy it into a new file.

    Raises:
        BadDatabaseUrl: the address has no known form, or is a server's.
        NothingToBackUp: there is no such file.
        DatabaseInUse: another process has it.
        DatabaseCorrupt: it fails its own check.
        StoreUnavailable: it cannot be opened, or the copy cannot be written.
    """
    location = locate(url, data_dir)
    if not isinstance(location, SqliteFile) or not location.path.exists():
        raise NothingToBackUp("there is no database yet: there is nothing to back up")
    database = await open_sqlite(location)
    try:
        await database.copy_into(copy, clock.now())
    finally:
        await database.close()


async def dump_database(location: PostgresServer, folder: Path, now: int) -> Snapshot:
    """Copy a PostgreSQL database's rows into a folder, as `storage.postgres_copy.dump`.

    Raises:
        EngineMissing: asyncpg is not installed.
        NothingToBackUp: the database has no tables.
        StoreUnavailable: the server cannot be reached, or the folder cannot be written.
    """
    try:
        from storage.postgres_copy import dump
    except ImportError:
        raise EngineMissing("PostgreSQL needs the extra: pip install egret-bot[postgres]") from None
    return await dump(location, folder, now)


async def load_database(
    location: PostgresServer, folder: Path, snapshot: Snapshot, *, schema: str, aside: str, restoration: str
) -> bool:
    """Put a snapshot in place of a PostgreSQL database's tables, as `storage.postgres_copy.load`.

    Raises:
        EngineMissing: asyncpg is not installed.
        DatabaseInUse: a bot is connected to the database.
        MigrationFailed: the tables cannot be moved, made or filled; nothing was changed.
        StoreUnavailable: the server cannot be reached.
    """
    try:
        from storage.postgres_copy import load
    except ImportError:
        raise EngineMissing("PostgreSQL needs the extra: pip install egret-bot[postgres]") from None
    return await load(location, folder, snapshot, schema=schema, aside=aside, restoration=restoration)


async def is_loaded(location: PostgresServer, restoration: str) -> bool:
    """Tell whether a PostgreSQL database was filled by a restoration.

    Raises:
        EngineMissing: asyncpg is not installed.
        StoreUnavailable: the server cannot be reached.
    """
    try:
        from storage.postgres_copy import is_loaded as asked
    except ImportError:
        raise EngineMissing("PostgreSQL needs the extra: pip install egret-bot[postgres]") from None
    return await asked(location, restoration)
