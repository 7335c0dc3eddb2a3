"""Durable file writing and the disk that may be full."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from typing import TYPE_CHECKING, Final

from bot.errors import EgretError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskFullError(EgretError):
    """The disk has no room for a file; nothing was left behind.

    Attributes:
        directory: where the file was to go.
        needed: bytes that had to fit, or 0 where not known.
        free: bytes free when it was noticed.
        reserve: bytes that are kept free for everything else.
    """

    def __init__(self, directory: Path, *, needed: int, free: int, reserve: int) -> None:
        """Say what was needed and what there is."""
        super().__init__(
            f"No room in {directory}: {needed:,} bytes are needed, {free:,} are free "
            f"and {reserve:,} are kept in reserve. Free some space or lower the retention time."
        )
        self.directory = directory
        self.needed = needed
        self.free = free
        self.reserve = reserve


def free_bytes(directory: Path) -> int:
    """Return the bytes that this process may still write under `directory`."""
    return shutil.disk_usage(directory).free


def ensure_room(directory: Path, needed: int, *, reserve: int = 0) -> None:
    """Check that `needed` bytes fit under `directory` and leave `reserve` bytes free.

    Raises:
        DiskFullError: they do not.
    """
    free = free_bytes(directory)
    if free - reserve < needed:
        raise DiskFullError(directory, needed=needed, free=free, reserve=reserve)


@contextlib.contextmanager
def disk_full_in_words(directory: Path, *, needed: int = 0) -> Iterator[None]:
    """Turn the operating system's "no space left" inside the block into a DiskFullError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(directory, needed=needed, free=free_bytes(directory), reserve=0) from error
        raise


def begin_sync(file: BinaryIO, start: int, length: int) -> None:
    """Let the disk begin with a part that was just written, without waiting for it: `sync_file` has less to wait for.

    Linux answers the advice that a part is not needed by beginning to write it out, and lets go only of what is on the
    disk already, which what was just written mostly is not: it is read from memory a moment later, unless memory is
    short. It is advice: where a system or a disk does not take it, all is left to `sync_file`.
    """
    file.flush()
    if hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(file.fileno(), start, length, os.POSIX_FADV_DONTNEED)


def sync_file(path: Path) -> None:
    """Return once the file's bytes are on the disk."""
    # Windows flushes only handles opened for writing; "r+b" changes nothing in the file.
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_directory(directory: Path) -> None:
    """Return once the directory's entries are on the disk; does nothing where a directory cannot be opened."""
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except PermissionError:  # Windows
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_directory_durably(directory: Path) -> None:
    """Make a directory, and those above it that are missing, so that a power cut takes none of them away again.

    One that is there already may have been made just before a crash: what leads to it is synced all the same.
    """
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    for path in missing or [directory]:
        sync_directory(path.parent)


def move_durably(source: Path, destination: Path) -> None:
    """Put a finished file in its place, so that after a crash it is there whole or not at all.

    Both must be on one file system. An existing destination is replaced.
    """
    sync_file(source)
    source.replace(destination)
    sync_directory(destination.parent)
