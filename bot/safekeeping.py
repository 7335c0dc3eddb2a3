"""Watches what the bot writes on: refuses new work in time, tells the owner once, and goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import structlog

from bot.clock import SECOND, Clock
from bot.community.alerts import Alert, AlertBook, AlertKind, StoredAlert
from bot.jobs.ports import StoreUnavailable
from bot.jobs.trouble import Standing, Trouble
from bot.media.disk import free_bytes

_MOST_ROOM: Final = 256 * 1024 * 1024
_SHARE: Final = 10
_AGAIN: Final = 1.1
"""So much more than the room has to be free before the disk counts as mended: it fills and empties by clips."""
_DESCRIPTORS: Final = 65_536
_NOTHING: Final = 1024 * 1024
"""Bytes; where fewer are free, a write that fails fails for lack of them."""

_KEY: Final = "storage:"

log = structlog.get_logger(__name__)


def room_for_the_database(data_dir: Path) -> int:
    """Return the bytes of a disk that clips never fill: rows are money, and clips can be fetched again.

    A quarter of a gigabyte, or a tenth of a small disk.
    """
    there = next((path for path in (data_dir, *data_dir.absolute().parents) if path.is_dir()), Path())
    return min(_MOST_ROOM, total_bytes(there) // _SHARE)


def total_bytes(directory: Path) -> int:
    """Return the size of the disk that a directory is on."""
    return shutil.disk_usage(directory).total


def take_descriptors() -> None:
    """Let this process open as many files and connections as it may ask for; usual limits are for programs with few."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class ProvableStore(Protocol):
    """A database that may be tried."""

    @property
    def standing(self) -> Standing:
        """How the process stands with it."""
        ...

    async def prove(self) -> None:
        """Write a little; raises StoreUnavailable where that is not possible."""
        ...


class SpokenAlert(Protocol):
    """Says an alert where the owner reads, without a database to remember it."""

    async def say(self, alert: StoredAlert) -> bool:
        """Say it; False where that could not be done now. Saying it again changes what was said."""
        ...


class Safekeeping:
    """A step of the loops."""

    name: Final = "safekeeping"
    interval: Final = 2 * SECOND
    workers: Final = 1

    def __init__(
        self,
        store: ProvableStore,
        book: AlertBook,
        spoken: SpokenAlert,
        clock: Clock,
        *,
        files: Path,
        room: int,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        """Keep the collaborators.

        Args:
            store: what is tried while it fails.
            book: where alerts are raised.
            spoken: says what the book cannot keep.
            clock: tells when.
            files: a directory in which files are made.
            room: bytes that have to be free there for new work.
            free: tells how many are.
        """
        self._store = store
        self._book = book
        self._spoken = spoken
        self._clock = clock
        self._files = files
        self._room = room
        self._free = free
        self._raised: Alert | None = None
        self._calm_since: int | None = None
        self._first = True
        self._over_in_book: set[str] = set()
        self._unkept: dict[str, StoredAlert] = {}
        self._unsaid: dict[str, StoredAlert] = {}

    async def run_once(self) -> int:
        """Look once; never finds work that would keep it busy."""
        standing = self._store.standing
        standing.disk = await asyncio.to_thread(self._disk, standing.disk)
        standing.descriptors = not _can_open()
        if standing.database not in {None, Trouble.DAMAGED}:
            await self._prove()
        await (self._amiss(standing.trouble) if standing.trouble is not None else self._well())
        return 0

    def _disk(self, before: Trouble | None) -> Trouble | None:
        try:
            free = self._free(self._files)
            writable = os.access(self._files, os.W_OK)
        except OSError as error:
            # What leads there is gone, or no directory is left to be opened.
            return None if error.errno in {errno.EMFILE, errno.ENFILE} else Trouble.UNWRITABLE
        if not writable:
            return Trouble.UNWRITABLE
        return Trouble.DISK_FULL if free < self._room * (_AGAIN if before else 1) else None

    async def _prove(self) -> None:
        try:
            await self._store.prove()
        except StoreUnavailable as error:
            if error.trouble is Trouble.UNWRITABLE and self._free(self._files) < _NOTHING:
                self._store.standing.failed(Trouble.DISK_FULL)

    async def _amiss(self, trouble: Trouble) -> None:
        self._calm_since, self._first = None, False
        alert = Alert(key=f"{_KEY}{trouble}", kind=AlertKind.STORAGE, subject=trouble.value)
        if self._raised is not None and self._raised.key != alert.key:
            await self._over(self._raised)
        if self._raised is None:
            await self._raise(alert)
        await self._speak()

    async def _raise(self, alert: Alert) -> None:
        self._raised = alert
        self._over_in_book.discard(alert.key)
        try:
            await self._book.raise_(alert)
        except StoreUnavailable:
            log.error("owner_needed", what=alert.kind.value, subject=alert.subject)  # noqa: TRY400 - it is no defect
            now = self._clock.now()
            unkept = StoredAlert(alert=alert, episode=now // SECOND, raised_at=now)
            self._unkept[alert.key] = self._unsaid[alert.key] = unkept

    async def _well(self) -> None:
        if self._first:
            # What an earlier process raised, and did not live to see mended.
            self._over_in_book |= {f"{_KEY}{trouble}" for trouble in Trouble}
            self._first = False
        if self._raised is not None:
            now = self._clock.now()
            self._calm_since = self._calm_since if self._calm_since is not None else now
            if now - self._calm_since >= self._raised.kind.calm:
                await self._over(self._raised)
        await self._speak()

    async def _over(self, alert: Alert) -> None:
        unkept = self._unkept.pop(alert.key, None)
        if unkept is not None:
            self._unsaid[alert.key] = replace(unkept, cleared_at=self._clock.now())
            log.info("alert_over", key=alert.key)
        else:
            self._over_in_book.add(alert.key)
        self._raised = None

    async def _speak(self) -> None:
        """Take back what the book has, and say what no database remembers; what fails now is done the next time."""
        with contextlib.suppress(StoreUnavailable):
            for key in sorted(self._over_in_book):
                await self._book.clear(key)
                self._over_in_book.discard(key)
        for key, alert in tuple(self._unsaid.items()):
            if await self._spoken.say(alert):
                del self._unsaid[key]


def _can_open() -> bool:
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno not in {errno.EMFILE, errno.ENFILE}
    return True
