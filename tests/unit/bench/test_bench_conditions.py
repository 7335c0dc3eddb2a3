"""What makes comparisons fair: equal intents, completions spread as assumed, all of a process's memory."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE

import pytest

from bench.baseline.connection import INTENTS
from bench.failure import BenchFailed
from bench.polling import completions
from bench.processes_seen import cpu_seconds, resident, watched_memory
from bench.stage import machine
from bench.world import OWNER, World
from bot.catalog import Mode, completion_seconds
from bot.client import intents_for
from bot.jobs.model import JobKind


def test_baselines_subscribe_to_what_the_bot_does() -> None:
    assert intents_for(message_content=False) == INTENTS


def test_completions_keep_to_the_catalogues_quantiles() -> None:
    known = completion_seconds(JobKind.VIDEO, model="1.6", mode=Mode.STD, seconds=5)

    instants = completions(400, last_share=0.9)

    assert known.p10 <= min(instants) < max(instants) <= known.p90
    assert sum(instant <= known.p50 for instant in instants) == 200
    assert instants == completions(400, last_share=0.9)
    assert instants != sorted(instants)


def test_the_server_takes_the_largest_clip_and_has_a_room_for_each() -> None:
    world = World(rooms=7)

    server = world.discord().guilds[0]

    assert server.premium_tier == 2
    assert len(server.channels) == 7
    assert set(server.people) == set(world.names)


def test_servers_are_spread_over_the_shards_and_owned_by_one_person() -> None:
    world = World(servers=8, channels=3, shards=4)

    guilds = world.discord().guilds

    assert [guild.shard for guild in guilds] == [(number % 4, 4) for number in range(8)]
    assert {guild.owner for guild in guilds} == {OWNER}
    assert [world.first_channel(number) for number in range(8)] == [guild.channels[0] for guild in guilds]
    assert len({channel for guild in guilds for channel in guild.channels}) == 1 + 7 * 3


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_memory_counts_child_processes_too() -> None:
    alone = resident(os.getpid())
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(); input()", stdin=PIPE, stdout=PIPE)
    try:
        assert child.stdout is not None
        await asyncio.wait_for(child.stdout.readline(), 20)
        assert resident(child.pid) > 1
        assert resident(os.getpid()) > alone + 1
    finally:
        child.kill()
        await child.communicate()


def test_a_process_that_has_ended_has_no_memory() -> None:
    with pytest.raises(BenchFailed, match="cannot be looked at"):
        resident(2**30)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_processor_time_counts_children_that_have_ended() -> None:
    before = cpu_seconds(os.getpid())

    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "sum(range(3_000_000))")
    await asyncio.wait_for(child.wait(), 60)

    assert cpu_seconds(os.getpid()) > before + 0.02


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_the_most_memory_is_seen_even_if_it_was_held_for_a_moment() -> None:
    async with watched_memory(os.getpid()) as seen:
        held = bytearray(64 * 1024 * 1024)
        held[::4096] = b"x" * len(held[::4096])
        while seen.most < seen.at_first + 60:  # noqa: ASYNC110 - what is waited for is a look at /proc
            await asyncio.sleep(0)
        del held

    assert seen.most >= seen.at_first + 60


def test_the_machine_is_described_without_its_name() -> None:
    assert os.uname().nodename not in machine()
    assert "core" in machine()
