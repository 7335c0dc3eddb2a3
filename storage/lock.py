"""One process per database file: two connections to one write-ahead log are a known way to corrupt it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from storage.errors import DatabaseInUse

EXIT_IN_USE: Final = 75
"""How a child process tells its parent of `DatabaseInUse` (BSD's "temporary failure")."""

MIGRATION_LOCK: Final = 0x45475245
"""Names the change of the schema among a PostgreSQL server's advisory locks; every start takes it for a moment."""


def own(path: Path) -> FileLock:
    """Take the file for this process until the lock is released or the process dies.

    Raises:
        DatabaseInUse: another process, or another store in this one, has it.
    """
    lock = FileLock(path.with_name(path.name + ".lock"), timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise DatabaseInUse(f"another process is using {path.name}: stop it first, or choose another file") from None
    return lock
