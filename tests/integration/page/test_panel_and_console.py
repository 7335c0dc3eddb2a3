"""A console and a page before the same bot: the console tells of an end only where nobody asked for it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.console.desk import Desk
from sandbox.console.screen import Screen
from sandbox.stage.community import look_around
from tests.integration.page.panel_bench import PATIENCE, Panel, panel_of


class Told:
    """What the console wrote; told lines can be waited for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._written = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()

    def write(self, line: str) -> None:
        self.lines.append(line)
        task = asyncio.create_task(self._tell())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def bold(self, words: str) -> str:
        return words

    def dim(self, words: str) -> str:
        return words

    async def _tell(self) -> None:
        async with self._written:
            self._written.notify_all()

    def ends(self) -> list[str]:
        return [line for line in self.lines if "ended by itself" in line]

    async def until_ends(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE), self._written:
            await self._written.wait_for(lambda: len(self.ends()) >= count)


@asynccontextmanager
async def desk_beside(panel: Panel, told: Told, downloads: Path) -> AsyncIterator[Desk]:
    community = await look_around(panel.stage.discord)
    desk = Desk(panel.stage, Screen(told, community, time.time), community, downloads)
    try:
        await desk.start_bot()
        yield desk
    finally:
        await desk.close()


def crash(panel: Panel) -> None:
    pid = panel.stage.bot.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


async def test_an_end_that_the_page_asked_for_is_not_called_the_bots_own(tmp_path: Path) -> None:
    told = Told()
    async with panel_of(tmp_path) as panel, desk_beside(panel, told, tmp_path):
        await panel.done("/bot/kill")
        await panel.done("/bot/start")
        running = (await panel.until(lambda now: now["bot"]["state"] == "running"))["bot"]["pid"]
        await panel.done("/bot/restart")
        await panel.until(lambda now: now["bot"]["state"] == "running" and now["bot"]["pid"] != running)
        crash(panel)
        await told.until_ends(1)

    assert told.ends() == ["     The bot ended by itself (exit code -9); restart starts it. The end of its log:"]


async def test_each_end_that_nobody_asked_for_is_told(tmp_path: Path) -> None:
    told = Told()
    async with panel_of(tmp_path) as panel, desk_beside(panel, told, tmp_path):
        for count in (1, 2):
            crash(panel)
            await told.until_ends(count)
            await panel.done("/bot/start")
            await panel.until(lambda now: now["bot"]["state"] == "running")

    assert len(told.ends()) == 2
