"""Gives a bot's database a past, and work under way: rows that the bot itself wrote, repeated by SQL.

A bot takes two jobs, one of which it finishes; once it has stopped, every row that belongs to one of them is copied as
often as wanted, with ids and moments of its own. So the rows are those of the schema in use, whatever it is.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from bench.failure import BenchFailed
from bench.stage import EGRET, NONE, PATIENCE, PROMPT, Stage
from bot.jobs.limits import IN_FLIGHT_COUNTER

DATABASE: Final = "egret.db"
_CLIP: Final = 100_000
_LOOK: Final = 0.1
_AT_ONCE: Final = 32
_PEOPLE: Final = 2_000
_CHANNELS: Final = 200
_SERVERS: Final = 50
_DAYS: Final = 80
"""The past is younger than what a bot deletes by itself."""
_DAY_MS: Final = 86_400_000
_MOMENTS: Final = frozenset({"at", "running_since", "stalled_since", "lease_until", "card_rests_until"})


@dataclass(frozen=True, slots=True)
class Models:
    """The jobs that others are copies of.

    Attributes:
        finished: the id of one whose clip was delivered.
        running: the id of one whose task runs.
    """

    finished: str
    running: str


@dataclass(frozen=True, slots=True)
class SeededTask:
    """A task that is at the provider, and the webhook token of the job it is for."""

    task_id: str
    token: str


async def make_models(stage: Stage, data: str = "data", settings: Mapping[str, str] = NONE) -> Models:
    """Let a bot take two jobs and finish one; it has stopped when this returns.

    Raises:
        BenchFailed: they are not what copies could be made of.
    """
    async with stage.bot(EGRET, data=data, settings=settings):
        done, room = await stage.order(ROOM_OF_PAST, _CLIP), ROOM_OF_PAST
        await stage.provider.finish(done.task_id)
        await stage.arrival(room)
        other = await stage.order(room, _CLIP)
        return await _written(stage.folder / data / DATABASE, done.task_id, other.task_id)


async def _written(database: Path, finished: str, running: str) -> Models:
    """Wait until the bot has written down what became of two tasks, the first one's delivery included."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            jobs = {
                task: (job, state) for task, job, state in connection.execute("SELECT task_id, id, state FROM jobs")
            }
            (owed,) = connection.execute("SELECT COUNT(*) FROM deliveries WHERE state <> 'delivered'").fetchone()
        (done, done_state), (other, other_state) = jobs.get(finished, ("", "")), jobs.get(running, ("", ""))
        if (done_state, other_state, owed) == ("succeeded", "running", 0):
            return Models(finished=done, running=other)
        if time.monotonic() > deadline:
            raise BenchFailed(f"the jobs to be copied are {done_state or 'missing'} and {other_state or 'missing'}")
        await asyncio.sleep(_LOOK)


ROOM_OF_PAST: Final = "room-0"
"""Where the jobs that are copied were ordered."""


async def make_tasks(stage: Stage, count: int, hook: str) -> list[SeededTask]:
    """Make tasks at the provider that run until they are told to finish.

    Args:
        stage: where the provider is.
        count: how many.
        hook: the address that the provider tells of a task's end, but for the token at its end.
    """
    gate = asyncio.Semaphore(_AT_ONCE)
    provider = stage.addresses.provider

    async def one() -> SeededTask:
        token = secrets.token_hex(16)
        body = {
            "model": "kling",
            "task_type": "video_generation",
            "input": {"prompt": PROMPT, "duration": 5, "aspect_ratio": "16:9", "mode": "std", "version": "1.6"},
            "config": {"service_mode": "public", "webhook_config": {"endpoint": f"{hook}/{token}", "secret": "x" * 16}},
        }
        headers = {"x-api-key": provider.key}
        async with (
            gate,
            stage.session.post(f"{provider.base_url}/api/v1/task", json=body, headers=headers) as response,
        ):
            answer = await response.json(content_type=None)
            if response.status != 200 or answer.get("code") != 200:
                raise BenchFailed(f"a task could not be made: HTTP {response.status}")
        return SeededTask(str(answer["data"]["task_id"]), token)

    try:
        return list(await asyncio.gather(*(one() for _ in range(count))))
    except aiohttp.ClientError as error:
        raise BenchFailed(f"a task could not be made: {error!r}") from error


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that no bot has open."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        yield connection


def add_finished(database: Path, models: Models, count: int) -> None:
    """Add finished jobs of the last months, of many people in many channels of several servers."""
    step = _DAYS * _DAY_MS // max(1, count)
    changed = {
        "requester_id": f"row.requester_id + n % {_PEOPLE}",
        "channel_id": f"row.channel_id + n % {_CHANNELS}",
        "guild_id": f"row.guild_id + n % {_SERVERS}",
        "task_id": "printf('past-%08d', n)",
        "hook_token": "printf('past-%08d', n)",
    }
    with _quickly_filled(database) as connection:
        _number(connection, count)
        _copy(connection, models.finished, "f", changed, earlier=f"(({count} - n) * {step})")


