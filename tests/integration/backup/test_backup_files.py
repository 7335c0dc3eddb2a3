"""Backups as files: what is refused, and that nothing is left behind or touched when it is."""

from __future__ import annotations

import asyncio
import io
import os
import resource
import shutil
import tarfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import bot
from bot.backup import reading, swap, writing
from bot.backup.contents import FILES, Header, Manifest
from bot.backup.create import RESERVE, Backup, back_up
from bot.backup.errors import BackupError, NotUsable
from bot.backup.interrupted import finish_interrupted
from bot.backup.restore import restore
from bot.backup.writing import write_backup
from bot.clock import SystemClock
from bot.exit_codes import ExitCode
from bot.media.archive import Archive
from bot.settings import Settings, load_settings
from storage.migration import run_migrations
from storage.store import open_store
from tests.contract.backups import files_under, fill
from tests.contract.samples import ManualClock

ROOT = Path(__file__).parents[3]
NOTHING = "no backup that `python -m bot backup` made"


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a job in every state and two files in the archive, to be copied."""
    directory = tmp_path_factory.mktemp("filled")

    async def make() -> None:
        await run_migrations("sqlite:///egret.db", directory)
        async with open_store("sqlite:///egret.db", directory, ManualClock()) as store:
            await fill(store, Archive(directory / "files", ManualClock()))

    asyncio.run(make())
    return directory


@pytest.fixture
def data_dir(filled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(filled, tmp_path / "data")


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    return load_settings(
        _env_file=None,
        discord_token="token.of.nobody",
        piapi_key="key-of-nobody",
        servers="all",
        max_usd_per_month="unlimited",
        data_dir=str(data_dir),
    )


@pytest.fixture
async def made(settings: Settings, tmp_path: Path) -> Backup:
    return await back_up(settings, tmp_path / "egret.tar", SystemClock())


def tree(data_dir: Path) -> dict[str, bytes]:
    """Return every file's content; those of the lock and of SQLite's log may come and go."""
    paths = [
        path for path in data_dir.rglob("*") if path.is_file() and path.suffix not in {".lock", ".db-wal", ".db-shm"}
    ]
    return {str(path.relative_to(data_dir)): path.read_bytes() for path in paths}


def named(directory: Path, pattern: str = "*") -> list[str]:
    return sorted(path.name for path in directory.glob(pattern))


def rewritten(file: Path, change: Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes] | None]) -> None:
    """Write a backup anew with some members changed or left out."""
    members = []
    with tarfile.open(file) as tar:
        for member in tar:
            source = tar.extractfile(member)
            assert source is not None
            members.append(change(member, source.read()))
    with tarfile.open(file, "w") as tar:
        for kept in members:
            if kept is not None:
                member, content = kept
                member.size = len(content) if member.isreg() else 0
                tar.addfile(member, io.BytesIO(content))


def renamed(wanted: str, name: str, kind: bytes = tarfile.REGTYPE) -> Callable[..., object]:
    def change(member: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
        if member.name.startswith(wanted):
            member.name, member.type, member.linkname = name, kind, "/etc/passwd"
        return member, content

    return change


def made_sparse(file: Path) -> None:
    """Let the database be a member that claims a gigabyte and holds none of it, as GNU tar writes holes."""
    with tarfile.open(file) as tar:
        source = tar.extractfile("backup.json")
        assert source is not None
        description = source.read()
    described, sparse = tarfile.TarInfo("backup.json"), tarfile.TarInfo("database/egret.db")
    described.size, sparse.type = len(description), tarfile.GNUTYPE_SPARSE
    block = bytearray(sparse.tobuf(tarfile.GNU_FORMAT))
    block[386:410] = b"%011o\0" % 0 * 2
    block[483:495] = b"%011o\0" % 1_000_000_000
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    content = described.tobuf(tarfile.GNU_FORMAT) + description.ljust(-(-len(description) // 512) * 512, b"\0")
    file.write_bytes(content + bytes(block) + b"\0" * 1024)


def flipped(wanted: str) -> Callable[..., object]:
    def change(member: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
        if member.name.startswith(wanted):
            middle = len(content) // 2
            content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        return member, content

    return change


def without(wanted: str) -> Callable[..., object]:
    return lambda member, content: None if member.name.startswith(wanted) else (member, content)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off within a file": (lambda file: file.write_bytes(file.read_bytes()[:250_000]), "is damaged"),
    "cut off between files": (lambda file: rewritten(file, without("manifest")), "its end is missing"),
    "a byte of a clip is wrong": (lambda file: rewritten(file, flipped("files/")), "is damaged (files/"),
    "a byte of the database is wrong": (lambda file: rewritten(file, flipped("database/")), "is damaged (database/"),
    "a file is missing": (lambda file: rewritten(file, without("files/")), "is damaged (files/"),
    "the database is missing": (lambda file: rewritten(file, without("database/")), "is damaged (database/"),
    "a file leaves the directory": (lambda file: rewritten(file, renamed("files/", "../../escaped")), NOTHING),
    "a file has an absolute name": (lambda file: rewritten(file, renamed("files/", "/tmp/escaped")), NOTHING),
    "a file is a link": (lambda file: rewritten(file, renamed("files/", "files/ab/x.mp4", tarfile.SYMTYPE)), NOTHING),
    "a file is one of Egret's own": (lambda file: rewritten(file, renamed("files/", "egret.db")), NOTHING),
    "a file is all holes": (made_sparse, NOTHING),
    "a file is a folder's way up": (lambda file: rewritten(file, renamed("files/", "database/..")), NOTHING),
    "a file is there twice": (lambda file: rewritten(file, renamed("files/", "database/egret.db")), NOTHING),
    "the description is no description": (lambda file: rewritten(file, flipped("backup.json")), NOTHING),
    "a tar of something else": (lambda file: rewritten(file, without("backup.json")), NOTHING),
    "no tar at all": (lambda file: file.write_bytes(b"hello" * 1000), NOTHING),
    "an empty file": (lambda file: file.write_bytes(b""), NOTHING),
    "no file": (Path.unlink, "does not exist"),
}


@pytest.mark.parametrize("what", SPOILT)
async def test_what_is_damaged_or_foreign_is_refused_and_nothing_is_touched(
    settings: Settings, data_dir: Path, made: Backup, what: str
):
    spoil, said = SPOILT[what]
    spoil(made.path)
    before = tree(data_dir)

    with pytest.raises(BackupError) as refused:
        await restore(settings, made.path, SystemClock())

    assert said in str(refused.value)
    assert refused.value.code is ExitCode.BACKUP
    assert tree(data_dir) == before
    assert not (data_dir / swap.STAGING).exists()
    assert not (data_dir.parent / "escaped").exists()


async def test_a_newer_arrangement_is_refused_by_its_version(settings: Settings, data_dir: Path, made: Backup):
    def newer(member: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
        if member.name == "backup.json":
            header = Header.model_validate_json(content).model_copy(update={"format": 2, "egret": "9.0"})
            content = header.model_dump_json().encode()
        return member, content

    rewritten(made.path, newer)
    with pytest.raises(NotUsable, match=r"made by a newer Egret \(9\.0\): update Egret first"):
        await restore(settings, made.path, SystemClock())


async def test_a_file_that_exists_is_never_overwritten(settings: Settings, tmp_path: Path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(BackupError, match="exists already") as refused:
        await back_up(settings, tmp_path / "mine", SystemClock())
    assert refused.value.code is ExitCode.DATA_DIR
    assert (tmp_path / "mine").read_text() == "mine"


async def test_a_place_that_cannot_be_written_is_told_in_a_sentence(settings: Settings, tmp_path: Path, data_dir: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="cannot be written: ") as refused:
        await back_up(settings, tmp_path / "file" / "egret.tar", SystemClock())
    assert refused.value.code is ExitCode.DATA_DIR
    assert named(data_dir, ".backup-*") == []


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let every write past a size fail, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_disk_that_fills_up_leaves_no_half_backup(settings: Settings, tmp_path: Path, data_dir: Path):
    whole = (await back_up(settings, tmp_path / "whole.tar", SystemClock())).bytes
    with no_file_larger_than(whole - 20_000), pytest.raises(BackupError, match="cannot be written: File too large"):
        await back_up(settings, tmp_path / "egret.tar", SystemClock())
    assert named(tmp_path) == ["data", "whole.tar"]
    assert named(data_dir, ".*") == []


async def test_a_disk_that_fills_up_during_a_restoration_leaves_the_old(
    settings: Settings, data_dir: Path, made: Backup
):
    before = tree(data_dir)
    with no_file_larger_than(100_000), pytest.raises(BackupError, match="File too large"):
        await restore(settings, made.path, SystemClock())
    assert tree(data_dir) == before
    assert not (data_dir / swap.STAGING).exists()


@pytest.mark.parametrize(("spare", "fits"), [(RESERVE - 1, False), (RESERVE + 10_000_000, True)])
async def test_a_backup_leaves_the_bot_room_on_the_disk_that_both_share(
    settings: Settings, data_dir: Path, monkeypatch: pytest.MonkeyPatch, spare: int, fits: bool
):
    monkeypatch.setattr("bot.media.disk.free_bytes", lambda _: spare)
    if fits:
        assert (await back_up(settings, None, SystemClock())).path.exists()
        return
    with pytest.raises(BackupError, match=r"No room in .* are kept in reserve") as refused:
        await back_up(settings, None, SystemClock())
    assert refused.value.code is ExitCode.DATA_DIR
    assert named(data_dir, ".*") == []
    assert not (data_dir / "backups").exists()


async def test_what_killed_backups_left_is_deleted_the_day_after(settings: Settings, data_dir: Path, tmp_path: Path):
    old, young = data_dir / ".backup-old", data_dir / ".backup-young"
    part = data_dir / "backups" / ".egret-1.tar-00.part"
    for directory in (old, young, part.parent):
        directory.mkdir()
    (old / "egret.db").write_bytes(b"a copy")
    part.write_bytes(b"half a backup")
    for path in (old, part):
        os.utime(path, (1_000_000_000, 1_000_000_000))

    await back_up(settings, tmp_path / "egret.tar", SystemClock())

    assert not old.exists()
    assert not part.exists()
    assert young.exists()


class Gate:
    """Holds a thread where it calls `work` first."""

    def __init__(self, work: Callable[..., object]) -> None:
        self._work = work
        self._reached, self._open = threading.Event(), threading.Event()

    def passed(self, *arguments: object) -> object:
        self._reached.set()
        assert self._open.wait(10)
        return self._work(*arguments)

    async def stop(self, verb: Coroutine[object, object, object]) -> None:
        """Cancel a verb while its thread is held here, and wait for its end."""
        task = asyncio.create_task(verb)
        assert await asyncio.to_thread(self._reached.wait, 10)
        task.cancel()
        for _ in range(10):  # turns of the loop until it has reached who waits for the thread
            await asyncio.sleep(0)
        self._open.set()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_stopped_backup_leaves_nothing_and_writes_nothing_any_more(
    settings: Settings, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    gate = Gate(writing._Hashed.read)
    monkeypatch.setattr(writing._Hashed, "read", lambda *given: gate.passed(*given))
    await gate.stop(back_up(settings, tmp_path / "egret.tar", SystemClock()))
    assert named(tmp_path) == ["data"]
    assert named(data_dir, ".*") == []


async def test_a_stopped_restoration_leaves_the_old_and_nothing_else(
    settings: Settings, data_dir: Path, made: Backup, monkeypatch: pytest.MonkeyPatch
):
    before, gate = tree(data_dir), Gate(reading._expect)
    monkeypatch.setattr(reading, "_expect", gate.passed)
    await gate.stop(restore(settings, made.path, SystemClock()))
    assert tree(data_dir) == before
    assert named(data_dir, ".*") == []


async def test_without_a_database_there_is_nothing_to_back_up(settings: Settings, data_dir: Path, tmp_path: Path):
    shutil.rmtree(data_dir)
    with pytest.raises(BackupError, match="nothing to back up"):
        await back_up(settings, tmp_path / "egret.tar", SystemClock())
    assert not (tmp_path / "egret.tar").exists()


async def test_files_that_vanish_meanwhile_are_listed_and_the_backup_is_whole(
    settings: Settings, data_dir: Path, tmp_path: Path, made: Backup
):
    gone, kept = sorted(path for path in (data_dir / FILES).rglob("*.*") if path.parent.name != "incoming")

    def vanishing() -> Iterator[Path]:
        yield kept
        gone.unlink()
        yield gone

    folder = tmp_path / "copy"
    folder.mkdir()
    with tarfile.open(made.path) as tar:
        tar.extractall(folder, filter="data")
    manifest = write_backup(
        tmp_path / "b.tar", made.header, folder / "database", data_dir / FILES, vanishing(), lambda: None
    )
    name = f"{FILES}/{gone.relative_to(data_dir / FILES)}"
    assert manifest.missing == [name]

    restored = await restore(settings, tmp_path / "b.tar", SystemClock())
    assert restored.manifest == manifest
    assert files_under(data_dir) == {str(kept.relative_to(data_dir / FILES)): kept.read_bytes()}


async def test_without_a_name_it_is_written_where_a_container_can_write(settings: Settings, data_dir: Path):
    made = await back_up(settings, None, SystemClock())
    assert made.path.parent == data_dir / "backups"
    assert made.path.name.startswith("egret-20")
    assert made.path.parent.stat().st_mode & 0o777 == 0o700
    assert f"`python -m bot restore {made.path}`" in made.text()
    assert ".env is not in it" in made.text()
    with tarfile.open(made.path) as tar:
        names = tar.getnames()
    assert (names[0], names[-1]) == ("backup.json", "manifest.json")
    assert not [name for name in names if ".env" in name]


@pytest.mark.parametrize("renames", range(6))
async def test_a_crash_between_any_two_renames_ends_in_the_new_data(
    settings: Settings, data_dir: Path, made: Backup, monkeypatch: pytest.MonkeyPatch, renames: int
):
    files = files_under(data_dir)
    (data_dir / FILES / "since").write_text("since")
    (data_dir / "egret.db-wal").write_bytes(b"")
    rename, done = swap._rename, []

    def dies(source: Path, target: Path) -> None:
        if len(done) == renames:
            raise KeyboardInterrupt
        done.append(source)
        rename(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(swap, "_rename", dies)
        crashed = False
        try:
            await restore(settings, made.path, SystemClock())
        except KeyboardInterrupt:
            crashed = True
    said = await finish_interrupted(settings)

    assert crashed == bool(said) == (renames < 5)
    assert files_under(data_dir) == files
    async with open_store(settings.database, data_dir, SystemClock()) as store:
        assert len(await store.take_up_backup(made.header.taken_at + 1)) == 1
    (aside,) = [data_dir / name for name in named(data_dir, "before-restore-*")]
    assert named(aside) == ["egret.db", "egret.db-wal", "files"]
    assert (aside / FILES / "since").read_text() == "since"
    assert named(data_dir, "*.restor*") == []


async def test_what_stands_in_the_way_of_an_interrupted_restoration_is_never_overwritten(
    settings: Settings, data_dir: Path, made: Backup, monkeypatch: pytest.MonkeyPatch
):
    def dies(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("bot.backup.restore.carry_out", dies)
        with pytest.raises(KeyboardInterrupt):
            await restore(settings, made.path, SystemClock())
    plan = swap.read_plan(data_dir)
    assert plan is not None
    for source, target in plan.moves_aside:
        swap._rename(Path(source), Path(target))
    (data_dir / "egret.db").write_text("somebody's")

    with pytest.raises(BackupError, match="is in the way of the restoration"):
        await finish_interrupted(settings)
    assert (data_dir / "egret.db").read_text() == "somebody's"


def test_the_version_that_backups_name_is_the_packages():
    assert f'\nversion = "{bot.VERSION}"\n' in (ROOT / "pyproject.toml").read_text()


def test_a_manifest_says_what_is_in_a_backup(made: Backup):
    with tarfile.open(made.path) as tar:
        source = tar.extractfile("manifest.json")
        assert source is not None
        assert Manifest.model_validate_json(source.read()) == made.manifest
