"""A server's mod log: the channel where its moderators are told of reported clips."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import discord
import structlog

from bot.clock import MINUTE, SECOND
from bot.community.reports import Report
from bot.delivery.answers import Verdict, judge, reason
from bot.delivery.network import LOOK_DEADLINE, look
from bot.delivery.search import prove_readable
from bot.delivery.tries import counted
from bot.jobs.model import Delivery, Job
from bot.jobs.ports import HistoryUnreadable, MaybePosted, TargetRefused, TryLater
from bot.ui.buttons import custom_ids_of
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.moderation import message_of, names_report, render_report

DeliveriesOf = Callable[[str], Awaitable[Sequence[Delivery]]]
"""A job's messages by its short id, oldest first."""

_MARGIN: Final = MINUTE
"""Discord's clock may be behind ours by this much."""
_UNKNOWN_CHANNEL: Final = 10003

log = structlog.get_logger(__name__)


class ChannelModLog:
    """Posts with discord.py, with or without a gateway connection."""

    def __init__(self, client: discord.Client, deliveries: DeliveriesOf, deadline: int = LOOK_DEADLINE) -> None:
        """Keep the collaborators.

        Args:
            client: logged in.
            deliveries: tells where a clip stands.
            deadline: how long Discord's answer to a message is waited for, in milliseconds.
        """
        self._client = client
        self._deliveries = deliveries
        self._deadline = deadline

    async def has(self, report: Report, job: Job, channel_id: int, since: int) -> bool:
        """Tell whether a report stands there already; only what was posted since then counts.

        Raises:
            HistoryUnreadable: it cannot be searched, and will not be soon.
            TryLater: not now.
        """
        channel = self._messages_of(channel_id, job)
        try:
            return await look(self._search(channel, report, since))
        except discord.NotFound as error:
            if error.code == _UNKNOWN_CHANNEL:
                return False  # what was posted is gone with its channel
            raise HistoryUnreadable("history not found") from error
        except discord.HTTPException as error:
            raise HistoryUnreadable(f"history refused: {error.code or error.status}") from error

    async def post(self, report: Report, job: Job, channel_id: int) -> None:
        """Post a report.

        Raises:
            TargetRefused: the channel is gone, closed to us, or another server's.
            MaybePosted: the answer was lost.
            TryLater: not now; nothing was posted.
        """
        await self._admit(job, channel_id)
        found = message_of(await self._deliveries(job.id))
        for with_words in (True, False):
            with speaking(job.place.public_locale):
                shown = render_report(report, job, found, with_words=with_words)
            try:
                await self._send(self._messages_of(channel_id, job), shown, report)
            except discord.DiscordException as error:
                verdict = judge(error)
                if verdict is Verdict.FILTERED and with_words:
                    continue
                _raise(verdict, error)
            return

    async def _send(self, channel: discord.PartialMessageable, shown: Message, report: Report) -> None:
        """Make one request, apart from discord.py's own repetitions, which carry the same nonce.

        It is left behind, not cancelled, where it takes too long, for the reason that `look` gives.

        Raises:
            DiscordException: Discord's refusal.
            MaybePosted: no answer came, or the refusal is only that of a repetition.
        """
        with counted() as tries:
            sending = asyncio.ensure_future(channel.send(**shown.send(), silent=True, nonce=report.nonce))
        sending.add_done_callback(_heard)
        await asyncio.wait({sending}, timeout=self._deadline / SECOND)
        if not sending.done():
            raise MaybePosted("no answer in time")
        try:
            sending.result()
        except discord.DiscordException as error:
            if not tries.settle(error):
                raise MaybePosted(reason(error)) from error
            raise
        except Exception as error:
            # Whatever ended the request after it may have left, the message may stand in the channel.
            raise MaybePosted(type(error).__name__) from error

    async def _admit(self, job: Job, channel_id: int) -> None:
        """Make sure that a channel is one of the clip's own server: a setting never leads out of it."""
        known = self._client.get_channel(channel_id)
        try:
            channel = known if known is not None else await look(self._client.fetch_channel(channel_id))
        except discord.DiscordException as error:
            raise TargetRefused(reason(error)) from error
        guild = getattr(channel, "guild", None)
        if guild is None or guild.id != job.place.guild_id:
            raise TargetRefused("another_server")

    def _messages_of(self, channel_id: int, job: Job) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=job.place.guild_id)

    async def _search(self, channel: discord.PartialMessageable, report: Report, since: int) -> bool:
        me = self._client.user
        begun = datetime.fromtimestamp((since - _MARGIN) / SECOND, UTC)
        after = discord.Object(max(0, discord.utils.time_snowflake(begun)))
        anything = False
        async for message in channel.history(limit=None, after=after, oldest_first=True):
            anything = True
            ours = me is not None and message.author.id == me.id
            if ours and any(names_report(custom_id, report) for custom_id in custom_ids_of(message.components)):
                return True
        if not anything:
            await prove_readable(channel, after)
        return False


def _heard(sending: asyncio.Future[discord.Message]) -> None:
    if not sending.cancelled():
        sending.exception()  # asked for, or the event loop would complain that nobody did


def _raise(verdict: Verdict, error: discord.DiscordException) -> None:
    match verdict:
        case Verdict.UNCERTAIN:
            raise MaybePosted(reason(error)) from error
        case Verdict.SLOWED | Verdict.LOCKED_OUT:
            raise TryLater(reason(error)) from error
        case _:
            raise TargetRefused(reason(error)) from error
