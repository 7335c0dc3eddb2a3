"""A database of an earlier version keeps every row when it is brought up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command

from bot.jobs.model import Destination, VideoInput
from bot.jobs.ports import Accepted
from storage import migrate
from storage.location import SqliteFile
from storage.migration import run_migrations
from storage.store import open_store
from tests.contract.conftest import TABLES, fresh_database
from tests.contract.samples import GUILD, NOW, PERSON, PRICE, ManualClock, Probe, holds_for, new_job

JOB = {
    "revision": 3, "changed_at": NOW, "requester_id": PERSON, "channel_id": 9_001, "upload_limit": 10_485_760,
    "locale": "de", "kind": "video", "input": '{"prompt": "a storm", "seconds": 5}', "seconds": 5, "model": "1.6",
    "mode": "std", "spoiler": 0, "service_mode": "public", "key_fingerprint": "key-1", "reserved_microusd": PRICE,
    "notes": "", "inputs_ready": 1, "queue_expires_at": NOW, "quota_held": 1,
}  # fmt: skip
ENDED = {
    "id": "old1", "request_key": "r1", "hook_token": "t1", "task_id": "task-1", "state": "succeeded",
    "guild_id": GUILD, "created_at": NOW, "finished_at": NOW + 5,
}  # fmt: skip
FOLLOW_UP = {
    "id": "old2", "request_key": "r2", "hook_token": "t2", "task_id": "task-2", "state": "running",
    "source_id": "old1", "created_at": NOW - 1,
}  # fmt: skip
ASSET = {
    "id": "a1", "job_id": "old1", "role": "result", "source_url": "https://p.example/1", "filename": "old1.mp4",
    "option": "", "content_type": "video/mp4", "size": 5, "converted": 0, "created_at": NOW,
}  # fmt: skip
RESULT = {
    "id": "d1", "job_id": "old1", "purpose": "result", "state": "delivered", "channel_id": 9_001,
    "message_channel_id": 9_001, "message_id": 77, "created_at": NOW,
}  # fmt: skip

OLD: tuple[tuple[str, dict[str, str | int]], ...] = (
    ("jobs", {**JOB, **ENDED}),
    ("jobs", {**JOB, **FOLLOW_UP}),
    ("job_events", {"job_id": "old1", "at": NOW, "to_state": "queued", "cause": "submit"}),
    ("job_events", {"job_id": "old1", "at": NOW, "from_state": "queued", "to_state": "running", "cause": "found"}),
    ("deliveries", RESULT),
    ("assets", ASSET),
    ("counters", {"name": "in_flight", "used": 1}),
    ("holds", {"job_id": "old1", "counter": "person:7001:jobs:2026-05-28", "amount": 1}),
    ("charges", {"job_id": "old1", "counter": "process:usd:2026-05", "reserved_microusd": PRICE, "opened_at": NOW}),
    ("meta", {"key": "secret", "value": "kept"}),
)
"""Rows of the first version, in each of its tables."""

OLD_TABLES = sorted({table for table, _ in OLD})


def as_sql(table: str, row: dict[str, str | int]) -> str:
    # Python writes texts without quotes in them, and whole numbers, as SQL does.
    values = ", ".join(repr(value) for value in row.values())
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"  # noqa: S608 - text of our own


@pytest.fixture
async def old(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database of the first version, with rows in each of its tables."""
    if engine == "sqlite":
        path = tmp_path / "old.db"
        with migrate._sqlite(SqliteFile(path), writes=True) as connection:
            config = migrate._config()
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
        file = sqlite3.connect(path, isolation_level=None)
        for table, row in OLD:
            file.execute(as_sql(table, row))
        file.close()
        yield f"sqlite:///{path}"
        return
    async with fresh_database(request.getfixturevalue("postgres")) as address:
        server = await asyncpg.connect(address)
        try:
            await server.execute(migrate._as_sql(None, "0001"))
            for table, row in OLD:
                await server.execute(as_sql(table, row))
        finally:
            await server.close()
        yield address


async def everything(probe: Probe, columns: dict[str, str]) -> dict[str, Sequence[tuple[Any, ...]]]:
    return {
        table: await probe.rows(f"SELECT {named} FROM {table} ORDER BY 1")  # noqa: S608 - names of our own
        for table, named in columns.items()
    }


async def columns_of(url: str, table: str) -> list[str]:
    async with Probe.of(url) as probe:
        if url.startswith("sqlite"):
            return [row[1] for row in await probe.rows(f"PRAGMA table_info({table})")]
        named = "SELECT column_name, ordinal_position FROM information_schema.columns"
        return [row[0] for row in await probe.rows(f"{named} WHERE table_name = '{table}' ORDER BY 2")]


async def test_every_row_is_kept_as_it_was(old: str, tmp_path: Path):
    columns = {table: ", ".join(await columns_of(old, table)) for table in OLD_TABLES}
    async with Probe.of(old) as probe:
        before = await everything(probe, columns)
    await run_migrations(old, tmp_path)
    async with Probe.of(old) as probe:
        assert await everything(probe, columns) == before
    assert all(before.values())


async def test_old_jobs_are_in_their_channel_made_from_nothing_and_kept(old: str, tmp_path: Path, clock: ManualClock):
    await run_migrations(old, tmp_path)
    async with open_store(old, tmp_path, clock) as store:
        job, follow_up = await store.job("old1"), await store.job("old2")
        assert job is not None
        assert (job.place.destination, job.made_from, job.removed_at) == (Destination.CHANNEL, None, None)
        assert job.input == VideoInput(prompt="a storm", seconds=5)
        assert await store.children("old1", 5) == [follow_up]
        assert await store.job_by_message(77) == job
        assert await store.get("secret") == "kept"
    async with Probe.of(old) as probe:
        assert await probe.rows("SELECT DISTINCT repeat_key FROM jobs") == [("",)]


async def test_work_goes_on_where_it_was(old: str, tmp_path: Path, clock: ManualClock):
    await run_migrations(old, tmp_path)
    async with open_store(old, tmp_path, clock) as store:
        new = new_job(source_id="old1", made_from="old2", repeat_key="a click")
        assert isinstance(await store.submit(new, holds_for(new)), Accepted)
        assert [job.id for job in await store.children("old1", 5)] == [new.id, "old2"]
        removed = await store.remove_clip("old1", NOW + 9)
        assert removed is not None
        await store.set_favourite(PERSON, "old1", on=True, now=NOW)


@pytest.mark.parametrize(
    "change", ["destination = 'nowhere'", "destination = NULL", "made_from = 'nobody'", "repeat_key = NULL"]
)
async def test_what_an_old_job_is_given_keeps_the_rules(old: str, engine: str, tmp_path: Path, change: str):
    await run_migrations(old, tmp_path)
    async with Probe.of(old) as probe:
        if engine == "sqlite":
            await probe.rows("PRAGMA foreign_keys = ON")
        with pytest.raises((sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await probe.rows(f"UPDATE jobs SET {change} WHERE id = 'old1'")  # noqa: S608 - text of our own


async def test_an_upgraded_database_is_made_as_a_new_one_is(old: str, url: str, engine: str, tmp_path: Path):
    await run_migrations(old, tmp_path)
    made = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
        "postgres": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    }[engine]
    async with Probe.of(old) as upgraded, Probe.of(url) as new:
        assert await upgraded.rows(made) == await new.rows(made)


async def test_every_table_is_emptied_before_each_test(url: str, engine: str):
    named = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }[engine]
    async with Probe.of(url) as probe:
        assert {name for (name,) in await probe.rows(named)} == {*TABLES, "alembic_version"}
