"""/quota: what somebody may still take, for them alone and free."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.community.spending import SpendingBook
from bot.jobs.requests import Origin
from bot.jobs.service import JobService
from bot.ui import options
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.quota import render_quota
from cogs.answers import Answers
from cogs.interaction import Interaction, check_payer, payer_of


class QuotaCog(commands.Cog):
    """The command /quota."""

    def __init__(self, jobs: JobService, book: SpendingBook, answers: Answers) -> None:
        """Keep the collaborators."""
        self._jobs = jobs
        self._book = book
        self._answers = answers

    @app_commands.command(name="quota", description=options.QUOTA)
    async def quota(self, interaction: Interaction) -> None:
        """Show used and left, the server's budget and the price list.

        Raises:
            Refused: it is asked for in direct messages, and of no server.
        """
        check_payer(interaction)
        payer = payer_of(interaction)

        async def look(origin: Origin) -> Message:
            found = await self._book.quota(origin, await self._jobs.price_list())
            with speaking(interaction.locale.value):
                return render_quota(found, payer.name if payer is not None else "")

        await self._answers.in_private(interaction, look)
