"""A local Discord with a real discord.py client connected to it."""

from __future__ import annotations

import asyncio
import io
import json
import struct
import wave
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
import discord
import pytest
import yarl
from discord.ext import commands
from PIL import Image

from sandbox.discord import DiscordSandbox
from sandbox.discord.state import Channel, Message
from sandbox.person import LocalFile, Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager


class Bot(commands.Bot):
    """The client under whose hands the sandbox must behave; tests add commands before it starts."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(
            commands.when_mentioned,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0,
            max_messages=None,
        )
        self.heard: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.resumed = asyncio.Event()

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once; discord.py's own hook pauses five seconds."""

    async def on_message(self, message: discord.Message) -> None:
        if message.author.id != self.application_id:
            await self.heard.put(message)

    async def on_resumed(self) -> None:
        self.resumed.set()

    def text_channel(self, name: str) -> discord.TextChannel:
        return next(c for c in self.guilds[0].text_channels if c.name == name)


class Running(Protocol):
    def __call__(self, bot: Bot) -> AbstractAsyncContextManager[Bot]: ...


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


class Raw:
    """The HTTP API without a library, as the bot."""

    def __init__(self, sandbox: DiscordSandbox, session: aiohttp.ClientSession) -> None:
        self._sandbox = sandbox
        self._session = session

    async def __call__(
        self, method: str, path: str, body: Any = None, *, files: dict[str, bytes] | None = None, **headers: str
    ) -> tuple[int, Any]:
        answer = await self.full(method, path, body, files=files, **headers)
        return answer.status, answer.body

    async def full(
        self, method: str, path: str, body: Any = None, *, files: dict[str, bytes] | None = None, **headers: str
    ) -> Answer:
        send: dict[str, Any] = {"json": body} if body is not None else {}
        if files is not None:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body or {}), content_type="application/json")
            for name, data in files.items():
                form.add_field(name, data, filename="clip.mp4")
            send = {"data": form}
        headers.setdefault("Authorization", f"Bot {self._sandbox.token}")
        async with self._session.request(method, self._sandbox.api_url + path, headers=headers, **send) as response:
            data = await response.read()
            return Answer(response.status, json.loads(data) if data else None, response.headers.copy())


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
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))

    return point


@pytest.fixture
async def local(hosts: Callable[[DiscordSandbox], None]) -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox() as sandbox:
        hosts(sandbox)
        yield sandbox


@asynccontextmanager
async def connection(bot: Bot, sandbox: DiscordSandbox) -> AsyncIterator[Bot]:
    """Run a bot until the block ends."""
    arrived = asyncio.Event()

    async def on_ready() -> None:
        arrived.set()

    bot.add_listener(on_ready)
    async with asyncio.timeout(60):
        task = asyncio.create_task(bot.start(sandbox.token))
        ready = asyncio.create_task(arrived.wait())
        try:
            done, _ = await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if task in done:
                await task
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            await asyncio.gather(task, ready, return_exceptions=True)


@pytest.fixture
def bot() -> Bot:
    return Bot(default_intents())


@pytest.fixture
def running(local: DiscordSandbox) -> Running:
    return lambda bot: connection(bot, local)


@pytest.fixture
async def raw(local: DiscordSandbox) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as session:
        yield Raw(local, session)


@pytest.fixture
async def mira(local: DiscordSandbox) -> AsyncIterator[Person]:
    async with Person(local.person_url, "mira") as person:
        yield person


@pytest.fixture
async def theo(local: DiscordSandbox) -> AsyncIterator[Person]:
    async with Person(local.person_url, "theo") as person:
        yield person


@pytest.fixture
def general(local: DiscordSandbox) -> Channel:
    return local.operations.channel("general")


@pytest.fixture
def stored(local: DiscordSandbox) -> Callable[[int], Message]:
    def find(message_id: int) -> Message:
        message = local.world.find_message(message_id)
        assert message is not None
        return message

    return find


@pytest.fixture
def picture() -> LocalFile:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), "navy").save(buffer, "PNG")
    return LocalFile("harbour.png", buffer.getvalue(), "image/png")


@pytest.fixture
def recording() -> LocalFile:
    """Three seconds of audio, named as phones name voice messages."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(struct.pack("<h", 0) * 24_000)
    return LocalFile("voice-message.wav", buffer.getvalue(), "audio/wav")
