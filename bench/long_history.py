"""What a bot's years cost it: start, lists, pickers and quota with 1,000,000 finished and 10,000 unfinished jobs.

Starts are measured with the gateway's doors closed, so that nothing can wait for it. What counts is the first request
for a task, by the local provider's clock: then all has been taken up, and polling has begun.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result, alternated
from bench.measure import Conditions
from bench.past import DATABASE, Models, SeededTask, add_finished, add_running, make_models, make_tasks
from bench.stage import EGRET, PATIENCE, WATCHED_EGRET, Stage
from bench.watched_bot import BEGAN
from sandbox.piapi import Options

_FINISHED: Final = 1_000_000
_UNFINISHED: Final = 10_000
_ASKED: Final = 20
_SETTLE: Final = 3.0
_LOOK: Final = 0.02
_HOOK: Final = "http://127.0.0.1:9/webhooks/piapi"
"""Where nobody listens: no task ends in this measurement."""
_MANY: Final = "1,000,000 finished and 10,000 unfinished jobs"
_FEW: Final = "the same bot with two jobs"

START: Final = Question(
    name="start_with_history",
    what=f"from the process's start to its first request for a task, with {_MANY}, the gateway closed",
    against=_FEW,
    unit="s",
    goal=Goal(figure_at_most=1.0),
)
START_OF_CODE: Final = Question(
    name="start_with_history_imported",
    what=f"the same from when every module is imported, with {_MANY}, the gateway closed",
    against=_FEW,
    unit="s",
    goal=Goal(figure_at_most=1.0),
)


@dataclass(frozen=True, slots=True)
class _Asked:
    name: str
    what: str
    command: str
    options: Mapping[str, str]
    focused: str = ""

    def question(self) -> Question:
        return Question(
            name=self.name,
            what=f"{self.what} with {_MANY}, from the command to what is shown (median)",
            against=_FEW,
            unit="ms",
            goal=Goal(figure_at_most=20),
        )


ASKED: Final = (
    _Asked("clips_with_history", "/clips", "clips", {}),
    _Asked("picker_with_history", "the picker of clips of /extend", "extend", {"video": ""}, "video"),
    _Asked("model_picker_with_history", "the picker of models of /video", "video", {"model": ""}, "model"),
    _Asked("quota_with_history", "/quota", "quota", {}),
)


QUESTIONS: Final = (START, START_OF_CODE, *(each.question() for each in ASKED))


@dataclass(frozen=True, slots=True)
class _Start:
    whole: float
    of_code: float


async def measure(conditions: Conditions) -> list[Result]:
    """Make the past once, then start on it and ask, in turn with a bot that has none."""
    finished, unfinished = conditions.size(_FINISHED, 2_000), conditions.size(_UNFINISHED, 20)
    async with Stage.open(conditions.folder / "history") as stage:
        models = await make_models(stage, data="many")
        await asyncio.to_thread(shutil.copytree, stage.folder / "many", stage.folder / "few")
        await stage.provider.set_options(Options(pending_seconds=None))
        began = time.monotonic()
        tasks = await make_tasks(stage, unfinished, _HOOK)
        await asyncio.to_thread(_fill, stage.folder / "many" / DATABASE, models, finished, tasks)
        conditions.say(f"history: {finished} + {unfinished} jobs in {time.monotonic() - began:.0f} s")
        many, few = _Home(stage, "many"), _Home(stage, "few")
        starts, few_starts = await alternated(conditions.runs, few.start, many.start)
        results = [
            conditions.result(START, [each.whole for each in starts], [each.whole for each in few_starts]),
            conditions.result(START_OF_CODE, [each.of_code for each in starts], [each.of_code for each in few_starts]),
        ]
        times = conditions.size(_ASKED, 3)
        asked, few_asked = await alternated(conditions.runs, lambda _: few.ask(times), lambda _: many.ask(times))
    for each in ASKED:
        figures, baselines = [run[each.name] for run in asked], [run[each.name] for run in few_asked]
        results.append(conditions.result(each.question(), figures, baselines))
    return results


def _fill(database: Path, models: Models, finished: int, tasks: list[SeededTask]) -> None:
    add_finished(database, models, finished)
    add_running(database, models, tasks)


@dataclass(frozen=True, slots=True)
class _Home:
    """A bot's data directory."""

    stage: Stage
    data: str

    async def start(self, number: int) -> _Start:
        """Start with the gateway's doors closed; return the seconds until a task is asked for."""
        marker = self.stage.folder / f"{self.data}{number}.began"
        await self.stage.provider.reset()
        await self.stage.operator.trouble_gateway("refuse")
        try:
            settings = {BEGAN: str(marker)}
            async with self.stage.starting_bot(WATCHED_EGRET, data=self.data, settings=settings) as bot:
                began = bot.started_at or time.time()
                deadline = time.monotonic() + PATIENCE
                while (asked := await self._first_request()) is None:
                    if not bot.running or time.monotonic() > deadline:
                        raise BenchFailed(f"no task was asked for after a start:\n{bot.tail()}")
                    await asyncio.sleep(_LOOK)
        finally:
            await self.stage.operator.trouble_gateway("admit")
        return _Start(asked - began, asked - float(marker.read_text(encoding="ascii")))

    async def _first_request(self) -> float | None:
        """Return when a task was first asked for since the last reset, in seconds since 1970."""
        log = (await self.stage.provider.summary()).log
        return next((request.at for request in log if request.route == "get"), None)

    async def ask(self, times: int) -> dict[str, float]:
        """Start anew, and return each question's median milliseconds."""
        async with self.stage.bot(EGRET, data=self.data, set_up=False):
            await asyncio.sleep(_SETTLE)
            for each in ASKED:
                await self._median(each, 2)
            return {each.name: await self._median(each, times) for each in ASKED}

    async def _median(self, asked: _Asked, times: int) -> float:
        return statistics.median(await self.stage.ask(asked.command, asked.options, times=times, focused=asked.focused))
