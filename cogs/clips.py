"""/clips: what a person has running here, and what they have had."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.jobs.requests import Origin
from bot.jobs.service import JobService
from bot.ui import clips, options
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.answers import Answers
from cogs.interaction import Interaction


class ClipsCog(commands.Cog):
    """The command /clips."""

    def __init__(self, jobs: JobService, answers: Answers) -> None:
        """Keep the collaborators."""
        self._jobs = jobs
        self._answers = answers

    @app_commands.command(name="clips", description=options.CLIPS)
    async def clips(self, interaction: Interaction) -> None:
        """Show them to the person alone."""

        async def look(origin: Origin) -> Message:
            running = await self._jobs.running_clips(origin)
            past = await self._jobs.past_clips(origin)
            with speaking(interaction.locale.value):
                return clips.render_clips(running, past)

        await self._answers.in_private(interaction, look)
