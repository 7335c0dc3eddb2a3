"""A community in one process: the whole bot between a local Discord and a local PiAPI, all over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import discord.gateway
import discord.http

from bot.app import App, build
from bot.clock import SystemClock
from bot.log import Redaction
from bot.settings import Settings, load_settings
from sandbox.discord.server import DiscordSandbox
from sandbox.person import Person
from sandbox.piapi import DEFAULT_KEY, Options, PiapiControl, PiapiSandbox
from sandbox.piapi.server import SandboxClock

PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Community:
    """Both sandboxes, the people, and the bot, which can be stopped and started again."""

    discord: DiscordSandbox
    piapi: PiapiSandbox
    provider: PiapiControl
    member: Person
    moderator: Person
    directory: Path
    overrides: dict[str, Any] = field(default_factory=dict)
    app: App | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _running: asyncio.Task[None] | None = None

    @property
    def server_id(self) -> int:
        return next(iter(self.discord.world.guilds))

    def settings(self) -> Settings:
        port = free_port()
        return load_settings(
            _env_file=None,
            **{
                "discord_token": self.discord.token,
                "piapi_key": DEFAULT_KEY,
                "servers": "all",
                "max_usd_per_month": "unlimited",
                "max_usd_per_job": "5",
                "max_jobs_per_person_per_day": "unlimited",
                "piapi_service_mode": "public",
                "public_url": f"http://127.0.0.1:{port}",
                "web_port": str(port),
                "data_dir": str(self.directory),
                "piapi_base_url": self.piapi.base_url,
                "discord_api_url": self.discord.api_url,
                "discord_gateway_url": self.discord.gateway_url,
                "download_origins": f"{self.discord.cdn_origin},{self.piapi.origin}",
                **self.overrides,
            },
        )

    async def start(self) -> App:
        """Start the bot and wait until its commands can be used."""
        started: asyncio.Future[App] = asyncio.get_running_loop().create_future()
        self._stopping = asyncio.Event()

        async def run() -> None:
            async with build(self.settings(), SystemClock(), Redaction()) as app:
                started.set_result(app)
                await app.run_until(self._stopping)

        self._running = asyncio.create_task(run())
        await asyncio.wait({self._running, started}, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            self._running.result()
        self.app = started.result()
        async with asyncio.timeout(PATIENCE):
            ready = asyncio.create_task(self._ready(self.app))
            await asyncio.wait({self._running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            ready.cancel()
            self._running.result()
        return self.app

    async def _ready(self, app: App) -> None:
        await app.started.wait()
        await app.client.wait_until_ready()

    async def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        if self._running is not None:
            self._stopping.set()
            await asyncio.wait_for(self._running, PATIENCE)
            self._running = None


@asynccontextmanager
async def community(directory: Path, *, options: Options | None = None, **overrides: Any) -> AsyncIterator[Community]:
    """Open both sandboxes; discord.py is pointed at the local Discord for as long as this lasts."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    quick = options or Options(pending_seconds=0.0, processing_seconds=0.05)
    try:
        async with (
            DiscordSandbox() as local,
            PiapiSandbox(options=quick, clock=SandboxClock(), directory=directory / "outputs") as piapi,
            PiapiControl(piapi.control_url) as provider,
            Person(local.person_url, "mira") as member,
        ):
            moderator = Person(local.person_url, "juno", session=member.session)
            place = Community(local, piapi, provider, member, moderator, directory / "data", overrides)
            try:
                yield place
            finally:
                await place.stop()
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
