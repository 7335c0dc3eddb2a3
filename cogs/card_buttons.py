"""The buttons that every card has: Cancel and Details."""

from __future__ import annotations

from collections.abc import Awaitable

from structlog.contextvars import bound_contextvars

from bot.jobs.clips import ClipService
from bot.jobs.service import JobService
from bot.ui import wording
from bot.ui.answering import PATIENCE, answer_privately, in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.details import render_details
from bot.ui.message import Message
from cogs.clicks import Clicks
from cogs.interaction import Interaction, belongs_here, moderates


class CardButtons:
    """Answers them, for the person alone."""

    def __init__(self, jobs: JobService, clips: ClipService, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._jobs = jobs
        self._clips = clips
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verbs."""
        clicks.on(Verb.CANCEL, self.cancel)
        clicks.on(Verb.DETAILS, self.details)

    async def cancel(self, interaction: Interaction, pressed: Pressed) -> None:
        """Cancel a job for its requester, or for somebody who manages messages there."""
        await self._answer(interaction, pressed, self._cancel(interaction, pressed))

    async def details(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show everything known of a job."""
        await self._answer(interaction, pressed, self._details(interaction, pressed))

    async def _answer(self, interaction: Interaction, pressed: Pressed, work: Awaitable[Message]) -> None:
        with bound_contextvars(job=pressed.subject):
            message = await in_time(interaction, work, ephemeral=True, patience=self._patience)
            await answer_privately(interaction, message)

    async def _cancel(self, interaction: Interaction, pressed: Pressed) -> Message:
        job = await self._clips.of_id(pressed.subject)
        if job is None or not belongs_here(job, interaction):
            return wording.not_here()
        outcome = await self._jobs.cancel(job.id, interaction.user.id, moderator=moderates(interaction, job))
        return wording.cancelled(outcome, job.id)

    async def _details(self, interaction: Interaction, pressed: Pressed) -> Message:
        details = await self._clips.details(pressed.subject)
        if details is None or not belongs_here(details.job, interaction):
            return wording.not_here()
        return render_details(details, self._jobs.catalogue, interaction.user.id)
