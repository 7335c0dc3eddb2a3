"""Both local services, a data directory and the settings that lead to them; and a reverse proxy that can go wrong."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.check.disk import FreeSpace, free_space
from bot.check.finding import Area, Finding, Level
from bot.check.run import check
from bot.clock import Clock, SystemClock
from bot.settings import Settings, load_settings
from sandbox.discord import DiscordSandbox
from sandbox.operator import DiscordOperator
from sandbox.piapi import PiapiControl, PiapiSandbox

PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ShiftedClock(SystemClock):
    """The machine's clock, set wrong."""

    def __init__(self, milliseconds: int) -> None:
        self._shift = milliseconds

    def now(self) -> int:
        return super().now() + self._shift


@dataclass
class Found:
    """The findings of one check."""

    findings: Sequence[Finding]

    def of(self, area: Area, level: Level) -> list[Finding]:
        return [finding for finding in self.findings if (finding.area, finding.level) == (area, level)]

    def only(self, area: Area, level: Level) -> Finding:
        """Return the one finding of an area and level."""
        found = self.of(area, level)
        assert len(found) == 1, "\n".join(f"{f.level} {f.area}: {f.sentence}" for f in self.findings)
        return found[0]

    @property
    def amiss(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.level is not Level.OK]


@dataclass
class Premises:
    """A set-up in which everything is right until a test spoils it."""

    discord: DiscordSandbox
    operator: DiscordOperator
    piapi: PiapiSandbox
    control: PiapiControl
    data_dir: Path
    port: int = field(default_factory=free_port)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def server_id(self) -> int:
        return next(iter(self.discord.world.guilds))

    def values(self) -> dict[str, str]:
        return {
            "discord_token": self.discord.token,
            "piapi_key": self.piapi.api_key,
            "servers": str(self.server_id),
            "public_url": f"http://127.0.0.1:{self.port}",
            "web_port": str(self.port),
            "data_dir": str(self.data_dir),
            "piapi_base_url": self.piapi.base_url,
            "discord_api_url": self.discord.api_url,
            "discord_gateway_url": self.discord.gateway_url,
            **self.changes,
        }

    def settings(self) -> Settings:
        return load_settings(_env_file=None, **self.values())

    async def look(self, clock: Clock | None = None, free: FreeSpace = free_space) -> Found:
        async with asyncio.timeout(PATIENCE):
            return Found(await check(self.settings(), clock or SystemClock(), free))


@asynccontextmanager
async def reverse_proxy(
    target: str, *, drop: Sequence[str] = (), status: int = 0, headers: dict[str, str] | None = None
) -> AsyncIterator[str]:
    """Serve a proxy to `target` that loses headers on the way, or answers by itself; gives its address."""

    async def passed_on(request: web.Request) -> web.Response:
        if status:
            return web.Response(status=status, headers=headers)
        kept = {name: value for name, value in request.headers.items() if name.lower() not in {*drop, "host"}}
        async with (
            aiohttp.ClientSession() as http,
            http.request(request.method, target + request.path_qs, headers=kept, data=await request.read()) as answer,
        ):
            body = await answer.read()
            told = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
            return web.Response(status=answer.status, headers=told, body=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", passed_on)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
