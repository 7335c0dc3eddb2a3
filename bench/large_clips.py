"""How much memory it takes to deliver fifty clips of 25 MB that are done at the same moment.

What counts is the most that the bot's own process holds meanwhile, above what it held before. Its children inspect
clips one after the other, and are not counted.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result, alternated
from bench.measure import Conditions
from bench.processes_seen import watched_memory
from bench.stage import EGRET, POLLING_BOT, PROMPT, Stage
from bench.world import ROOM, World
from sandbox.piapi import Options

_CLIPS: Final = 50
_CLIP: Final = 25_000_000
_SMALL: Final = 2_000_000
_BOT: Final = "a bot that holds each clip in memory"
MEMORY: Final = Question(
    name="large_clips_memory",
    what="the most memory taken above that before, 50 clips of 25 MB done at the same moment",
    against=_BOT,
    unit="MiB",
    goal=Goal(figure_at_most=40),
)
SECONDS: Final = Question(
    name="large_clips_seconds",
    what="50 clips of 25 MB done at the same moment until all are in their channel",
    against=_BOT,
    unit="s",
)


QUESTIONS: Final = (MEMORY, SECONDS)


@dataclass(frozen=True, slots=True)
class _Seen:
    grown: float
    seconds: float


async def measure(conditions: Conditions) -> list[Result]:
    """Measure both bots in turn, each run with new services, which hold every clip themselves."""
    clips = conditions.size(_CLIPS, 3)
    conditions.say(f"large clips: {conditions.runs} runs of {clips} clips of {_CLIP // 1_000_000} MB")

    async def run(program: tuple[str, ...], name: str) -> _Seen:
        folder = conditions.folder / name
        async with Stage.open(folder, World(clip_bytes=_SMALL, rooms=2, people=clips)) as stage:
            seen = await _deliver(stage, program, clips)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        return seen

    figures, baselines = await alternated(
        conditions.runs,
        lambda number: run(POLLING_BOT, f"other{number}"),
        lambda number: run(EGRET, f"egret{number}"),
    )
    return [
        conditions.result(MEMORY, [each.grown for each in figures], [each.grown for each in baselines]),
        conditions.result(SECONDS, [each.seconds for each in figures], [each.seconds for each in baselines]),
    ]


async def _deliver(stage: Stage, program: tuple[str, ...], clips: int) -> _Seen:
    """Order the clips, finish all their tasks, and watch the bot's memory until the last has arrived."""
    async with stage.bot(program) as bot:
        # One small clip first, so that what every clip needs is loaded.
        warm_up = await stage.order(ROOM.format(1), _SMALL)
        await stage.provider.finish(warm_up.task_id)
        await stage.arrival(ROOM.format(1))
        await stage.provider.set_options(Options(pending_seconds=0, smallest_clip_bytes=_CLIP))
        await stage.burst("video", {"prompt": PROMPT}, clips)
        await stage.bought(1 + clips)
        tasks = [task.task_id for task in await stage.provider.tasks() if task.task_id != warm_up.task_id]
        for task in tasks:
            await stage.provider.wait(task, "processing")
        if bot.pid is None:
            raise BenchFailed(f"{bot.name} does not run")
        async with watched_memory(bot.pid) as memory:
            done = await asyncio.gather(*(stage.provider.finish(task) for task in tasks))
            last = await stage.all_arrived(1 + clips)
    return _Seen(memory.most - memory.at_first, last - max(each.ended_at for each in done))
