from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.client import connect_to
from sandbox.discord import DiscordConfig, DiscordSandbox, GuildConfig
from storage.migration import run_migrations
from storage.store import open_store
from tests.integration.cogs.cove import Cove
from tests.integration.jobs.world import ManualClock

PLACES = DiscordConfig(
    guilds=(
        GuildConfig(
            name="Egret Cove",
            owner="juno",
            channels=("general", "clips"),
            voice_channels=("lounge",),
            people=("juno", "mira", "theo"),
        ),
        GuildConfig(name="Elsewhere", owner="juno", channels=("strand",), people=("juno", "mira")),
    )
)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("migrated")
    asyncio.run(run_migrations("sqlite:///egret.db", directory))
    return directory / "egret.db"


@pytest.fixture
def discords_own_addresses() -> Iterator[None]:
    """Point discord.py back to Discord afterwards."""
    api, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api, gateway


@pytest.fixture
async def offline(migrated: Path, tmp_path: Path, discords_own_addresses: None) -> AsyncIterator[Cove]:
    """A server in which Egret has not come online yet."""
    shutil.copy(migrated, tmp_path / "egret.db")
    clock = ManualClock()
    async with DiscordSandbox(PLACES) as discord, open_store("sqlite:///egret.db", tmp_path, clock) as store:
        connect_to(discord.api_url, discord.gateway_url)
        cove = Cove(discord, store, clock)
        yield cove
        await cove.close()
        assert discord.problems == []


@pytest.fixture
async def cove(offline: Cove) -> AsyncIterator[Cove]:
    """A server with Egret online."""
    async with offline.online(offline.client):
        yield offline
