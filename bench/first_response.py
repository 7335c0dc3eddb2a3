"""How soon a command is answered: /video, checked and its job durably stored, against a bare "pong"."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result, alternated, percentile
from bench.measure import Conditions
from bench.stage import EGRET, NONE, PONG, PROMPT, Stage
from bench.world import World

_SINGLES: Final = 15
_BURSTS: Final = 3
_CROWD: Final = 50
_THOUSAND: Final = 1_000
NETWORK_MS: Final = 50.0
_MESSAGE: Final = 4
"""Discord's callback type of an answer that is a message, not a deferral."""
_AGAINST: Final = 'a bare discord.py "pong"'
_REST: Final = 0.1
_FAR: Final = f", with a network of {NETWORK_MS:g} ms there and back"


def _question(name: str, what: str, goal: Goal, unit: str = "ms") -> Question:
    return Question(name=name, what=f"/video to its answer, {what}", against=_AGAINST, unit=unit, goal=goal)


ALONE: Final = _question("first_response_1", "one command at a time (median)", Goal(ratio_at_most=1.5))
CROWD: Final = _question("first_response_50", f"{_CROWD} commands at the same moment (median)", Goal(ratio_at_most=1.5))
CROWD_P99: Final = _question(
    "first_response_50_p99", f"{_CROWD} commands at the same moment (99th percentile)", Goal(figure_at_most=500)
)
FAR_ALONE: Final = _question(
    "first_response_1_network", f"one command at a time{_FAR} (median)", Goal(ratio_at_most=1.05)
)
FAR_CROWD: Final = _question(
    "first_response_50_network", f"{_CROWD} commands at the same moment{_FAR} (median)", Goal(ratio_at_most=1.05)
)
THOUSAND: Final = _question(
    "first_response_1000", "a burst of 1,000 commands (the slowest)", Goal(figure_at_most=3), unit="s"
)


QUESTIONS: Final = (ALONE, CROWD, CROWD_P99, FAR_ALONE, FAR_CROWD, THOUSAND)


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
        singles: commands that are sent one at a time.
        bursts: how often a crowd sends its commands.
        network: milliseconds there and back; 0 for loopback alone.
        thousand: how many a burst of a thousand is.
        strict: whether an answer must be a message; where only the measurement is tried, a deferral will do.
    """

    folder: Path
    program: Sequence[str]
    command: str
    options: dict[str, str]
    buys: bool
    singles: int
    bursts: int
    thousand: int
    strict: bool
    network: float = 0.0

    async def run(self, number: int) -> _Run:
        """Start the bot and its services, warm both up, and take the times."""
        folder = self.folder / str(number)
        async with AsyncExitStack() as stack:
            stage = await stack.enter_async_context(Stage.open(folder))
            far = await stack.enter_async_context(stage.network(self.network)) if self.network else None
            await stack.enter_async_context(stage.bot(self.program, settings=far.settings if far else NONE))
            if far:
                far.slow_down()
            for people in (1, _CROWD):  # the first commands load what later ones find loaded
                await self._take(stage, people)
            alone = [(await self._take(stage, 1))[0] for _ in range(self.singles)]
            crowd = [taken for _ in range(self.bursts) for taken in await self._take(stage, _CROWD)]
        if self.buys:
            _check_stored(folder / "data" / "egret.db", 1 + _CROWD + self.singles + self.bursts * _CROWD)
        return _Run(statistics.median(alone), statistics.median(crowd), percentile(crowd, 0.99))

    async def _take(self, stage: Stage, people: int) -> list[float]:
        """Send commands at the same moment; return the milliseconds, once all that follows from them is done."""
        before = await stage.tasks_created()
        answers = await stage.burst(self.command, self.options, people)
        if self.strict and any(answer.callback != _MESSAGE for answer in answers):
            raise BenchFailed(f"/{self.command} was answered by a deferral, which says nothing of what was stored")
        if self.buys:
            await stage.bought(before + people)
        await asyncio.sleep(_REST)
        return [answer.milliseconds for answer in answers]

    async def flood(self, number: int) -> tuple[float, int]:
        """Send the commands of a thousand people; return the slowest's seconds, and how many only were deferred."""
        folder = self.folder / f"flood{number}"
        async with (
            Stage.open(folder, World(people=self.thousand)) as stage,
            stage.bot(self.program),
        ):
            await self._take(stage, 1)
            answers = await stage.burst(self.command, self.options, self.thousand)
        if self.buys:
            _check_stored(folder / "data" / "egret.db", 1 + self.thousand)
        deferred = sum(answer.callback != _MESSAGE for answer in answers)
        return max(answer.milliseconds for answer in answers) / 1000, deferred


async def measure(conditions: Conditions) -> list[Result]:
    """Measure both in turn, each run a new start, with nothing else of the bench running."""
    singles, bursts = conditions.size(_SINGLES, 3), conditions.size(_BURSTS, 1)
    thousand = conditions.size(_THOUSAND, 60)
    conditions.say(f"first responses: {conditions.runs} runs of {singles} single commands and {bursts} × {_CROWD}")

    sizes = {"singles": singles, "bursts": bursts, "thousand": thousand}
    strict = not conditions.quick

    def pong(name: str, network: float = 0.0) -> _Side:
        folder = conditions.folder / f"pong{name}"
        return _Side(
            folder=folder, program=PONG, command="ping", options={}, buys=False, network=network, strict=strict, **sizes
        )

    def egret(name: str, network: float = 0.0) -> _Side:
        folder, options = conditions.folder / f"egret{name}", {"prompt": PROMPT}
        return _Side(
            folder=folder,
            program=EGRET,
            command="video",
            options=options,
            buys=True,
            network=network,
            strict=strict,
            **sizes,
        )

    near, bare = await alternated(conditions.runs, pong("").run, egret("").run)
    results = [
        conditions.result(ALONE, [run.alone for run in near], [run.alone for run in bare]),
        conditions.result(CROWD, [run.crowd for run in near], [run.crowd for run in bare]),
        conditions.result(CROWD_P99, [run.crowd_p99 for run in near], [run.crowd_p99 for run in bare]),
    ]
    far, bare = await alternated(conditions.runs, pong("_far", NETWORK_MS).run, egret("_far", NETWORK_MS).run)
    results += [
        conditions.result(FAR_ALONE, [run.alone for run in far], [run.alone for run in bare]),
        conditions.result(FAR_CROWD, [run.crowd for run in far], [run.crowd for run in bare]),
    ]
    floods, bare_floods = await alternated(conditions.runs, pong("").flood, egret("").flood)
    deferred = ", ".join(str(count) for _, count in floods)
    remark = f"Of the runs' {thousand} commands so many were answered by a deferral first: {deferred}."
    slowest, bare_slowest = [seconds for seconds, _ in floods], [seconds for seconds, _ in bare_floods]
    return [*results, conditions.result(THOUSAND, slowest, bare_slowest, remark)]


def _check_stored(database: Path, commands: int) -> None:
    with closing(sqlite3.connect(database)) as connection:
        (jobs,) = connection.execute("SELECT count(*) FROM jobs").fetchone()
    if jobs != commands:
        raise BenchFailed(f"{commands} commands were answered, and {jobs} jobs are stored")
