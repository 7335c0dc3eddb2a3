"""The answers about the process's health are bounded, shared, and never an error of their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.jobs.ports import StoreUnavailable
from bot.web import health as health_module
from bot.web.files import FilesEndpoint
from bot.web.health import REMEMBERED_SECONDS, Health
from bot.web.server import WebServer
from bot.web.signing import FileAddresses


class Part:
    """Something that is asked whether it is well."""

    def __init__(self) -> None:
        self.asked = 0
        self.problem: str | None = None
        self.fault: Exception | None = None
        self.is_asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()

    async def check(self) -> str | None:
        self.asked += 1
        self.is_asked.set()
        await self.answers.wait()
        if self.fault is not None:
            raise self.fault
        return self.problem


class Process:
    """A web side with two parts; time passes by hand."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.seconds = 0.0
        self.inner, self.outer = Part(), Part()
        self.health = Health(
            alive={"database": self.inner.check}, ready={"discord": self.outer.check}, stopwatch=lambda: self.seconds
        )
        self.url = ""
        self._http = http

    async def get(self, path: str) -> tuple[int, dict[str, str]]:
        """Ask a second after the last question."""
        self.seconds += REMEMBERED_SECONDS
        return await self.get_again(path)

    async def get_again(self, path: str) -> tuple[int, dict[str, str]]:
        async with self._http.get(f"{self.url}/{path}") as answer:
            return answer.status, json.loads(await answer.read())


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    async def find(_: str) -> None:
        return None

    async with aiohttp.ClientSession() as http:
        process = Process(http)
        addresses = FileAddresses("", SecretStr("key"), SystemClock())
        files = FilesEndpoint(addresses, find, lambda asset_id, extension: tmp_path / f"{asset_id}.{extension}")
        server = WebServer("127.0.0.1", 0, None, files, process.health)
        process.url = f"http://127.0.0.1:{await server.start()}"
        yield process
        await server.stop()


async def test_a_process_that_is_well_says_of_each_part_that_it_is(process: Process):
    assert await process.get("livez") == (200, {"database": "ok"})
    assert await process.get("readyz") == (200, {"database": "ok", "discord": "ok"})


async def test_what_no_restart_mends_leaves_the_process_alive(process: Process):
    process.outer.problem = "connection lost"
    assert await process.get("livez") == (200, {"database": "ok"})
    assert await process.get("readyz") == (503, {"database": "ok", "discord": "connection lost"})


async def test_a_process_that_is_not_alive_is_not_ready(process: Process):
    process.inner.problem = "does not answer"
    assert (await process.get("livez"))[0] == 503
    assert (await process.get("readyz"))[0] == 503


async def test_a_database_that_goes_away_meanwhile_is_a_finding_not_an_error(process: Process):
    process.outer.fault = StoreUnavailable("away")
    assert await process.get("readyz") == (
        503,
        {"database": "ok", "discord": "cannot be told without the database"},
    )


async def test_a_defect_in_one_check_hides_nothing_of_the_others(process: Process):
    process.inner.problem = "does not answer"
    process.outer.fault = RuntimeError("a defect")
    assert await process.get("readyz") == (
        503,
        {"database": "does not answer", "discord": "cannot be told: see the log"},
    )


async def test_a_check_that_never_ends_is_cut_off(process: Process, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health_module, "CHECK_SECONDS", 0.05)
    process.outer.answers.clear()
    assert await process.get("readyz") == (503, {"database": "ok", "discord": "cannot be told in time"})


async def test_a_flood_of_questions_asks_once_a_second(process: Process):
    process.outer.answers.clear()
    crowd = [asyncio.create_task(process.get_again("readyz")) for _ in range(50)]
    await asyncio.wait_for(process.outer.is_asked.wait(), 5)
    process.outer.answers.set()
    assert {status for status, _ in await asyncio.gather(*crowd)} == {200}
    await process.get_again("readyz")
    assert process.outer.asked == 1
    await process.get("readyz")
    assert process.outer.asked == 2


async def test_a_stopping_process_is_not_ready_at_once_and_stays_alive(process: Process):
    assert (await process.get("readyz"))[0] == 200
    process.health.drain()
    assert await process.get_again("readyz") == (503, {"process": "is stopping"})
    assert (await process.get_again("livez"))[0] == 200
