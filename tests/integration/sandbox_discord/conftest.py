"""A local Discord with a real discord.py client connected to it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import discord
import pytest
import yarl
from discord.ext import commands

from sandbox.discord import DiscordSandbox
from sandbox.person import Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


class Bot(commands.Bot):
    """The client under whose hands the sandbox must behave; tests add commands before it starts."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(
            "!",
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0,
            max_messages=None,
        )
        self.heard: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.resumed = asyncio.Event()

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        if message.author.id != self.application_id:
            await self.heard.put(message)

    async def on_resumed(self) -> None:
        self.resumed.set()


def default_intents() -> discord.Intents:
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.guild_reactions = True
    return intents


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Callable[[DiscordSandbox], None]:
    """Point discord.py at a sandbox for the length of a test."""

    def point(sandbox: DiscordSandbox) -> None:
        monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_url)
        monkeypatch.setattr(
            discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url)
        )

    return point


@pytest.fixture
async def local(hosts: Callable[[DiscordSandbox], None]) -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox() as sandbox:
        hosts(sandbox)
        yield sandbox


@asynccontextmanager
async def connected(bot: Bot, sandbox: DiscordSandbox) -> AsyncIterator[Bot]:
    """Run a bot until the block ends."""
    async with asyncio.timeout(60):
        task = asyncio.create_task(bot.start(sandbox.token))
        ready = asyncio.create_task(bot.wait_until_ready() if bot.is_ready() else _ready(bot))
        try:
            done, _ = await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if task in done:
                task.result()
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            await asyncio.gather(task, ready, return_exceptions=True)


async def _ready(bot: Bot) -> None:
    arrived = asyncio.Event()

    async def on_ready() -> None:
        arrived.set()

    bot.add_listener(on_ready, "on_ready")
    await arrived.wait()


@pytest.fixture
def bot() -> Bot:
    return Bot(default_intents())


@pytest.fixture
def run() -> Callable[[Bot, DiscordSandbox], object]:
    return connected


@pytest.fixture
async def mira(local: DiscordSandbox) -> AsyncIterator[Person]:
    async with Person(local.person_url, "mira") as person:
        yield person
