"""PostgreSQL rows out of the server and back, by COPY: no tool of the server is needed, and any version reads it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

from bot.jobs.ports import StoreUnavailable
from storage.errors import DatabaseInUse, MigrationFailed, NothingToBackUp
from storage.location import PostgresServer
from storage.lock import MIGRATION_LOCK
from storage.postgres import APPLICATION
from storage.snapshot import BACKUP_MARK, Snapshot
from storage.transcribing import part_name

RESTORATION: Final = "restoration"
"""The key in `meta` under which a restored database names the restoration that filled it."""

_CONNECT_SECONDS: Final = 10
_VERSIONS: Final = "alembic_version"

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


async def dump(location: PostgresServer, folder: Path, now: int) -> Snapshot:
    """Write every table's rows as of one moment into a folder; nobody has to stop for it.

    Raises:
        NothingToBackUp: the database has no tables.
        StoreUnavailable: the server cannot be reached, or the folder cannot be written.
    """
    async with _connected(location) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        columns = await _columns(connection)
        if not {_VERSIONS, "meta", "assets"} <= set(columns):
            raise NothingToBackUp("the database has no tables yet: there is nothing to back up")
        revision: str = await connection.fetchval("SELECT version_num FROM alembic_version")
        # Out of an older backup and not taken up since: what it says is as old as that.
        mark: str | None = await connection.fetchval("SELECT value FROM meta WHERE key = $1", BACKUP_MARK)
        rows: dict[str, int] = {}
        for table in sorted(set(columns) - {_VERSIONS}):
            said = await connection.copy_from_table(
                table, columns=columns[table], output=folder / part_name(table), format="text"
            )
            rows[table] = int(said.rpartition(" ")[2])
        archived = await connection.fetch("SELECT id, extension FROM assets WHERE extension <> '' ORDER BY number")
        server = connection.get_server_version()
    return Snapshot(
        engine="postgres",
        version=f"PostgreSQL {server.major}.{server.minor}",
        revision=revision,
        taken_at=now if mark is None else int(mark),
        parts=[part_name(table) for table in rows],
        rows=rows,
        columns={table: columns[table] for table in rows},
        archived=[(row["id"], row["extension"]) for row in archived],
    )


async def load(
    location: PostgresServer, folder: Path, snapshot: Snapshot, *, schema: str, aside: str, restoration: str
) -> bool:
    """Put a snapshot in place of what the database holds, which is moved aside; all of it in one transaction.

    Args:
        location: the database.
        folder: where the snapshot's files are.
        snapshot: what they are.
        schema: the SQL that makes its tables (`storage.migration.schema_sql`).
        aside: a name for the PostgreSQL schema that the present tables are moved to.
        restoration: a name for this restoration, by which `is_loaded` knows it.

    Returns:
        Whether there were tables to move aside.

    Raises:
        DatabaseInUse: a bot is connected to the database.
        MigrationFailed: the tables cannot be moved or made, or take not what the files hold; nothing was changed.
        StoreUnavailable: the server cannot be reached.
    """
    async with _connected(location) as connection:
        try:
            async with connection.transaction():
                # A bot that starts takes this lock before anything else, so it waits until the end.
                await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
                await _alone(connection)
                before = await _columns(connection)
                await _move_aside(connection, sorted(before), aside)
                await connection.execute(schema)
                await _fill(connection, folder, snapshot)
                for key, value in ((BACKUP_MARK, str(snapshot.taken_at)), (RESTORATION, restoration)):
                    await connection.execute(
                        "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2",
                        key,
                        value,
                    )
                return bool(before)
        except (asyncpg.SyntaxOrAccessError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            # Only the kind: the message may hold values.
            kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
            raise MigrationFailed(f"PostgreSQL refused the backup's tables ({kind}), and nothing was changed") from None


async def is_loaded(location: PostgresServer, restoration: str) -> bool:
    """Tell whether the database was filled by a restoration.

    Raises:
        StoreUnavailable: the server cannot be reached.
    """
    async with _connected(location) as connection:
        if await connection.fetchval("SELECT to_regclass('meta')") is None:
            return False
        found = await connection.fetchval("SELECT value FROM meta WHERE key = $1", RESTORATION)
        return bool(found == restoration)


@asynccontextmanager
async def _connected(location: PostgresServer) -> AsyncIterator[Connection]:
    with _translated():
        connection = await asyncpg.connect(location.url, timeout=_CONNECT_SECONDS)
        try:
            yield connection
        finally:
            await connection.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        # Only the kind: the message may repeat the address.
        raise StoreUnavailable(f"PostgreSQL cannot be reached, or refuses: {type(error).__name__}") from None
    except OSError as error:
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {error.strerror or type(error).__name__}") from None


async def _columns(connection: Connection) -> dict[str, list[str]]:
    """Return the columns of every table where ours are made, in order."""
    rows = await connection.fetch(
        """
        SELECT columns.table_name, columns.column_name
        FROM information_schema.columns
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
        ORDER BY columns.table_name, columns.ordinal_position
        """
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["table_name"], []).append(row["column_name"])
    return found


async def _alone(connection: Connection) -> None:
    """Make sure that no bot is connected.

    Raises:
        DatabaseInUse: one is.
    """
    others = await connection.fetchval(
        """
        SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = $1
        """,
        APPLICATION,
    )
    if others:
        raise DatabaseInUse("an Egret is connected to the database: stop every one first")


async def _move_aside(connection: Connection, tables: Sequence[str], aside: str) -> None:
    if not tables:
        return
    await connection.execute(f"CREATE SCHEMA {_quoted(aside)}")
    for table in tables:
        await connection.execute(f"ALTER TABLE {_quoted(table)} SET SCHEMA {_quoted(aside)}")


async def _fill(connection: Connection, folder: Path, snapshot: Snapshot) -> None:
    for table in await _in_order(connection, snapshot.columns):
        await connection.copy_to_table(
            table, columns=list(snapshot.columns[table]), source=folder / part_name(table), format="text"
        )
    identities = await connection.fetch(
        """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND is_identity = 'YES'
        """
    )
    for row in identities:
        # The names are the server's own, quoted.
        table, column = _quoted(row["table_name"]), _quoted(row["column_name"])
        await connection.execute(
            f"SELECT setval(pg_get_serial_sequence($1, $2), COALESCE(MAX({column}), 0) + 1, false) FROM {table}",  # noqa: S608
            row["table_name"],
            row["column_name"],
        )


async def _in_order(connection: Connection, columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the tables so that each comes after those that it refers to."""
    rows = await connection.fetch(
        """
        SELECT source.relname AS source, target.relname AS target
        FROM pg_constraint
        JOIN pg_class AS source ON source.oid = conrelid
        JOIN pg_class AS target ON target.oid = confrelid
        WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid
        """
    )
    needs = {table: {row["target"] for row in rows if row["source"] == table} & set(columns) for table in columns}
    ordered: list[str] = []
    while needs:
        free = sorted(table for table, others in needs.items() if others <= set(ordered))
        if not free:
            raise MigrationFailed("the backup's tables refer to each other in a circle")
        ordered += free
        needs = {table: others for table, others in needs.items() if table not in free}
    return ordered


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
