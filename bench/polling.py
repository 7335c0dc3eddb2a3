"""How soon a finished clip is in its channel when nobody says so, and how many requests that takes.

Completion times are spread as the catalogue says that they are, so this lasts as long as real clips do: all from the
tenth to the ninetieth percentile, evenly. What is slower, and a task that never ends, is played by the simulation in
`bench/pace.py`. Delays are seconds of schedules, not of processors: the bots run side by side with equal completion
times, and each run is a group of jobs among all that are in flight. A third bot, which the provider does tell, shows
how many requests that saves.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result
from bench.measure import Conditions
from bench.stage import EGRET, PATIENCE, POLLING_BOT, Stage
from bench.webhook import FLOOR, SIZES, is_whole
from bench.world import World
from bot.catalog import Mode, completion_seconds
from bot.jobs.model import JobKind

_BOT: Final = "a bot that polls each job every 5 s"
_GROUP: Final = ("2mb", "2mb", "25mb", "2mb", "2mb", "25mb", "2mb", "2mb")
"""The clips of one run."""
_SEED: Final = 1
_LAST_SHARE: Final = 0.9
_BARE_EACH: Final = 3
_QUICKENED: Final = 0.1
"""How much quicker tasks are where only the measurement itself is tried."""

DETECTION: Final = Question(
    name="detection_by_polling",
    what="the provider's completion to the answer that shows it, by polling, all jobs in flight together (mean)",
    against=_BOT,
    unit="s",
    goal=Goal(ratio_at_most=1.0),
)
REQUESTS: Final = Question(
    name="requests_by_polling",
    what="requests for a job's status until its end is seen, by polling, a share of the pages of the history included,"
    " all jobs in flight together (mean)",
    against=_BOT,
    unit="requests",
    goal=Goal(ratio_at_most=0.25),
)
TOLD: Final = Question(
    name="requests_with_webhooks",
    what="requests to the provider for a job with webhooks: its status (median), and its share of all purchases and of"
    " the pages of the history",
    against=_BOT,
    unit="requests",
    goal=Goal(figure_at_most=2.0),
)


def _clip(size: str, against: str, suffix: str) -> Question:
    megabytes = SIZES[size] // 1_000_000
    what = f"the provider's completion to the clip in its channel, by polling, {megabytes} MB (mean)"
    return Question(name=f"clip_by_polling_{size}{suffix}", what=what, against=against, unit="s")


QUESTIONS: Final = (
    DETECTION,
    REQUESTS,
    TOLD,
    *(_clip(size, against, suffix) for size in SIZES for against, suffix in ((FLOOR, ""), (_BOT, "_or_fixed"))),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A job that was followed from its order to its clip.

    Attributes:
        size: its clip's, as `SIZES` calls it.
        detected: seconds from the completion to the answer that showed it.
        arrived: seconds from the completion to the clip in its channel.
        requests: for its status.
    """

    size: str
    detected: float
    arrived: float
    requests: int


@dataclass(frozen=True, slots=True)
class _Group:
    """The jobs of one bot, how many pages of the history it read, and how many purchases it sent."""

    jobs: Sequence[Seen]
    pages: int
    creates: int

    def runs(self) -> list[Sequence[Seen]]:
        return [self.jobs[start : start + len(_GROUP)] for start in range(0, len(self.jobs), len(_GROUP))]

    def requests(self) -> list[float]:
        share = self.pages / len(self.jobs)
        return [statistics.fmean(job.requests for job in run) + share for run in self.runs()]

    def all_requests(self) -> list[float]:
        share = (self.creates + self.pages) / len(self.jobs)
        return [statistics.median(job.requests for job in run) + share for run in self.runs()]


