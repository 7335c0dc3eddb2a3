"""The buttons below a report in the mod log: delete the clip, block its maker, dismiss the report."""

from __future__ import annotations

import discord
import structlog
from structlog.contextvars import bound_contextvars

from bot.community.moderation import BlockedPerson, Moderation, NotForMembers
from bot.errors import Refused
from bot.jobs.clips import ClipService
from bot.jobs.model import Job
from bot.jobs.states import ENDED
from bot.ui import moderation as words
from bot.ui import removal
from bot.ui.answering import PATIENCE, answer_privately, change_in_time
from bot.ui.buttons import custom_ids_of
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.moderation import Remedy
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import Interaction, moderates
from cogs.moderation import may_block, moderated_server
from cogs.removal_buttons import delete_message

log = structlog.get_logger(__name__)


class ReportButtons:
    """Answers them, whatever was restarted since; who presses has to moderate."""

    def __init__(self, clips: ClipService, moderation: Moderation, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._clips = clips
        self._moderation = moderation
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verbs."""
        clicks.on(Verb.FLAGGED, self.flagged)
        clicks.on(Verb.BLOCKFOR, self.block_for)

    async def flagged(self, interaction: Interaction, pressed: Pressed) -> None:
        """Do what was pressed: the verb FLAGGED.

        Raises:
            NotHere: the custom id is none of ours, or names no clip of this server.
            Refused: the person does not moderate here.
        """
        picked = words.read_remedy(pressed.extra)
        if picked is None or interaction.message is None:
            raise NotHere(pressed.extra)
        with bound_contextvars(job=pressed.subject):
            job = await self._reported(interaction, pressed.subject)
            match picked.remedy:
                case Remedy.DELETE:
                    await self._delete(interaction, job)
                case Remedy.BLOCK:
                    moderated_server(interaction)
                    await answer_privately(interaction, words.ask_span(job, interaction.message.id))
                case Remedy.DISMISS:
                    await self._dismiss(interaction, job)

    async def block_for(self, interaction: Interaction, pressed: Pressed) -> None:
        """Block a reported clip's maker for as long as was picked: the verb BLOCKFOR.

        Raises:
            NotHere: the custom id is none of ours, or names no clip of this server.
            Refused: the person does not moderate here, or the maker cannot be blocked.
        """
        span = words.span_of(pressed.values[0] if pressed.values else "")
        job = await self._reported(interaction, pressed.subject)
        guild_id = moderated_server(interaction)
        if span is None or not pressed.extra.isdecimal():
            raise NotHere(pressed.extra)

        async def work() -> Message:
            whom = BlockedPerson(person_id=job.requester_id)
            block = await self._moderation.block(guild_id, whom, span, "", by=interaction.user.id)
            with speaking(job.place.public_locale):
                line = words.blocked_line(interaction.user.id, block)
            await self._tell_below(interaction, int(pressed.extra), Remedy.BLOCK, line, job)
            return words.render_blocked(block)

        with bound_contextvars(job=job.id):
            await change_in_time(interaction, work(), patience=self._patience)

    async def _reported(self, interaction: Interaction, job_id: str) -> Job:
        """Return a reported job of this server, whoever's it is: staff looks into private ones' reports, too."""
        job = await self._clips.of_id(job_id)
        if job is None or interaction.guild_id is None or job.place.guild_id != interaction.guild_id:
            raise NotHere(job_id)
        if not (may_block(interaction) or moderates(interaction, job)):
            raise Refused(NotForMembers())
        return job

    async def _delete(self, interaction: Interaction, job: Job) -> None:
        message = interaction.message
        if message is None:
            raise NotHere(job.id)

        async def work() -> Message:
            done = await self._clips.remove(job.id, interaction.user.id, moderator=True)
            deleted = [await delete_message(interaction.client, posted) for posted in done.messages]
            with speaking(job.place.public_locale):
                line = words.deleted_line(interaction.user.id, left=deleted.count(False))
                ids = list(custom_ids_of(message.components))
                return words.with_outcome(message.content, ids, Remedy.DELETE, line, job)

        if job.state not in ENDED:
            await answer_privately(interaction, removal.removal_unfinished(job))
            return
        await change_in_time(interaction, work(), patience=self._patience)

    async def _dismiss(self, interaction: Interaction, job: Job) -> None:
        message, guild_id = interaction.message, interaction.guild_id
        if message is None or guild_id is None:
            raise NotHere(job.id)

        async def work() -> Message:
            await self._moderation.note(guild_id, "dismiss", job.id, by=interaction.user.id)
            with speaking(job.place.public_locale):
                ids = list(custom_ids_of(message.components))
                line = words.dismissed_line(interaction.user.id)
                return words.with_outcome(message.content, ids, Remedy.DISMISS, line, job)

        await change_in_time(interaction, work(), patience=self._patience)

    async def _tell_below(self, interaction: Interaction, message_id: int, done: Remedy, line: str, job: Job) -> None:
        """Say below a report what was done about it; it is done all the same."""
        channel = interaction.channel
        if not isinstance(channel, discord.abc.Messageable) or interaction.client.user is None:
            return
        try:
            message = await channel.fetch_message(message_id)
            ids = list(custom_ids_of(message.components))
            if message.author.id != interaction.client.user.id or not ids:
                return
            with speaking(job.place.public_locale):
                changed = words.with_outcome(message.content, ids, done, line, job)
            await message.edit(**changed.edit())
        except Exception as error:  # noqa: BLE001 - the block stands, and the answer says so
            log.warning("report_not_changed", error=repr(error))
