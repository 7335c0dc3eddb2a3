"""A copy of a SQLite database, rewritten as the copy of a PostgreSQL database with the same rows.

Both engines have the same tables and columns, and of types of which every value has a text that PostgreSQL reads
(its documentation of COPY, "Text Format").
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from storage.snapshot import Snapshot, read_copy

_AT_ONCE: Final = 1_000
_VERSIONS: Final = "alembic_version"
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
)


def transcribe(copy: Path, folder: Path) -> Snapshot:
    """Write a file for each table beside a copy of a SQLite database; return what they are.

    Args:
        copy: the SQLite file, marked as a backup's and with the newest schema.
        folder: where the files go.

    Raises:
        NothingToBackUp: it has no tables.
        NotABackup: it is damaged, or nobody marked it as a backup's.
        OSError: a file cannot be written.
    """
    snapshot = read_copy(copy)
    columns: dict[str, list[str]] = {}
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        for table in snapshot.rows:
            if table != _VERSIONS:
                columns[table] = _write(connection, table, folder / part_name(table))
    rows = {table: number for table, number in snapshot.rows.items() if table in columns}
    return replace(
        snapshot, engine="postgres", parts=[part_name(table) for table in columns], rows=rows, columns=columns
    )


def part_name(table: str) -> str:
    """Return what a table's file is called."""
    return f"{table}.copy"


def _write(connection: sqlite3.Connection, table: str, path: Path) -> list[str]:
    """Write a table's rows; return its columns in the order in which they are written."""
    # The name comes from SQLite's own list.
    found = connection.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608
    with path.open("w", encoding="utf-8", newline="") as file:
        while rows := found.fetchmany(_AT_ONCE):
            file.writelines("\t".join(map(_text, row)) + "\n" for row in rows)
    return [str(column[0]) for column in found.description]


def _text(value: object) -> str:
    match value:
        case None:
            return "\\N"
        case bytes():
            return "\\\\x" + value.hex()
        case _:
            return str(value).translate(_ESCAPES)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
