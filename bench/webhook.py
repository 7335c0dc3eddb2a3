"""How soon a finished clip is in its channel when the provider says so, against moving the same bytes."""

from __future__ import annotations

import asyncio
import statistics
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result, alternated
from bench.measure import Conditions
from bench.stage import EGRET, Stage
from bench.world import World

SIZES: Final = {"2mb": 2_000_000, "25mb": 25_000_000}
"""Bytes by the name they have in results."""
FLOOR: Final = "a bare aiohttp download and upload of the same bytes"
_PER_RUN: Final = {"2mb": 3, "25mb": 2}
_SETTLED: Final = 0.5
"""Seconds until a bot that has just bought a task is idle again."""
_LABEL: Final = 65_536
"""The most that a bot may add to a clip: it writes into the file what made it."""
QUESTIONS: Final = {
    size: Question(
        name=f"clip_by_webhook_{size}",
        what=f"the provider's completion to the clip in its channel, by webhook, {bytes_ // 1_000_000} MB",
        against=FLOOR,
        unit="s",
        goal=Goal(ratio_at_most=1.2),
    )
    for size, bytes_ in SIZES.items()
}


def is_whole(size: int, wanted: int) -> bool:
    """Tell whether a file is a clip of so many bytes, with or without a label."""
    return wanted <= size <= wanted + _LABEL


class _Clips:
    """Delivers clips of one size, by the bot and bare; both move the file that the bot's order made."""

    def __init__(self, stage: Stage, transfer: str, size: str) -> None:
        self._stage = stage
        self._transfer = transfer
        self._size = size
        self._url = ""

    async def by_bot(self, _number: int) -> float:
        """Return the median of a few clips' seconds from completion to arrival."""
        return statistics.median([await self._one() for _ in range(_PER_RUN[self._size])])

    async def bare(self, _number: int) -> float:
        """Return the median of the same number of bare transfers' seconds."""
        taken = [await self._stage.carry(self._transfer, self._url) for _ in range(_PER_RUN[self._size])]
        return statistics.median([carried.seconds for carried in taken])

    async def warm_up(self) -> None:
        """Deliver one clip each way, which also gives the bare transfer its file."""
        await self._one()
        carried = await self._stage.carry(self._transfer, self._url)
        if not is_whole(carried.size, SIZES[self._size]):
            raise BenchFailed(f"a clip of {carried.size} bytes was carried instead of one of {SIZES[self._size]}")

    async def _one(self) -> float:
        room = self._stage.room()
        task = await self._stage.order(room, SIZES[self._size])
        await asyncio.sleep(_SETTLED)
        done = await self._stage.provider.finish(task.task_id)
        arrival = await self._stage.arrival(room)
        if not is_whole(arrival.size, SIZES[self._size]):
            raise BenchFailed(f"a clip of {arrival.size} bytes arrived instead of one of {SIZES[self._size]}")
        self._url = done.output_url
        return arrival.at - done.ended_at


async def measure(conditions: Conditions) -> list[Result]:
    """Measure each size."""
    conditions.say(f"clips by webhook: {conditions.runs} runs for each size")
    rooms = 2 * sum(count * conditions.runs + 1 for count in _PER_RUN.values())
    results: list[Result] = []
    async with (
        Stage.open(conditions.folder / "webhook", World(rooms=rooms)) as stage,
        stage.bot(EGRET),
        stage.transfer() as transfer,
    ):
        for size, question in QUESTIONS.items():
            clips = _Clips(stage, transfer, size)
            await clips.warm_up()
            figures, baselines = await alternated(conditions.runs, clips.bare, clips.by_bot)
            results.append(conditions.result(question, figures, baselines))
    return results
