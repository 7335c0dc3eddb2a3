"""The pulse tells a standstill from a pause for breath, of the event loop and of the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot import heartbeat as heartbeat_module
from bot.heartbeat import BLOCKED_SECONDS, REMEMBERED_SECONDS, UNANSWERED_SECONDS, Heartbeat
from bot.jobs.ports import StoreUnavailable


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Database:
    """Answers, refuses, or says nothing."""

    def __init__(self) -> None:
        self.asked = 0
        self.fault: Exception | None = None
        self.speaks = asyncio.Event()
        self.speaks.set()

    async def ping(self) -> None:
        self.asked += 1
        await self.speaks.wait()
        if self.fault is not None:
            raise self.fault


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat_module, "_EVERY_SECONDS", 0.0)


@asynccontextmanager
async def beating(ping: Callable[[], Awaitable[None]], stopwatch: Stopwatch) -> AsyncIterator[Heartbeat]:
    heartbeat = Heartbeat(ping, stopwatch)
    running = asyncio.create_task(heartbeat.run())
    await turns()
    yield heartbeat
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def turns(number: int = 20) -> None:
    """Let the event loop turn, so that everything beats."""
    for _ in range(number):
        await asyncio.sleep(0)


async def test_nothing_is_wrong_before_the_first_beat():
    stopwatch = Stopwatch()
    heartbeat = Heartbeat(Database().ping, stopwatch)
    stopwatch.seconds += 1000
    assert [await heartbeat.loop(), await heartbeat.database(), await heartbeat.database_now()] == [None] * 3


async def test_a_loop_that_stands_still_is_told_of_before_it_beats_again_and_for_a_while_after():
    stopwatch = Stopwatch()
    async with beating(Database().ping, stopwatch) as heartbeat:
        stopwatch.seconds += BLOCKED_SECONDS + 2
        assert await heartbeat.loop() == "stood still for 7 s"
        await turns()
        stopwatch.seconds += 4
        await turns()
        assert await heartbeat.loop() == "stood still for 7 s, 4 s ago"
        stopwatch.seconds += 4
        for _ in range(int(REMEMBERED_SECONDS // 4)):
            await turns()
            stopwatch.seconds += 4
        assert await heartbeat.loop() is None


async def test_a_loop_that_is_merely_busy_is_well():
    stopwatch = Stopwatch()
    async with beating(Database().ping, stopwatch) as heartbeat:
        for _ in range(10):
            stopwatch.seconds += BLOCKED_SECONDS - 0.1
            assert await heartbeat.loop() is None
            await turns()


async def test_a_database_that_is_silent_for_a_moment_is_alive_and_one_that_stays_silent_is_not():
    stopwatch, database = Stopwatch(), Database()
    async with beating(database.ping, stopwatch) as heartbeat:
        database.speaks.clear()
        await turns()
        asked = database.asked
        stopwatch.seconds += UNANSWERED_SECONDS
        await turns()
        assert await heartbeat.database() is None
        assert await heartbeat.database_now() == "has not answered for 15 s"
        stopwatch.seconds += 1
        assert await heartbeat.database() == "has not answered for 16 s"
        assert database.asked == asked, "no crowd of questions waits"
        database.speaks.set()
        await turns()
        assert await heartbeat.database() is None
        assert await heartbeat.database_now() is None


async def test_a_database_that_refuses_is_not_ready_at_once_and_not_alive_after_a_while():
    stopwatch, database = Stopwatch(), Database()
    async with beating(database.ping, stopwatch) as heartbeat:
        database.fault = StoreUnavailable("away")
        await turns()
        assert await heartbeat.database_now() == "has not answered for 0 s"
        assert await heartbeat.database() is None
        for _ in range(4):
            stopwatch.seconds += 4
            await turns()
        assert await heartbeat.database() == "has not answered for 16 s"
        database.fault = None
        await turns()
        assert await heartbeat.database_now() is None
