"""`make chaos`: does every fault to whole bots, and ends non-zero where something does not hold.

python -m tests.chaos           everything; RUNS, SEED, ENGINE, ONLY and LANES choose (see `docs/reliability.md`)
python -m tests.chaos --short   a sample of everything, by a seed that is the date; nothing is written
python -m tests.chaos --scout   find the crash points anew
python -m tests.chaos --report  write the page anew from the results that are kept
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from tests.chaos.invariants import Invariant
from tests.chaos.matrix import matters, merged, read_table, scout, write_table
from tests.chaos.register import trials
from tests.chaos.report import write_document
from tests.chaos.results import keep, read_results, row_of
from tests.chaos.runner import Plan, Result, chosen, perform_all, runners
from tests.chaos.situations import SETTINGS, a_clip
from tests.chaos.trial import Engine, Group, Trial

_SHORT_RUNS: Final = 1
_SHORT_SECONDS: Final = 180
"""What the short version promises to take less than; a busy machine is no defect, so nothing fails by it."""


def today() -> str:
    """Return the short version's seed: another schedule each day, and the same wherever it runs on that day."""
    return datetime.now(UTC).date().isoformat()


@dataclass(slots=True)
class Report:
    """Collects results, and says each as it comes."""

    seed: str
    kept: bool
    added: bool
    results: list[Result] = field(default_factory=list)
    points: set[str] = field(default_factory=set)
    left_out: int = 0

    def leave_out(self, engine: Engine, trial: Trial, why: str) -> None:
        """Say that a trial cannot be performed here; what was measured of it elsewhere is kept."""
        self.left_out += 1
        _say(f"left out {engine.value:8} {trial.group.value}: {trial.name} — {why}")

    def possible(self, engine: Engine, wanted: list[Trial]) -> list[Trial]:
        """Return those of an engine's trials that can be performed here, and name the others."""
        possible = []
        for trial in wanted:
            if why := trial.lacking():
                self.leave_out(engine, trial, why)
            else:
                possible.append(trial)
        return possible

    def take(self, result: Result) -> None:
        """Say what a trial came to."""
        self.results.append(result)
        if self.kept:
            keep([row_of(result, self.seed)], trials(), add=self.added)
        verdict = "BROKEN" if result.breaches else "ok"
        ended = ", ".join(f"{number} {ending.value}" for ending, number in result.endings.most_common())
        _say(
            f"{verdict:6} {result.engine.value:8} {result.trial.group.value}: {result.trial.name} — {result.runs} runs,"
            f" {result.commands} commands: {ended or 'none ended'} ({result.seconds:.1f} s)"
        )
        for breach in result.breaches:
            _say(f"       {breach.invariant.value}: {breach.what}")

    def conclude(self) -> bool:
        """Say one line per invariant; return whether all hold."""
        runs = sum(result.runs for result in self.results)
        commands = sum(result.commands for result in self.results)
        broken = Counter(breach.invariant for result in self.results for breach in result.breaches)
        _say("")
        for invariant in Invariant:
            held = "holds" if runs else "not tried"
            verdict = f"BROKEN {broken[invariant]} times" if broken[invariant] else held
            _say(f"{verdict}: {invariant.value} ({runs} runs, {commands} commands)")
        unlisted = sorted(point for point in self.points - set(read_table()) if matters(point))
        for point in unlisted:
            _say(f"BROKEN: no trial kills {point}; find the points anew with --scout")
        if self.left_out:
            _say(f"left out, for this machine cannot perform them: {self.left_out} trials, named above")
        return not broken and not unlisted


async def perform(wanted: list[Trial], plan: Plan, lanes: int, report: Report) -> None:
    """Perform trials on one engine."""
    if not wanted:
        return
    async with runners(plan, min(lanes, len(wanted))) as performing:
        await perform_all(wanted, performing, report.take)
        if any(trial.group is Group.CRASH for trial in wanted):
            for one in performing:
                report.points |= one.points


async def chaos(*, short: bool, add: bool) -> int:
    """Perform what the environment chooses; return the exit code."""
    seed, only = os.environ.get("SEED") or (today() if short else "1"), os.environ.get("ONLY", "")
    runs = int(os.environ.get("RUNS", str(_SHORT_RUNS if short else 20)))
    lanes = int(os.environ.get("LANES", "2"))
    engines = [Engine(os.environ["ENGINE"])] if os.environ.get("ENGINE") else list(Engine)
    directory = Path(tempfile.mkdtemp(prefix="egret-chaos-"))
    report, began = Report(seed, kept=not short, added=add), time.monotonic()
    _say(f"SEED={seed} RUNS={runs}")
    wanted = {engine: report.possible(engine, chosen(trials(), engine, only=only, short=short)) for engine in engines}
    if not report.left_out and not any(wanted.values()):
        _say(f"no trial is called like ONLY={only}")
        return 2
    alone = sum(min(lanes, len(some)) for some in wanted.values()) == 1
    async with asyncio.TaskGroup() as group:
        for engine, some in wanted.items():
            place = directory / engine.value
            plan = Plan(engine=engine, runs=runs, seed=seed, directory=place, short=short, alone=alone)
            group.create_task(perform(some, plan, lanes, report))
    holds = report.conclude()
    took = time.monotonic() - began
    _say(f"{took:.0f} s" + (f"; promised are less than {_SHORT_SECONDS} s of an idle machine" if short else ""))
    if holds:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        _say(f"What was left behind is in {directory}")
    if not short:
        write_document(read_results())
    return 0 if holds else 1


async def find_points() -> int:
    """Find the crash points anew, on both engines."""
    directory = Path(tempfile.mkdtemp(prefix="egret-chaos-"))
    tables = []
    for engine in Engine:
        plan = Plan(engine=engine, runs=1, seed="", directory=directory / engine.value)
        async with runners(plan) as (one,):
            like = Trial(name="", group=Group.CRASH, perform=a_clip, overrides=SETTINGS, together=True)
            tables.append(await scout(await one.common(like), random.Random(1)))  # noqa: S311 - to be repeated
    write_table(merged(tables))
    shutil.rmtree(directory, ignore_errors=True)
    _say(f"{len(read_table())} points")
    return 0


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Faults, done to whole bots.")
    verb = parser.add_mutually_exclusive_group()
    verb.add_argument("--short", action="store_true", help="a sample of everything, in under three minutes")
    verb.add_argument("--scout", action="store_true", help="find the crash points anew")
    verb.add_argument("--report", action="store_true", help="write docs/reliability.md anew from the results kept")
    parser.add_argument("--add", action="store_true", help="add to the results kept, as of another SEED")
    options = parser.parse_args()
    # Bots have logs of their own; what the core says where it is tried in this process would bury the results.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if options.report:
        write_document(read_results())
        return 0
    return asyncio.run(find_points() if options.scout else chaos(short=options.short, add=options.add))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
