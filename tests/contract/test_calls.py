"""Calls between two processes on one PostgreSQL database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from typing_extensions import override

from storage import postgres_calls
from storage.calls import NobodyElse
from storage.location import PostgresServer
from storage.postgres_calls import PostgresCalls
from storage.store import open_store
from tests.contract.samples import ManualClock

PATIENCE = 20.0
NAME = "egret-test"


class Listening(asyncio.Event):
    """Also remembers that it ended once: a new connection can be there before a test has looked."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = asyncio.Event()

    @override
    def clear(self) -> None:
        super().clear()
        self.ended.set()


class Process:
    """One process's way to the others."""

    def __init__(self, url: str) -> None:
        self.calls = PostgresCalls(PostgresServer(url), NAME)
        self.calls.listening = listening = Listening()
        self.ended = listening.ended
        self.heard: asyncio.Queue[Sequence[str]] = asyncio.Queue()

    async def hears(self) -> list[str]:
        return sorted(await asyncio.wait_for(self.heard.get(), PATIENCE))

    async def listening(self) -> None:
        await asyncio.wait_for(self.calls.listening.wait(), PATIENCE)

    async def loses_its_connection(self) -> None:
        await asyncio.wait_for(self.ended.wait(), PATIENCE)


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Process]:
    one = Process(url)
    running = asyncio.create_task(one.calls.run(one.heard.put_nowait))
    try:
        await one.listening()
        yield one
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_calls, "_FIRST_WAIT", 0.01)


async def statement(url: str, text: str, *values: object) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(text, *values)
    finally:
        await connection.close()


async def test_every_other_process_hears_a_call_and_the_caller_does_not(url: str):
    async with process(url) as first, process(url) as second, process(url) as third:
        first.calls.call(["submitter", "intake"])
        assert [await one.hears() for one in (second, third)] == [["intake", "submitter"]] * 2
        second.calls.call(["poller"])
        assert [await one.hears() for one in (first, third)] == [["poller"]] * 2
        assert first.heard.empty()


async def test_a_burst_of_calls_is_a_few_statements(url: str):
    async with process(url) as first, process(url) as second:
        first.calls.call(["first"])
        await asyncio.sleep(0)
        for _ in range(500):
            first.calls.call(["submitter"])
        first.calls.call(["last"])
        heard = [await second.hears()]
        while "last" not in heard[-1]:
            heard.append(await second.hears())
        assert heard in ([["first"], ["last", "submitter"]], [["first", "last", "submitter"]])


async def test_a_connection_that_is_lost_is_made_again_and_then_calls_are_heard(url: str):
    async with process(url) as first, process(url) as second:
        await statement(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", NAME)
        for one in (first, second):
            await one.loses_its_connection()
            await one.listening()
        first.calls.call(["deliverer"])
        assert await second.hears() == ["deliverer"]


async def test_a_call_without_a_connection_is_lost_and_nothing_is_kept(url: str):
    async with process(url) as second:
        alone = PostgresCalls(PostgresServer(url), NAME)
        alone.call(["submitter"])
        running = asyncio.create_task(alone.run(lambda _: None))
        await asyncio.wait_for(alone.listening.wait(), PATIENCE)
        alone.call(["poller"])
        assert await second.hears() == ["poller"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_store_has_the_way_that_its_engine_gives(url: str, sqlite_template: Path, tmp_path: Path):
    async with open_store(url, tmp_path, ManualClock()) as shared:
        assert isinstance(shared.calls, PostgresCalls)
    async with open_store(f"sqlite:///{sqlite_template}", tmp_path, ManualClock()) as alone:
        assert isinstance(alone.calls, NobodyElse)
