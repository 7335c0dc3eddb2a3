"""A copy is made beside the work, and is one moment of it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.jobs.ports import StoreUnavailable
from storage import paged_copy
from storage.database import Undo
from storage.location import SqliteFile
from storage.migration import run_migrations
from storage.snapshot import read_copy
from storage.sqlite import SqliteDatabase, open_sqlite

ROWS = 20_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of some twenty megabytes."""
    directory = tmp_path_factory.mktemp("large")
    asyncio.run(run_migrations("sqlite:///egret.db", directory))
    path = directory / "egret.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO meta (key, value) VALUES (?, ?)", ((f"row-{row}", "x" * 1_000) for row in range(ROWS))
        )
    return path


@pytest.fixture
async def database(large: Path, tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    path = tmp_path / "egret.db"
    shutil.copy(large, path)
    database = await open_sqlite(SqliteFile(path))
    yield database
    await database.close()


def kept(copy: Path, prefix: str) -> list[str]:
    with closing(sqlite3.connect(copy)) as connection:
        rows = connection.execute("SELECT value FROM meta WHERE key LIKE ? ORDER BY key", (f"{prefix}%",))
        return [str(row[0]) for row in rows]


async def test_what_is_written_meanwhile_is_in_the_copy_as_whole_transactions(
    database: SqliteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(paged_copy, "PAGES", 16)
    copy = tmp_path / "copy.db"
    copying = asyncio.create_task(database.copy_into(copy, SystemClock().now()))
    turns = 0
    while not copying.done():
        turns += 1
        value = str(turns)

        async def both(session, value: str = value) -> None:
            await session.run("set_meta", key="pair-1", value=value)
            await session.run("set_meta", key="pair-2", value=value)

        await database.transaction(both)
    await copying
    first, second = kept(copy, "pair-")
    assert first == second
    assert 1 <= int(first) <= turns
    assert turns > 20, "work went on"
    assert len(kept(copy, "row-")) == ROWS
    assert read_copy(copy).rows["meta"] >= ROWS


async def test_what_is_undone_meanwhile_is_not_in_the_copy_and_holds_it_up_no_longer_than_a_while(
    database: SqliteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(paged_copy, "PAGES", 64)
    copy = tmp_path / "copy.db"
    copying = asyncio.create_task(database.copy_into(copy, SystemClock().now()))

    async def undone(session) -> None:
        await session.run("set_meta", key="undone", value="yes")
        raise Undo(None)

    async with asyncio.timeout(30):
        while not copying.done():
            await database.transaction(undone)
        await copying
    assert kept(copy, "undone") == []
    assert len(kept(copy, "row-")) == ROWS


async def test_a_copy_is_one_file_that_nobody_else_may_read(database: SqliteDatabase, tmp_path: Path):
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    await database.copy_into(copy, SystemClock().now())
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


async def test_a_copy_that_cannot_be_written_leaves_nothing_and_stops_nobody(
    database: SqliteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Full:
        """A connection whose copies find no room."""

        def backup(self, *_: object, **__: object) -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

    copy = tmp_path / "copy.db"
    with monkeypatch.context() as patched:
        patched.setattr(type(database._connection), "_conn", Full())
        with pytest.raises(StoreUnavailable):
            await database.copy_into(copy, SystemClock().now())
    assert not copy.exists()
    await database.run("set_meta", key="after", value="yes")


async def test_a_copy_that_is_cancelled_stops_and_lets_others_go_on(
    database: SqliteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(paged_copy, "PAGES", 1)
    copy = tmp_path / "copy.db"
    copy.touch()
    source, turn = database._connection._conn, database._turn
    copying = asyncio.create_task(paged_copy.PagedCopy(source, copy, turn).run())
    for number in range(5):
        await database.run("set_meta", key="during", value=str(number))
    copying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await copying
    assert copying.cancelled()
    assert not turn.locked()
    await database.run("set_meta", key="after", value="yes")
