"""/clips: what is running here and what has been made, a page at a time, with what can be done about each.

Which page of which list a message shows stands in the custom ids of its buttons, so it can be turned after any
restart. Private clips are listed to their own person alone.
"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.clips import ClipService
from bot.jobs.ports import ClipsAsked, ClipsPage
from bot.jobs.requests import Origin
from bot.jobs.states import ENDED
from bot.ui import options
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time
from bot.ui.clips import (
    PAGE,
    PICK,
    STAR,
    UNSTAR,
    ClipPanel,
    ClipsList,
    ClipsShown,
    read_shown,
    render_clips,
    render_panel,
)
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.answers import Answers
from cogs.clicks import Clicks
from cogs.found_here import NotHere, job_here
from cogs.interaction import Interaction, check_payer, moderates, origin_of


class ClipsCog(commands.Cog):
    """The command /clips."""

    def __init__(self, clips: ClipService, answers: Answers, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._clips = clips
        self._answers = answers
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb of the list's buttons."""
        clicks.on(Verb.CLIPS, self.turn)

    @app_commands.command(name="clips", description=options.CLIPS)
    @app_commands.describe(**options.CLIPS_OPTIONS)
    async def clips(
        self, interaction: Interaction, person: discord.User | None = None, favourites: bool | None = None
    ) -> None:
        """Show the first page, to the person alone.

        Raises:
            Refused: it is asked for in direct messages, and of no server.
        """
        check_payer(interaction)
        if favourites:
            shown = ClipsShown(person_id=person.id if person is not None else None, favourites=True)
        else:
            shown = ClipsShown(person_id=(person or interaction.user).id)

        async def look(origin: Origin) -> Message:
            return await self._page(interaction, origin, shown)

        await self._answers.in_private(interaction, look)

    async def turn(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show another page or list in place of this one, or what can be done with a clip that was picked.

        A clip's own buttons among these change its panel.

        Raises:
            NotHere: the custom id is none of ours, or names a clip of another place.
        """
        if pressed.extra in {STAR, UNSTAR}:
            await change_in_time(interaction, self._starred(interaction, pressed), patience=self._patience)
            return
        shown = read_shown(pressed.subject)
        if shown is None:
            raise NotHere(pressed.subject)
        if pressed.extra == PICK:
            picked = pressed.values[0] if pressed.values else ""
            panel = await in_time(
                interaction, self._panel(interaction, picked), ephemeral=True, patience=self._patience
            )
            await answer_privately(interaction, panel)
            return
        check_payer(interaction)
        await change_in_time(
            interaction, self._page(interaction, origin_of(interaction), shown), patience=self._patience
        )

    async def _page(self, interaction: Interaction, origin: Origin, shown: ClipsShown) -> Message:
        shown, page = await self._found(origin, shown)
        own = shown.page == 0 and not shown.favourites and shown.person_id == origin.requester_id
        listed = ClipsList(
            shown=shown,
            viewer_id=origin.requester_id,
            running=await self._clips.running(origin) if own else (),
            page=page,
            lineages={clip.job.id: await self._clips.lineage(clip.job) for clip in page.clips},
        )
        with speaking(interaction.locale.value):
            return render_clips(listed)

    async def _found(self, origin: Origin, shown: ClipsShown) -> tuple[ClipsShown, ClipsPage]:
        """Return a page; the last one where the list has become too short for it."""
        page = await self._clips.page(_asked(origin, shown))
        if page.clips or page.total == 0:
            return shown, page
        last = ClipsShown(page=(page.total - 1) // PAGE, person_id=shown.person_id, favourites=shown.favourites)
        return last, await self._clips.page(_asked(origin, last))

    async def _starred(self, interaction: Interaction, pressed: Pressed) -> Message:
        job = await job_here(self._clips, interaction, pressed.subject)
        await self._clips.set_favourite(job.id, interaction.user.id, on=pressed.extra == STAR)
        return await self._panel(interaction, job.id)

    async def _panel(self, interaction: Interaction, job_id: str) -> Message:
        job = await job_here(self._clips, interaction, job_id)
        viewer = interaction.user.id
        panel = ClipPanel(
            job=job,
            facts=await self._clips.facts(job),
            lineage=await self._clips.lineage(job),
            viewer_id=viewer,
            actions=await self._clips.possible_actions(job) if job.state in ENDED else None,
            favourite=await self._clips.is_favourite(job.id, viewer),
            removable=job.requester_id == viewer or moderates(interaction, job),
        )
        with speaking(interaction.locale.value):
            return render_panel(panel)


def _asked(origin: Origin, shown: ClipsShown) -> ClipsAsked:
    return ClipsAsked(
        viewer_id=origin.requester_id,
        guild_id=origin.place.guild_id,
        channel_id=origin.place.channel_id,
        requester_id=shown.person_id,
        favourites=shown.favourites,
        offset=shown.page * PAGE,
        limit=PAGE,
    )
