from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.settings import Settings
from sandbox.discord import DiscordConfig, DiscordSandbox, GuildConfig
from sandbox.operator import DiscordOperator
from sandbox.piapi import PiapiControl, PiapiSandbox
from tests.integration.check.premises import Premises

PLACES = DiscordConfig(
    guilds=(
        GuildConfig(name="Egret Cove", owner="juno", channels=("general", "clips"), people=("juno", "mira")),
        GuildConfig(name="Elsewhere", owner="juno", channels=("strand",), people=("juno",), with_bot=False),
    )
)


@pytest.fixture(autouse=True)
def discords_own_addresses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting of whoever runs the tests, and discord.py back at Discord afterwards."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    api, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api, gateway


@pytest.fixture
async def premises(tmp_path: Path) -> AsyncIterator[Premises]:
    async with (
        DiscordSandbox(PLACES) as discord,
        DiscordOperator(discord.person_url) as operator,
        PiapiSandbox() as piapi,
        PiapiControl(piapi.control_url) as control,
    ):
        yield Premises(discord, operator, piapi, control, tmp_path / "data")
