"""The buttons under clips and failures: Re-roll, Retry and More, with what More leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

import discord
import structlog
from structlog.contextvars import bound_contextvars

from bot.clock import Clock
from bot.jobs.clips import ClipService, KeptClip
from bot.jobs.model import Job
from bot.jobs.requests import RerunRequest
from bot.ui import more
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time
from bot.ui.buttons import custom_ids_of
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.results import file_name
from cogs.clicks import Clicks
from cogs.found_here import NotHere, job_here
from cogs.interaction import Interaction, check_place, moderates, origin_of
from cogs.spending import Spending, Wish

log = structlog.get_logger(__name__)


class ResultButtons:
    """Answers them, for the person alone; what is bought has a card of its own."""

    def __init__(self, clips: ClipService, spending: Spending, clock: Clock, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._clips = clips
        self._spending = spending
        self._clock = clock
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verbs."""
        clicks.on(Verb.AGAIN, self.again)
        clicks.on(Verb.MORE, self.more)
        clicks.on(Verb.FAVOURITE, self.favourite)
        clicks.on(Verb.REPOST, self.repost)
        clicks.on(Verb.ORIGINAL, self.original)

    async def again(self, interaction: Interaction, pressed: Pressed) -> None:
        """Offer a new take of a clip, or another try of one that failed, to whoever asks and at their charge.

        Raises:
            NotHere: there is no such clip here.
            Refused: it cannot be bought as things stand.
        """
        await self._answer(interaction, pressed, self._again(interaction, pressed))

    async def more(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show what else can be done with a clip."""
        await self._answer(interaction, pressed, self._more(interaction, pressed))

    async def favourite(self, interaction: Interaction, pressed: Pressed) -> None:
        """Put a clip among the person's favourites, or take it out, and show that in place."""
        with bound_contextvars(job=pressed.subject):
            await change_in_time(interaction, self._favourite(interaction, pressed), patience=self._patience)

    async def repost(self, interaction: Interaction, pressed: Pressed) -> None:
        """Bring a clip once more, where the button was pressed."""
        await self._answer(interaction, pressed, self._repost(interaction, pressed))

    async def original(self, interaction: Interaction, pressed: Pressed) -> None:
        """Hand over a clip as the provider made it, or say where it is."""
        with bound_contextvars(job=pressed.subject):
            work = self._kept(interaction, pressed)
            job, kept = await in_time(interaction, work, ephemeral=True, patience=self._patience)
            if not interaction.response.is_done():
                await interaction.response.defer(ephemeral=True, thinking=True)
            with speaking(interaction.locale.value):
                if kept is not None and await self._attached(interaction, job, kept):
                    return
                elsewhere = more.original_elsewhere(
                    job,
                    size=kept.size if kept is not None else 0,
                    limit=interaction.filesize_limit,
                    now=self._clock.now(),
                )
                await interaction.edit_original_response(**elsewhere.edit())

    async def _answer(self, interaction: Interaction, pressed: Pressed, work: Awaitable[Message]) -> None:
        with bound_contextvars(job=pressed.subject):
            message = await in_time(interaction, work, ephemeral=True, patience=self._patience)
            await answer_privately(interaction, message)

    async def _again(self, interaction: Interaction, pressed: Pressed) -> Message:
        job = await job_here(self._clips, interaction, pressed.subject)
        check_place(interaction)
        message = interaction.message
        wish = Wish(
            RerunRequest(job_id=job.id),
            about=job,
            repeat_key=repeat_key(interaction, Verb.AGAIN, job),
            reply_to=message.id if message is not None and not message.flags.ephemeral else 0,
        )
        return await self._spending.asked(interaction, wish)

    async def _kept(self, interaction: Interaction, pressed: Pressed) -> tuple[Job, KeptClip | None]:
        job = await job_here(self._clips, interaction, pressed.subject)
        return job, await self._clips.kept(job)

    async def _more(self, interaction: Interaction, pressed: Pressed) -> Message:
        job = await job_here(self._clips, interaction, pressed.subject)
        kept = await self._clips.kept(job)
        facts = more.MoreFacts(
            original=not _shows(interaction.message, kept) and (kept is not None or more.has_link(job, self._now)),
            favourite=await self._clips.is_favourite(job.id, interaction.user.id),
            removable=job.requester_id == interaction.user.id or moderates(interaction, job),
        )
        return more.render_more(job, facts)

    @property
    def _now(self) -> int:
        return self._clock.now()

    async def _favourite(self, interaction: Interaction, pressed: Pressed) -> Message:
        if pressed.extra not in {"on", "off"}:
            raise NotHere(pressed.extra)
        job = await job_here(self._clips, interaction, pressed.subject)
        on = pressed.extra == "on"
        await self._clips.set_favourite(job.id, interaction.user.id, on=on)
        facts = more.MoreFacts(
            original=_has_button(interaction.message, more.original_button_id(job)),
            favourite=on,
            removable=job.requester_id == interaction.user.id or moderates(interaction, job),
        )
        return more.render_more(job, facts)

    async def _repost(self, interaction: Interaction, pressed: Pressed) -> Message:
        job = await job_here(self._clips, interaction, pressed.subject)
        check_place(interaction)
        # One message with this button brings the clip once, however often it is pressed.
        key = repeat_key(interaction, Verb.REPOST, job)
        delivery = await self._clips.repost(replace(origin_of(interaction, job), request_key=key), job.id)
        return more.reposted(job, delivery)

    async def _attached(self, interaction: Interaction, job: Job, kept: KeptClip) -> bool:
        """Attach the file; False where Discord does not take it."""
        if kept.size > interaction.filesize_limit:
            return False
        name = file_name(job, kept.path.suffix.removeprefix("."))
        try:
            file = await asyncio.to_thread(discord.File, kept.path, filename=name, spoiler=job.spoiler)
        except OSError as error:
            log.warning("original_unreadable", error=repr(error))
            return False
        message = more.original_attached(job, kept.size)
        with file.fp:
            try:
                await interaction.edit_original_response(content=message.content, attachments=[file])
            except discord.HTTPException as error:
                log.warning("original_not_attached", error=repr(error))
                return False
        return True


def repeat_key(interaction: Interaction, verb: Verb, job: Job) -> str:
    """Return what clicks of one person on one button have in common."""
    message_id = interaction.message.id if interaction.message is not None else interaction.id
    return f"{message_id}:{verb}:{job.id}:{interaction.user.id}"


def _shows(message: discord.Message | None, kept: KeptClip | None) -> bool:
    """Tell whether a message has the clip attached as the provider made it."""
    return message is not None and kept is not None and any(file.size == kept.size for file in message.attachments)


def _has_button(message: discord.Message | None, custom_id: str) -> bool:
    return message is not None and custom_id in custom_ids_of(message.components)
