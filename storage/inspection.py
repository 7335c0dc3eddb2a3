"""A look at the database that changes nothing in it: can it be opened, who has it, which schema it has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final

from bot.clock import Clock
from storage.database import Database
from storage.location import SqliteFile, locate
from storage.rows.columns import text
from storage.schema import REVISION
from storage.store import open_database

_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"


class SchemaState(Enum):
    """How the database's tables compare with what this version needs."""

    ABSENT = auto()
    """No database, or one without tables: the first start makes them."""
    BEHIND = auto()
    """Migrations are missing; the next start runs them."""
    CURRENT = auto()
    NEWER = auto()
    """A newer version of Egret has been here; this one does not start on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """A database that could be opened, or that is not there yet.

    Attributes:
        engine: the engine's name and version, "" where nothing was opened.
        schema: its state.
        revision: the newest migration it has seen, "" for none.
    """

    engine: str
    schema: SchemaState
    revision: str = ""


async def inspect(url: str, data_dir: Path, clock: Clock) -> DatabaseFacts:
    """Open the database as the bot would, look at its schema, and close it.

    A SQLite file that is not there is not made.

    Args:
        url: a `DATABASE_URL`.
        data_dir: where a relative SQLite path is.
        clock: the time of what is retried.

    Raises:
        BadDatabaseUrl: the address has no known form.
        DatabaseInUse: another process has the SQLite file.
        DatabaseCorrupt: the SQLite file fails its own check.
        EngineMissing: the engine's library is not installed, or too old.
        StoreUnavailable: the database cannot be opened or reached.
    """
    location = locate(url, data_dir)
    if isinstance(location, SqliteFile) and not location.path.exists():
        return DatabaseFacts(engine="", schema=SchemaState.ABSENT)
    database = await open_database(location, clock)
    try:
        revision = await _revision(database)
        return DatabaseFacts(engine=database.version, schema=schema_state(revision), revision=revision)
    finally:
        await database.close()


async def _revision(database: Database) -> str:
    if await database.row("schema_table") is None:
        return ""
    row = await database.row("schema_revision")
    return text(row, "revision") if row is not None else ""


def schema_state(revision: str) -> SchemaState:
    """Return how a revision compares with what this version needs; "" for none."""
    if not revision:
        return SchemaState.ABSENT
    if revision == REVISION:
        return SchemaState.CURRENT
    # A migration's file is named after its revision, so Alembic is not needed to know which there are.
    known = {path.name.partition("_")[0] for path in _VERSIONS.glob("*.py")}
    return SchemaState.BEHIND if revision in known else SchemaState.NEWER
