"""Whether the gateway is there is told by the connection itself, not by what it said once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import discord
import pytest

from bot.delivery.gateway_watch import SILENT_SECONDS, gateway_trouble
from sandbox.discord import DiscordSandbox

PATIENCE = 20.0


async def until(holds: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - discord.py has no event for all of it
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"waited in vain for {what}")


@pytest.fixture
async def sandbox() -> AsyncIterator[DiscordSandbox]:
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    try:
        async with DiscordSandbox() as local:
            from bot.client import connect_to

            connect_to(local.api_url, local.gateway_url)
            yield local
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture
async def client(sandbox: DiscordSandbox) -> AsyncIterator[discord.Client]:
    client = discord.Client(intents=discord.Intents.none(), max_messages=None)
    assert gateway_trouble(client) == "not connected"
    async with client:
        await client.login(sandbox.token)
        running = asyncio.create_task(client.connect())
        await until(lambda: gateway_trouble(client) is None, "the connection")
        yield client
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_connection_that_is_lost_is_told_of_although_discord_py_is_still_ready(
    client: discord.Client, monkeypatch: pytest.MonkeyPatch
):
    async def refuse(*_: object, **__: object) -> object:
        raise OSError("nobody there")

    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "from_client", refuse)
    await client.ws.socket.close(code=1006)
    await until(lambda: gateway_trouble(client) == "connection lost", "the loss to be told")
    assert client.is_ready()


async def test_a_connection_on_which_nothing_comes_any_more_is_told_of(client: discord.Client):
    heartbeat = client.ws._keep_alive
    assert heartbeat is not None
    assert heartbeat.interval is not None
    heartbeat._last_recv -= heartbeat.interval + SILENT_SECONDS - 10
    assert gateway_trouble(client) is None
    heartbeat._last_recv -= 10
    assert "has said nothing for" in (gateway_trouble(client) or "")
