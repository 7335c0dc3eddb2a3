"""One real bot between both local services, its page, and a Chromium that people sit at."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, Request, async_playwright, expect

from sandbox.page.opening import PageChoice, page_of
from sandbox.stage import Stage
from sandbox.stage.samples import Samples, write_samples

PATIENCE_MS = 12_000
"""How long anything may take; far more than it does."""
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Trail:
    """What the browser asked for and complained about while a test had it open."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        # A refusal of the local Discord is an answer like others: the page shows it, the browser notes its status.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@dataclass(frozen=True)
class Place:
    """The stage, and where its page is."""

    stage: Stage
    url: str


@asynccontextmanager
async def opened_place(logs: Path) -> AsyncIterator[Place]:
    async with (
        Stage((sys.executable, "-m", "bot", "run"), logs=logs) as stage,
        page_of(stage, PageChoice(port=0, opens_browser=False)) as server,
    ):
        await stage.start_bot()
        yield Place(stage, server.url)


async def chromium_of(playwright: Playwright) -> Browser:
    """Start this machine's Chromium, with a microphone that hums and a person who allows its use.

    Raises:
        SystemExit: There is none.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is missing: `apt-get install chromium`.")
    return await playwright.chromium.launch(
        executable_path=chromium,
        args=[
            "--no-sandbox",  # its own sandbox refuses to start as root
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ],
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with opened_place(tmp_path_factory.mktemp("logs")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright, await chromium_of(playwright) as opened:
        yield opened


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return write_samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def trail() -> Trail:
    return Trail()


@pytest_asyncio.fixture(loop_scope="session")
async def page(place: Place, browser: Browser, trail: Trail) -> AsyncIterator[Page]:
    """Mira's page, in #general; whatever it complains of fails the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(PATIENCE_MS)
    opened = await context.new_page()
    trail.watch(opened)
    await opened.goto(f"{place.url}#mira/general")
    await opened.locator("body.ready").wait_for()
    yield opened
    await context.close()
    assert trail.complaints == []
    strangers = [url for url in trail.requests if not url.startswith((place.url, "data:", f"blob:{place.url}"))]
    assert strangers == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def clip(place: Place) -> str:
    """A finished clip of Mira's in #general: its message's id."""
    mira = place.stage.person("mira", "general")
    outcome = await mira.run("video", {"prompt": "a kite on the beach"})
    assert outcome.message is not None
    message = await mira.wait_for(lambda one: bool(one.attachments) and "a kite on the beach" in one.text)
    return str(message.id)
