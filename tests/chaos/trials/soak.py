"""Thousands of jobs, one after another and beside each other, with something wrong in every twentieth."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from sandbox.piapi import Options
from sandbox.piapi.faults import Fault
from sandbox.piapi.scenarios import Scenario
from tests.chaos.arena import Arena
from tests.chaos.trial import Chance, Engine, Group, Trial
from tests.chaos.unhurried import until_ended
from tests.chaos.vitals import Vitals, as_json, complaints, in_words, too_slow, unsteady, vitals

JOBS: Final = int(os.environ.get("SOAK_JOBS", "2400"))
_LONG: Final = 2_000
"""With so many it can be told whether anything grows."""
JOBS_IN_SHORT: Final = 100
FAULTY: Final = 0.05
"""The part of the jobs that something happens to."""
_BATCH: Final = 25
"""So many jobs come to their ends between two measurements; while one is taken, nothing is under way."""
_SIDE_BY_SIDE: Final = 8
_SECONDS_PER_JOB: Final = 3.0
_FEW: Final = 3
"""With no more measurements than these there is nothing to draw a line through."""
_TOO_SLOW_SECONDS: Final = 1.0
"""How long one callback may keep the event loop where other trials run beside it: a third of what a command may take.

asyncio's debug mode names everything over 0.1 s of real time (its default), and alone no callback of a long soak may be
named. But it counts the time in which the machine lets other processes work as well, and beside other trials there are
many more processes than processors.
"""
_REPORT: Final = os.environ.get("SOAK_REPORT", "")
"""Where everything measured is written; "" for nowhere."""
_QUICK: Final = Options(
    pending_seconds=0.0, processing_seconds=0.05, max_concurrent_task_count=20, webhook_retry_seconds=1.0
)
_SETTINGS: Final = {"PYTHONASYNCIODEBUG": "1", "MAX_IN_FLIGHT": "20"}

Mishap = Callable[[Arena], Awaitable[tuple[Scenario, ...]]]
"""Arranges a fault for the next job; returns what the provider is to play for it."""


def _plays(*scenarios: Scenario) -> Mishap:
    async def arrange(_: Arena) -> tuple[Scenario, ...]:
        return scenarios

    return arrange


def _answers_once(scenario: Scenario) -> Mishap:
    """Let the next purchase be answered so, and what is named in no prompt be answered properly when it is repeated."""

    async def arrange(arena: Arena) -> tuple[Scenario, ...]:
        await arena.provider.play(scenario, times=1)
        return ()

    return arrange


def _of_provider(route: str, fault: Fault) -> Mishap:
    async def arrange(arena: Arena) -> tuple[Scenario, ...]:
        await arena.provider.spoil(route, fault, times=1)
        return ()

    return arrange


def _of_discord(method: str, path: str, status: int) -> Mishap:
    async def arrange(arena: Arena) -> tuple[Scenario, ...]:
        await arena.operator.add_fault(kind="status", method=method, path=path, status=status)
        return ()

    return arrange


def _loses(method: str, path: str) -> Mishap:
    async def arrange(arena: Arena) -> tuple[Scenario, ...]:
        await arena.operator.add_fault(kind="lost_reset", method=method, path=path)
        return ()

    return arrange


async def _limits(arena: Arena) -> tuple[Scenario, ...]:
    await arena.operator.add_fault(kind="rate_limit", method="POST", path="/channels/*/messages", retry_after=0.3)
    return ()


async def _loses_gateway(arena: Arena) -> tuple[Scenario, ...]:
    await arena.operator.trouble_gateway("close", code=4000, resumable=True)
    return ()


MISHAPS: Final[tuple[Mishap, ...]] = (
    *(
        _plays(scenario)
        for scenario in (
            Scenario.FAILS,
            Scenario.FAILS_BUSY,
            Scenario.FAILS_CHARGED,
            Scenario.MODERATED,
            Scenario.REFUSED,
            Scenario.OUTPUT_REDIRECT,
            Scenario.OUTPUT_WORKS_ONLY,
            Scenario.WEBHOOK_OFF,
            Scenario.WEBHOOK_DUPLICATED,
            Scenario.WEBHOOK_EARLY,
            Scenario.WEBHOOK_FORGED,
            Scenario.WEBHOOK_PROGRESS,
            Scenario.WEBHOOK_DISORDERED,
            Scenario.STATUS_UNKNOWN,
        )
    ),
    *(
        _answers_once(scenario)
        for scenario in (
            Scenario.BUSY,
            Scenario.RATE_LIMITED,
            Scenario.OVERLOADED,
            Scenario.SERVER_ERROR,
            Scenario.GATEWAY_502,
            Scenario.RESET_BEFORE,
            Scenario.CREATED_DROPPED,
            Scenario.CREATED_500,
            Scenario.CREATED_502,
            Scenario.CREATED_BROKEN_JSON,
        )
    ),
    _of_provider("get", Fault.SERVER_ERROR),
    _of_provider("get", Fault.BROKEN_JSON),
    _of_provider("get", Fault.RESET),
    _of_provider("output", Fault.RESET),
    _of_provider("output", Fault.NOT_FOUND),
    _of_provider("output", Fault.GATEWAY_200),
    _of_discord("POST", "/channels/*/messages", 503),
    _of_discord("POST", "/channels/*/messages", 500),
    _of_discord("PATCH", "/channels/*/messages/*", 502),
    _of_discord("POST", "/interactions/*", 503),
    _loses("POST", "/channels/*/messages"),
    _loses("PATCH", "/channels/*/messages/*"),
    _limits,
    _loses_gateway,
)


def _soak(jobs: int) -> Callable[[Arena, Chance], Awaitable[None]]:
    async def perform(arena: Arena, chance: Chance) -> None:
        await arena.provider.set_options(_QUICK)
        await arena.provider.set_balance(1_000_000)
        arena.finishes_stuck = False
        began, samples = time.monotonic(), []
        for done in range(0, jobs, _BATCH):
            await _batch(arena, chance, min(_BATCH, jobs - done))
            samples.append(await _at_rest(arena, done + _BATCH, began))
            _write(arena, samples)
        _judge(arena, samples)

    return perform


async def _batch(arena: Arena, chance: Chance, jobs: int) -> None:
    left = iter(range(jobs))

    async def orders() -> None:
        for _ in left:
            scenarios: tuple[Scenario, ...] = ()
            if chance.random() < FAULTY:
                scenarios = await chance.choice(MISHAPS)(arena)
            await arena.order(chance.choice(arena.people), scenarios=scenarios)

    async with asyncio.TaskGroup() as group:
        for _ in range(_SIDE_BY_SIDE):
            group.create_task(orders())


async def _at_rest(arena: Arena, jobs: int, began: float) -> Vitals:
    """Measure once nothing is under way, with no fault left over for whoever comes next."""
    await until_ended(arena)
    await arena.operator.clear_faults()
    await arena.provider.clear_faults()
    await arena.provider.clear_scenarios()
    return await vitals(arena, jobs, began)


def _write(arena: Arena, samples: list[Vitals]) -> None:
    if _REPORT and len(samples) > _FEW:
        Path(_REPORT).write_text(as_json(samples, complaints(arena.bot.log)), encoding="utf-8")


def _judge(arena: Arena, samples: list[Vitals]) -> None:
    seen = complaints(arena.bot.log)
    long = len(samples) * _BATCH >= _LONG
    allowed = 0.0 if long and arena.alone else _TOO_SLOW_SECONDS
    if len(samples) > _FEW:
        arena.remark = f"{in_words(samples, seen)} {_manner(alone=arena.alone)}"
    assert not seen.defects, f"the log complains {len(seen.defects)} times, first: {seen.defects[0]}"
    slow = too_slow(seen, allowed)
    assert not slow, f"{len(slow)} callbacks kept the loop for too long: {slow[0]} s"
    if long:
        found = unsteady(samples)
        assert not found, "; ".join(found)


def _manner(*, alone: bool) -> str:
    if alone:
        return "It ran alone, and none was allowed."
    return f"Other trials ran beside it, and only those of {_TOO_SLOW_SECONDS:.0f} s and more would have been a breach."


def _trial(jobs: int, *engines: Engine, in_short: bool = False) -> Trial:
    return Trial(
        name=f"{jobs:,} jobs with something wrong in every twentieth",
        group=Group.SOAK,
        perform=_soak(jobs),
        engines=frozenset(engines),
        overrides=_SETTINGS,
        runs=1,
        seconds=jobs * _SECONDS_PER_JOB,
        in_short=in_short,
        in_long=not in_short,
    )


TRIALS: Final = (
    _trial(JOBS_IN_SHORT, Engine.SQLITE, in_short=True),
    _trial(JOBS, *Engine),
)
