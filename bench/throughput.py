"""How many clips a second go the whole way, from a command to the clip in its channel, with one process and SQLite.

Tasks are done at once, and a hundred clips are on their way at any moment: what a paid account may have at the provider
at once. What such an account can produce is a hundred divided by the seconds that a task usually takes there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import aiohttp

from bench.at_rest import cpu_at_rest
from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result, alternated
from bench.measure import Conditions
from bench.stage import EGRET, PATIENCE, POLLING_BOT, PROMPT, Stage
from bench.world import ROOM, World
from bot.catalog import Mode, completion_seconds
from bot.jobs.model import JobKind

COURIER: Final = "bench.baseline.courier"
_CLIP: Final = 2_000_000
_JOBS: Final = 250
_OTHER_JOBS: Final = 100
_AT_ONCE: Final = 100
ACCOUNT_TASKS: Final = 100
"""Tasks that a large paid account may have under way at once."""
TIMES: Final = 15
_WARM_UP: Final = 10


def account_rate() -> float:
    """Return how many clips a second a hundred tasks at once can produce, of the kind that is ordered here."""
    return ACCOUNT_TASKS / completion_seconds(JobKind.VIDEO, model="1.6", mode=Mode.STD, seconds=5).p50


JOBS: Final = Question(
    name="jobs_per_second",
    what="clips of 2 MB that go the whole way, one process, SQLite",
    against="the same requests made with bare aiohttp, which is also as much as the local services can do",
    unit="/s",
    goal=Goal(figure_at_least=TIMES * account_rate()),
)
CPU: Final = Question(
    name="cpu_per_job",
    what="processor time for one clip of 2 MB, child processes included",
    against="a bot that polls each job every 5 s",
    unit="ms",
)


QUESTIONS: Final = (JOBS, CPU)


@dataclass(frozen=True, slots=True)
class _Taken:
    rate: float
    cpu_ms: float


async def measure(conditions: Conditions) -> list[Result]:
    """Measure the bot, bare requests, and the processor time of the bot that people write, each run a new start."""
    jobs = conditions.size(_JOBS, 12)
    conditions.say(f"whole path: {conditions.runs} runs of {jobs} clips, {_AT_ONCE} at once")
    world = World(pending_seconds=0, processing_seconds=0, clip_bytes=_CLIP)

    async def bare(number: int) -> float:
        async with Stage.open(conditions.folder / f"bare{number}", world) as stage, stage.helper(COURIER) as courier:
            await _carried(stage, courier, _WARM_UP)
            return jobs / await _carried(stage, courier, jobs)

    async def bot(number: int) -> _Taken:
        async with Stage.open(conditions.folder / f"egret{number}", world) as stage:
            return await _flowed(stage, EGRET, jobs)

    async def other(number: int) -> _Taken:
        async with Stage.open(conditions.folder / f"other{number}", world) as stage:
            # Its processor time for each clip is all that is asked for, and most of its time is waiting.
            return await _flowed(stage, POLLING_BOT, min(jobs, _OTHER_JOBS))

    async def both_baselines(number: int) -> tuple[float, _Taken]:
        return await bare(number), await other(number)

    figures, baselines = await alternated(conditions.runs, both_baselines, bot)
    rates, others = [rate for rate, _ in baselines], [taken for _, taken in baselines]
    remark = (
        f"{ACCOUNT_TASKS} tasks at once that take {ACCOUNT_TASKS / account_rate():g} s each, as 1.6, standard, 5 s"
        f" usually does, are {account_rate():g} clips a second; the goal is {TIMES} times that."
    )
    return [
        conditions.result(JOBS, [taken.rate for taken in figures], rates, remark),
        conditions.result(CPU, [taken.cpu_ms for taken in figures], [taken.cpu_ms for taken in others]),
    ]


async def _flowed(stage: Stage, program: tuple[str, ...], jobs: int) -> _Taken:
    channels = [ROOM.format(0)]
    async with stage.bot(program) as bot:
        await stage.flow(_WARM_UP, at_once=_WARM_UP, channels=channels)
        if bot.pid is None:
            raise BenchFailed(f"{bot.name} does not run")
        before = await cpu_at_rest(stage, [bot.pid])
        flowed = await stage.flow(jobs, at_once=_AT_ONCE, channels=channels)
        used = await cpu_at_rest(stage, [bot.pid]) - before
    return _Taken(jobs / flowed.seconds, 1000 * used / jobs)


async def _carried(stage: Stage, courier: str, jobs: int) -> float:
    """Return the seconds that bare requests take for so many clips."""
    order = {"times": jobs, "at_once": _AT_ONCE, "channel_id": await stage.channel_id(ROOM.format(0)), "prompt": PROMPT}
    began = time.perf_counter()
    bound = aiohttp.ClientTimeout(total=5 * PATIENCE)
    async with stage.session.post(f"{courier}/flow", json=order, timeout=bound) as response:
        if response.status != 204:
            raise BenchFailed(f"the courier answered {response.status}")
    return time.perf_counter() - began
