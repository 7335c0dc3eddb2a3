"""What makes comparisons fair: equal intents, completions spread as assumed, all of a process's memory."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE

import pytest

from bench.baseline.connection import INTENTS
from bench.memory import resident
from bench.polling import completions
from bench.services import PEOPLE, world
from bench.stage import BenchFailed, machine
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
    server = world(7).guilds[0]

    assert server.premium_tier == 2
    assert len(server.channels) == 7
    assert set(server.people) == set(PEOPLE)


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
    with pytest.raises(BenchFailed, match="cannot be read"):
        resident(2**30)


def test_the_machine_is_described_without_its_name() -> None:
    assert os.uname().nodename not in machine()
    assert "core" in machine()
