"""/clips: what a person has running here, and what they have had."""

from __future__ import annotations

from typing import Final

from discord import app_commands
from discord.ext import commands

from bot.jobs.clips import ClipService
from bot.jobs.ports import ClipsAsked
from bot.jobs.requests import Origin
from bot.ui import options
from bot.ui.clips import render_clips
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.answers import Answers
from cogs.interaction import Interaction

_SHOWN: Final = 10


class ClipsCog(commands.Cog):
    """The command /clips."""

    def __init__(self, clips: ClipService, answers: Answers) -> None:
        """Keep the collaborators."""
        self._clips = clips
        self._answers = answers

    @app_commands.command(name="clips", description=options.CLIPS)
    async def clips(self, interaction: Interaction) -> None:
        """Show them to the person alone."""

        async def look(origin: Origin) -> Message:
            running = await self._clips.running(origin)
            person = origin.requester_id
            page = await self._clips.page(
                ClipsAsked(viewer_id=person, guild_id=origin.place.guild_id, requester_id=person, limit=_SHOWN)
            )
            with speaking(interaction.locale.value):
                return render_clips(running, page.clips)

        await self._answers.in_private(interaction, look)
