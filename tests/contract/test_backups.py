"""What a backup brings back, and what a database that comes out of one is still believed in."""

from __future__ import annotations

import shutil
from pathlib import Path

import asyncpg
import pytest

from bot.backup.create import back_up
from bot.backup.errors import BackupError, NotUsable
from bot.backup.interrupted import finish_interrupted
from bot.backup.restore import restore
from bot.exit_codes import ExitCode
from bot.jobs.restored import Restored
from bot.jobs.states import JobState
from bot.media.archive import Archive
from bot.settings import Settings
from storage import migration, schema
from storage.snapshot import BACKUP_MARK
from tests.contract.backups import everything, files_under, fill, opened, settings_for
from tests.contract.samples import NOW, ManualClock, Probe, submitted

LATER = NOW + 86_400_000


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def settings(url: str, data_dir: Path) -> Settings:
    return settings_for(url, data_dir)


@pytest.fixture
async def ids(url: str, data_dir: Path, clock: ManualClock) -> dict[str, str]:
    """A database with a job in every state, and an archive."""
    async with opened(url, data_dir, clock) as store:
        return await fill(store, Archive(data_dir / "files", clock))


async def test_everything_comes_back_as_it_was_and_the_old_is_kept(
    settings: Settings, url: str, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path, engine: str
):
    rows, files = await everything(url), files_under(data_dir)
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    async with opened(url, data_dir, clock) as store:
        since = await submitted(store)
        assert await store.get(BACKUP_MARK) is None
    (data_dir / "files" / next(iter(files))).unlink()

    restored = await restore(settings, made.path, clock)

    assert await everything(url) == rows
    assert files_under(data_dir) == files
    assert len(files) == 2
    assert made.path.stat().st_mode & 0o777 == 0o600
    async with opened(url, data_dir, clock) as store:
        assert await store.get("webhook_secret") == "drawn-and-kept\twith\\odd\nletters"
        assert await store.job(since.id) is None
        assert (await submitted(store)).id
    assert restored.aside
    async with Probe.of(url) as probe:
        if engine == "postgres":
            place = restored.aside[-1].partition("the schema ")[2].partition(";")[0]
            assert await probe.value(f"SELECT COUNT(*) FROM {place}.jobs WHERE id = '{since.id}'") == 1  # noqa: S608
    assert not (data_dir / ".restore").exists()


async def test_a_restoration_into_nothing_makes_the_tables_itself(
    settings: Settings, url: str, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path, engine: str
):
    rows = await everything(url)
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    shutil.rmtree(data_dir)
    if engine == "sqlite":
        (tmp_path / "test.db").unlink()
    else:
        await emptied(url)

    restored = await restore(settings, made.path, clock)

    assert await everything(url) == rows
    assert restored.aside == ()


