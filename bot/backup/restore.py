"""`python -m bot restore FILE`: everything is unpacked and checked first, then put in place by renames."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.backup.contents import DATABASE, FILES, Header, Manifest, total
from bot.backup.errors import BackupError, NotUsable
from bot.backup.interrupted import finish_interrupted
from bot.backup.reading import unpack
from bot.backup.stopping import in_thread
from bot.backup.swap import STAGING, Plan, carry_out, clear_staging, write_plan
from bot.backup.wording import counted, instant, size, stamp
from bot.clock import Clock
from bot.control.client import connect
from bot.control.errors import ControlError, NoBot
from bot.exit_codes import ExitCode
from bot.jobs.ports import StoreUnavailable
from bot.media.disk import DiskFullError, ensure_room, sync_directory, sync_file
from bot.settings import Settings
from storage.copying import load_database
from storage.errors import DatabaseInUse, StorageError
from storage.inspection import SchemaState, schema_state
from storage.location import PostgresServer, SqliteFile, locate
from storage.lock import own
from storage.migration import run_migrations, schema_sql
from storage.snapshot import COPY_NAME, Snapshot, read_copy
from storage.transcribing import transcribe

_INCOMING: Final = ".restoring"
"""Added to the name of a database that waits beside the one whose place it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """A backup that was restored.

    Attributes:
        aside: where the old data is now, one sentence each; empty where there was none.
        before: what was done about an earlier restoration that was interrupted.
    """

    file: Path
    header: Header
    manifest: Manifest
    aside: tuple[str, ...]
    before: str

    def text(self) -> str:
        """Return what the owner is told."""
        files, in_files = total(self.manifest.members, FILES)
        jobs = counted(self.header.rows.get("jobs", 0), "job")
        holds = f"{jobs}, {counted(files, 'file')} of {size(in_files)}"
        lines = [
            *([self.before] if self.before else []),
            f"Restored {self.file}: everything as of {instant(self.header.taken_at)} ({holds}).",
            *self.aside,
            "What was not bought yet at that time is looked for at PiAPI at the next start, and never bought again;",
            "what was not posted yet is looked for in its channel first. What was bought later is not in the record",
            "of costs. Now start the bot.",
        ]
        return "\n".join(lines) + "\n"


async def restore(settings: Settings, file: Path, clock: Clock) -> Restoration:
    """Put a backup in the place of what DATA_DIR and the database hold, which is kept aside.

    Raises:
        BackupError: it was not restored; unless the message says otherwise, nothing was changed.
    """
    try:
        location = locate(settings.database, settings.data_dir)
        before = await finish_interrupted(settings)
        await _refuse_running(settings)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        restoring = _Restoring(settings, file, clock, before)
        if isinstance(location, PostgresServer):
            return await restoring.into_server(location)
        location.path.parent.mkdir(parents=True, exist_ok=True)
        lock = own(location.path)
        try:
            return await restoring.into_file(location)
        finally:
            lock.release()
    except DatabaseInUse as error:
        raise BackupError(f"{error}.", ExitCode.ALREADY_RUNNING) from error
    except DiskFullError as error:
        raise BackupError(str(error), ExitCode.DATA_DIR) from error
    except (StorageError, StoreUnavailable) as error:
        raise BackupError(f"{error}.", ExitCode.DATABASE) from error
    except OSError as error:
        raise BackupError(f"DATA_DIR cannot be used: {error.strerror or error}.", ExitCode.DATA_DIR) from error


async def _refuse_running(settings: Settings) -> None:
    """Make sure that no bot answers on this DATA_DIR; the database's own lock tells the rest.

    Raises:
        BackupError: one does.
    """
    try:
        async with connect(settings.data_dir):
            pass
    except NoBot:
        return
    except ControlError:
        # Whoever has the database, its lock will say so.
        return
    raise BackupError("the bot is running on this DATA_DIR: stop it first, then restore.", ExitCode.ALREADY_RUNNING)


