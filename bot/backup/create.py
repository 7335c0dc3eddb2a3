"""`python -m bot backup`: beside a running bot, or without one."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot import VERSION
from bot.backup.contents import DATABASE, FILES, Header, Manifest, total
from bot.backup.errors import BackupError
from bot.backup.interrupted import finish_interrupted
from bot.backup.stopping import in_thread
from bot.backup.wording import counted, instant, size, stamp
from bot.backup.writing import PARTIAL, refuse_existing, write_backup
from bot.clock import DAY, SECOND, Clock
from bot.control.client import connect
from bot.control.errors import ControlError, NoBot
from bot.control.protocol import MakeSnapshot
from bot.exit_codes import ExitCode
from bot.jobs.ports import StoreUnavailable
from bot.media.archive import Archive
from bot.media.disk import DiskFullError, ensure_room
from bot.settings import Settings
from storage.copying import copy_database, dump_database
from storage.errors import BadDatabaseUrl, DatabaseInUse, StorageError
from storage.location import PostgresServer, locate
from storage.snapshot import COPY_NAME, Snapshot, read_copy

SNAPSHOT_SECONDS: Final = 600.0
"""How long a running bot may take to copy its database."""

RESERVE: Final = 256 * 1024 * 1024
"""Bytes that a backup leaves free on the disk that the bot works on: clips and the database go on growing meanwhile."""

_COPY: Final = ".backup-"
_BACKUPS: Final = "backups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made."""

    path: Path
    header: Header
    manifest: Manifest
    bytes: int
    beside_running_bot: bool

    def text(self) -> str:
        """Return what the owner is told."""
        files, in_files = total(self.manifest.members, FILES)
        _, in_database = total(self.manifest.members, DATABASE)
        engine = f"{self.header.engine_version}, schema {self.header.revision}"
        jobs = counted(self.header.rows.get("jobs", 0), "job")
        state = "the running bot went on meanwhile" if self.beside_running_bot else "no bot was running"
        lines = [
            f"{self.path} ({size(self.bytes)}) holds everything as of {instant(self.header.taken_at)}; {state}.",
            f"  the database ({engine}): {jobs}, {size(in_database)}",
            f"  the archive: {counted(files, 'file')}, {size(in_files)}",
        ]
        if self.manifest.missing:
            gone = counted(len(self.manifest.missing), "file")
            lines.append(f"  {gone} that the database names no longer existed; manifest.json in it lists them")
        lines += [
            "It holds the secrets that the bot drew for itself, and what people wrote: keep it as you keep .env.",
            ".env is not in it: keep a copy of that too. Copy both to another machine.",
            f"To restore: stop the bot, then `python -m bot restore {self.path}`.",
        ]
        return "\n".join(lines) + "\n"


async def back_up(settings: Settings, asked: Path | None, clock: Clock) -> Backup:
    """Write the database and the archive into one file.

    Args:
        settings: where both are.
        asked: the file to write; None for one named after the moment, in DATA_DIR/backups.
        clock: the moment.

    Raises:
        BackupError: it cannot be made; nothing of it is left.
    """
    target = asked or settings.data_dir / _BACKUPS / f"egret-{stamp(clock.now())}.tar"
    target = target.absolute()
    refuse_existing(target)
    await finish_interrupted(settings)
    await asyncio.to_thread(_sweep, settings.data_dir, clock.now())
    try:
        async with _copied(settings, clock) as (snapshot, folder, beside):
            header = Header.of(snapshot, VERSION)
            archive = Archive(settings.data_dir.absolute() / "files", clock)
            files = [archive.path(asset_id, extension) for asset_id, extension in snapshot.archived]
            root = settings.data_dir.absolute() / "files"
            parts = [folder / part for part in snapshot.parts]
            _ensure_room(target, [*parts, *files], settings.data_dir)
            manifest = await in_thread(lambda check: write_backup(target, header, folder, root, files, check))
    except DiskFullError as error:
        raise BackupError(str(error), ExitCode.DATA_DIR) from error
    except BadDatabaseUrl as error:
        raise BackupError(f"{error}.", ExitCode.SETTINGS) from error
    except (StorageError, StoreUnavailable) as error:
        raise BackupError(f"{error}.", ExitCode.DATABASE) from error
    except OSError as error:
        raise BackupError(f"DATA_DIR cannot be used: {error.strerror or error}.", ExitCode.DATA_DIR) from error
    return Backup(path=target, header=header, manifest=manifest, bytes=target.stat().st_size, beside_running_bot=beside)


@asynccontextmanager
async def _copied(settings: Settings, clock: Clock) -> AsyncIterator[tuple[Snapshot, Path, bool]]:
    """Give a copy of the database, its folder, and whether a bot made it; the copy is deleted on leaving.

    Raises:
        BackupError: a bot has the database and does not copy it.
        StorageError: the database cannot be copied.
        StoreUnavailable: likewise.
    """
    location = locate(settings.database, settings.data_dir)
    data_dir = settings.data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_COPY, dir=data_dir) as made:
        folder = data_dir / made
        if isinstance(location, PostgresServer):
            yield await dump_database(location, folder, clock.now()), folder, False
            return
        copy = folder / COPY_NAME
        _ensure_room(copy, [location.path], settings.data_dir)
        try:
            async with connect(settings.data_dir) as bot:
                told = await bot.ask(MakeSnapshot(), seconds=SNAPSHOT_SECONDS)
                # Out of the bot's hands: it deletes what is still there when the connection ends.
                await asyncio.to_thread(Path(told.path).rename, copy)
            beside = True
        except NoBot:
            await _alone(location.path, copy, settings, clock)
            beside = False
        except ControlError as error:
            raise BackupError(f"{str(error)[:1].upper()}{str(error)[1:]}.", ExitCode.ALREADY_RUNNING) from error
        yield await asyncio.to_thread(read_copy, copy), folder, beside


async def _alone(database: Path, copy: Path, settings: Settings, clock: Clock) -> None:
    try:
        await copy_database(settings.database, settings.data_dir, copy, clock)
    except DatabaseInUse:
        raise BackupError(
            f"another process has {database.name}, and no bot answers in DATA_DIR: if a bot is just starting, try again"
            " in a moment.",
            ExitCode.ALREADY_RUNNING,
        ) from None


def _ensure_room(target: Path, sources: Iterable[Path], data_dir: Path) -> None:
    """Make sure that copies of files fit beside each other where `target` is to be.

    Raises:
        DiskFullError: they do not.
    """
    place = next(parent for parent in target.parents if parent.exists())
    needed = 0
    for source in sources:
        with contextlib.suppress(FileNotFoundError):
            needed += source.stat().st_size
    shared = place.stat().st_dev == data_dir.stat().st_dev
    ensure_room(place, needed, reserve=RESERVE if shared else 0)


def _sweep(data_dir: Path, now: int) -> None:
    """Delete what backups left behind that were killed a day ago or more: nobody takes so long."""
    for path in (*data_dir.glob(f"{_COPY}*"), *(data_dir / _BACKUPS).glob(f".*{PARTIAL}")):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime * SECOND > now - DAY:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
