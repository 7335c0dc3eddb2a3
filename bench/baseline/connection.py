"""How the baselines reach the local services: by the variables that the bot itself is given."""

from __future__ import annotations

import os
from typing import Final

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

INTENTS: Final = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
"""What the bot subscribes to as well."""


def run(client: discord.Client) -> None:
    """Run a client against the Discord that `DISCORD_API_URL` and `DISCORD_GATEWAY_URL` name, until a signal."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    client.run(os.environ["DISCORD_TOKEN"], log_handler=None)
