"""/usage and /grant: what a server took, and more for somebody; for who manages the server."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalog import Catalogue
from bot.community.spending import MOST_GRANTED, GrantPeriod, SpendingBook, UsageAsked
from bot.jobs.requests import Origin
from bot.ui import options
from bot.ui.answering import PATIENCE, change_in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.members import membership_of
from bot.ui.message import Message
from bot.ui.usage import PERIODS, PICK, read_part, read_subject, render_granted, render_usage
from cogs.answers import Answers
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import Interaction
from cogs.managing import check_manages


class UsageCog(commands.Cog):
    """The commands /usage and /grant."""

    def __init__(self, book: SpendingBook, catalogue: Catalogue, answers: Answers, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._book = book
        self._catalogue = catalogue
        self._answers = answers
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb of its buttons and list."""
        clicks.on(Verb.USAGE, self.turn)

    @app_commands.command(name="usage", description=options.USAGE)
    @app_commands.default_permissions(manage_guild=True)
    async def usage(self, interaction: Interaction) -> None:
        """Show this month, everything together."""
        guild_id = check_manages(interaction)

        async def look(_origin: Origin) -> Message:
            return await self._shown(interaction, guild_id, UsageAsked())

        await self._answers.in_private(interaction, look)

    async def turn(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show another part, month or page in place of this one: the verb USAGE.

        Raises:
            NotHere: the custom id is none of ours.
            Refused: they do not manage the server any more.
        """
        guild_id = check_manages(interaction)
        asked = read_subject(pressed.subject)
        if asked is not None and pressed.extra == PICK:
            part = read_part(pressed.values[0] if pressed.values else "")
            asked = replace(asked, part=part, page=0) if part is not None else None
        if asked is None:
            raise NotHere(pressed.subject)
        await change_in_time(interaction, self._shown(interaction, guild_id, asked), patience=self._patience)

    @app_commands.command(name="grant", description=options.GRANT)
    @app_commands.rename(period="for")
    @app_commands.describe(
        person=options.GRANT_OPTIONS["person"],
        clips=options.GRANT_OPTIONS["clips"],
        period=options.GRANT_OPTIONS["for"],
    )
    @app_commands.choices(period=PERIODS)
    @app_commands.default_permissions(manage_guild=True)
    async def grant(
        self,
        interaction: Interaction,
        person: discord.User,
        clips: app_commands.Range[int, 1, MOST_GRANTED],
        period: str = GrantPeriod.TODAY.value,
    ) -> None:
        """Let somebody make more clips than the server's limit."""
        guild_id = check_manages(interaction)
        wanted = next((known for known in GrantPeriod if known.value == period), GrantPeriod.TODAY)
        member = None if person.bot else membership_of(person)

        async def work(_origin: Origin) -> Message:
            granted = await self._book.grant(guild_id, person.id, member, clips, wanted, by=interaction.user.id)
            with speaking(interaction.locale.value):
                return render_granted(granted)

        await self._answers.in_private(interaction, work)

    async def _shown(self, interaction: Interaction, guild_id: int, asked: UsageAsked) -> Message:
        usage = await self._book.usage(guild_id, asked)
        with speaking(interaction.locale.value):
            return render_usage(usage, self._catalogue)
