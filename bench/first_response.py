"""How soon a command is answered: /video, checked and its job durably stored, against a bare "pong"."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.figures import Goal, Question, Result, alternated, percentile
from bench.measure import Conditions
from bench.stage import EGRET, PONG, PROMPT, BenchFailed, Stage

_SINGLES: Final = 20
_BURSTS: Final = 4
_CROWD: Final = 50
_MESSAGE: Final = 4
"""Discord's callback type of an answer that is a message, not a deferral."""
_AGAINST: Final = 'a bare discord.py "pong"'
_REST: Final = 0.1

ALONE: Final = Question(
    name="first_response_1",
    what="/video to its answer, one command at a time (median)",
    against=_AGAINST,
    unit="ms",
    goal=Goal(ratio_at_most=1.5),
)
CROWD: Final = Question(
    name="first_response_50",
    what="/video to its answer, 50 commands at the same moment (median)",
    against=_AGAINST,
    unit="ms",
    goal=Goal(ratio_at_most=1.5),
)
CROWD_P99: Final = Question(
    name="first_response_50_p99",
    what="/video to its answer, 50 commands at the same moment (99th percentile)",
    against=_AGAINST,
    unit="ms",
    goal=Goal(figure_at_most=500),
)


@dataclass(frozen=True, slots=True)
class _Run:
    alone: float
    crowd: float
    crowd_p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One bot and the command it answers.

    Attributes:
        folder: what each of its runs gets a directory in.
        program: what is started.
        command: what people run, with `options`.
        buys: each command stores a job, which leads to a task at the provider.
    """

    folder: Path
    program: Sequence[str]
    command: str
    options: dict[str, str]
    buys: bool

    async def run(self, number: int) -> _Run:
        """Start the bot and its services, warm both up, and take the times."""
        folder = self.folder / str(number)
        async with Stage.open(folder) as stage, stage.bot(self.program):
            for people in (1, _CROWD):  # the first commands load what later ones find loaded
                await self._take(stage, people)
            alone = [(await self._take(stage, 1))[0] for _ in range(_SINGLES)]
            crowd = [taken for _ in range(_BURSTS) for taken in await self._take(stage, _CROWD)]
        if self.buys:
            _check_stored(folder / "data" / "egret.db", 1 + _CROWD + _SINGLES + _BURSTS * _CROWD)
        return _Run(statistics.median(alone), statistics.median(crowd), percentile(crowd, 0.99))

    async def _take(self, stage: Stage, people: int) -> list[float]:
        """Send commands at the same moment; return the milliseconds, once all that follows from them is done."""
        before = await stage.tasks_created()
        answers = await stage.burst(self.command, self.options, people)
        if any(answer.callback != _MESSAGE for answer in answers):
            raise BenchFailed(f"/{self.command} was answered by a deferral, which says nothing of what was stored")
        if self.buys:
            await stage.bought(before + people)
        await asyncio.sleep(_REST)
        return [answer.milliseconds for answer in answers]


async def measure(conditions: Conditions) -> list[Result]:
    """Measure both in turn, each run a new start, with nothing else of the bench running."""
    conditions.say(f"first responses: {conditions.runs} runs of {_SINGLES} single commands and {_BURSTS} × {_CROWD}")
    folder = conditions.folder
    pong = _Side(folder=folder / "pong", program=PONG, command="ping", options={}, buys=False)
    egret = _Side(folder=folder / "egret", program=EGRET, command="video", options={"prompt": PROMPT}, buys=True)
    figures, baselines = await alternated(conditions.runs, pong.run, egret.run)
    return [
        conditions.result(ALONE, [run.alone for run in figures], [run.alone for run in baselines]),
        conditions.result(CROWD, [run.crowd for run in figures], [run.crowd for run in baselines]),
        conditions.result(CROWD_P99, [run.crowd_p99 for run in figures], [run.crowd_p99 for run in baselines]),
    ]


def _check_stored(database: Path, commands: int) -> None:
    with closing(sqlite3.connect(database)) as connection:
        (jobs,) = connection.execute("SELECT count(*) FROM jobs").fetchone()
    if jobs != commands:
        raise BenchFailed(f"{commands} commands were answered, and {jobs} jobs are stored")
