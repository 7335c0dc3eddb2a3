"""A bot with one command, for trying the stage without the product. Fails, or dies at once, where it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class TinyBot(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        @self.tree.command(name="ping", description="Answer")
        async def ping(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("pong", ephemeral=True)

        await self.tree.sync()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: asyncio.create_task(self.close()))


def main() -> int:
    if sys.argv[1:] == ["dies"]:
        sys.stderr.write("the settings are wrong\n")
        return 3
    if sys.argv[1:] == ["tells"]:
        sys.stderr.write(f"cwd={[str(path) for path in Path().iterdir()]} env={sorted(os.environ)}\n")
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    TinyBot().run(os.environ["DISCORD_TOKEN"], log_handler=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
