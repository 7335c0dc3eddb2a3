"""Replies to clips: heard where Discord lets us read them, and answered once."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import discord
import structlog
from structlog.contextvars import bound_contextvars

from bot.errors import Refused
from bot.jobs.clips import ClipService
from bot.jobs.drafts import request_key_of
from bot.jobs.model import Destination, Job, Place
from bot.jobs.ports import StoreUnavailable, not_written
from bot.jobs.requests import NotTakingWork, Origin
from bot.jobs.service import JobService
from bot.ui import replies, wording
from bot.ui.language import speaking
from bot.ui.members import membership_of
from cogs.amounts import for_all
from cogs.fading import Fading
from cogs.in_hand import InHand
from cogs.interaction import (
    DEFAULT_UPLOAD_LIMIT,
    is_age_restricted,
    manages_messages,
    may_act_on,
)
from cogs.reply_answers import Answer, Reply, ReplyAnswers, draft_of_reply
from cogs.reply_places import may_post, own_permissions
from cogs.spending import OFFER_SECONDS, Spending

_AT_WORK: Final = "⏳"
_HINT_SECONDS: Final = 30.0

log = structlog.get_logger(__name__)


class Replies:
    """Hears messages, and answers those that reply to a clip."""

    def __init__(
        self,
        answers: ReplyAnswers,
        spending: Spending,
        jobs: JobService,
        clips: ClipService,
        fading: Fading,
        in_hand: InHand,
    ) -> None:
        """Keep the collaborators; `in_hand` counts replies in, and tells when no more are taken."""
        self._answers = answers
        self._spending = spending
        self._jobs = jobs
        self._clips = clips
        self._fading = fading
        self._in_hand = in_hand

    async def hear(self, client: discord.Client, message: discord.Message) -> None:
        """Answer a message that a person wrote in reply to one of ours about a clip; others are none of our business.

        Whatever goes wrong, the person is told, as far as we may write there.
        """
        answered = _replied_to(client, message)
        if answered is None:
            return
        taken = self._in_hand.enter()
        with bound_contextvars(message=message.id, guild=message.guild.id if message.guild is not None else None):
            try:
                job = await self._clips.of_message(answered)
            except Exception:
                # It is not known whether the reply was for us, so there is nothing to say.
                log.exception("reply_not_looked_up")
                return
            guild_id = message.guild.id if message.guild is not None else None
            if job is None or not may_act_on(job, message.author.id, guild_id):
                return
            place = await self._jobs.spoken_place(_place(message, job))
            with (
                speaking(place.spoken_locale),
                await for_all(self._jobs, place),
                bound_contextvars(job=job.id),
            ):
                await self._hear(client, message, job, taken=taken)

    async def _hear(self, client: discord.Client, message: discord.Message, job: Job, *, taken: bool) -> None:
        if not message.content and not message.attachments:
            await self._unreadable(client, message)
            return
        if not taken:
            await _post(message, Answer(replies.render_refusal(NotTakingWork())))
            return
        async with _at_work(client, message):
            answer = await self._answer(client, message, job)
            posted = await _post(message, answer) if answer is not None else None
            if answer is not None and posted is not None and answer.brief:
                self._take_away_later(answer, posted)

    async def _answer(self, client: discord.Client, message: discord.Message, job: Job) -> Answer | None:
        reply = Reply(message, job, _origin(message, job), moderator=manages_messages(message.author, job))
        try:
            return await self._answers.answer(client, reply)
        except Refused as refused:
            return Answer(replies.render_refusal(refused.refusal))
        except StoreUnavailable as error:
            log.warning("reply_not_written", error=str(error))
            return Answer(replies.render_refusal(not_written(error, perhaps=True)))
        except Exception:
            # Whatever went wrong, the person is told, with a number that the log has too.
            error_id = secrets.token_hex(4)
            log.exception("reply_failed", error_id=error_id)
            return Answer(wording.apology(error_id, nothing_charged=False))

    async def _unreadable(self, client: discord.Client, message: discord.Message) -> None:
        """Say once why a reply could not be read, where it is not just a sticker or a poll."""
        guild, me = message.guild, client.user
        if guild is None or client.intents.message_content or message.stickers or message.poll is not None:
            return
        if not may_post(message) or not await self._jobs.take_hint(message.author.id, guild.id):
            return
        pinged = me is not None and any(person.id == me.id for person in message.mentions)
        posted = await _post(message, Answer(replies.render_hint(pinged=pinged)))
        if posted is not None:
            self._fading.later(f"hint-{message.id}", _HINT_SECONDS, posted.delete)

    def _take_away_later(self, answer: Answer, posted: discord.Message) -> None:
        if answer.message.buttons:
            self._spending.stands_briefly(answer.brief, posted)
        else:
            self._fading.later(answer.brief, OFFER_SECONDS, posted.delete)


def _replied_to(client: discord.Client, message: discord.Message) -> int | None:
    """Return the id of the message that a person replies to, None where it is not one of ours."""
    reference = message.reference
    if message.author.bot or message.webhook_id is not None or reference is None:
        return None
    if message.type is not discord.MessageType.reply:
        return None
    shown = reference.resolved
    if isinstance(shown, discord.Message) and (client.user is None or shown.author.id != client.user.id):
        return None
    return reference.message_id


def _origin(message: discord.Message, job: Job) -> Origin:
    return Origin(
        request_key=request_key_of(draft_of_reply(message)),
        requester_id=message.author.id,
        place=_place(message, job),
        member=membership_of(message.author),
        parent_channel_id=message.channel.parent_id if isinstance(message.channel, discord.Thread) else None,
        age_restricted=is_age_restricted(message.channel),
    )


def _place(message: discord.Message, job: Job) -> Place:
    """Return where a reply is from; in direct messages the clip tells which server it belongs to."""
    if message.guild is None:
        return replace(
            job.place,
            channel_id=message.channel.id,
            upload_limit=DEFAULT_UPLOAD_LIMIT,
            destination=Destination.DIRECT,
        )
    return Place(
        guild_id=message.guild.id,
        channel_id=message.channel.id,
        upload_limit=message.guild.filesize_limit,
        locale=_locale(message, job),
        public_locale=_locale(message, job),
    )


def _locale(message: discord.Message, job: Job) -> str:
    """Return the language to answer in: a message does not tell its author's."""
    return message.guild.preferred_locale.value if message.guild is not None else job.place.locale


