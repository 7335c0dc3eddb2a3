"""What only a server can do to a store."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from bot.jobs.ports import StoreUnavailable
from storage.database import Session
from storage.errors import ConstraintViolated, EngineMissing, SchemaMismatch
from storage.migrate import main
from storage.postgres import PostgresDatabase
from storage.schema import REVISION
from storage.store import Store, open_store
from storage.watched import WatchedDatabase
from tests.contract.samples import ManualClock, Probe, new_job, submitted


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture
def database(store: Store) -> PostgresDatabase:
    watched = store._database
    assert isinstance(watched, WatchedDatabase)
    assert isinstance(watched._database, PostgresDatabase)
    return watched._database


def command(verb: str, url: str) -> tuple[list[str], dict[str, str]]:
    return [sys.executable, "-m", "storage.migrate", verb], {**os.environ, "DATABASE_URL": url}


@dataclass(frozen=True)
class Ended:
    """How a verb of the command line ended."""

    code: int
    out: str
    err: str


Migrate = Callable[[str, str], Awaitable[Ended]]


@pytest.fixture
def migrate(capsys: pytest.CaptureFixture[str]) -> Migrate:
    """Runs a verb as the command line does; in a thread, because it runs a loop of its own."""

    async def run(verb: str, url: str) -> Ended:
        code = await asyncio.to_thread(main, [verb, "--url", url])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run


# --- migrations -------------------------------------------------------------------------------------------------------


async def test_a_fresh_and_an_up_to_date_database_are_both_fine(fresh: str, migrate: Migrate):
    assert (await migrate("current", fresh)).out == "empty\n"
    assert (await migrate("check", fresh)).code == 3
    assert (await migrate("upgrade", fresh)).code == 0
    assert (await migrate("upgrade", fresh)).code == 0
    assert (await migrate("current", fresh)).out == f"{REVISION}\n"
    assert (await migrate("check", fresh)).code == 0


async def test_processes_that_migrate_at_once_take_turns(fresh: str, migrate: Migrate):
    program, environment = command("upgrade", fresh)
    children = [
        await asyncio.create_subprocess_exec(*program, env=environment, stderr=asyncio.subprocess.PIPE)
        for _ in range(3)
    ]
    for child in children:
        _, said = await asyncio.wait_for(child.communicate(), 60)
        assert (child.returncode, said) == (0, b"")
    assert (await migrate("check", fresh)).code == 0


async def test_a_change_and_its_record_are_written_together_or_not_at_all(fresh: str, migrate: Migrate):
    connection = await asyncpg.connect(fresh)
    try:
        # In the way of the migration's last table.
        await connection.execute("CREATE TABLE meta (key TEXT)")
        failed = await migrate("upgrade", fresh)
        assert failed.code == 1
        assert failed.err == "PostgreSQL refused the migration: DuplicateTableError\n"
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert [row[0] for row in tables] == ["meta"]
    finally:
        await connection.close()


@pytest.mark.parametrize("verb", ["upgrade", "current", "check"])
async def test_a_database_of_a_newer_version_is_refused_in_one_sentence(fresh: str, verb: str, migrate: Migrate):
    await migrate("upgrade", fresh)
    connection = await asyncpg.connect(fresh)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    refused = await migrate(verb, fresh)
    assert refused.code == 1
    assert refused.err.startswith("the database has schema 9999, which this version does not know")


async def test_a_database_that_was_never_migrated_is_refused(fresh: str, tmp_path: Path):
    with pytest.raises(SchemaMismatch, match="empty"):
        async with open_store(fresh, tmp_path, ManualClock()):
            pass


# --- two bots on one database -----------------------------------------------------------------------------------------


async def test_clicks_that_reach_two_bots_are_one_job(store: Store, url: str, tmp_path: Path, clock: ManualClock):
    async with open_store(url, tmp_path, clock) as other:
        for number in range(5):
            clicks = [new_job(repeat_key=f"reroll:{number}") for _ in range(2)]
            answers = await asyncio.gather(store.submit(clicks[0], ()), other.submit(clicks[1], ()))
            assert sorted(type(answer).__name__ for answer in answers) == ["Accepted", "Duplicate"]


# --- trouble ----------------------------------------------------------------------------------------------------------


async def test_a_server_that_is_not_there_is_unavailable_and_its_password_unsaid(tmp_path: Path):
    with pytest.raises(StoreUnavailable) as refused:
        async with open_store(f"postgresql://me:hunter2@/egret?host={tmp_path}", tmp_path, ManualClock()):
            pass
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_a_database_that_is_not_there_is_unavailable(postgres: str, tmp_path: Path):
    with pytest.raises(StoreUnavailable, match="InvalidCatalogNameError"):
        async with open_store(postgres.format(name="nowhere"), tmp_path, ManualClock()):
            pass


async def test_without_the_extra_the_start_says_what_to_install(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delitem(sys.modules, "storage.postgres")
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(EngineMissing, match="pip install"):
        async with open_store(url, tmp_path, ManualClock()):
            pass


async def test_a_lost_connection_is_unavailable_and_the_next_one_works(
    store: Store, database: PostgresDatabase, probe: Probe
):
    job = await submitted(store)

    async def work(session: Session) -> None:
        await session.row("counter_used", name="x")
        await probe.rows(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND datname = current_database()"
        )
        await session.row("counter_used", name="x")

    with pytest.raises(StoreUnavailable):
        await database.transaction(work)
    assert await store.job(job.id) == job


async def test_a_server_that_lets_nobody_in_for_a_while_is_unavailable_meanwhile(store: Store, url: str, postgres: str):
    job = await submitted(store)
    name = urlsplit(url).path.lstrip("/")
    keeper = await asyncpg.connect(postgres.format(name="template1"))
    try:
        await keeper.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await keeper.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1", name)
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await store.job(job.id)
        with pytest.raises(StoreUnavailable):
            await store.ping()
    finally:
        await keeper.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await keeper.close()
    assert await store.job(job.id) == job
    await store.ping()


async def test_transactions_that_block_each_other_are_tried_again(database: PostgresDatabase, probe: Probe):
    for name in ("a", "b"):
        await database.row("take_from_counter", name=name, amount=1, ceiling=None)
    met = asyncio.Barrier(2)
    runs = 0

    def crossing(first: str, second: str):
        tries = 0

        async def work(session: Session) -> None:
            nonlocal runs, tries
            runs += 1
            tries += 1
            await session.run("shift_counter", name=first, difference=1)
            if tries == 1:
                await met.wait()
            await session.run("shift_counter", name=second, difference=1)

        return work

    async with asyncio.timeout(30):
        await asyncio.gather(database.transaction(crossing("a", "b")), database.transaction(crossing("b", "a")))
    assert runs >= 3  # one of them at least had to begin again
    assert await probe.rows("SELECT name, used FROM counters ORDER BY name") == [("a", 3), ("b", 3)]


async def test_a_transaction_that_always_loses_is_given_up(database: PostgresDatabase, probe: Probe):
    runs = 0

    async def work(session: Session) -> None:
        nonlocal runs
        runs += 1
        await session.row("take_from_counter", name="a", amount=1, ceiling=None)
        raise asyncpg.SerializationError

    with pytest.raises(StoreUnavailable, match="too busy"):
        await database.transaction(work)
    assert runs == 6
    assert await probe.value("SELECT COUNT(*) FROM counters") == 0


async def test_a_broken_rule_is_named_without_its_values(database: PostgresDatabase):
    await database.run("shift_counter", name="in_flight", difference=0)
    with pytest.raises(ConstraintViolated) as refused:
        await database.many("insert_hold", [{"job_id": "secret-value", "counter": "x", "amount": 1, "kind": "clip"}])
    assert refused.value.constraint == "fk_holds_job_id"
    assert "secret-value" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_a_mistake_of_ours_is_not_dressed_up(database: PostgresDatabase):
    with pytest.raises(asyncpg.DataError):
        await database.run("shift_counter", name="x", difference="a text, where a number belongs")
