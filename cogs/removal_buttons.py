"""Reporting a clip, and deleting one: asked once, and done for its requester or a moderator."""

from __future__ import annotations

import discord
import structlog
from structlog.contextvars import bound_contextvars

from bot.jobs.clips import ClipService, Removal
from bot.jobs.model import Job, MessageRef
from bot.jobs.states import ENDED
from bot.ui import more, removal
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.message import Message
from cogs.clicks import Clicks
from cogs.found_here import NotHere, job_here
from cogs.interaction import Interaction, moderates, speaking_beside
from cogs.modal_submits import SentForm

_UNKNOWN_MESSAGE = 10008
_UNKNOWN_CHANNEL = 10003

log = structlog.get_logger(__name__)


class RemovalButtons:
    """Answers Report, Delete and the two answers to being asked once."""

    def __init__(self, clips: ClipService, patience: float = PATIENCE) -> None:
        """Keep the service; `patience` is how many seconds of work come before a deferral."""
        self._clips = clips
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verbs."""
        clicks.on(Verb.REPORT, self.report)
        clicks.on_form(Verb.REPORT, self.reported)
        clicks.on(Verb.DELETE, self.delete)
        clicks.on(Verb.REMOVE, self.remove)
        clicks.on(Verb.KEEP, self.keep)

    async def report(self, interaction: Interaction, pressed: Pressed) -> None:
        """Ask what is wrong with a clip."""
        job = await job_here(self._clips, interaction, pressed.subject)
        await interaction.response.send_modal(more.report_form(job))

    async def reported(self, interaction: Interaction, form: SentForm) -> None:
        """Keep a report and tell whoever runs the bot."""
        with bound_contextvars(job=form.pressed.subject):
            message = await in_time(
                interaction, self._reported(interaction, form), ephemeral=True, patience=self._patience
            )
            await answer_privately(interaction, message)

    async def delete(self, interaction: Interaction, pressed: Pressed) -> None:
        """Ask once whether a clip is meant to be deleted."""
        with bound_contextvars(job=pressed.subject):
            work = self._ask(interaction, pressed)
            message = await in_time(interaction, work, ephemeral=True, patience=self._patience)
            await answer_privately(interaction, message)

    async def remove(self, interaction: Interaction, pressed: Pressed) -> None:
        """Delete a clip: its messages, and the file that is kept."""
        with bound_contextvars(job=pressed.subject):
            job = await job_here(self._clips, interaction, pressed.subject)
            if not _may_remove(job, interaction):
                await answer_privately(interaction, removal.removal_not_yours(job))
                return
            with speaking_beside(interaction, job.place):
                await change_in_time(interaction, self._remove(interaction, job), patience=self._patience)

    async def keep(self, interaction: Interaction, pressed: Pressed) -> None:
        """Take the question away."""
        with bound_contextvars(job=pressed.subject):
            job = await job_here(self._clips, interaction, pressed.subject)
            if not _may_remove(job, interaction):
                await answer_privately(interaction, removal.removal_not_yours(job))
                return
            with speaking_beside(interaction, job.place):
                kept = more.kept(job)
            await interaction.response.edit_message(**kept.edit())

    async def _reported(self, interaction: Interaction, form: SentForm) -> Message:
        job = await job_here(self._clips, interaction, form.pressed.subject)
        new = await self._clips.report(job, interaction.user.id, form.text(more.REASON).strip())
        return more.reported(job, new=new)

    async def _ask(self, interaction: Interaction, pressed: Pressed) -> Message:
        job = await job_here(self._clips, interaction, pressed.subject)
        if not _may_remove(job, interaction):
            return removal.removal_not_yours(job)
        return removal.ask_removal(job) if job.state in ENDED else removal.removal_unfinished(job)

    async def _remove(self, interaction: Interaction, job: Job) -> Message:
        done = await self._clips.remove(job.id, interaction.user.id, moderator=moderates(interaction, job))
        match done.outcome:
            case Removal.REMOVED:
                deleted = [await delete_message(interaction.client, message) for message in done.messages]
                return more.removed(job, left=deleted.count(False))
            case Removal.UNFINISHED:
                return removal.removal_unfinished(job)
            case Removal.NOT_YOURS:
                return removal.removal_not_yours(job)
            case Removal.UNKNOWN:
                raise NotHere(job.id)


def _may_remove(job: Job, interaction: Interaction) -> bool:
    return job.requester_id == interaction.user.id or moderates(interaction, job)


async def delete_message(client: discord.Client, message: MessageRef) -> bool:
    """Delete a message of ours; False where it stands yet."""
    channel = client.get_partial_messageable(message.channel_id)
    try:
        await channel.get_partial_message(message.message_id).delete()
    except discord.HTTPException as error:
        if error.code in {_UNKNOWN_MESSAGE, _UNKNOWN_CHANNEL}:
            return True
        log.warning("message_not_deleted", message=message.message_id, error=repr(error))
        return False
    return True