async def _post(message: discord.Message, answer: Answer) -> discord.Message | None:
    """Answer below a reply, silently; the same reply is answered once, even where Discord brings it twice."""
    if not may_post(message):
        log.info("reply_not_answered", reason="permissions")
        return None
    allowed = own_permissions(message)
    sending = answer.message.send()
    try:
        if allowed is not None and not allowed.read_message_history:
            return await message.channel.send(**sending, silent=True, nonce=f"m{message.id}")
        reference = discord.MessageReference.from_message(message, fail_if_not_exists=False)
        return await message.channel.send(**sending, reference=reference, silent=True, nonce=f"m{message.id}")
    except Exception as error:  # noqa: BLE001 - there is no other way to tell them
        log.warning("reply_not_answered", error=repr(error))
        return None


@asynccontextmanager
async def _at_work(client: discord.Client, message: discord.Message) -> AsyncIterator[None]:
    """Show that a reply is being worked on, where we may, without waiting for it."""
    allowed, me = own_permissions(message), client.user
    if me is None or (allowed is not None and not (allowed.add_reactions and allowed.read_message_history)):
        yield
        return
    showing = asyncio.create_task(message.add_reaction(_AT_WORK))
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # nothing but a mark
            await showing
            await message.remove_reaction(_AT_WORK, me)
