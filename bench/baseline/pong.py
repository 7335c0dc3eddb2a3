"""The shortest answer that discord.py can give: /ping, "pong"."""

from __future__ import annotations

import discord
from discord import app_commands
from typing_extensions import override

from bench.baseline.connection import INTENTS, run


class Pong(discord.Client):
    """A client with one command."""

    def __init__(self) -> None:
        super().__init__(intents=INTENTS)
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="ping", description="Answer.")(ping)

    @override
    async def setup_hook(self) -> None:
        await self.tree.sync()


async def ping(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("pong")


if __name__ == "__main__":
    run(Pong())
