"""What a backup is: a tar archive whose first member says what it is and whose last says what is in it.

backup.json              which engine, schema and version, and when: enough to refuse it at once
database/…               egret.db, or a file for each PostgreSQL table
files/ab/<id>.<ext>      the archive's files, where they are under DATA_DIR
manifest.json            every member's size and SHA-256; without it the backup stopped half way
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from storage.snapshot import Snapshot

FORMAT: Final = 1
"""Raised when an older Egret could no longer restore it."""

HEADER: Final = "backup.json"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "database"
FILES: Final = "files"

JSON_LIMIT: Final = 64 * 1024 * 1024
"""The most bytes that either description may have; a line for each of some 500,000 files."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Header(_Part):
    """What a backup is.

    Attributes:
        format: the arrangement of its members.
        egret: the version that made it.
        engine: the database's engine; a backup of SQLite may be restored into PostgreSQL, but not the other way.
        engine_version: its name and version, for people.
        revision: the schema of its database.
        taken_at: when the database was copied, UTC milliseconds.
        database: the names of the members of the database.
        columns: for PostgreSQL the columns of each table in the order of its member.
        rows: how many rows each table has.
    """

    kind: Literal["egret-backup"] = "egret-backup"
    format: int = FORMAT
    egret: str
    engine: Literal["sqlite", "postgres"]
    engine_version: str
    revision: str
    taken_at: int
    database: list[str]
    columns: dict[str, list[str]] = Field(default_factory=dict)
    rows: dict[str, int]

    @classmethod
    def of(cls, snapshot: Snapshot, egret: str) -> Header:
        """Return the description of a copy of the database."""
        return cls(
            egret=egret,
            engine=snapshot.engine,
            engine_version=snapshot.version,
            revision=snapshot.revision,
            taken_at=snapshot.taken_at,
            database=list(snapshot.parts),
            columns={table: list(columns) for table, columns in snapshot.columns.items()},
            rows=dict(snapshot.rows),
        )

    def snapshot(self) -> Snapshot:
        """Return the copy of the database that this describes."""
        return Snapshot(
            engine=self.engine,
            version=self.engine_version,
            revision=self.revision,
            taken_at=self.taken_at,
            parts=self.database,
            rows=self.rows,
            columns=self.columns,
            archived=(),
        )


class Member(_Part):
    """A member's size in bytes, and the SHA-256 of its bytes in hexadecimal."""

    size: int
    sha256: str


class Manifest(_Part):
    """What is in a backup.

    Attributes:
        members: every member but this one, by name.
        missing: files that rows of the database point at and that were not there, or were deleted meanwhile.
    """

    members: dict[str, Member]
    missing: list[str]


def total(members: Mapping[str, Member], folder: str) -> tuple[int, int]:
    """Return how many members are under a folder, and their bytes together."""
    sizes = [member.size for name, member in members.items() if name.startswith(f"{folder}/")]
    return len(sizes), sum(sizes)
