"""/extend: a clip goes on."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.jobs.chosen import ChosenSources
from bot.jobs.clips import ClipService
from bot.jobs.requests import ExtendRequest, Origin
from bot.ui import options
from cogs.answers import Answers
from cogs.autocomplete import suggestions
from cogs.interaction import Interaction, check_place
from cogs.sources import extendable, offered_sources, source_id


class ExtendCog(commands.Cog):
    """The command /extend."""

    def __init__(self, clips: ClipService, chosen: ChosenSources, answers: Answers) -> None:
        """Keep the collaborators."""
        self._clips = clips
        self._chosen = chosen
        self._answers = answers

    @app_commands.command(name="extend", description=options.EXTEND)
    @app_commands.describe(**options.EXTEND_OPTIONS)
    async def extend(
        self, interaction: Interaction, video: str, prompt: str | None = None, private: bool | None = None
    ) -> None:
        """Find the clip, and buy its continuation."""
        if not private:
            check_place(interaction)

        async def asked(_origin: Origin) -> ExtendRequest:
            return ExtendRequest(source_id=await source_id(self._clips, interaction, video), prompt=prompt or "")

        await self._answers.with_card(interaction, asked, private=private)

    @extend.autocomplete("video")
    @suggestions
    async def videos(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer clips that can be extended: the person's own here, then the channel's."""
        return await offered_sources(self._clips, self._chosen, interaction, typed, extendable)
