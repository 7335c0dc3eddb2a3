"""The measurement can fail: a defect built into the bot is found, from outside, by what it does."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sandbox.piapi.scenarios import Scenario
from tests.chaos.arena import Arena, arena
from tests.chaos.databases import databases
from tests.chaos.invariants import Ending, Findings, Invariant, check
from tests.chaos.processes import nursery
from tests.chaos.runner import Plan, runners
from tests.chaos.trial import Engine, Group, Trial

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


@pytest.mark.parametrize(
    ("spoilt", "breaches", "endings"),
    [
        ("", set(), {Ending.DELIVERED: 1}),
        ("gives up", {Invariant.NOTHING_LOST}, {Ending.UNDELIVERABLE: 1}),
        ("tells of failure", {Invariant.DELIVERED_ONCE}, {Ending.DELIVERED: 1}),
        ("misses counts", {Invariant.COUNTERS}, {Ending.DELIVERED: 1}),
        ("misreads charges", {Invariant.LEDGER}, {Ending.DELIVERED: 1}),
    ],
)
async def test_a_defect_that_needs_no_fault_is_found(
    tmp_path: Path, spoilt: str, breaches: set[Invariant], endings: dict[Ending, int]
):
    async with opened(tmp_path, spoilt) as place:
        await place.order(place.mira)
        await place.settle()
        findings = await check(place)

    assert broken(findings) == breaches, findings.breaches
    assert findings.endings == endings


async def test_a_failure_that_is_never_told_is_found(tmp_path: Path):
    async with opened(tmp_path, "gives up") as place:
        await place.order(place.mira, scenarios=(Scenario.FAILS,))
        await place.settle()
        findings = await check(place)

    assert broken(findings) == {Invariant.NOTHING_LOST}
    assert findings.endings == {Ending.UNDELIVERABLE: 1}


async def test_what_a_trial_says_that_no_channel_can_take_may_be_given_up_on(tmp_path: Path):
    async with opened(tmp_path, "gives up") as place:
        order = await place.order(place.mira)
        order.out_of_reach = True
        await place.order(place.theo)
        await place.settle()
        findings = await check(place)

    assert [breach.invariant for breach in findings.breaches] == [Invariant.NOTHING_LOST]
    assert findings.endings == {Ending.UNDELIVERABLE: 2}


@pytest.mark.parametrize(("spoilt", "breaches"), [("", set()), ("gives up", {Invariant.FAULT_STRUCK})])
async def test_a_bot_that_does_not_do_what_a_trial_demands_is_found(
    tmp_path: Path, spoilt: str, breaches: set[Invariant]
):
    async def posted(arena: Arena, _chance: random.Random) -> None:
        await arena.order(arena.mira)
        await arena.pass_time(arena.at_rest)
        assert [message for message in await arena.messages() if message.attachments], "no clip was posted"

    plan = Plan(engine=Engine.SQLITE, runs=1, seed="", directory=tmp_path, spoilt=spoilt)
    trial = Trial(name="a clip is posted", group=Group.DISCORD, perform=posted, fresh=True)
    async with runners(plan) as (one,):
        result = await one.perform(trial)

    assert {breach.invariant for breach in result.breaches} == breaches
    assert result.runs == 1


async def test_a_command_that_nobody_worked_on_is_found(tmp_path: Path):
    async with opened(tmp_path, "") as place:
        order = await place.order(place.mira, scenarios=(Scenario.STUCK,))
        findings = await check(place)

    assert order.acknowledged
    assert Invariant.AT_REST in broken(findings)
    assert findings.endings == {}
