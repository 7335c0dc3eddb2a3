"""The schema's command line: `python -m storage.migrate upgrade | current | check | sql`.

Reads `DATABASE_URL` and `DATA_DIR`. It runs as a process of its own, so that the bot carries neither Alembic nor
SQLAlchemy. All missing migrations and their record commit together; the last line on standard error says what went
wrong. `check` ends with 3 if migrations are missing. `sql` prints what makes the schema of a `--revision` in an empty
PostgreSQL database.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from bot.errors import EgretError
from storage.errors import DatabaseInUse, EngineMissing, MigrationFailed, SchemaMismatch
from storage.location import Location, PostgresServer, SqliteFile, locate
from storage.lock import EXIT_IN_USE, MIGRATION_LOCK, own

if TYPE_CHECKING:
    import asyncpg

EXIT_FAILED: Final = 1
EXIT_BEHIND: Final = 3
"""`check` found missing migrations."""

_CONNECT_SECONDS: Final = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m storage.migrate", description=__doc__)
    parser.add_argument("verb", choices=("upgrade", "current", "check", "sql"))
    parser.add_argument("--url", default=os.environ.get("DATABASE_URL", ""), help="instead of DATABASE_URL")
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR", "data")))
    parser.add_argument("--revision", default="head", help="for `sql`")
    options = parser.parse_args(arguments)
    if options.verb == "sql":
        sys.stdout.write(_as_sql(None, options.revision))
        return 0
    try:
        return _run(options.verb, locate(options.url, options.data_dir))
    except EgretError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_IN_USE if isinstance(error, DatabaseInUse) else EXIT_FAILED


def _run(verb: str, location: Location) -> int:
    if verb == "upgrade":
        _upgrade(location)
        return 0
    revision = _current(location)
    if verb == "current":
        sys.stdout.write(f"{revision or 'empty'}\n")
        return 0
    if revision == _scripts().get_current_head():
        return 0
    sys.stderr.write("the database is behind this version: run `python -m storage.migrate upgrade`\n")
    return EXIT_BEHIND


def _upgrade(location: Location) -> None:
    if isinstance(location, PostgresServer):
        asyncio.run(_on_postgres(location, upgrade=True))
        return
    try:
        location.path.parent.mkdir(parents=True, exist_ok=True)
        lock = own(location.path)
    except OSError as error:
        raise MigrationFailed(f"the database file cannot be opened: {error.strerror}") from error
    try:
        with _sqlite(location, writes=True) as connection:
            _known(MigrationContext.configure(connection).get_current_revision())
            connection.rollback()
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        lock.release()


def _current(location: Location) -> str | None:
    if isinstance(location, PostgresServer):
        return asyncio.run(_on_postgres(location, upgrade=False))
    if not location.path.exists():
        return None
    with _sqlite(location, writes=False) as connection:
        return _known(MigrationContext.configure(connection).get_current_revision())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _known(revision: str | None) -> str | None:
    """Return the database's revision.

    Raises:
        SchemaMismatch: this version has no such revision.
    """
    if revision is not None and revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise SchemaMismatch(
            f"the database has schema {revision}, which this version does not know: it was made by a newer one; "
            "update Egret, or restore an older backup"
        )
    return revision


@contextmanager
def _sqlite(location: SqliteFile, *, writes: bool) -> Iterator[Connection]:
    """Connect to the file, in a transaction that is ours to begin.

    The driver's own transaction handling would commit before each change of the schema, so it is switched off.

    Raises:
        MigrationFailed: SQLite refused; nothing was changed.
    """
    options = "" if writes else "?mode=ro"
    engine = create_engine(
        "sqlite://",
        poolclass=NullPool,
        creator=lambda: sqlite3.connect(location.path.as_uri() + options, uri=True),
    )
    event.listen(engine, "connect", _without_implicit_transactions)
    event.listen(engine, "begin", _begin_immediate if writes else _begin)
    try:
        with engine.connect() as connection:
            yield connection
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, SQLAlchemyError) and hasattr(error, "orig") else error
        raise MigrationFailed(f"SQLite refused the migration, and nothing was changed: {cause}") from error
    finally:
        engine.dispose()


def _without_implicit_transactions(connection: sqlite3.Connection, _record: PoolProxiedConnection) -> None:
    connection.isolation_level = None


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


async def _on_postgres(location: PostgresServer, *, upgrade: bool) -> str | None:
    """Return the revision found, and upgrade from it if that is asked for.

    Raises:
        EngineMissing: asyncpg is not installed.
        MigrationFailed: the server cannot be reached or refused; nothing was changed.
    """
    try:
        import asyncpg
    except ImportError:
        raise EngineMissing("PostgreSQL needs the extra: pip install egret-bot[postgres]") from None
    try:
        connection = await asyncpg.connect(location.url, timeout=_CONNECT_SECONDS)
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
                revision = _known(await _revision(connection))
                if upgrade and revision != _scripts().get_current_head():
                    await connection.execute(_as_sql(revision))
                return revision
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        # Only the kind: the message may repeat the address.
        raise MigrationFailed(f"PostgreSQL refused the migration: {type(error).__name__}") from None


async def _revision(connection: asyncpg.Connection[asyncpg.Record]) -> str | None:
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision


def _as_sql(revision: str | None, target: str = "head") -> str:
    """Return the missing migrations and their record as PostgreSQL's SQL."""
    config = _config()
    config.output_buffer = io.StringIO()
    command.upgrade(config, f"{revision or 'base'}:{target}", sql=True)
    return config.output_buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
