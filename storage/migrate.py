"""The schema's command line: `python -m storage.migrate upgrade | current | check`.

Reads `DATABASE_URL` and `DATA_DIR`. It runs as a process of its own, so that the bot carries neither Alembic nor
SQLAlchemy. The last line on standard error says what went wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from bot.errors import EgretError
from storage.errors import EngineMissing, SchemaMismatch
from storage.location import PostgresServer, SqliteFile, locate
from storage.lock import own

EXIT_FAILED: Final = 1
EXIT_BEHIND: Final = 3
"""`check` found missing migrations."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m storage.migrate", description=__doc__)
    parser.add_argument("verb", choices=("upgrade", "current", "check"))
    parser.add_argument("--url", default=os.environ.get("DATABASE_URL", ""), help="instead of DATABASE_URL")
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR", "data")))
    options = parser.parse_args(arguments)
    verb: Callable[[Connection], int] = {"upgrade": _upgrade, "current": _current, "check": _check}[options.verb]
    try:
        location = locate(options.url, options.data_dir)
        if isinstance(location, PostgresServer):
            return asyncio.run(_on_postgres(location, verb))
        return _on_sqlite(location, verb, writes=verb is _upgrade)
    except EgretError as error:
        return _fail(str(error))
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        # Only the kind: a driver's message may repeat the address.
        return _fail(f"the database cannot be migrated: {type(error).__name__}")


def _fail(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return EXIT_FAILED


def _upgrade(connection: Connection) -> int:
    config = _config(connection)
    _known_revision(config, connection)
    command.upgrade(config, "head")
    return 0


def _current(connection: Connection) -> int:
    config = _config(connection)
    sys.stdout.write((_known_revision(config, connection) or "empty") + "\n")
    return 0


def _check(connection: Connection) -> int:
    config = _config(connection)
    if _known_revision(config, connection) == ScriptDirectory.from_config(config).get_current_head():
        return 0
    sys.stderr.write("the database is behind this version: run `python -m storage.migrate upgrade`\n")
    return EXIT_BEHIND


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _known_revision(config: Config, connection: Connection) -> str | None:
    """Return the database's revision.

    Raises:
        SchemaMismatch: this version has no such revision.
    """
    revision = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaMismatch(
            f"the database has schema {revision}, which this version does not know: it was made by a newer one; "
            "update Egret, or restore an older backup"
        )
    return revision


def _on_sqlite(location: SqliteFile, verb: Callable[[Connection], int], *, writes: bool) -> int:
    if not writes:
        if not location.path.exists():
            raise SchemaMismatch(f"there is no database file {location.path.name} yet")
        with _sqlite(location.path, "?mode=ro") as connection:
            return verb(connection)
    location.path.parent.mkdir(parents=True, exist_ok=True)
    lock = own(location.path)
    try:
        with _sqlite(location.path, "") as connection:
            return verb(connection)
    finally:
        lock.release()


@contextmanager
def _sqlite(path: Path, options: str) -> Iterator[Connection]:
    engine = create_engine(
        "sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(path.as_uri() + options, uri=True)
    )
    # The driver's own transaction handling commits before each change of the schema: switch it off and begin here, so
    # that a change and its record commit together.
    event.listen(engine, "connect", _without_implicit_transactions)
    event.listen(
        engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE" if not options else "BEGIN")
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _without_implicit_transactions(connection: sqlite3.Connection, _record: PoolProxiedConnection) -> None:
    connection.isolation_level = None


async def _on_postgres(location: PostgresServer, verb: Callable[[Connection], int]) -> int:
    try:
        import asyncpg
        from sqlalchemy.ext.asyncio import create_async_engine
    except ImportError:
        raise EngineMissing("PostgreSQL needs the extra: pip install egret-bot[postgres]") from None
    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: asyncpg.connect(location.url, timeout=10)
    )
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(verb)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
