"""A bot goes on where an earlier version left off: on a database that this version's own code made, of each schema.

How they were made is in `earlier/make.py`; each holds a job in every state, killed in the middle of everything.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.clock import DAY, HOUR, MINUTE
from bot.jobs.model import MessageRef
from bot.jobs.ports import RemoteStatus
from bot.jobs.states import ENDED, JobState
from storage.migration import run_migrations
from storage.schema import REVISION
from storage.store import Store, open_store
from tests.contract.conftest import fresh_database, migrate
from tests.contract.samples import Probe
from tests.integration.jobs.world import PERSON, ManualClock, Posted, RemoteTask, World

EARLIER = Path(__file__).parent / "earlier"
REVISIONS = sorted({path.name.partition(".")[0] for path in EARLIER.glob("*.sql")})
VERSIONS = Path(__file__).parents[2] / "storage" / "migrations" / "versions"


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def upgraded_files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A SQLite file of each earlier version, brought up to date once; to be copied."""
    files = {}
    for revision in REVISIONS:
        folder = tmp_path_factory.mktemp(revision)
        fill_file(folder / "old.db", revision)
        migrate("sqlite:///old.db", folder)
        files[revision] = folder / "old.db"
    return files


@pytest.fixture(scope="session")
def upgraded_servers(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The name of a PostgreSQL database of each earlier version, brought up to date once; to be copied."""
    for revision in REVISIONS:
        with ThreadPoolExecutor(1) as apart:  # the test's own event loop is running here
            apart.submit(asyncio.run, fill_server(postgres, f"upgraded_{revision}", revision)).result()
        migrate(postgres.format(name=f"upgraded_{revision}"), tmp_path_factory.mktemp("none"))
    return {revision: f"upgraded_{revision}" for revision in REVISIONS}


def fill_file(file: Path, revision: str) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript((EARLIER / f"{revision}.sqlite.sql").read_text())
    connection.close()


async def fill_server(postgres: str, name: str, revision: str) -> None:
    server = await asyncpg.connect(postgres.format(name="postgres"))
    await server.execute(f"CREATE DATABASE {name}")
    await server.close()
    database = await asyncpg.connect(postgres.format(name=name))
    await database.execute((EARLIER / f"{revision}.postgres.sql").read_text())
    await database.close()


@pytest.fixture
async def old(revision: str, engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database as that version left it."""
    if engine == "sqlite":
        fill_file(tmp_path / "old.db", revision)
        yield f"sqlite:///{tmp_path}/old.db"
        return
    async with fresh_database(request.getfixturevalue("postgres")) as address:
        server = await asyncpg.connect(address)
        await server.execute((EARLIER / f"{revision}.postgres.sql").read_text())
        await server.close()
        yield address


@pytest.fixture
async def upgraded(revision: str, engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of such a database, brought up to date."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("upgraded_files")[revision], tmp_path / "upgraded.db")
        yield f"sqlite:///{tmp_path}/upgraded.db"
        return
    template = request.getfixturevalue("upgraded_servers")[revision]
    async with fresh_database(request.getfixturevalue("postgres"), template) as address:
        yield address


async def tables_of(probe: Probe, engine: str) -> list[str]:
    named = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
        "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    }[engine]
    return [str(name) for (name,) in await probe.rows(named) if name != "alembic_version"]


Contents = dict[str, list[tuple[Any, ...]]]


async def contents(probe: Probe, columns: dict[str, list[str]]) -> Contents:
    """Every row of the tables, as far as the columns go."""
    return {
        table: sorted(await probe.rows(f"SELECT {', '.join(names)} FROM {table}"), key=repr)  # noqa: S608
        for table, names in columns.items()
    }


async def columns_of(probe: Probe, engine: str) -> dict[str, list[str]]:
    return {table: await probe.columns(table) for table in await tables_of(probe, engine)}


async def miscounted(probe: Probe) -> list[tuple[Any, ...]]:
    """Counters that do not say what the rows say: the name, what is counted, and what is true."""
    return await probe.rows(
        """
        SELECT counters.name, used, held FROM counters JOIN (
            SELECT counter,
                SUM(CASE WHEN quota_held = 1 OR kept.kind IN ('money', 'place') THEN amount ELSE 0 END) AS held
            FROM holds AS kept JOIN jobs ON jobs.id = job_id GROUP BY counter
        ) AS taken ON taken.counter = counters.name
        WHERE used <> held
        UNION ALL
        SELECT name, used, (SELECT COUNT(*) FROM jobs
            WHERE state IN ('submitting', 'submit_unknown', 'running', 'overdue'))
        FROM counters WHERE name = 'in_flight' AND used <> (SELECT COUNT(*) FROM jobs
            WHERE state IN ('submitting', 'submit_unknown', 'running', 'overdue'))
        UNION ALL
        SELECT name, used, (SELECT SUM(COALESCE(consumed_microusd, reserved_microusd)) FROM charges
            WHERE counter = name)
        FROM counters WHERE name LIKE 'process:usd:%' AND used <> (
            SELECT SUM(COALESCE(consumed_microusd, reserved_microusd)) FROM charges WHERE counter = name)
        """
    )


def test_there_is_a_database_of_every_schema_that_was():
    assert sorted(path.name.partition("_")[0] for path in VERSIONS.glob("0*.py")) == REVISIONS
    assert REVISIONS[-1] == REVISION


async def test_a_job_in_every_state_is_in_it(old: str):
    async with Probe.of(old) as probe:
        states = {str(state) for (state,) in await probe.rows("SELECT DISTINCT state FROM jobs")}
        sends = {str(state) for (state,) in await probe.rows("SELECT DISTINCT state FROM deliveries")}
    assert states == {state.value for state in JobState}
    assert sends == {"pending", "sending", "delivered", "undeliverable"}


async def test_every_row_is_kept_as_it_was(old: str, upgraded: str, engine: str):
    async with Probe.of(old) as probe:
        columns = await columns_of(probe, engine)
        before = await contents(probe, columns)
    async with Probe.of(upgraded) as probe:
        assert await contents(probe, columns) == before
        assert await miscounted(probe) == []
    assert sum(len(rows) for rows in before.values()) > 150


async def test_it_is_made_as_a_new_database_is(upgraded: str, url: str, engine: str):
    made = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
        "postgres": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    }[engine]
    async with Probe.of(upgraded) as old, Probe.of(url) as new:
        assert await old.rows(made) == await new.rows(made)


async def test_every_job_can_be_read(upgraded: str, tmp_path: Path):
    async with Probe.of(upgraded) as probe, open_store(upgraded, tmp_path, ManualClock()) as store:
        for (job_id,) in await probe.rows("SELECT id FROM jobs"):
            job = await store.job(job_id)
            assert job is not None
            assert job.prompt
            assert (await store.events(job_id))[-1].to_state is job.state
            await store.assets(job_id)
            await store.deliveries(job_id)


@dataclass
class Continued:
    """A bot that goes on: its world, and how things stood outside when the one before it was killed."""

    world: World
    unsent: frozenset[str]

    @classmethod
    async def on(cls, store: Store, probe: Probe) -> Continued:
        (latest,) = (await probe.rows("SELECT MAX(at) FROM job_events"))[0]
        world = World(store, ManualClock(int(latest) + 10 * MINUTE), max_in_flight=50)
        # The provider's next ids are new ones.
        numbers = world.provider._ids = itertools.count(1_000)
        rows = await probe.rows("SELECT id FROM jobs WHERE post_started_at IS NOT NULL ORDER BY created_at")
        for (job_id,) in rows:
            job = await store.job(job_id)
            assert job is not None
            lost = job.state in {JobState.SUBMITTING, JobState.SUBMIT_UNKNOWN}
            task_id = job.task_id or (f"task-{next(numbers)}" if lost else None)
            if task_id is not None:
                made_at = job.post_started_at or 0
                world.provider.tasks[task_id] = RemoteTask(task_id, job.hook_token, job.sent, made_at)
            for delivery in await store.deliveries(job_id):
                # One was posted, and its process killed before that was written down.
                if delivery.state.value in {"sending", "delivered"}:
                    ref = delivery.message or MessageRef(delivery.channel_id, 77)
                    world.channel.posted.append(Posted(ref, delivery.id, delivery.purpose, pings=True))
        unsent = await probe.rows("SELECT hook_token FROM jobs WHERE state = 'queued'")
        return cls(world, frozenset(str(token) for (token,) in unsent))

    async def go_on(self) -> None:
        world = self.world
        await world.sweeper.recover(sole_owner=True)
        for _ in range(2):
            for task in world.provider.tasks.values():
                if task.status is RemoteStatus.RUNNING:
                    world.provider.finish(task.id)
            await world.live(HOUR, tick=5 * MINUTE)

    async def takes_new_work(self) -> None:
        """Make one more clip, beside what was there."""
        order = await self.world.order(key="i:new")
        await self.world.settle()
        job = await self.world.job(order)
        assert job.task_id is not None
        self.world.provider.finish(job.task_id)
        await self.world.service.nudge(job.hook_token, job.task_id)
        await self.world.settle()
        assert (await self.world.job(order)).state is JobState.SUCCEEDED


async def test_a_bot_that_starts_on_it_ends_its_jobs_and_buys_and_posts_nothing_twice(upgraded: str, tmp_path: Path):
    async with Probe.of(upgraded) as probe, open_store(upgraded, tmp_path, ManualClock()) as store:
        ended = await probe.rows("SELECT id, state, finished_at FROM jobs WHERE finished_at IS NOT NULL ORDER BY id")
        bot = await Continued.on(store, probe)
        await bot.go_on()
        assert set(bot.world.provider.posts) == bot.unsent
        assert len(bot.world.provider.posts) == len(bot.unsent)
        posted = [one.delivery_id for one in bot.world.channel.posted]
        assert len(posted) == len(set(posted))
        states = {JobState(str(state)) for (state,) in await probe.rows("SELECT DISTINCT state FROM jobs")}
        assert states == ENDED | {JobState.ABANDONED}
        assert await probe.rows("SELECT state FROM jobs WHERE state = 'abandoned'") == [("abandoned",)]
        unposted = "SELECT reason FROM deliveries WHERE state <> 'delivered'"
        assert await probe.rows(unposted) == [("history_unreadable",)]
        kept = {row[0]: row for row in ended}
        for job_id, state, finished_at in await probe.rows("SELECT id, state, finished_at FROM jobs"):
            assert kept.get(job_id, (job_id, state, finished_at)) == (job_id, state, finished_at)
        assert await miscounted(probe) == []
        await bot.takes_new_work()


async def test_a_person_of_that_time_can_be_forgotten(upgraded: str, tmp_path: Path):
    async with Probe.of(upgraded) as probe, open_store(upgraded, tmp_path, ManualClock()) as store:
        later = ManualClock().now() + 40 * DAY
        for report in await store.claim_reports(later, later, 10):
            await store.report_told(report, later)
        forgotten = []
        for (job_id,) in await probe.rows("SELECT id FROM jobs"):
            hidden = await store.hide_job(job_id, later, given_up_before=later)
            if hidden is not None and await store.forget_job(hidden, later):
                forgotten.append(job_id)
        await store.drop_old_counters(later)
        assert len(forgotten) >= 10
        of_people = f"counter LIKE '%{PERSON}%' AND job_id IN ({', '.join(map(repr, forgotten))})"
        assert await probe.rows(f"SELECT job_id FROM holds WHERE {of_people}") == []  # noqa: S608
        # What an open job may still give back stays until then.
        kept = "SELECT holds.counter FROM holds JOIN jobs ON jobs.id = job_id WHERE finished_at IS NULL"
        stray = f"SELECT name FROM counters WHERE name LIKE '%{PERSON}%' AND name NOT IN ({kept})"  # noqa: S608
        assert await probe.rows(stray) == []


async def test_two_processes_that_start_at_once_migrate_once(postgres: str, tmp_path: Path):
    async with fresh_database(postgres) as address:
        server = await asyncpg.connect(address)
        await server.execute((EARLIER / f"{REVISIONS[0]}.postgres.sql").read_text())
        await server.close()
        await asyncio.gather(*(run_migrations(address, tmp_path) for _ in range(2)))
        async with Probe.of(address) as probe:
            assert await probe.value("SELECT version_num FROM alembic_version") == REVISION
