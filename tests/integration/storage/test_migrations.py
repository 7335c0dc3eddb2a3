"""The schema is brought up to date by a process of its own, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.clock import SystemClock
from storage import migration
from storage.errors import BadDatabaseUrl, MigrationFailed
from storage.lock import EXIT_IN_USE, own
from storage.migrate import main
from storage.migration import run_migrations
from storage.schema import REVISION
from storage.store import open_migrated_store

URL = "sqlite:///test.db"


@dataclass(frozen=True)
class Ended:
    """How a verb of the command line ended."""

    code: int
    out: str
    err: str


Migrate = Callable[..., Ended]


@pytest.fixture
def migrate(capsys: pytest.CaptureFixture[str]) -> Migrate:
    """Runs a verb as the command line does."""

    def run(verb: str, data_dir: Path, url: str = URL) -> Ended:
        code = main([verb, "--url", url, "--data-dir", str(data_dir)])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run


def tables(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


def test_a_fresh_and_an_up_to_date_database_are_both_fine(tmp_path: Path, migrate: Migrate):
    data = tmp_path / "not" / "there" / "yet"
    assert migrate("current", data).out == "empty\n"
    assert migrate("check", data).code == 3
    assert migrate("upgrade", data).code == 0
    assert {"jobs", "charges", "alembic_version"} <= tables(data / "test.db")
    assert migrate("upgrade", data).code == 0
    assert migrate("current", data).out == f"{REVISION}\n"
    checked = migrate("check", data)
    assert (checked.code, checked.err) == (0, "")


def test_a_change_and_its_record_are_written_together_or_not_at_all(tmp_path: Path, migrate: Migrate):
    connection = sqlite3.connect(tmp_path / "test.db")
    # In the way of the migration's last table.
    connection.execute("CREATE TABLE meta (key TEXT)")
    connection.close()
    failed = migrate("upgrade", tmp_path)
    assert failed.code == 1
    assert failed.err.splitlines()[-1] == (
        "SQLite refused the migration, and nothing was changed: table meta already exists"
    )
    assert tables(tmp_path / "test.db") == {"meta"}


@pytest.mark.parametrize("verb", ["upgrade", "current", "check"])
def test_a_database_of_a_newer_version_is_refused_in_one_sentence(file: Path, verb: str, migrate: Migrate):
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    refused = migrate(verb, file.parent)
    assert refused.code == 1
    assert refused.err == (
        "the database has schema 9999, which this version does not know: it was made by a newer one; "
        "update Egret, or restore an older backup\n"
    )


def test_an_address_without_a_known_form_is_refused_without_its_password(tmp_path: Path, migrate: Migrate):
    refused = migrate("upgrade", tmp_path, "mysql://me:hunter2@localhost/egret")
    assert refused.code == 1
    assert "not supported" in refused.err
    assert "hunter2" not in refused.err


def test_a_file_in_use_is_not_migrated(file: Path, migrate: Migrate):
    lock = own(file)
    try:
        refused = migrate("upgrade", file.parent)
    finally:
        lock.release()
    assert refused.code == EXIT_IN_USE
    assert "another process is using test.db" in refused.err


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, migrate: Migrate):
    (tmp_path / "test.db").write_bytes(b"not a database at all " * 500)
    refused = migrate("upgrade", tmp_path)
    assert refused.code == 1
    assert "file is not a database" in refused.err


def test_a_file_that_cannot_be_there_is_refused(tmp_path: Path, migrate: Migrate):
    (tmp_path / "plain").write_text("a file, not a folder")
    refused = migrate("upgrade", tmp_path, "sqlite:///plain/test.db")
    assert refused.code == 1
    assert "cannot be opened" in refused.err


def test_a_server_that_is_not_there_is_said_so_without_its_password(tmp_path: Path, migrate: Migrate):
    refused = migrate("upgrade", tmp_path, f"postgresql://me:hunter2@/egret?host={tmp_path}")
    assert refused.code == 1
    assert "PostgreSQL refused the migration" in refused.err
    assert "hunter2" not in refused.err


async def test_the_bot_migrates_through_a_child(tmp_path: Path):
    await run_migrations(URL, tmp_path)
    await run_migrations(URL, tmp_path)
    assert "jobs" in tables(tmp_path / "test.db")


async def test_the_childs_last_sentence_is_the_error(tmp_path: Path):
    (tmp_path / "test.db").write_bytes(b"not a database at all " * 500)
    with pytest.raises(MigrationFailed, match=r"^SQLite refused the migration"):
        await run_migrations(URL, tmp_path)


async def test_a_bad_address_is_refused_before_a_child_is_started(tmp_path: Path):
    with pytest.raises(BadDatabaseUrl):
        await run_migrations("nonsense", tmp_path)


async def test_a_migration_that_hangs_is_stopped(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(migration, "_PATIENCE", 0)
    with pytest.raises(MigrationFailed, match="took more than"):
        await run_migrations(URL, file.parent)


async def test_a_child_that_dies_without_a_word_is_named_by_its_code(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(MigrationFailed, match="ended with code 1"):
        await run_migrations(URL, file.parent)


def test_a_process_with_a_store_carries_neither_alembic_nor_sqlalchemy_nor_the_other_engine(file: Path):
    program = (
        "import asyncio, sys; from pathlib import Path; from bot.clock import SystemClock\n"
        "from storage.migration import run_migrations; from storage.store import open_store\n"
        "async def go():\n"
        "    await run_migrations(sys.argv[1], Path(sys.argv[2]))\n"
        "    async with open_store(sys.argv[1], Path(sys.argv[2]), SystemClock()) as store:\n"
        "        await store.used('x')\n"
        "asyncio.run(go())\n"
        "print(sorted({'alembic', 'sqlalchemy', 'asyncpg'} & set(sys.modules)))\n"
    )
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, URL, str(file.parent)], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "[]\n"


def test_by_hand_the_address_comes_from_the_environment(tmp_path: Path):
    ran = subprocess.run(
        [sys.executable, "-m", "storage.migrate", "upgrade"],
        env={**os.environ, "DATABASE_URL": URL, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert "jobs" in tables(tmp_path / "test.db")


def test_without_the_extra_a_server_cannot_be_migrated(
    tmp_path: Path, migrate: Migrate, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    refused = migrate("upgrade", tmp_path, "postgresql://me@db.example/egret")
    assert (refused.code, refused.err) == (1, "PostgreSQL needs the extra: pip install egret-bot[postgres]\n")


async def test_a_store_is_brought_up_to_date_once_and_then_opened_without_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with open_migrated_store(URL, tmp_path, SystemClock()) as made:
        assert await made.schema_revision() == REVISION

    monkeypatch.setattr(sys, "executable", "/nowhere")
    async with open_migrated_store(URL, tmp_path, SystemClock()) as found:
        assert await found.schema_revision() == REVISION
