"""How many webhooks are taken in a second, each of another job and kept durably, against a bare aiohttp handler.

They come over a few connections that stay open. While the bot takes them it also does what follows from them: it asks
for each task. Once more they are taken while the provider leaves it waiting, which leaves the taking alone. That each
was kept shows in the requests for its task that follow.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
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

_JOBS: Final = 1_000
_AT_ONCE: Final = 32
_HELD: Final = 2.0
"""Seconds that the provider leaves a request waiting where only the taking is measured."""
_SETTLE: Final = 1.0
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


async def measure(conditions: Conditions) -> list[Result]:
    """Send the webhooks of all jobs in every run, to a bot that has settled."""
    count = conditions.size(_JOBS, 30)
    conditions.say(f"webhooks: {conditions.runs} runs of {count}")
    web = {"WEB_PORT": str(free_port()), "WEBHOOK_SECRET": SECRET}
    address = f"http://127.0.0.1:{web['WEB_PORT']}"
    settings = {**web, "PUBLIC_URL": address}
    async with Stage.open(conditions.folder / "webhooks") as stage:
        models = await make_models(stage, settings=settings)
        await stage.provider.set_options(Options(pending_seconds=None))
        tasks = await make_tasks(stage, count, f"{address}/webhooks/piapi")
        await asyncio.to_thread(add_running, stage.folder / "data" / DATABASE, models, tasks)
        async with stage.bot(EGRET, set_up=False, settings=settings), stage.helper(HANDLER) as bare:
            taking = _Taking(stage, address, bare, tasks)
            await taking.settled()
            await taking.by_handler(-1)
            figures, baselines = await alternated(conditions.runs, taking.by_handler, taking.by_bot)
            alone, alone_baselines = await alternated(conditions.runs, taking.by_handler, taking.by_bot_alone)
    return [
        conditions.result(ACCEPTED, figures, baselines),
        conditions.result(ACCEPTED_ALONE, alone, alone_baselines),
    ]


class _Taking:
    def __init__(self, stage: Stage, bot: str, handler: str, tasks: Sequence[SeededTask]) -> None:
        self._stage = stage
        self._bot = bot
        self._handler = handler
        self._tasks = tasks

    async def by_handler(self, _number: int) -> float:
        """Return how many webhooks a second the bare handler takes."""
        return await self._rate(self._handler)

    async def by_bot(self, _number: int) -> float:
        """Return how many the bot takes; every task has been asked for when this returns."""
        before = await self._asked()
        rate = await self._rate(self._bot)
        await self._asked_for(before + len(self._tasks))
        await self.settled()
        return rate

    async def by_bot_alone(self, _number: int) -> float:
        """Return the same while requests for tasks wait in vain."""
        before = await self._asked()
        await self._stage.provider.spoil("get", Fault.HANG, times=None, seconds=_HELD)
        rate = await self._rate(self._bot)
        await self._stage.provider.clear_faults()
        await self._asked_for(before + len(self._tasks))
        await self.settled()
        return rate

    async def _rate(self, origin: str) -> float:
        return len(self._tasks) / await send_all(
            origin, [self._webhook(origin, task) for task in self._tasks], at_once=_AT_ONCE, seconds=PATIENCE
        )

    def _webhook(self, origin: str, task: SeededTask) -> bytes:
        body = json.dumps(webhook_body(task.task_id), separators=(",", ":")).encode()
        return post(f"{origin}/webhooks/piapi/{task.token}", body, {"x-webhook-secret": SECRET})

    async def _asked(self) -> int:
        return (await self._stage.provider.summary()).requests.get("get", 0)

    async def _asked_for(self, requests: int) -> None:
        deadline = time.monotonic() + 2 * PATIENCE
        while (found := await self._asked()) < requests:
            if time.monotonic() > deadline:
                raise BenchFailed(f"{requests - found} webhooks were followed by no request for their task")
            await asyncio.sleep(_LOOK)

    async def settled(self) -> None:
        """Wait until the bot asks for hardly anything."""
        deadline = time.monotonic() + 2 * PATIENCE
        before = await self._asked()
        while True:
            await asyncio.sleep(_SETTLE)
            now = await self._asked()
            if now - before <= max(1, len(self._tasks) // 20):
                return
            if time.monotonic() > deadline:
                raise BenchFailed("the bot asks for tasks without end")
            before = now


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
