"""One SQLite file: one process, one connection, durable, and honest about trouble."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from bot.jobs.ports import Accepted, StoreUnavailable
from bot.jobs.states import SUBMIT
from bot.jobs.trouble import Trouble
from storage import sqlite as engine
from storage.database import Session
from storage.errors import DatabaseCorrupt, DatabaseInUse, EngineMissing, SchemaMismatch
from storage.location import SqliteFile
from storage.sqlite import SqliteDatabase, needs_reading_through, open_sqlite
from storage.store import Store, open_store
from tests.contract.conftest import TABLES
from tests.contract.samples import ManualClock, holds_for, move, new_job, submitted
from tests.integration.storage.conftest import URL

HOLDER = """
import asyncio, sys
from pathlib import Path
from bot.clock import SystemClock
from storage.store import open_store

async def hold():
    async with open_store(sys.argv[1], Path(sys.argv[2]), SystemClock()):
        print("open", flush=True)
        sys.stdin.read()

asyncio.run(hold())
"""


async def pragma(database: SqliteDatabase, text: str) -> Any:
    rows = list(await database._connection.execute_fetchall(f"PRAGMA {text}"))
    return rows[0][0] if rows else None


async def test_rows_are_written_as_money_should_be(database: SqliteDatabase):
    assert await pragma(database, "journal_mode") == "wal"
    assert await pragma(database, "synchronous") == 2
    assert await pragma(database, "foreign_keys") == 1
    assert await pragma(database, "busy_timeout") == 1_000
    assert await pragma(database, "temp_store") == 2


async def test_every_table_of_ours_is_strict(database: SqliteDatabase):
    tables = await database._connection.execute_fetchall("PRAGMA table_list")
    strict = {row["name"]: row["strict"] for row in tables if row["schema"] == "main"}
    assert {*TABLES} <= set(strict)
    assert {name for name in TABLES if strict[name] != 1} == set()


async def test_a_second_process_is_refused_in_words(file: Path):
    holder = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program; its death is what matters
        [sys.executable, "-c", HOLDER, URL, str(file.parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(DatabaseInUse, match=r"another process is using test\.db"):
            async with open_store(URL, file.parent, ManualClock()):
                pass
        holder.stdin.close()
        assert holder.wait(timeout=30) == 0
    async with open_store(URL, file.parent, ManualClock()) as store:
        assert await store.pause() is None


async def test_a_killed_process_leaves_the_file_free(file: Path):
    holder = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program; its death is what matters
        [sys.executable, "-c", HOLDER, URL, str(file.parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == "open\n"
        holder.kill()
    async with open_store(URL, file.parent, ManualClock()) as store:
        assert await store.pause() is None


async def test_a_second_store_in_the_same_process_is_refused_too(store: Store, file: Path):
    with pytest.raises(DatabaseInUse):
        async with open_store(URL, file.parent, ManualClock()):
            pass
    assert await store.pause() is None


async def test_one_connection_is_ever_opened(file: Path, monkeypatch: pytest.MonkeyPatch):
    opened = []
    real = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(arguments)
        return real(*arguments, **options)

    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(aiosqlite.core.sqlite3, "connect", connect)
    async with open_store(URL, file.parent, ManualClock()) as store:
        job = await submitted(store)
        asked: list[asyncio.Future[Any]] = []
        for turns in range(40):
            new = new_job()
            for ask in (store.submit(new, holds_for(new)), store.apply(move(job, SUBMIT)), store.job(job.id)):
                asked.append(asyncio.ensure_future(ask))
            for _ in range(turns):
                await asyncio.sleep(0)
            for each in asked:
                each.cancel()
        await asyncio.wait(asked)
    assert len(opened) == 1


async def test_a_burst_shares_its_commits(store: Store, database: SqliteDatabase):
    commits = 0

    def count(statement: str) -> None:
        nonlocal commits
        commits += statement == "COMMIT"

    await database._connection.set_trace_callback(count)
    work = [new_job() for _ in range(300)]
    answers = await asyncio.gather(*(store.submit(new, holds_for(new)) for new in work))
    await database._connection.set_trace_callback(None)  # type: ignore[arg-type]
    assert all(isinstance(answer, Accepted) for answer in answers)
    assert commits == 2


async def test_a_transaction_is_one_hop_to_the_connections_thread(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
):
    hops = 0
    real = aiosqlite.Connection._execute

    async def counted(connection: aiosqlite.Connection, *arguments: Any) -> Any:
        nonlocal hops
        hops += 1
        return await real(connection, *arguments)  # type: ignore[no-untyped-call]

    async def work(session: Session) -> str:
        for number in range(20):
            await session.run("set_meta", key=f"hop{number}", value="made")
        row = await session.row("meta_value", key="hop19")
        return "" if row is None else str(row["value"])

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    assert await database.transaction(work) == "made"
    assert hops == 1


async def test_a_transaction_that_waits_for_anything_else_is_undone(database: SqliteDatabase):
    async def work(session: Session) -> None:
        await session.run("set_meta", key="strayed", value="made")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="may wait for nothing but its statements"):
        await database.transaction(work)
    assert await database.row("meta_value", key="strayed") is None


async def test_a_full_disk_is_said_so_and_what_is_stored_stays_readable(store: Store, database: SqliteDatabase):
    before = await submitted(store)
    pages = await pragma(database, "page_count")
    await pragma(database, f"max_page_count = {pages}")
    refused = []
    for _ in range(40):
        new = new_job(model="m" * 3_000)
        try:
            await store.submit(new, holds_for(new))
        except StoreUnavailable as error:
            refused.append((new.id, str(error)))
    assert refused
    assert "full" in refused[0][1]
    assert await store.job(before.id) == before
    assert await store.job(refused[0][0]) is None
    await pragma(database, "max_page_count = 1000000")
    assert await submitted(store) is not None


async def test_a_full_disk_refuses_a_whole_burst_at_once(store: Store, database: SqliteDatabase):
    pages = await pragma(database, "page_count")
    await pragma(database, f"max_page_count = {pages}")
    work = [new_job(model="m" * 30_000) for _ in range(20)]
    answers = await asyncio.gather(*(store.submit(new, holds_for(new)) for new in work), return_exceptions=True)
    assert all(isinstance(answer, StoreUnavailable) for answer in answers)


async def test_a_file_that_another_program_locks_is_unavailable_for_that_time(
    store: Store, database: SqliteDatabase, file: Path
):
    await pragma(database, "busy_timeout = 1")
    intruder = sqlite3.connect(file, isolation_level=None)
    try:
        intruder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await submitted(store)
        with pytest.raises(StoreUnavailable):
            await store.set_pause(None)
        with pytest.raises(StoreUnavailable):
            await store.prove()
        assert store.standing.refuses is Trouble.LOCKED
        intruder.execute("ROLLBACK")
    finally:
        intruder.close()
    await store.prove()
    assert store.standing.refuses is None
    assert await submitted(store) is not None


async def test_while_another_program_locks_the_file_only_one_waits_for_it_and_readers_read(
    store: Store, database: SqliteDatabase, file: Path
):
    job = await submitted(store)
    await pragma(database, "busy_timeout = 500")
    intruder = sqlite3.connect(file, isolation_level=None)
    try:
        intruder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        crowd = await asyncio.gather(*(submitted(store) for _ in range(20)), return_exceptions=True)
        found = await store.job(job.id)
        took = time.monotonic() - began
    finally:
        intruder.close()

    assert {type(one) for one in crowd} == {StoreUnavailable}
    assert found is not None
    assert took < 5


async def test_a_file_that_is_damaged_while_it_is_open_refuses_work_until_it_is_opened_anew(
    store: Store, database: SqliteDatabase, file: Path
):
    await submitted(store)
    await pragma(database, "wal_checkpoint(TRUNCATE)")
    await pragma(database, "shrink_memory")
    with_damaged_pages(file)

    with pytest.raises(StoreUnavailable, match="damaged"):
        await submitted(store)
    store.standing.written()

    assert store.standing.refuses is Trouble.DAMAGED


def with_damaged_pages(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 600] = b"\xff" * 600
    file.write_bytes(content)


def with_one_damaged_index(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-4096:] = b"\xff" * 4096
    file.write_bytes(content)


def with_other_content(file: Path) -> None:
    file.write_bytes(b"not a database at all " * 500)


@pytest.mark.parametrize("damage", [with_damaged_pages, with_one_damaged_index, with_other_content])
async def test_a_damaged_file_is_not_worked_on(file: Path, damage: Callable[[Path], None]):
    damage(file)
    with pytest.raises(DatabaseCorrupt):
        async with open_store(URL, file.parent, ManualClock()):
            pass


async def test_a_file_that_cannot_be_there_is_unavailable(tmp_path: Path):
    (tmp_path / "plain").write_text("a file, not a folder")
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        async with open_store("sqlite:///plain/test.db", tmp_path, ManualClock()):
            pass
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StoreUnavailable):
        async with open_store("sqlite:///folder.db", tmp_path, ManualClock()):
            pass


async def test_an_engine_that_is_too_old_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("storage.sqlite.OLDEST", (99, 0, 0))
    with pytest.raises(EngineMissing, match="too old"):
        async with open_store(URL, file.parent, ManualClock()):
            pass


async def test_a_file_that_was_never_migrated_is_refused(tmp_path: Path):
    with pytest.raises(SchemaMismatch, match="empty"):
        async with open_store(URL, tmp_path, ManualClock()):
            pass


@pytest.mark.parametrize("change", ["UPDATE alembic_version SET version_num = '9999'", "DELETE FROM alembic_version"])
async def test_a_file_of_another_version_is_refused(file: Path, change: str):
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute(change)
    connection.close()
    with pytest.raises(SchemaMismatch, match="this version needs"):
        async with open_store(URL, file.parent, ManualClock()):
            pass


async def test_what_is_under_way_is_finished_before_the_file_is_closed(file: Path):
    async with open_store(URL, file.parent, ManualClock()) as store:
        new = new_job()
        asked = asyncio.ensure_future(store.submit(new, holds_for(new)))
        await asyncio.sleep(0)
    assert isinstance(await asked, Accepted)
    async with open_store(URL, file.parent, ManualClock()) as store:
        assert await store.job(new.id) is not None


async def test_a_closed_store_says_so(file: Path):
    async with open_store(URL, file.parent, ManualClock()) as store:
        pass
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.job("any")
    with pytest.raises(StoreUnavailable, match="closed"):
        await submitted(store)


async def test_those_who_wait_when_the_loop_shuts_down_are_let_go(store: Store, database: SqliteDatabase):
    work = [new_job() for _ in range(300)]
    asked = [asyncio.ensure_future(store.submit(new, holds_for(new))) for new in work]
    await asyncio.sleep(0)
    for task in tuple(database._tasks._tasks):
        task.cancel()
    done, _ = await asyncio.wait(asked, timeout=30)
    assert len(done) == 300
    assert all(task.cancelled() for task in done)
    assert await submitted(store) is not None


async def test_a_mistake_of_ours_is_not_dressed_up(database: SqliteDatabase):
    async def work(session: Session) -> None:
        await session.run("shift_counter", name=None, difference="a text, where a number belongs")

    with pytest.raises(KeyError):
        await database.transaction(lambda session: session.rows("no_such_statement"))
    with pytest.raises(sqlite3.ProgrammingError):
        await database.rows("counter_used")
    await database.transaction(work)


async def test_many_rows_are_written_in_one_transaction(database: SqliteDatabase, store: Store):
    job = await submitted(store)
    line = {"job_id": job.id, "at": 1, "from_state": None, "to_state": "queued", "cause": "x"}
    with pytest.raises(Exception, match="schema forbids"):
        await database.many("insert_event", [line, {**line, "to_state": "nonsense"}])
    assert len(await store.events(job.id)) == 1
    await database.many("insert_event", [line, line])
    assert len(await store.events(job.id)) == 3
    await database.many("insert_event", [])


WHOLE_TABLE = {
    "unended_jobs",
    "held_files", "drop_old_counters", "drop_counters_of_server",
    "servers", "servers_left", "forget_alerts",
    "insert_job",
}  # fmt: skip
"""Those of the first line run once, at a start; those of the second read what a day or a month left, a few times a day.
Those of the third read a row for each server that the bot is in, or was, or for each alert that is kept.
The last is said to scan what it returns: the row it made."""


ALIASES = ("newest", "started", "queued", "told", "posted", "liked", "earlier", "alike", "charged")
"""What statements call tables that they read for a second purpose."""


async def test_no_statement_reads_a_whole_table(database: SqliteDatabase):
    statements = database._session._statements
    for name in statements.names - WHOLE_TABLE:
        function = statements._named[name]
        values = dict.fromkeys(function.__signature__.parameters, 1)
        plan = await database._connection.execute_fetchall(f"EXPLAIN QUERY PLAN {function.sql}", values)
        details = [row["detail"] for row in plan]
        tables = {*TABLES, *ALIASES}
        scanned = [detail for detail in details if detail in {f"SCAN {table}" for table in tables}]
        assert scanned == [], (name, details)


PLANS = [
    ("claim_jobs", "ix_jobs_next (state=? AND due_at<?)"),
    ("claim_jobs", "ix_jobs_nudged (state=? AND nudged_at>?)"),
    ("insert_job", "ix_jobs_turn (turn>?)"),
    ("transition_job", "ix_jobs_turn (turn>?)"),
    ("claim_in_line", "ix_jobs_next (state=? AND due_at<?)"),
    ("claim_in_line", "ix_jobs_started_by (<expr>=? AND requester_id=? AND turn>?)"),
    ("claim_in_line", "ix_jobs_started_in (<expr>=? AND turn>?)"),
    ("line", "ix_jobs_started_by (<expr>=? AND requester_id=? AND turn>?)"),
    ("line", "ix_jobs_started_in (<expr>=? AND turn>?)"),
    ("line", "(state=?"),
    ("forget_job_leases", "ix_jobs_leased"),
    ("forget_delivery_leases", "ix_deliveries_leased"),
    ("recent_repeat", "ix_jobs_repeat (repeat_key=? AND created_at>? AND created_at<?)"),
    ("clips_page", "ix_jobs_channel (channel_id=? AND finished_at>?)"),
    ("clips_page", "ix_jobs_requester_ended (requester_id=? AND finished_at>?)"),
    ("clips_page", "favourites USING COVERING INDEX sqlite_autoindex_favourites_1 (person_id=?)"),
    ("children_of_job", "ix_jobs_source (source_id=?)"),
    ("children_of_job", "ix_jobs_made_from (made_from=?)"),
    ("failures_since", "ix_jobs_requester_ended (requester_id=? AND finished_at>?)"),
    ("source_clips", "ix_jobs_requester_ended (requester_id=? AND finished_at>?)"),
    ("source_clips", "ix_jobs_channel (channel_id=? AND finished_at>?)"),
    ("expired_drafts", "ix_drafts_expires (expires_at<?)"),
    ("files_of_drafts", "ix_drafts_person (person_id=?)"),
    ("highest_charges", "(kind=? AND model=? AND mode=? AND seconds=? AND service_mode>?)"),
    ("highest_charges", "(kind=? AND model=? AND mode=? AND seconds=? AND service_mode=? AND consumed_microusd>?)"),
]


@pytest.mark.parametrize(("statement", "search"), PLANS)
async def test_a_statement_reads_only_what_it_asks_for(database: SqliteDatabase, statement: str, search: str):
    function = database._session._statements._named[statement]
    values = dict.fromkeys(function.__signature__.parameters, 1)
    plan = await database._connection.execute_fetchall(f"EXPLAIN QUERY PLAN {function.sql}", values)
    details = [row["detail"] for row in plan]
    assert any(search in detail for detail in details), details


async def test_lists_come_in_order_from_their_index(database: SqliteDatabase):
    for statement in ("failures_since", "expired_drafts", "recent_repeat"):
        function = database._session._statements._named[statement]
        values = dict.fromkeys(function.__signature__.parameters, 1)
        plan = await database._connection.execute_fetchall(f"EXPLAIN QUERY PLAN {function.sql}", values)
        assert "USE TEMP B-TREE FOR ORDER BY" not in {row["detail"] for row in plan}, statement


async def test_nothing_is_written_into_a_file_that_was_moved_away_and_all_goes_on_when_it_is_back(tmp_path: Path):
    path = tmp_path / "here.db"
    database = await open_sqlite(SqliteFile(path))
    aside = path.rename(tmp_path / "aside.db")
    with pytest.raises(StoreUnavailable) as away:
        await database.rows("schema_table")
    assert away.value.trouble is Trouble.UNWRITABLE
    with pytest.raises(StoreUnavailable):
        await database.transaction(lambda session: session.rows("schema_table"))
    await database.ping()
    aside.rename(path)
    assert await database.rows("schema_table") == []
    await database.close()


def sparse(path: Path, size: int, *, log_written_at: float | None) -> Path:
    """A file of this size that takes no room, with a log or without."""
    with path.open("wb") as file:
        file.truncate(size)
    if log_written_at is not None:
        log = path.with_name(path.name + "-wal")
        log.touch()
        os.utime(log, (log_written_at, log_written_at))
    return path


@pytest.mark.parametrize(
    ("size", "log_written_at", "read_through"),
    [
        pytest.param(engine.READ_THROUGH, None, True, id="a small file, closed as it should be"),
        pytest.param(engine.READ_THROUGH + 1, None, False, id="a large file, closed as it should be"),
        pytest.param(engine.READ_THROUGH + 1, 9_500.0, False, id="a large file, left by a process that died"),
        pytest.param(engine.READ_THROUGH + 1, 8_500.0, True, id="a large file, left by a machine that died"),
    ],
)
def test_a_file_is_read_through_where_that_is_quick_or_its_machine_has_died(
    tmp_path: Path, size: int, log_written_at: float | None, read_through: bool
):
    path = sparse(tmp_path / "egret.db", size, log_written_at=log_written_at)
    assert needs_reading_through(path, now=10_000.0, uptime=1_000.0) is read_through


def with_a_damaged_last_page(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-4096:-3496] = b"\xff" * 600
    file.write_bytes(content)


async def test_a_large_file_is_opened_without_being_read_through(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "READ_THROUGH", 0)
    with_a_damaged_last_page(file)
    database = await open_sqlite(SqliteFile(path=file))
    await database.close()


async def test_a_large_file_that_a_machine_left_when_it_died_is_refused_if_it_is_damaged(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "READ_THROUGH", 0)
    with_a_damaged_last_page(file)
    log = file.with_name(file.name + "-wal")
    log.touch()
    os.utime(log, (1.0, 1.0))
    with pytest.raises(DatabaseCorrupt):
        await open_sqlite(SqliteFile(path=file))


async def test_a_flood_of_webhooks_takes_a_few_hops_to_the_file_and_not_one_for_each(
    store: Store, database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
):
    jobs = [await submitted(store) for _ in range(4)]
    hops = 0
    execute = database._connection._execute

    async def counted(*given: Any) -> Any:
        nonlocal hops
        hops += 1
        return await execute(*given)

    monkeypatch.setattr(database._connection, "_execute", counted)

    told = await asyncio.gather(*(store.nudge(jobs[number % 4].hook_token, None, 1) for number in range(200)))

    assert told == [jobs[number % 4].id for number in range(200)]
    assert hops < 20
