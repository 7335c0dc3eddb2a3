"""One walk through a local Discord, watched: what passed, and what was not as Discord describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import aiohttp
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from sandbox.discord import DiscordConfig, DiscordSandbox, GuildConfig
from sandbox.discord.permissions import BOT_DEFAULT, Permission
from sandbox.discord.recording import recording
from tests.fidelity.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.observation import Exchange, Observer

PREFIX: Final = "/api/v10"
EVENTS: Final = frozenset(
    {
        "READY",
        "RESUMED",
        "GUILD_CREATE",
        "GUILD_UPDATE",
        "GUILD_DELETE",
        "GUILD_ROLE_UPDATE",
        "CHANNEL_UPDATE",
        "CHANNEL_DELETE",
        "THREAD_CREATE",
        "THREAD_UPDATE",
        "THREAD_DELETE",
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_DELETE",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "TYPING_START",
        "INTERACTION_CREATE",
    }
)
"""Every kind of event that the local Discord dispatches."""
INTERACTIONS: Final = frozenset({2, 3, 4, 5})
"""Commands, components, autocompletes and forms."""
ALL_IT_NEEDS: Final = BOT_DEFAULT | Permission.MANAGE_CHANNELS | Permission.MANAGE_MESSAGES | Permission.MANAGE_THREADS
PLACES: Final = DiscordConfig(
    guilds=(
        GuildConfig(
            name="Egret Cove",
            owner="juno",
            channels=("general", "clips", "off-topic"),
            voice_channels=("lounge",),
            people=("juno", "mira", "theo"),
            bot_permissions=ALL_IT_NEEDS,
        ),
    ),
    members_intent=True,
)


@dataclass
class Walked:
    """Everything that passed on one walk.

    Attributes:
        served_routes: every method and route that the sandbox has.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    payloads: list[JsonObject] = field(default_factory=list)
    served_routes: set[tuple[str, str]] = field(default_factory=set)

    def on_exchange(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self.exchanges.append(exchange)

    def on_event(self, payload: JsonObject) -> None:
        """Keep an event."""
        self.payloads.append(payload)

    @property
    def routes(self) -> set[tuple[str, str]]:
        """The routes that did what they are for."""
        return {(exchange.method, exchange.route) for exchange in self.exchanges if exchange.status < 300}

    @property
    def statuses(self) -> set[int]:
        """Every status that was answered."""
        return {exchange.status for exchange in self.exchanges}

    @property
    def events(self) -> set[object]:
        """The names of the events that were dispatched."""
        return {payload["t"] for payload in self.payloads}

    @property
    def interactions(self) -> set[object]:
        """The types of the interactions that were dispatched."""
        dispatched = [payload["d"] for payload in self.payloads if payload["t"] == "INTERACTION_CREATE"]
        return {data["type"] for data in dispatched if isinstance(data, dict)}


def served_routes(local: DiscordSandbox) -> set[tuple[str, str]]:
    """Return the methods and routes below the API's prefix."""
    return {
        (route.method, route.resource.canonical.removeprefix(PREFIX))
        for route in local.application().router.routes()
        if route.resource is not None and route.resource.canonical.startswith(PREFIX) and route.method != "HEAD"
    }


async def walk(*observers: Observer, record: Path | None = None) -> Walked:
    """Walk through a new sandbox while observers watch, and record it where a path is given."""
    walked = Walked()
    async with DiscordSandbox(PLACES) as local, aiohttp.ClientSession() as session:
        for observer in (walked, *observers):
            local.observe(observer)
        with pytest.MonkeyPatch.context() as patched, recording(local, record):
            patched.setattr(Route, "BASE", local.api_url)
            patched.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(local.gateway_url))
            await Walk(local, session).everywhere()
        walked.served_routes = served_routes(local)
    return walked