async def emptied(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()


async def test_nothing_is_restored_while_a_bot_has_the_database(
    settings: Settings, url: str, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path
):
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    async with opened(url, data_dir, clock) as store:
        since = await submitted(store)
        with pytest.raises(BackupError) as refused:
            await restore(settings, made.path, clock)
        assert await store.job(since.id) is not None
    assert refused.value.code is ExitCode.ALREADY_RUNNING
    assert not (data_dir / ".restore").exists()


async def test_what_was_not_bought_at_the_backup_is_an_unknown_outcome_afterwards_and_nothing_else_changes(
    settings: Settings, url: str, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path
):
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    await restore(settings, made.path, clock)
    async with opened(url, data_dir, clock) as store:
        await store.set("told", "to the world outside")
        restored = await store.take_up_backup(LATER, forget=("told",))
        again = await store.take_up_backup(LATER + 1, forget=("told",))
        states = {name: (await store.job(job)).state.value for name, job in ids.items()}  # type: ignore[union-attr]
        queued, unknown = await store.job(ids["queued"]), await store.job(ids["submit_unknown"])
        new = await submitted(store)
        assert await store.take_up_backup(LATER + 2) == restored
        assert (await store.job(new.id)) == new
        assert await store.get("told") is None
        events = [(event.to_state, event.cause) for event in await store.events(ids["queued"])][1:]
        assert events == [(JobState.SUBMIT_UNKNOWN, "restored")]
    assert restored == again == [Restored(backup_at=NOW, restored_at=LATER)]
    distrusted = {"queued", "submitting", "submit_unknown", "with_image"}
    assert {name for name, state in states.items() if state == "submit_unknown"} == distrusted
    assert all(state == name for name, state in states.items() if name not in distrusted | {"clip"})
    assert queued is not None
    assert unknown is not None
    assert (queued.post_started_at, queued.post_ended_at, queued.quota_held) == (NOW, LATER, True)
    assert unknown.post_ended_at == LATER
    async with Probe.of(url) as probe:
        assert await probe.contradictions() == []


async def test_a_backup_of_a_backup_that_no_bot_has_started_on_is_as_old_as_the_first(
    settings: Settings, url: str, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path
):
    first = await back_up(settings, tmp_path / "first.tar", clock)
    await restore(settings, first.path, clock)
    clock.at = LATER
    second = await back_up(settings, tmp_path / "second.tar", clock)
    assert second.header.taken_at == NOW
    async with opened(url, data_dir, clock) as store:
        assert await store.take_up_backup(LATER) == [Restored(backup_at=NOW, restored_at=LATER)]


async def test_an_earlier_restoration_is_remembered_by_the_backups_that_follow(
    settings: Settings, url: str, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path
):
    first = await back_up(settings, tmp_path / "first.tar", clock)
    await restore(settings, first.path, clock)
    async with opened(url, data_dir, clock) as store:
        await store.take_up_backup(NOW + 1)
    clock.at = LATER
    second = await back_up(settings, tmp_path / "second.tar", clock)
    await restore(settings, second.path, clock)
    async with opened(url, data_dir, clock) as store:
        both = [Restored(backup_at=NOW, restored_at=NOW + 1), Restored(backup_at=LATER, restored_at=LATER + 1)]
        assert await store.take_up_backup(LATER + 1) == both
        assert await store.take_up_backup(LATER + 2) == both


async def test_a_database_that_was_never_restored_is_left_alone(store, url: str):
    job = await submitted(store)
    assert await store.take_up_backup(LATER) == []
    assert await store.job(job.id) == job


async def test_a_schema_that_this_version_does_not_know_is_refused(
    settings: Settings,
    url: str,
    data_dir: Path,
    clock: ManualClock,
    ids: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    before = await everything(url)
    monkeypatch.setattr("bot.backup.restore.schema_state", lambda revision: "a newer one's")
    with pytest.raises(NotUsable, match=f"schema {schema.REVISION}, which this version does not know"):
        await restore(settings, made.path, clock)
    assert await everything(url) == before


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_backup_of_postgresql_is_not_restored_into_sqlite(
    settings: Settings, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path
):
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    with pytest.raises(NotUsable, match="restored into PostgreSQL alone"):
        await restore(settings_for("sqlite:///egret.db", tmp_path / "other"), made.path, clock)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_backup_of_sqlite_moves_everything_to_postgresql(
    settings: Settings, url: str, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path, fresh: str
):
    rows, files = await everything(url), files_under(data_dir)
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    there = tmp_path / "there"

    restored = await restore(settings_for(fresh, there), made.path, clock)

    assert await everything(fresh) == rows
    assert files_under(there) == files
    assert restored.aside == ()
    async with opened(fresh, there, clock) as store:
        assert await store.get("webhook_secret") == "drawn-and-kept\twith\\odd\nletters"
        assert await store.get(BACKUP_MARK) == str(made.header.taken_at)
        assert (await submitted(store)).id
    assert (data_dir / "files").is_dir(), "what it was made of stays"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_backup_that_postgresql_does_not_take_changes_nothing_there(
    settings: Settings, url: str, data_dir: Path, clock: ManualClock, ids: dict[str, str], tmp_path: Path, fresh: str
):
    async with opened(url, data_dir, clock) as store:
        await store.set("odd", "a letter that PostgreSQL has no place for: \0")
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    there = tmp_path / "there"

    with pytest.raises(BackupError, match="nothing was changed"):
        await restore(settings_for(fresh, there), made.path, clock)

    assert not (there / ".restore").exists()
    assert not (there / "files").exists()


async def test_a_restoration_cut_off_before_the_rows_were_committed_leaves_the_old(
    settings: Settings,
    url: str,
    data_dir: Path,
    clock: ManualClock,
    ids: dict[str, str],
    tmp_path: Path,
    engine: str,
    monkeypatch: pytest.MonkeyPatch,
):
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    async with opened(url, data_dir, clock) as store:
        await submitted(store)
    before, files = await everything(url), files_under(data_dir)

    async def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(
        "bot.backup.restore.run_migrations" if engine == "sqlite" else "bot.backup.restore.load_database", cut_off
    )
    with pytest.raises(KeyboardInterrupt):
        await restore(settings, made.path, clock)

    said = await finish_interrupted(settings)
    assert said == "" if engine == "sqlite" else "before it changed anything" in said
    assert await everything(url) == before
    assert files_under(data_dir) == files


async def test_a_restoration_cut_off_after_the_rows_were_committed_is_finished(
    settings: Settings,
    url: str,
    data_dir: Path,
    clock: ManualClock,
    ids: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    rows, files = await everything(url), files_under(data_dir)
    made = await back_up(settings, tmp_path / "egret.tar", clock)
    async with opened(url, data_dir, clock) as store:
        await submitted(store)
    (data_dir / "files" / next(iter(files))).unlink()

    def cut_off(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("bot.backup.restore.carry_out", cut_off)
        with pytest.raises(KeyboardInterrupt):
            await restore(settings, made.path, clock)

    assert "is now finished; the old data is in" in await finish_interrupted(settings)
    assert await everything(url) == rows
    assert files_under(data_dir) == files
    assert await finish_interrupted(settings) == ""


async def test_the_sql_of_a_revision_is_what_its_migrations_make():
    made = await migration.schema_sql("0001")
    assert "CREATE TABLE jobs" in made
    assert "VALUES ('0001')" in made
    assert "0002" not in made
