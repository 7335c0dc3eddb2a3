"""Where the database and the clips are kept: can it be written, and is there room."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.check.finding import Area, Finding, failure, fine, warning
from bot.exit_codes import ExitCode

LEAST: Final = 200_000_000
"""Bytes: a few clips of the largest kind, and the database's log."""
COMFORTABLE: Final = 2_000_000_000
"""Bytes: some hundreds of clips."""
_PROBE: Final = b"\0" * 65_536

FreeSpace = Callable[[Path], int]
"""Returns how many bytes may still be written below a directory."""


def free_space(directory: Path) -> int:
    """Return how many bytes may still be written below a directory, by the disk's own account."""
    return shutil.disk_usage(directory).free


def disk_findings(data_dir: Path, free: FreeSpace = free_space) -> list[Finding]:
    """Look at DATA_DIR; where it is not there yet, at the directory it will be made in."""
    try:
        there = _nearest(data_dir)
        _write(there)
        left = free(there)
    except OSError as error:
        return [
            failure(
                Area.DISK,
                f"DATA_DIR ({data_dir}) cannot be written: {error.strerror or error}.",
                "Free some space, let the user who runs the bot write there, or choose another DATA_DIR.",
                ExitCode.DATA_DIR,
            )
        ]
    where = f"DATA_DIR ({data_dir})"
    if left < LEAST:
        remedy = "Free some space, or move DATA_DIR to a larger disk."
        return [failure(Area.DISK, f"{where} has only {_size(left)} left.", remedy, ExitCode.DATA_DIR)]
    if left < COMFORTABLE:
        remedy = "Free some space before it runs out: clips are kept there."
        return [warning(Area.DISK, f"{where} has {_size(left)} left.", remedy)]
    made = "" if there == data_dir else "; the first start makes it"
    return [fine(Area.DISK, f"{where} can be written and has {_size(left)} left{made}.")]


def _nearest(data_dir: Path) -> Path:
    """Return DATA_DIR or the nearest directory above it that exists.

    Raises:
        OSError: something on the way is a file.
    """
    for path in (data_dir, *data_dir.absolute().parents):
        if path.is_dir():
            return path
        if path.exists():
            raise NotADirectoryError(20, f"{path.name} is not a directory")
    raise FileNotFoundError(2, "no such directory")


def _write(directory: Path) -> None:
    """Write a little and take it away again: quotas, full and read-only disks show only so.

    Raises:
        OSError: it cannot be written.
    """
    with tempfile.TemporaryFile(dir=directory) as file:
        file.write(_PROBE)
        file.flush()
        os.fsync(file.fileno())


def _size(number: int) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"
