"""Channels as a delivery sees them: open or closed, how much they take, and where threads and direct messages are.

What the gateway keeps current is believed. What it does not show (it is another process's shard, or there is none, or a
thread is archived) is asked for by REST where somebody might see what is not for them; elsewhere the send itself tells.
"""

from __future__ import annotations

from typing import Final

import discord

from bot.delivery.answers import Verdict, judge, reason
from bot.delivery.network import look
from bot.delivery.upload_limits import DEFAULT_LIMIT, UploadLimits
from bot.jobs.model import Delivery, Job, MessageRef, is_repost
from bot.jobs.ports import TargetRefused, TryLater
from bot.ui.channel_kinds import CHANNEL_RULES, THREAD_NEEDS, channel_kind

DIRECT: Final = 0
"""In place of a server's id: direct messages."""
_THREAD_EXISTS: Final = 160004
_ARCHIVE_MINUTES: Final = 1440


class Places:
    """Looks at channels through a client, connected or only logged in."""

    def __init__(self, client: discord.Client, limits: UploadLimits) -> None:
        """Keep the client and what is known of limits."""
        self._client = client
        self._limits = limits

    async def admit(self, delivery: Delivery, job: Job, channel_id: int, *, files: bool) -> int:
        """Make sure that a target may take a delivery's message, as far as that can be known before sending it.

        Args:
            delivery: a repost goes only where everybody may see its clip.
            job: whose clip.
            channel_id: the target.
            files: whether the message has an attachment.

        Returns:
            The server's id, or DIRECT.

        Raises:
            TargetRefused: it is gone, closed to us, or not for this clip.
            TryLater: not now.
        """
        if is_repost(delivery.purpose):
            channel = await self._channel(channel_id)
            server = _server_of_repost(channel, job)
        elif is_direct(job, channel_id):
            return DIRECT
        else:
            # Not asked for where the gateway does not show it: the send itself tells, and half of all jobs would pay a
            # request more where two processes share the shards. Where the answer to that is lost and the channel cannot
            # be read either, nobody can tell whether it came through: then it is said to be undeliverable.
            channel = self._cached(channel_id)
            server = DIRECT if isinstance(channel, discord.DMChannel) else job.place.guild_id or DIRECT
        missing = self._missing(channel, files=files)
        if missing:
            raise TargetRefused(f"missing_{missing}")
        return server

    async def open_thread(self, job: Job, name: str, plain_name: str) -> int | None:
        """Return the thread that starts from a job's card, made now where there is none; its id is the card's.

        Args:
            job: whose card.
            name: of a new thread.
            plain_name: the same without the person's words, where the server's filters do not let those through.

        Returns:
            None where no thread can be made there.

        Raises:
            TryLater: not now.
        """
        card = job.card
        if card is None or job.place.is_direct:
            return None
        if self._cached(card.message_id) is not None:
            return card.message_id
        if not self._may_make_threads(card.channel_id):
            return None
        refusal = await self._start_thread(card, name)
        if refusal is not None and judge(refusal) is Verdict.FILTERED:
            refusal = await self._start_thread(card, plain_name)
        if refusal is None:
            return card.message_id
        return await self._existing_thread(card) if refusal.code == _THREAD_EXISTS else None

    async def direct_messages(self, job: Job) -> int | None:
        """Return the channel of the requester's direct messages, None where Discord opens none.

        Raises:
            TryLater: not now.
        """
        try:
            channel = await look(self._client.create_dm(discord.Object(job.requester_id)))
        except discord.HTTPException:
            return None
        return channel.id

    async def upload_limit(self, job: Job, server: int) -> int:
        """Return how many bytes a file may have: the server's limit, never a person's own."""
        told = DEFAULT_LIMIT if server == DIRECT else await self._told(job, server)
        return self._limits.lowered(server, told)

    def refuse_size(self, server: int, size: int) -> None:
        """Remember that a file of `size` bytes was too large for a server, or for direct messages."""
        self._limits.refuse(server, size)

    def messages_of(self, channel_id: int) -> discord.PartialMessageable:
        """Return a channel to send to, search and edit in, known or not."""
        return self._client.get_partial_messageable(channel_id)

    async def _told(self, job: Job, guild_id: int) -> int:
        guild = self._client.get_guild(guild_id)
        if guild is not None and not guild.unavailable:
            return guild.filesize_limit
        told = self._limits.told(guild_id)
        if told is not None:
            return told
        try:
            fetched = await look(self._client.fetch_guild(guild_id, with_counts=False))
        except (discord.HTTPException, TryLater):
            # What Discord said when the command was given is the best guess left, and a refusal corrects it.
            return job.place.upload_limit
        self._limits.tell(guild_id, fetched.filesize_limit)
        return fetched.filesize_limit

    async def _channel(self, channel_id: int) -> object:
        return self._cached(channel_id) or await self._fetched(channel_id)

    def _cached(self, channel_id: int) -> object | None:
        channel = self._client.get_channel(channel_id)
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread) and channel.guild.unavailable:
            return None
        return channel

    async def _fetched(self, channel_id: int) -> object:
        try:
            return await look(self._client.fetch_channel(channel_id))
        except discord.HTTPException as error:
            raise TargetRefused(reason(error)) from error
        except discord.InvalidData as error:
            raise TargetRefused("unknown_kind_of_channel") from error

    async def _start_thread(self, card: MessageRef, name: str) -> discord.HTTPException | None:
        # By the raw request: discord.py's own wants the server in its cache, which a process without a gateway lacks.
        start = self._client.http.start_thread_with_message(
            card.channel_id, card.message_id, name=name, auto_archive_duration=_ARCHIVE_MINUTES
        )
        try:
            await look(start)
        except discord.HTTPException as error:
            return error
        return None

    async def _existing_thread(self, card: MessageRef) -> int | None:
        """Return the thread of a card that had one already, unless somebody has deleted it since."""
        try:
            await self._fetched(card.message_id)
        except TargetRefused:
            return None
        return card.message_id

    def _may_make_threads(self, channel_id: int) -> bool:
        """Tell whether a thread may start from a message, True where Discord has to be asked."""
        channel = self._cached(channel_id)
        kind = channel_kind(channel)
        if kind is None:
            return True
        allowed = self._allowed(channel)
        return CHANNEL_RULES[kind].makes_threads and (
            allowed is None or all(getattr(allowed, name) for name in THREAD_NEEDS)
        )

    def _missing(self, channel: object, *, files: bool) -> str:
        """Return the first permission known to be missing, "" where none is, or where that cannot be known."""
        kind, allowed = channel_kind(channel), self._allowed(channel)
        if kind is None or allowed is None:
            return ""
        needed = [name for name in CHANNEL_RULES[kind].posting if files or name != "attach_files"]
        return next((name for name in needed if not getattr(allowed, name)), "")

    def _allowed(self, channel: object) -> discord.Permissions | None:
        """Return what we may do in a server's channel.

        None without a gateway: there are no roles to compute from, and the send itself tells.
        """
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread) or self._client.user is None:
            return None
        me = channel.guild.get_member(self._client.user.id)
        if me is None:
            return None
        try:
            return channel.permissions_for(me)
        except discord.ClientException:  # a thread whose parent is not known
            return None


