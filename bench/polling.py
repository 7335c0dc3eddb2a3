"""How soon a finished clip is in its channel when nobody says so, and how many requests that takes.

Completion times are spread as the catalogue says that they are, so this lasts as long as real clips do. Delays are
seconds of schedules, not of processors: both bots run side by side with equal completion times, and each run is a
group of jobs among all that are in flight.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import Goal, Question, Result
from bench.measure import Conditions
from bench.stage import EGRET, PATIENCE, POLLING_BOT, BenchFailed, Stage
from bench.webhook import FLOOR, SIZES
from bot.catalog import Mode, completion_seconds
from bot.jobs.model import JobKind

_BOT: Final = "a bot that polls each job every 5 s"
_GROUP: Final = ("2mb", "2mb", "25mb", "2mb", "2mb", "25mb", "2mb", "2mb")
"""The clips of one run."""
_SEED: Final = 1
_LAST_SHARE: Final = 0.9
_LAST_SHARE_QUICK: Final = 0.4
_BARE_EACH: Final = 3

DETECTION: Final = Question(
    name="detection_by_polling",
    what="the provider's completion to the answer that shows it, by polling, all jobs in flight together (mean)",
    against=_BOT,
    unit="s",
    goal=Goal(ratio_at_most=1.0),
)
REQUESTS: Final = Question(
    name="requests_by_polling",
    what="requests for a job's status until its end is seen, by polling, all jobs in flight together (mean)",
    against=_BOT,
    unit="requests",
    goal=Goal(ratio_at_most=0.25),
)


def _clip(size: str, against: str, suffix: str) -> Question:
    megabytes = SIZES[size] // 1_000_000
    what = f"the provider's completion to the clip in its channel, by polling, {megabytes} MB (mean)"
    return Question(name=f"clip_by_polling_{size}{suffix}", what=what, against=against, unit="s")


@dataclass(frozen=True, slots=True)
class _Job:
    size: str
    detected: float
    arrived: float
    requests: int


async def measure(conditions: Conditions) -> list[Result]:
    """Measure detection, requests and arrival, and the bare transfer beside them."""
    share = _LAST_SHARE_QUICK if conditions.quick else _LAST_SHARE
    instants = completions(conditions.runs * len(_GROUP), last_share=share)
    conditions.say(f"clips by polling: {len(instants)} jobs in flight, the last completed after {max(instants):.0f} s")
    rooms = len(instants) + len(SIZES) * _BARE_EACH * conditions.runs + 1
    async with (
        Stage.open(conditions.folder / "egret", rooms=rooms) as egret_stage,
        Stage.open(conditions.folder / "polling_bot", rooms=rooms) as other_stage,
        egret_stage.bot(EGRET, PUBLIC_URL=""),
        other_stage.bot(POLLING_BOT),
    ):
        egret, other = await asyncio.gather(_jobs(egret_stage, instants), _jobs(other_stage, instants))
        floor = {size: await _floor(egret_stage, size, conditions.runs) for size in SIZES}
    return _results(conditions, egret, other, floor)


def completions(count: int, *, last_share: float) -> list[float]:
    """Return when each of `count` jobs is completed, seconds after its start, evenly over the known quantiles."""
    known = completion_seconds(JobKind.VIDEO, model="1.6", mode=Mode.STD, seconds=5)
    shares = [0.1 + (last_share - 0.1) * (number + 0.5) / count for number in range(count)]
    random.Random(_SEED).shuffle(shares)
    return [_at(share, (0.1, known.p10), (0.5, known.p50), (0.9, known.p90)) for share in shares]


def _at(share: float, low: tuple[float, int], middle: tuple[float, int], high: tuple[float, int]) -> float:
    """Return the quantile of a share, straight lines between those known."""
    (x0, y0), (x1, y1) = (low, middle) if share <= middle[0] else (middle, high)
    return y0 + (y1 - y0) * (share - x0) / (x1 - x0)


async def _jobs(stage: Stage, instants: Sequence[float]) -> list[_Job]:
    """Order every clip, complete each at its instant, and wait for all."""
    async with asyncio.TaskGroup() as group:
        waiting: list[asyncio.Task[_Job]] = []
        for number, after in enumerate(instants):
            room, size = stage.room(), _GROUP[number % len(_GROUP)]
            task = await stage.order(room, SIZES[size])
            waiting.append(group.create_task(_job(stage, room, task.task_id, size, after)))
    return [task.result() for task in waiting]


async def _job(stage: Stage, room: str, task_id: str, size: str, after: float) -> _Job:
    await asyncio.sleep(after)
    done = await stage.provider.finish(task_id)
    arrival = await stage.arrival(room)
    told = await stage.provider.task(task_id)
    if arrival.size != SIZES[size] or not told.told_at:
        raise BenchFailed(f"a clip of {arrival.size} bytes arrived instead of one of {SIZES[size]}, or unasked for")
    return _Job(size, told.told_at - done.ended_at, arrival.at - done.ended_at, told.gets)


async def _floor(stage: Stage, size: str, runs: int) -> list[float]:
    """Return the median seconds of a few bare transfers of the clip that the bot delivered, for each run."""
    tasks = [task for task in await stage.provider.tasks() if task.is_final]
    of_size = [task for number, task in enumerate(tasks) if _GROUP[number % len(_GROUP)] == size]
    async with asyncio.timeout(PATIENCE * runs), stage.transfer() as transfer:
        await stage.carry(transfer, of_size[0].output_url)
        return [
            statistics.median(
                [(await stage.carry(transfer, of_size[0].output_url)).seconds for _ in range(_BARE_EACH - 1)]
            )
            for _ in range(runs)
        ]


def _results(
    conditions: Conditions, egret: Sequence[_Job], other: Sequence[_Job], floor: dict[str, list[float]]
) -> list[Result]:
    groups = [(_runs(jobs)) for jobs in (egret, other)]
    detected = [[statistics.fmean(job.detected for job in run) for run in runs] for runs in groups]
    asked = [[statistics.fmean(job.requests for job in run) for run in runs] for runs in groups]
    results = [conditions.result(DETECTION, *detected), conditions.result(REQUESTS, *asked)]
    for size in SIZES:
        arrived = [
            [statistics.fmean(job.arrived for job in run if job.size == size) for run in runs] for runs in groups
        ]
        results.append(conditions.result(_clip(size, FLOOR, ""), arrived[0], floor[size]))
        results.append(conditions.result(_clip(size, _BOT, "_or_fixed"), *arrived))
    return results


def _runs(jobs: Sequence[_Job]) -> list[Sequence[_Job]]:
    return [jobs[start : start + len(_GROUP)] for start in range(0, len(jobs), len(_GROUP))]