def add_running(
    database: Path, models: Models, tasks: Sequence[SeededTask], *, least_age: float = 0.0, most_age: float = 0.0
) -> None:
    """Add jobs under way, one for each task and counted as in flight, begun evenly over a while.

    Args:
        database: what they are added to.
        models: what they are copies of.
        tasks: at the provider.
        least_age: seconds since the latest of them was begun.
        most_age: seconds since the earliest of them was.
    """
    step = 1000 * (most_age - least_age) / max(1, len(tasks))
    earlier = f"CAST({1000 * most_age} - n * {step} AS INTEGER)" if most_age else "0"
    changed = {
        "task_id": "seeded.task_id",
        "hook_token": "seeded.token",
        "guild_id": f"row.guild_id + n % {_SERVERS}",
        "requester_id": f"row.requester_id + n % {_PEOPLE}",
        "channel_id": f"row.channel_id + n % {_CHANNELS}",
    }
    with _quickly_filled(database) as connection:
        _number(connection, len(tasks))
        connection.execute("CREATE TEMP TABLE seeded (n INTEGER PRIMARY KEY, task_id TEXT, token TEXT)")
        rows = ((number, task.task_id, task.token) for number, task in enumerate(tasks, start=1))
        connection.executemany("INSERT INTO seeded VALUES (?, ?, ?)", rows)
        _copy(connection, models.running, "u", changed, earlier=earlier, beside="JOIN seeded USING (n)")
        connection.execute(
            "UPDATE counters SET used = used + ? * (SELECT TOTAL(amount) FROM holds "
            "WHERE job_id = ? AND counter = counters.name)",
            (len(tasks), models.running),
        )
        connection.execute(
            "UPDATE counters SET used = used + ? WHERE name = ? OR name LIKE ? || ':%'",
            (len(tasks), IN_FLIGHT_COUNTER, IN_FLIGHT_COUNTER),
        )


@contextmanager
def _quickly_filled(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database without durability and without the indexes that are not for uniqueness, which come back."""
    with opened(database) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -262144"):
            connection.execute(f"PRAGMA {pragma}")
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        connection.execute("BEGIN")
        yield connection
        for _, sql in indexes:
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def _number(connection: sqlite3.Connection, count: int) -> None:
    connection.execute("CREATE TEMP TABLE numbered (n INTEGER PRIMARY KEY)")
    connection.execute(
        "INSERT INTO numbered WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < ?) "
        "SELECT n FROM up",
        (count,),
    )


def _copy(
    connection: sqlite3.Connection, job_id: str, prefix: str, changed: dict[str, str], *, earlier: str, beside: str = ""
) -> None:
    """Copy a job, and every row of any table that names it, once for each number."""
    names = f"printf('{prefix}%07d', n)"
    job = {"id": names, "request_key": f"'past:' || {names}", "card_message_id": "row.card_message_id + n", **changed}
    assets = {number for (number,) in connection.execute("SELECT number FROM assets WHERE job_id = ?", (job_id,))}
    if assets:
        job["result_asset_id"] = f"CASE WHEN row.result_asset_id IS NULL THEN NULL ELSE {_other_id(max(assets))} END"
    _insert(connection, "jobs", "id", job_id, job, earlier, beside)
    for table in _tables_of_jobs(connection):
        own = {"job_id": names, "id": _other_id("row.number"), "message_id": "row.message_id + n"}
        _insert(connection, table, "job_id", job_id, own, earlier, beside)


def _other_id(number: object) -> str:
    return f"printf('%d-%07d', {number}, n)"


def _insert(
    connection: sqlite3.Connection,
    table: str,
    key: str,
    job_id: str,
    changed: dict[str, str],
    earlier: str,
    beside: str,
) -> None:
    columns = [column for column in _columns(connection, table) if column != "number"]
    values = ", ".join(_value(column, changed, earlier) for column in columns)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} AS row, numbered {beside} "  # noqa: S608 - names are the schema's
        f"WHERE row.{key} = ? ORDER BY n",
        (job_id,),
    )


def _value(column: str, changed: dict[str, str], earlier: str) -> str:
    if column in changed:
        return changed[column]
    moment = column in _MOMENTS or column.endswith("_at")
    return f"row.{column} - {earlier}" if moment and earlier != "0" else f"row.{column}"


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def _tables_of_jobs(connection: sqlite3.Connection) -> Iterable[str]:
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [table for table in tables if "job_id" in _columns(connection, table)]
