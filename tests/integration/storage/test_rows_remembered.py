"""What a SQLite file is asked once it need not be asked again, until it is written."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.jobs.house import ConsentKind
from bot.jobs.ports import Pause
from storage.database import Session
from storage.remembered import REMEMBERED, tables_read
from storage.sqlite import SqliteDatabase
from storage.statements import Statements
from storage.store import Store

PATIENCE = 20.0


@pytest.fixture
def reads(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the statements that reached the file."""
    asked: list[str] = []
    run = database._session.rows

    async def rows(statement: str, /, **values: str | int | float | None):
        asked.append(statement)
        return await run(statement, **values)

    monkeypatch.setattr(database._session, "rows", rows)
    return asked


async def test_what_is_known_is_not_read_twice(store: Store, reads: list[str]):
    found = [await store.house_revision(1) for _ in range(3)]

    assert (found, reads) == ([0, 0, 0], ["house_revision"])


async def test_what_was_changed_is_read_anew(store: Store):
    before = await store.consents(5), await store.house_revision(1), await store.pause(), await store.preferences(5, 0)
    await store.give_consent(5, ConsentKind.PICTURE, 1_000)
    await store.set_up(1, (), at=1_000)
    await store.set_pause(Pause(2_000, "out_of_credit"))
    await store.set_preferences(5, 0, {"model": "1.6"})

    after = await store.consents(5), await store.house_revision(1), await store.pause(), await store.preferences(5, 0)

    assert before == (frozenset(), 0, None, {})
    pause = after[2]
    assert pause is not None
    assert (after[0], after[1], pause.reason, after[3]) == (
        {ConsentKind.PICTURE},
        1,
        "out_of_credit",
        {"model": "1.6"},
    )


async def test_what_was_written_and_undone_was_never_there(store: Store, database: SqliteDatabase):
    loop = asyncio.get_running_loop()
    written = asyncio.Event()
    undo = threading.Event()

    async def work(session: Session) -> None:
        await session.run("touch_server", guild_id=1)
        # In the connection's thread.
        loop.call_soon_threadsafe(written.set)
        assert undo.wait(PATIENCE)
        raise RuntimeError

    assert await store.house_revision(1) == 0
    failing = asyncio.create_task(database.transaction(work))
    await written.wait()
    meanwhile = asyncio.create_task(store.house_revision(1))
    undo.set()
    with pytest.raises(RuntimeError):
        await failing

    assert (await meanwhile, await store.house_revision(1)) == (0, 0)


async def test_nothing_but_statements_writes_what_is_remembered(database: SqliteDatabase):
    names = await database._connection.execute_fetchall("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    assert list(names) == []

    for table in set().union(*(tables_read(Statements("sqlite").texts[name]) for name in REMEMBERED)):
        keys = list(await database._connection.execute_fetchall(f"PRAGMA foreign_key_list({table})"))
        assert [key["on_delete"] for key in keys if key["on_delete"] != "NO ACTION"] == [], table
