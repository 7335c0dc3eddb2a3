"""A copy of the database as of one moment, for a backup: a SQLite file, or a text file for each table of PostgreSQL's.

Every copy carries a mark that no other database has, so that it is known for a copy however it is put in place, and the
first start on it can distrust what it says (`Store.take_up_backup`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from storage.database import Engine
from storage.errors import NotABackup, NothingToBackUp

BACKUP_MARK: Final = "backup_at"
"""The key in `meta` under which a copy says when it was made, in UTC milliseconds."""

COPY_NAME: Final = "egret.db"
"""What a copy of a SQLite database is called in its folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A copy of a database in a folder.

    Attributes:
        version: the engine's name and version.
        revision: the newest migration that the database has seen.
        taken_at: UTC milliseconds, before the first row was read; of a restored database that no bot has started on
            since, the moment of the backup that it came out of.
        parts: the names of the files that it consists of.
        rows: how many rows each table has.
        columns: the columns of each table in the order of its file; empty for SQLite.
        archived: id and extension of every file that its rows point at.
    """

    engine: Engine
    version: str
    revision: str
    taken_at: int
    parts: Sequence[str]
    rows: Mapping[str, int]
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    archived: Sequence[tuple[str, str]]


def mark_copy(path: Path, taken_at: int) -> None:
    """Mark a copied SQLite file as a backup's; one without tables is left alone, it is good for nothing.

    A mark that is there already stays: the database came out of an older backup and was not taken up since, so what it
    says is as old as that.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection, connection:
        if "meta" in _tables(connection):
            connection.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", (BACKUP_MARK, str(taken_at)))


def read_copy(path: Path) -> Snapshot:
    """Check a copy of a SQLite database from its first page to its last, and say what is in it.

    Raises:
        NothingToBackUp: it has no tables.
        NotABackup: it is damaged, or nobody marked it as a backup's.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return _read(connection, path.name)
    except sqlite3.DatabaseError as error:
        raise NotABackup(f"the copy of the database is damaged: {error}") from error


def _read(connection: sqlite3.Connection, name: str) -> Snapshot:
    problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    if problems != ["ok"]:
        raise NotABackup(f"the copy of the database is damaged: {problems[0]}")
    tables = _tables(connection)
    if not {"alembic_version", "meta", "assets"} <= set(tables):
        raise NothingToBackUp("the database has no tables yet: there is nothing to back up")
    mark = connection.execute("SELECT value FROM meta WHERE key = ?", (BACKUP_MARK,)).fetchone()
    if mark is None:
        raise NotABackup("the database in it was not made by `backup`")
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return Snapshot(
        engine="sqlite",
        version=f"SQLite {sqlite3.sqlite_version}",
        revision=str(revision),
        taken_at=int(mark[0]),
        parts=[name],
        # The names come from SQLite's own list.
        rows={table: connection.execute(f"SELECT COUNT(*) FROM {_quoted(table)}").fetchone()[0] for table in tables},  # noqa: S608
        archived=connection.execute(
            "SELECT id, extension FROM assets WHERE extension <> '' ORDER BY number"
        ).fetchall(),
    )


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [str(row[0]) for row in rows]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
