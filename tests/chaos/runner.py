"""Performs trials, run by run, and looks after each whether everything still holds."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import time
import traceback
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.chaos.arena import Arena, NeverSettled, arena
from tests.chaos.databases import Databases, databases
from tests.chaos.invariants import Breach, Ending, Findings, Invariant, check
from tests.chaos.processes import Nursery, nursery
from tests.chaos.trial import Chance, Engine, Group, Trial

_RUNS_IN_ONE_ARENA: Final = 40
"""Then the next begins: what has piled up in channels and at the provider is looked through after each run."""
_RUN_SECONDS: Final = 3600
"""How long one run may take, a long trial's included, before it counts as a breach."""


@dataclass(slots=True)
class Result:
    """What a trial came to on one engine."""

    trial: Trial
    engine: Engine
    runs: int = 0
    commands: int = 0
    endings: Counter[Ending] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)
    seconds: float = 0.0
    remark: str = ""

    def take(self, findings: Findings) -> None:
        """Add one run."""
        self.runs += findings.times
        self.commands += findings.commands
        self.endings += findings.endings
        self.breaches += findings.breaches
        self.remark = findings.remark or self.remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be performed.

    Attributes:
        runs: of each trial that names no number of its own.
        seed: decides each run's chances, together with the trial's name and the run's number.
        directory: where arenas are.
        short: whether no trial is performed more often than that, whatever it says itself; among its alternatives
            chance decides.
        keeps: whether the arenas of runs with a breach are kept.
        alone: whether nothing else is performed meanwhile, on the other engine or in another lane.
        spoilt: a defect to be built into every bot, by its name in `tests.chaos.spoiling`; "" for none.
    """

    engine: Engine
    runs: int
    seed: str
    directory: Path
    short: bool = False
    keeps: bool = True
    alone: bool = False
    spoilt: str = ""


class Runner:
    """Performs trials on one engine."""

    def __init__(self, plan: Plan, databases: Databases, nursery: Nursery, numbers: Iterator[int]) -> None:
        self._plan = plan
        self._databases = databases
        self._nursery = nursery
        self._stack = AsyncExitStack()
        self._shared: Arena | None = None
        self._overrides: dict[str, str] = {}
        self._numbers = numbers
        self._crashed = False
        self.points: set[str] = set()
        """The crash points that were passed in the arenas of crash trials."""

    async def perform(self, trial: Trial) -> Result:
        """Perform a trial as often as it is planned."""
        result = Result(trial, self._plan.engine)
        began = time.monotonic()
        for number in range(trial.goes(self._plan.runs, short=self._plan.short)):
            chance = Chance(f"{self._plan.seed} {trial.name} {number}")
            chance.turn = None if self._plan.short else number
            chance.alternatives = trial.alternatives
            findings = await self._run(trial, chance)
            findings.times = trial.times
            findings.breaches = [Breach(one.invariant, f"go {number + 1}: {one.what}") for one in findings.breaches]
            result.take(findings)
        result.seconds = time.monotonic() - began
        return result

    async def close(self) -> None:
        """Close the arena that is open."""
        shared, self._shared = self._shared, None
        if shared is not None and self._crashed:
            self._note_points(shared)
        self._crashed = False
        await self._stack.aclose()

    async def _run(self, trial: Trial, chance: Chance) -> Findings:
        if trial.apart:
            async with self._arena(trial) as place:
                findings = await self._once(trial, place, chance)
            self._clear(place, findings)
            return findings
        place = await self.common(trial)
        findings = await self._once(trial, place, chance)
        if findings.breaches:
            # What one run broke must not be held against the next.
            await self.close()
            self._clear(place, findings)
        return findings

    async def _once(self, trial: Trial, place: Arena, chance: Chance) -> Findings:
        try:
            async with asyncio.timeout(trial.seconds or _RUN_SECONDS):
                await place.begin()
                return await self._watch(trial, place, chance)
        except Exception as error:  # noqa: BLE001 - whatever a bot or a trial does is this run's result
            findings = Findings()
            last = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno}); see {place.home}"
            findings.breach(Invariant.AT_REST if isinstance(error, NeverSettled) else Invariant.FAULT_STRUCK, what)
            return findings

    async def _watch(self, trial: Trial, place: Arena, chance: Chance) -> Findings:
        await trial.perform(place, chance)
        unsettled = ""
        try:
            await place.settle()
        except NeverSettled as error:
            unsettled = str(error)
        findings = await check(place)
        findings.remark = place.remark
        if unsettled and not findings.breaches:
            findings.breach(Invariant.AT_REST, unsettled)
        return findings

    async def common(self, trial: Trial) -> Arena:
        """Return the arena that trials share, a new one where its bot is to have other settings."""
        fits = self._overrides == dict(trial.overrides)
        if self._shared is not None and (not fits or self._shared.runs >= _RUNS_IN_ONE_ARENA):
            done = self._shared
            await self.close()
            shutil.rmtree(done.home, ignore_errors=True)
        if self._shared is None:
            self._stack = AsyncExitStack()
            self._shared = await self._stack.enter_async_context(self._arena(trial))
            self._overrides = dict(trial.overrides)
        self._shared.runs += 1
        self._crashed |= trial.group is Group.CRASH
        return self._shared

    @asynccontextmanager
    async def _arena(self, trial: Trial) -> AsyncIterator[Arena]:
        home = self._plan.directory / f"{self._plan.engine.value[0]}{next(self._numbers)}"
        opening = arena(
            self._plan.engine, home, self._databases, self._nursery, overrides=trial.overrides, shards=trial.shards
        )
        async with opening as place:
            place.alone = self._plan.alone
            place.bot.spoilt = self._plan.spoilt
            await place.start()
            yield place

    def _note_points(self, place: Arena) -> None:
        seen = place.bot.seen
        if seen.exists():
            self.points.update(seen.read_text(encoding="utf-8").splitlines())

    def _clear(self, place: Arena, findings: Findings) -> None:
        if not (findings.breaches and self._plan.keeps):
            shutil.rmtree(place.home, ignore_errors=True)


@asynccontextmanager
async def runners(plan: Plan, lanes: int = 1) -> AsyncIterator[list[Runner]]:
    """Have everything ready to perform trials on one engine, so many side by side."""
    plan.directory.mkdir(parents=True, exist_ok=True)
    async with (
        databases(plan.engine, plan.directory) as places,
        nursery(plan.directory / "forkserver.log") as bots,
    ):
        numbers = itertools.count(1)
        performing = [Runner(plan, places, bots, numbers) for _ in range(lanes)]
        try:
            yield performing
        finally:
            for one in performing:
                await one.close()


async def perform_all(trials: Sequence[Trial], performing: Sequence[Runner], tell: Callable[[Result], None]) -> None:
    """Perform trials, as many side by side as there are runners, and tell of each when it is done."""
    waiting = deque(trials)

    async def lane(one: Runner) -> None:
        while waiting:
            tell(await one.perform(waiting.popleft()))
        await one.close()

    async with asyncio.TaskGroup() as group:
        for one in performing:
            group.create_task(lane(one))


def chosen(trials: Sequence[Trial], engine: Engine, *, only: str = "", short: bool = False) -> list[Trial]:
    """Return the trials of an engine that are to be performed, whether or not this machine can."""
    wanted = only.casefold()
    return [
        trial
        for trial in trials
        if engine in trial.engines
        and (trial.in_short if short else trial.in_long)
        and (wanted in trial.name.casefold() or wanted in trial.group.value)
    ]