def _server_of_repost(channel: object, job: Job) -> int:
    """Return the server of a channel in which a clip is brought once more, or DIRECT.

    Raises:
        TargetRefused: whoever is there was never meant to see it.
    """
    if isinstance(channel, discord.DMChannel):
        if channel.recipient is None or channel.recipient.id != job.requester_id:
            raise TargetRefused("direct_messages_of_another")
        return DIRECT
    if job.place.is_direct:
        raise TargetRefused("private_clip")
    guild = channel.guild if isinstance(channel, discord.abc.GuildChannel | discord.Thread) else None
    if guild is None or guild.id != job.place.guild_id:
        raise TargetRefused("another_server")
    return guild.id


def thread_of(job: Job) -> int | None:
    """Return the id that a thread from a job's card has, whether or not there is one."""
    return job.card.message_id if job.card is not None and not job.place.is_direct else None


def is_direct(job: Job, channel_id: int) -> bool:
    """Tell whether a target of an ending is the requester's direct messages.

    An ending goes to the job's own channel, to a thread from its card, or else there.
    """
    return job.place.is_direct or channel_id not in {job.place.channel_id, thread_of(job)}


def card_beside(job: Job, channel_id: int) -> MessageRef | None:
    """Return a job's card if it stands in this channel."""
    return job.card if job.card is not None and job.card.channel_id == channel_id else None
