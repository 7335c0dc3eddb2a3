"""What a power cut leaves behind, and whether everything that was promised before it is still there."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.chaos.power.disk import Disk, Loss
from tests.chaos.power.promises import Kind, Promise

DATABASE: Final = "egret.db"
_INDEX: Final = "-shm"
"""SQLite's index of the log lives in shared memory and is never synced: after a power cut it may hold anything."""


@dataclass(frozen=True, slots=True)
class Image:
    """Paths below the data, with their bytes; None for a directory."""

    content: Mapping[str, bytes | None]

    def write(self, directory: Path, *, only: str = "") -> None:
        """Put it on a real disk; `only` names the beginning of what is wanted."""
        for path, content in self.content.items():
            place = directory / path
            if content is None:
                place.mkdir(parents=True, exist_ok=True)
            elif path.startswith(only):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)


def image_of(disk: Disk, loss: Loss, dice: random.Random) -> Image:
    """Return what a disk holds after a power cut that happens now."""
    content: dict[str, bytes | None] = {}
    for path, file in disk.after(loss, dice):
        if file is None:
            content[path] = None
        elif path.endswith(_INDEX) and loss is not Loss.ALL:
            content[path] = dice.randbytes(len(file.now()))
        else:
            content[path] = bytes(file.after(loss, dice))
    return Image(content)


@dataclass
class Judge:
    """Opens images and says what is missing.

    Attributes:
        promises: everything that was promised in the record.
        workplace: an empty directory; images are opened there.
    """

    promises: Sequence[Promise]
    workplace: Path
    _digests: dict[tuple[int, bytes], str] = field(default_factory=dict)

    def losses(self, image: Image, place: int) -> list[str]:
        """Return what an image lacks that was promised before a place in the record, in words."""
        owed = [promise for promise in self.promises if promise.place < place]
        for left in self.workplace.iterdir():
            left.unlink()
        Image({path: found for path, found in image.content.items() if found is not None and "/" not in path}).write(
            self.workplace, only=DATABASE
        )
        path = self.workplace / DATABASE
        if not path.exists():
            return [f"{promise.kind.name} {promise.subject}: no database" for promise in owed]
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                return list(self._damage(connection)) or [
                    *_broken_promises(connection, owed),
                    *_lost_files(connection, image),
                ]
        except sqlite3.DatabaseError as error:
            return [f"the database cannot be read: {error}"]

    @staticmethod
    def _damage(connection: sqlite3.Connection) -> Iterator[str]:
        for (said,) in connection.execute("PRAGMA integrity_check"):
            if said != "ok":
                yield f"damage: {said}"
        for row in connection.execute("PRAGMA foreign_key_check"):
            yield f"damage: a row of {row[0]} without its {row[2]}"


def _broken_promises(connection: sqlite3.Connection, owed: Sequence[Promise]) -> Iterator[str]:
    if not owed:
        return
    kept = {
        Kind.TAKEN: _column(connection, "SELECT id FROM jobs JOIN charges ON charges.job_id = jobs.id"),
        Kind.ORDERED: _column(
            connection,
            "SELECT hook_token FROM jobs WHERE id IN (SELECT job_id FROM job_events WHERE to_state = 'submitting')",
        ),
        Kind.POSTED: _column(connection, "SELECT id FROM deliveries WHERE attempts > 0 AND state <> 'pending'"),
    }
    for promise in owed:
        if promise.subject not in kept[promise.kind]:
            yield f"{promise.kind.name} {promise.subject}"


def _lost_files(connection: sqlite3.Connection, image: Image) -> Iterator[str]:
    """Every file that a row says is in the archive has to be there, whole."""
    if not _column(connection, "SELECT name FROM sqlite_master WHERE name = 'assets'"):
        return
    for row in connection.execute("SELECT id, extension, sha256 FROM assets WHERE extension <> '' AND sha256 <> ''"):
        folder = hashlib.sha256(row["id"].encode()).hexdigest()[:2]
        content = image.content.get(f"files/{folder}/{row['id']}.{row['extension']}")
        if content is None:
            yield f"FILE {row['id']}: not there"
        elif hashlib.sha256(content).hexdigest() != row["sha256"]:
            yield f"FILE {row['id']}: not as it was"


def _column(connection: sqlite3.Connection, query: str) -> set[str]:
    return {str(row[0]) for row in connection.execute(query)}