class _Restoring:
    """One restoration under way; nothing of the old data is touched before `_swap`."""

    def __init__(self, settings: Settings, file: Path, clock: Clock, before: str) -> None:
        self._settings = settings
        self._file = file.absolute()
        self._before = before
        self._data_dir = settings.data_dir.absolute()
        self._staging = self._data_dir / STAGING
        self._aside = f"before-restore-{stamp(clock.now())}-{secrets.token_hex(2)}"

    async def into_file(self, location: SqliteFile) -> Restoration:
        """Restore a SQLite file and the archive."""
        header, manifest = await self._staged("sqlite")
        incoming = location.path.with_name(location.path.name + _INCOMING)
        async with self._cleared_where_it_fails(incoming):
            await self._check_copy(header)
            await in_thread(lambda _: _bring(self._staging / DATABASE / COPY_NAME, incoming))
        old = [location.path.with_name(location.path.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")]
        aside = location.path.parent / self._aside
        plan = self._plan(
            [(str(path), str(aside / path.name)) for path in old if path.exists()],
            [(str(incoming), str(location.path))],
        )
        await in_thread(lambda _: self._swap(plan))
        places = dict.fromkeys(str(Path(target).parent) for _, target in plan.moves_aside)
        told = tuple(f"The old data is in {place}; delete it when all is well." for place in places)
        return Restoration(file=self._file, header=header, manifest=manifest, aside=told, before=self._before)

    async def into_server(self, location: PostgresServer) -> Restoration:
        """Restore a PostgreSQL database and the archive, out of a backup of either engine."""
        header, manifest = await self._staged("postgres", "sqlite")
        snapshot = await self._rows_of(header)
        name, schema_aside = secrets.token_hex(8), self._aside.replace("-", "_").lower()
        plan = self._plan([], [], restoration=name)
        try:
            schema = await schema_sql(snapshot.revision)
            await asyncio.to_thread(write_plan, self._staging, plan)
            had_tables = await load_database(
                location,
                self._staging / DATABASE,
                snapshot,
                schema=schema,
                aside=schema_aside,
                restoration=name,
            )
        except StorageError:
            await asyncio.to_thread(clear_staging, self._data_dir)
            raise
        except StoreUnavailable as error:
            # The connection may have broken as it was told to commit: the plan stays for whoever can ask.
            raise BackupError(
                f"{error}; whether the rows were restored is found out at the next `restore` or start.",
                ExitCode.DATABASE,
            ) from error
        await in_thread(lambda _: self._swap(plan))
        await run_migrations(self._settings.database, self._settings.data_dir)
        told = [f"The old files are in {Path(target).parent}." for _, target in plan.moves_aside]
        if had_tables:
            told.append(f"The old tables are in the schema {schema_aside}; DROP SCHEMA … CASCADE when all is well.")
        return Restoration(file=self._file, header=header, manifest=manifest, aside=tuple(told), before=self._before)

    async def _rows_of(self, header: Header) -> Snapshot:
        """Return the staged rows as PostgreSQL takes them; those of a SQLite file are written down anew."""
        if header.engine == "postgres":
            return header.snapshot()
        folder = self._staging / DATABASE
        async with self._cleared_where_it_fails():
            await self._check_copy(header)
            return await asyncio.to_thread(transcribe, folder / COPY_NAME, folder)

    async def _staged(self, *engines: str) -> tuple[Header, Manifest]:
        """Unpack and check the backup, of one of these engines, beside the data.

        Raises:
            BackupError: it cannot be used, or there is no room.
        """
        await asyncio.to_thread(clear_staging, self._data_dir)
        if self._file.exists():
            ensure_room(self._data_dir, self._file.stat().st_size)
        self._staging.mkdir(mode=0o700)
        async with self._cleared_where_it_fails():
            return await in_thread(lambda check: unpack(self._file, self._staging, self._admits(engines), check))

    @asynccontextmanager
    async def _cleared_where_it_fails(self, *files: Path) -> AsyncIterator[None]:
        """Leave nothing of a restoration that goes no further: not what was unpacked, nor these files."""
        try:
            yield
        except BaseException:
            # Cancellation included: what lies there is people's data, and would be in the way of the next.
            for file in files:
                file.unlink(missing_ok=True)
            await asyncio.to_thread(clear_staging, self._data_dir)
            raise

    def _admits(self, engines: Collection[str]) -> Callable[[Header], None]:
        def admit(header: Header) -> None:
            if header.engine not in engines:
                raise NotUsable(
                    f"{self._file} is of a PostgreSQL database, and DATABASE_URL names SQLite: a backup of PostgreSQL"
                    " is restored into PostgreSQL alone."
                )
            if schema_state(header.revision) not in {SchemaState.CURRENT, SchemaState.BEHIND}:
                raise NotUsable(
                    f"{self._file} has schema {header.revision}, which this version does not know: it was made by a"
                    f" newer Egret ({header.egret}). Update Egret first."
                )

        return admit

    async def _check_copy(self, header: Header) -> None:
        """Check the staged SQLite file, and bring its schema up to date.

        Raises:
            NotUsable: it is not what the backup says, or cannot be migrated.
        """
        copy = self._staging / DATABASE / COPY_NAME
        try:
            found = await asyncio.to_thread(read_copy, copy)
            if (found.revision, found.taken_at) != (header.revision, header.taken_at):
                raise NotUsable(f"{self._file} is damaged: its database is not the one that it describes.")
            await run_migrations(SqliteFile(copy).url, self._data_dir)
        except StorageError as error:
            raise NotUsable(f"{self._file}: {error}.") from error

    def _plan(self, aside: list[tuple[str, str]], incoming: list[tuple[str, str]], *, restoration: str = "") -> Plan:
        """Return what is to be renamed: the archive's directory, and what is given."""
        files, staged = self._data_dir / FILES, self._staging / FILES
        staged.mkdir(exist_ok=True)
        here = self._data_dir / self._aside
        if files.exists():
            aside = [*aside, (str(files), str(here / FILES))]
        return Plan(
            backup=str(self._file),
            aside=str(here),
            restoration=restoration,
            moves_aside=aside,
            moves_in=[*incoming, (str(staged), str(files))],
        )

    def _swap(self, plan: Plan) -> None:
        write_plan(self._staging, plan)
        carry_out(plan)
        clear_staging(self._data_dir)


def _bring(source: Path, target: Path) -> None:
    """Move a file beside another, maybe to another file system, and see to it that it is on the disk."""
    target.unlink(missing_ok=True)
    shutil.move(source, target)
    sync_file(target)
    sync_directory(target.parent)
