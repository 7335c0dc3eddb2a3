"""The demo at a terminal: one address, opened where a browser is at hand."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from sandbox.stage.environment import REPOSITORY, plain_environment
from tests.integration.page.panel_bench import PATIENCE, REAL_BOT

ADDRESS = re.compile(r"http://[^\s\x1b]+")


class Demo:
    """A demo that believes to be at a terminal."""

    def __init__(self, process: asyncio.subprocess.Process, primary: int) -> None:
        self.process = process
        self.said = ""
        self._primary = primary
        self._more = asyncio.Event()
        asyncio.get_running_loop().add_reader(primary, self._read)

    def _read(self) -> None:
        try:
            self.said += os.read(self._primary, 65_536).decode(errors="replace")
        except OSError:  # the other end is closed
            asyncio.get_running_loop().remove_reader(self._primary)
        self._more.set()

    async def until(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while words not in self.said:
                await self._more.wait()
                self._more.clear()


@asynccontextmanager
async def demo_at_a_terminal(tmp_path: Path, *options: str, **environment: str) -> AsyncIterator[Demo]:
    primary, secondary = pty.openpty()
    command = (sys.executable, "-m", "sandbox", "demo", "--port", "0", "--directory", str(tmp_path / "demo"), *options)
    process = await asyncio.create_subprocess_exec(
        *(*command, "--", *REAL_BOT),
        cwd=REPOSITORY,
        env={**plain_environment(), "TERM": "xterm", **environment},
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        start_new_session=True,
    )
    os.close(secondary)
    demo = Demo(process, primary)
    try:
        yield demo
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            await process.wait()
        asyncio.get_running_loop().remove_reader(primary)
        os.close(primary)


def browser_that_says_so(tmp_path: Path) -> str:
    """Return a browser's command; it says at the terminal what it was told to open."""
    program = tmp_path / "browser"
    program.write_text('#!/bin/sh\necho "opened $1."\n')
    program.chmod(0o755)
    return f"{program} %s"


async def test_one_address_is_printed_opened_and_answers(tmp_path: Path) -> None:
    async with demo_at_a_terminal(tmp_path, BROWSER=browser_that_says_so(tmp_path), DISPLAY=":0") as demo:
        await demo.until("Ctrl-C stops everything.")
        [address] = set(ADDRESS.findall(demo.said.partition("opened")[0]))
        await demo.until(f"opened {address}.")
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            page = await answer.text()

    assert address.startswith("http://127.0.0.1:")
    assert answer.status == 200
    assert "Egret's sandbox" in page
    assert demo.process.returncode == 0


async def test_without_a_display_or_where_nobody_wants_it_no_browser_is_opened(tmp_path: Path) -> None:
    browser = browser_that_says_so(tmp_path)
    async with demo_at_a_terminal(tmp_path, "--no-browser", BROWSER=browser, DISPLAY=":0") as unwanted:
        await unwanted.until("Ctrl-C stops everything.")
    async with demo_at_a_terminal(tmp_path, BROWSER=browser) as blind:
        await blind.until("Ctrl-C stops everything.")

    for demo in (unwanted, blind):
        assert len(ADDRESS.findall(demo.said)) == 1
        assert "opened" not in demo.said
