"""How several processes share the work, on PostgreSQL: evenly, no step twice, and at what cost.

Each process has its own shard and its own web side, all have one directory of files, and any may take any job's next
step. On two cores more processes cannot be quicker, so the processor time of a job is what is compared; with a network
before Discord and the provider, which no processor has a part in, the rate is.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from bench.at_rest import cpu_at_rest
from bench.database_server import DatabaseServer, database_server
from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result
from bench.instructions import counted_instructions
from bench.measure import Conditions
from bench.scraped import delivered
from bench.stage import EGRET, NONE, PATIENCE, Stage
from bench.steps import Twice, taken_twice
from bench.world import World
from sandbox.stage.environment import free_port

_SHARDS: Final = 4
"""As many servers, one on each, whatever the number of processes."""
_CLIP: Final = 500_000
_JOBS: Final = {1: 240, 2: 480, 4: 960}
"""Clips by the number of processes. So many for each, since chance alone deals out fewer more unevenly than by a tenth;
what the only process costs for each clip does not hang on it."""
_AT_ONCE: Final = 60
_FAR_JOBS: Final = 96
NETWORK_MS: Final = 1_600.0
_WARM_UP: Final = 8
_LOOK: Final = 0.1
_ONE: Final = "one process on PostgreSQL"


def _share(count: int) -> Question:
    return Question(
        name=f"share_of_{count}",
        what=f"clips delivered by the busiest of {count} processes on PostgreSQL",
        against="an equal share",
        unit="clips",
        goal=Goal(ratio_at_most=1.1),
    )


def _least(count: int) -> Question:
    return Question(
        name=f"least_share_of_{count}",
        what=f"clips delivered by the least busy of {count} processes on PostgreSQL",
        against="an equal share",
        unit="clips",
        goal=Goal(ratio_at_least=0.9),
    )


def _twice(count: int) -> Question:
    return Question(
        name=f"steps_twice_{count}",
        what=f"steps of a job taken more than once by {count} processes on PostgreSQL",
        against=_ONE,
        unit="steps",
        goal=Goal(figure_at_most=0),
    )


def _cpu(count: int) -> Question:
    return Question(
        name=f"cpu_per_job_{count}",
        what=f"processor time for one clip, {count} processes on PostgreSQL, the database's own not counted",
        against=_ONE,
        unit="ms",
        goal=Goal(ratio_at_most=1.1),
    )


def _rate(count: int) -> Question:
    return Question(
        name=f"rate_over_network_{count}",
        what=f"clips that go the whole way, ordered at the same moment, {count} processes on PostgreSQL,"
        f" a network of {NETWORK_MS:g} ms there and back being the limit",
        against=_ONE,
        unit="/s",
        goal=Goal(ratio_at_least=1.8),
    )


QUESTIONS: Final = (
    *(question(count) for count in (2, 4) for question in (_share, _least, _twice, _cpu)),
    _rate(2),
)


@dataclass(frozen=True, slots=True)
class Shared:
    """What several processes did.

    Attributes:
        rate: clips a second, in the middle half of the arrivals.
        cpu_ms: processor time for a clip.
        instructions: the bots' own for a clip, in millions; None where nothing counts them.
        delivered: clips, by each process.
        twice: steps of a job that were taken more than once.
    """

    rate: float
    cpu_ms: float
    instructions: float | None
    delivered: Sequence[int]
    twice: Twice


async def measure(conditions: Conditions) -> list[Result]:
    """Measure one, two and four processes in turn, near and far, each run a new start on a new database."""
    jobs, far_jobs = conditions.size(_JOBS, dict.fromkeys(_JOBS, 8)), conditions.size(_FAR_JOBS, 8)
    network = conditions.size(NETWORK_MS, 20.0)
    said = ", ".join(f"{each} clips by {count}" for count, each in jobs.items())
    conditions.say(f"processes: {conditions.runs} runs of {said} near, and of {far_jobs} far by 1 and 2")
    near: dict[int, list[Shared]] = {1: [], 2: [], 4: []}
    far: dict[int, list[Shared]] = {1: [], 2: []}
    async with database_server() as server:
        for number in range(conditions.runs):
            for count, found in near.items():
                found.append(await _run(conditions, server, f"near_{count}_{number}", count, jobs[count], 0.0))
            for count, found in far.items():
                found.append(await _run(conditions, server, f"far_{count}_{number}", count, far_jobs, network))
    results: list[Result] = []
    for count in (2, 4):
        equal = [sum(each.delivered) / count for each in near[count]]
        results += [
            conditions.result(_share(count), [max(each.delivered) for each in near[count]], equal),
            conditions.result(_least(count), [min(each.delivered) for each in near[count]], equal),
            conditions.result(
                _twice(count),
                [each.twice.total for each in near[count]],
                [each.twice.total for each in near[1]],
                _said(near[count]),
            ),
            conditions.result(
                _cpu(count),
                [each.cpu_ms for each in near[count]],
                [each.cpu_ms for each in near[1]],
                said_of_instructions(near[count], near[1]),
            ),
        ]
    return [*results, conditions.result(_rate(2), [each.rate for each in far[2]], [each.rate for each in far[1]])]


async def _run(
    conditions: Conditions, server: DatabaseServer, name: str, count: int, jobs: int, network: float
) -> Shared:
    """Let so many processes make so many clips."""
    world = World(
        servers=_SHARDS,
        shards=_SHARDS,
        pending_seconds=0,
        processing_seconds=0,
        clip_bytes=_CLIP,
    )
    address = await server.create(name)
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(Stage.open(conditions.folder / name, world))
        far = await stack.enter_async_context(stage.network(network)) if network else None
        pids: list[int] = []
        metrics = [free_port() for _ in range(count)]
        for process in range(count):
            settings = {
                **(far.settings if far else NONE),
                "DATABASE_URL": address,
                **_own(process, count, metrics[process]),
            }
            sessions = (process + 1) * _SHARDS // count
            bot = await stack.enter_async_context(
                stage.bot(
                    EGRET, log=f"process{process}", sessions=sessions, set_up=process == count - 1, settings=settings
                )
            )
            pids.append(bot.pid or 0)
        if far:
            far.slow_down()
        channels = [world.first_channel(each) for each in range(_SHARDS)]
        await stage.flow(_WARM_UP, at_once=_WARM_UP, channels=channels)
        before = await _told(stage, metrics, _WARM_UP)
        # Over the network only the rate counts, and the processes need not be waited for.
        cpu = 0.0 if far else await cpu_at_rest(stage, pids)
        async with counted_instructions([] if far else pids) as seen:
            flowed = await stage.flow(jobs, at_once=jobs if network else _AT_ONCE, channels=channels)
            after = await _told(stage, metrics, _WARM_UP + jobs)
            cpu = 0.0 if far else await cpu_at_rest(stage, pids) - cpu
        twice = await taken_twice(stage, server, name, jobs + _WARM_UP)
    done = [late - early for early, late in zip(before, after, strict=True)]
    if sum(done) != jobs:
        raise BenchFailed(f"{jobs} clips were ordered, and the processes say that they delivered {done}")
    instructions = seen.count / jobs / 1_000_000 if seen.count is not None else None
    return Shared(flowed.steady, 1000 * cpu / jobs, instructions, done, twice)


async def _told(stage: Stage, metrics: Sequence[int], clips: int) -> list[int]:
    """Wait until the processes say that they delivered so many clips; return how many each did."""
    deadline = time.monotonic() + PATIENCE
    while True:
        told = [await delivered(stage.session, port) for port in metrics]
        if sum(told) >= clips or time.monotonic() > deadline:
            return told
        await asyncio.sleep(_LOOK)


def _own(process: int, count: int, metrics: int) -> dict[str, str]:
    """Return the settings of one process among several."""
    each = _SHARDS // count
    return {
        "SHARD_COUNT": str(_SHARDS),
        "SHARD_IDS": f"{process * each}-{(process + 1) * each - 1}",
        "METRICS": "on",
        "METRICS_PORT": str(metrics),
    }


def _said(runs: Sequence[Shared]) -> str:
    """Return what was taken twice in which run, as a sentence."""
    said = [f"in run {number} {run.twice.words()}" for number, run in enumerate(runs, start=1) if run.twice.total]
    return f"There were {'; '.join(said)}." if said else ""


def said_of_instructions(several: Sequence[Shared], one: Sequence[Shared]) -> str:
    """Return what a clip took in instructions, as a sentence; "" where nothing counted them."""
    theirs = [run.instructions for run in several if run.instructions is not None]
    its = [run.instructions for run in one if run.instructions is not None]
    if not theirs or not its:
        return ""
    millions, base = statistics.median(theirs), statistics.median(its)
    return (
        "How long an instruction takes hangs on what else the processors do; of instructions a clip took"
        f" {millions:.1f} million against {base:.1f} million, {millions / base:.2f} times as many."
    )
