"""The measurement can fail: a defect built into the bot is found, from outside, by what it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sandbox.piapi.scenarios import Scenario
from tests.chaos.arena import Arena, arena
from tests.chaos.databases import databases
from tests.chaos.invariants import Ending, Findings, Invariant, check
from tests.chaos.processes import nursery
from tests.chaos.trial import Engine

NONCES_ARE_FORGOTTEN = 10 * 60
"""Seconds after which Discord takes a message with the same nonce for another."""


@asynccontextmanager
async def opened(directory: Path, spoilt: str) -> AsyncIterator[Arena]:
    async with (
        databases(Engine.SQLITE, directory) as places,
        nursery(directory / "forkserver.log") as bots,
        arena(Engine.SQLITE, directory / "arena", places, bots) as place,
    ):
        place.bot.spoilt = spoilt
        await place.start()
        await place.begin()
        yield place


def broken(findings: Findings) -> set[Invariant]:
    return {breach.invariant for breach in findings.breaches}


@pytest.mark.parametrize(("spoilt", "breaches"), [("", set()), ("buys again", {Invariant.PAID_ONCE})])
async def test_a_purchase_repeated_after_a_lost_answer_is_found(tmp_path: Path, spoilt: str, breaches: set[Invariant]):
    async with opened(tmp_path, spoilt) as place:
        await place.order(place.mira, scenarios=(Scenario.CREATED_500,))
        await place.settle()
        findings = await check(place)

    assert findings.commands == 1
    assert broken(findings) & {Invariant.PAID_ONCE} == breaches


@pytest.mark.parametrize(("spoilt", "breaches"), [("", set()), ("never looks", {Invariant.DELIVERED_ONCE})])
async def test_a_clip_posted_again_after_a_crash_is_found(tmp_path: Path, spoilt: str, breaches: set[Invariant]):
    async with opened(tmp_path, spoilt) as place:
        await place.crash_at("after the upload")
        await place.order(place.mira)
        died = await place.until_dead()
        await place.advance(NONCES_ARE_FORGOTTEN)
        await place.settle()
        findings = await check(place)

    assert died
    assert findings.endings == {Ending.DELIVERED: 1}
    assert broken(findings) & {Invariant.DELIVERED_ONCE} == breaches


async def test_a_command_that_nobody_worked_on_is_found(tmp_path: Path):
    async with opened(tmp_path, "") as place:
        order = await place.order(place.mira, scenarios=(Scenario.STUCK,))
        findings = await check(place)

    assert order.acknowledged
    assert Invariant.AT_REST in broken(findings)
    assert findings.endings == {}
