"""What 10,000 jobs under way cost: memory above that of an idle bot, and how late the event loop wakes anybody.

The tasks are at the provider, and the database holds a job for each when the bot starts; so every run begins with a
look at each of them. Once with webhooks, where a task is asked for as a backstop, and once by polling only, until the
bot has read the whole history and written down what it showed, or for a bounded time.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import statistics
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result, alternated, percentile
from bench.measure import Conditions
from bench.past import DATABASE, add_running, make_models, make_tasks
from bench.processes_seen import resident
from bench.stage import WATCHED_EGRET, Stage
from bench.watched_bot import LAGS, lags
from sandbox.piapi import Options

_JOBS: Final = 10_000
_WATCHED: Final = 10.0
"""Seconds of a run, from the connection on, at least; memory is the median of what is seen in them."""
_WATCHED_AT_MOST: Final = 30.0
"""The same where a whole look at the history is waited for."""
_OLDEST: Final = 200.0
"""Seconds since the earliest job was begun: eight in ten such tasks would be done, all are watched in some way."""
_SEEN: Final = 0.9
"""The share of tasks that a look at the history puts off where it is whole; some are in hand meanwhile."""
_PAGE: Final = 100
_LOOK: Final = 0.5
_IDLE: Final = "the same bot with nothing under way"
_HOOK: Final = "http://127.0.0.1:9/webhooks/piapi"
"""Where nobody listens: no task ends in this measurement."""


def _memory(name: str, how: str) -> Question:
    return Question(
        name=name,
        what=f"resident memory with 10,000 jobs in flight, {how}",
        against=_IDLE,
        unit="MiB",
        goal=Goal(above_baseline_at_most=60),
    )


def _lag(name: str, how: str) -> Question:
    return Question(
        name=name,
        what=f"how late the event loop wakes a sleeper with 10,000 jobs in flight, {how} (99th percentile)",
        against=_IDLE,
        unit="ms",
        goal=Goal(figure_at_most=50),
    )


_WAYS: Final[Mapping[str, tuple[str, dict[str, str]]]] = {
    "": ("with webhooks", {}),
    "_polled": ("by polling only", {"PUBLIC_URL": ""}),
}
QUESTIONS: Final = {
    way: (_memory(f"in_flight_memory{way}", how), _lag(f"in_flight_lag{way}", how)) for way, (how, _) in _WAYS.items()
}


ASKED: Final = tuple(question for questions in QUESTIONS.values() for question in questions)


@dataclass(frozen=True, slots=True)
class _Seen:
    memory: float
    lag: float
    seconds: float
    looked: bool


async def measure(conditions: Conditions) -> list[Result]:
    """Measure an idle bot and one with all the jobs, each run a new start."""
    count = conditions.size(_JOBS, 40)
    seconds = conditions.size(_WATCHED, 2.0)
    most = conditions.size(_WATCHED_AT_MOST, 20.0)
    conditions.say(
        f"in flight: {conditions.runs} runs of {seconds:g} to {most:g} s with {count} jobs, with webhooks and without"
    )
    results: list[Result] = []
    async with Stage.open(conditions.folder / "in_flight") as stage:
        models = await make_models(stage, data="models")
        idle = stage.folder / "idle.db"
        await asyncio.to_thread(shutil.copy, stage.folder / "models" / DATABASE, idle)
        await stage.provider.set_options(Options(pending_seconds=None))
        tasks = await make_tasks(stage, count, _HOOK)
        await asyncio.to_thread(add_running, stage.folder / "models" / DATABASE, models, tasks, most_age=_OLDEST)
        full = stage.folder / "models" / DATABASE
        for way, (_, settings) in _WAYS.items():

            async def empty(number: int, way: str = way, settings: dict[str, str] = settings) -> _Seen:
                return await _run(stage, f"idle{way}{number}", idle, seconds, settings)

            async def loaded(number: int, way: str = way, settings: dict[str, str] = settings) -> _Seen:
                # With webhooks the history is read only once many tasks are older than such tasks usually get.
                longest = most if way else seconds
                return await _run(stage, f"loaded{way}{number}", full, seconds, settings, longest, count)

            figures, baselines = await alternated(conditions.runs, empty, loaded)
            memory, lag = QUESTIONS[way]
            remark = _watched(figures) if way else ""
            results += [
                conditions.result(memory, [each.memory for each in figures], [each.memory for each in baselines]),
                conditions.result(lag, [each.lag for each in figures], [each.lag for each in baselines], remark),
            ]
    return results


def _watched(runs: list[_Seen]) -> str:
    seconds = ", ".join(f"{run.seconds:.0f}" for run in runs)
    looked = sum(run.looked for run in runs)
    return f"A whole look at the history was made in {looked} of {len(runs)} runs, which took {seconds} s."


async def _run(
    stage: Stage,
    name: str,
    database: Path,
    seconds: float,
    settings: Mapping[str, str],
    longest: float = 0.0,
    tasks: int = 0,
) -> _Seen:
    """Start a bot on a copy of a database, and watch it for a while, or until it has looked at so many tasks."""
    folder = stage.folder / name
    await asyncio.to_thread(folder.mkdir)
    await asyncio.to_thread(shutil.copy, database, folder / DATABASE)
    written = stage.folder / f"{name}.lags"
    await stage.provider.reset()
    async with stage.bot(WATCHED_EGRET, data=name, set_up=False, settings={**settings, LAGS: str(written)}) as bot:
        before, connected = len(lags(written)), time.monotonic()
        memory: list[float] = []
        looked = False
        while (passed := time.monotonic() - connected) < seconds or (passed < longest and not looked):
            await asyncio.sleep(_LOOK)
            if bot.pid is None or not bot.running:
                raise BenchFailed(f"{bot.name} ended with {bot.exit_code}:\n{bot.tail()}")
            memory.append(resident(bot.pid))
            looked = looked or await _has_looked(stage, folder / DATABASE, tasks)
        late = lags(written)[before:]
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return _Seen(statistics.median(memory), 1000 * percentile(late, 0.99), passed, looked)


async def _has_looked(stage: Stage, database: Path, tasks: int) -> bool:
    """Tell whether the history was read to its end since the start, and what it showed has been written down."""
    pages = -(-tasks // _PAGE)
    if not tasks or (await stage.provider.summary()).requests.get("history", 0) < pages:
        return False
    return await asyncio.to_thread(_put_off, database) >= _SEEN * tasks


def _put_off(database: Path) -> int:
    """Return how many tasks are not to be asked for before long."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        query = "SELECT COUNT(*) FROM jobs WHERE state = 'running' AND due_at > ?"
        (count,) = connection.execute(query, (round(1000 * time.time()),)).fetchone()
    return int(count)
