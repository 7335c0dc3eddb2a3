"""How many webhooks are taken in a second, each of another job and kept durably, against a bare aiohttp handler.

They come over a few connections that stay open. While the bot takes them it also does what follows from them: it asks
for each task. Once more they are taken while the provider leaves it waiting, which leaves the taking alone. Each must
be in the database when the last is answered, as a job that is to be asked for, or its task have been asked for since.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result, alternated
from bench.load import post, send_all
from bench.measure import Conditions
from bench.past import DATABASE, SeededTask, add_running, make_models, make_tasks
from bench.stage import EGRET, PATIENCE, Stage
from sandbox.piapi import Options
from sandbox.piapi.faults import Fault
from sandbox.stage.environment import free_port

_JOBS: Final = 200
"""As many as are taken in a fraction of a second; each is followed by a request, which come at the reading pace."""
_AGE: Final = 600.0
"""Seconds for which they have been under way: old enough to be watched by the history, which leaves all requests for
tasks to webhooks."""
_AT_ONCE: Final = 32
_HELD: Final = 2.0
"""Seconds that the provider leaves a request waiting where only the taking is measured."""
_CLEAR: Final = 3.0
"""So long no task must be due by itself when the webhooks are sent: what is asked for then, is for their sake."""
_LOOK: Final = 0.1
SECRET: Final = "a-secret-of-the-bench"  # noqa: S105 - opens nothing but the bench's own bot
HANDLER: Final = "bench.baseline.handler"
_AGAINST: Final = "a bare aiohttp handler that keeps nothing"
_HALF: Final = Goal(ratio_at_least=0.5)

ACCEPTED: Final = Question(
    name="webhooks_accepted",
    what="webhooks taken and committed, each task being asked for meanwhile",
    against=_AGAINST,
    unit="/s",
    goal=_HALF,
)
ACCEPTED_ALONE: Final = Question(
    name="webhooks_accepted_alone",
    what="webhooks taken and committed, the provider not answering meanwhile",
    against=_AGAINST,
    unit="/s",
    goal=_HALF,
)


QUESTIONS: Final = (ACCEPTED, ACCEPTED_ALONE)


async def measure(conditions: Conditions) -> list[Result]:
    """Send the webhooks of all jobs in every run, to a bot that has settled."""
    count = conditions.size(_JOBS, 30)
    database = conditions.folder / "webhooks" / "data" / DATABASE
    conditions.say(f"webhooks: {conditions.runs} runs of {count}")
    web = {"WEB_PORT": str(free_port()), "WEBHOOK_SECRET": SECRET}
    address = f"http://127.0.0.1:{web['WEB_PORT']}"
    settings = {**web, "PUBLIC_URL": address}
    async with Stage.open(conditions.folder / "webhooks") as stage:
        models = await make_models(stage, settings=settings)
        await stage.provider.set_options(Options(pending_seconds=None))
        tasks = await make_tasks(stage, count, f"{address}/webhooks/piapi")
        await asyncio.to_thread(add_running, database, models, tasks, least_age=_AGE, most_age=_AGE)
        async with stage.bot(EGRET, set_up=False, settings=settings), stage.helper(HANDLER) as bare:
            taking = _Taking(stage, database, address, bare, tasks)
            await taking.by_handler(-1)
            await taking.by_bot(-1)
            figures, baselines = await alternated(conditions.runs, taking.by_handler, taking.by_bot)
            alone, alone_baselines = await alternated(conditions.runs, taking.by_handler, taking.by_bot_alone)
    return [
        conditions.result(ACCEPTED, figures, baselines),
        conditions.result(ACCEPTED_ALONE, alone, alone_baselines),
    ]


@dataclass(frozen=True, slots=True)
class _Job:
    """A job's row.

    Attributes:
        in_hand: whether a worker has it.
        spoken_of: whether a webhook spoke of it that no worker has taken up.
        due_at: when its task is to be asked for, in seconds since 1970.
    """

    in_hand: bool
    spoken_of: bool
    due_at: float


class _Taking:
    def __init__(self, stage: Stage, database: Path, bot: str, handler: str, tasks: Sequence[SeededTask]) -> None:
        self._stage = stage
        self._database = database
        self._bot = bot
        self._handler = handler
        self._tasks = tasks

    async def by_handler(self, _number: int) -> float:
        """Return how many webhooks a second the bare handler takes."""
        return await self._rate(self._handler)

    async def by_bot(self, _number: int) -> float:
        """Return how many the bot takes, once it has nothing else to do."""
        due, asked = await self._settled(), await self._asked()
        rate = await self._rate(self._bot)
        await self._kept(due, asked)
        return rate

    async def by_bot_alone(self, _number: int) -> float:
        """Return the same while requests for tasks wait in vain."""
        due, asked = await self._settled(), await self._asked()
        await self._stage.provider.spoil("get", Fault.HANG, times=None, seconds=_HELD)
        try:
            rate = await self._rate(self._bot)
        finally:
            await self._stage.provider.clear_faults()
        await self._kept(due, asked)
        return rate

    async def _rate(self, origin: str) -> float:
        return len(self._tasks) / await send_all(
            origin, [self._webhook(origin, task) for task in self._tasks], at_once=_AT_ONCE, seconds=PATIENCE
        )

    def _webhook(self, origin: str, task: SeededTask) -> bytes:
        body = json.dumps(webhook_body(task.task_id), separators=(",", ":")).encode()
        return post(f"{origin}/webhooks/piapi/{task.token}", body, {"x-webhook-secret": SECRET})

    async def _settled(self) -> Mapping[str, _Job]:
        """Wait until no job is in hand, spoken of, or due by itself soon; return how they stand then."""
        deadline = time.monotonic() + 2 * PATIENCE
        while True:
            jobs = await asyncio.to_thread(self._jobs)
            soon = time.time() + _CLEAR
            busy = sum(job.in_hand or job.spoken_of or job.due_at < soon for job in jobs.values())
            if not busy:
                return jobs
            if time.monotonic() > deadline:
                raise BenchFailed(f"{busy} of {len(jobs)} jobs are still to be asked for")
            await asyncio.sleep(_LOOK)

    async def _kept(self, before: Mapping[str, _Job], asked: Mapping[str, int]) -> None:
        """See that each webhook was kept: its job is to be asked for, or was asked for since for no other reason."""
        jobs, now = await asyncio.to_thread(self._jobs), time.time()
        silent = {task for task, job in jobs.items() if not job.spoken_of}
        deadline = time.monotonic() + PATIENCE
        while lost := {
            task for task, times in (await self._asked()).items() if task in silent and times <= asked[task]
        }:
            # In hand: the question is on its way.
            if not any(jobs[task].in_hand for task in lost) or time.monotonic() > deadline:
                raise BenchFailed(f"{len(lost)} of {len(jobs)} webhooks were answered, and led to nothing")
            await asyncio.sleep(_LOOK)
        if unclear := sum(before[task].due_at <= now for task in silent):
            raise BenchFailed(f"{unclear} tasks were due by themselves while the webhooks came, which took too long")

    def _jobs(self) -> dict[str, _Job]:
        """Read how the jobs stand, by the ids of their tasks."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT task_id, lease, nudged_at, due_at FROM jobs WHERE state = 'running'")
            found = {task: _Job(bool(lease), bool(nudged), due / 1000) for task, lease, nudged, due in rows}
        return {task.task_id: found[task.task_id] for task in self._tasks}

    async def _asked(self) -> dict[str, int]:
        """Return how often each task was asked for."""
        return {task.task_id: task.gets for task in await self._stage.provider.tasks()}


def webhook_body(task_id: str) -> dict[str, object]:
    """Return what the provider sends of a task that is done (provider notes §5), as large as it is in life."""
    output = {"video_url": f"https://storage.example/videos/{task_id}.mp4", "works": [{"cover": {}, "video": {}}]}
    task = {
        "task_id": task_id,
        "model": "kling",
        "task_type": "video_generation",
        "status": "completed",
        "config": {"service_mode": "public", "webhook_config": {"endpoint": "https://egret.example", "secret": ""}},
        "input": {"prompt": "a heron takes off over the marsh at dawn " * 10, "duration": 5, "aspect_ratio": "16:9"},
        "output": output,
        "meta": {"created_at": "2030-01-01T00:00:00Z", "usage": {"type": "point", "consume": 2600000}},
        "logs": [],
        "error": {"code": 0, "raw_message": "", "message": "", "detail": None},
    }
    return {"timestamp": 1_893_456_000, "data": task}