async def measure(conditions: Conditions) -> list[Result]:
    """Measure detection, requests and arrival, and the bare transfer beside them."""
    quickened = conditions.size(1.0, _QUICKENED)
    instants = [quickened * each for each in completions(conditions.runs * len(_GROUP), last_share=_LAST_SHARE)]
    conditions.say(f"clips by polling: {len(instants)} jobs in flight, the last completed after {max(instants):.0f} s")
    rooms = len(instants) + len(SIZES) * _BARE_EACH * conditions.runs + 1
    world = World(rooms=rooms)
    async with (
        Stage.open(conditions.folder / "egret", world) as egret_stage,
        Stage.open(conditions.folder / "told", world) as told_stage,
        Stage.open(conditions.folder / "polling_bot", world) as other_stage,
        egret_stage.bot(EGRET, settings={"PUBLIC_URL": ""}),
        told_stage.bot(EGRET),
        other_stage.bot(POLLING_BOT),
    ):
        egret, told, other = await asyncio.gather(
            *(_jobs(stage, instants) for stage in (egret_stage, told_stage, other_stage))
        )
        floor = {size: await _floor(egret_stage, size, conditions.runs) for size in SIZES}
    return _results(conditions, egret, told, other, floor)


def completions(count: int, *, last_share: float) -> list[float]:
    """Return when each of `count` jobs is completed, seconds after its start, evenly from the tenth percentile on."""
    known = completion_seconds(JobKind.VIDEO, model="1.6", mode=Mode.STD, seconds=5)
    shares = [0.1 + (last_share - 0.1) * (number + 0.5) / count for number in range(count)]
    random.Random(_SEED).shuffle(shares)
    return [_at(share, (0.1, known.p10), (0.5, known.p50), (0.9, known.p90)) for share in shares]


def _at(share: float, low: tuple[float, int], middle: tuple[float, int], high: tuple[float, int]) -> float:
    """Return the quantile of a share, straight lines between those known."""
    (x0, y0), (x1, y1) = (low, middle) if share <= middle[0] else (middle, high)
    return y0 + (y1 - y0) * (share - x0) / (x1 - x0)


async def _jobs(stage: Stage, instants: Sequence[float]) -> _Group:
    """Order every clip, complete each at its instant, and wait for all."""
    async with asyncio.TaskGroup() as group:
        waiting: list[asyncio.Task[Seen]] = []
        for number, after in enumerate(instants):
            room, size = stage.room(), _GROUP[number % len(_GROUP)]
            task = await stage.order(room, SIZES[size])
            waiting.append(group.create_task(_job(stage, room, task.task_id, size, after)))
    asked = (await stage.provider.summary()).requests
    return _Group([task.result() for task in waiting], asked.get("history", 0), asked.get("create", 0))


async def _job(stage: Stage, room: str, task_id: str, size: str, after: float) -> Seen:
    await asyncio.sleep(after)
    done = await stage.provider.finish(task_id)
    arrival = await stage.arrival(room)
    told = await stage.provider.task(task_id)
    if not is_whole(arrival.size, SIZES[size]) or not told.told_at:
        raise BenchFailed(f"a clip of {arrival.size} bytes arrived instead of one of {SIZES[size]}, or unasked for")
    return Seen(size, told.told_at - done.ended_at, arrival.at - done.ended_at, told.gets)


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
    conditions: Conditions, egret: _Group, told: _Group, other: _Group, floor: dict[str, list[float]]
) -> list[Result]:
    detected = [[statistics.fmean(job.detected for job in run) for run in group.runs()] for group in (egret, other)]
    results = [
        conditions.result(DETECTION, detected[0], detected[1]),
        conditions.result(REQUESTS, egret.requests(), other.requests(), _pages(egret)),
        conditions.result(TOLD, told.all_requests(), other.all_requests(), _all(told)),
    ]
    for size in SIZES:
        arrived = [
            [statistics.fmean(job.arrived for job in run if job.size == size) for run in group.runs()]
            for group in (egret, other)
        ]
        results.append(conditions.result(_clip(size, FLOOR, ""), arrived[0], floor[size]))
        results.append(conditions.result(_clip(size, _BOT, "_or_fixed"), arrived[0], arrived[1]))
    return results


def _pages(group: _Group) -> str:
    return f"{group.pages} pages of the history were read for {len(group.jobs)} jobs."


def _all(group: _Group) -> str:
    return f"{group.creates} purchases were sent for {len(group.jobs)} jobs. {_pages(group)}"
