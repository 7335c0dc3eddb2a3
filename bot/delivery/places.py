"""Channels as a delivery sees them: open or closed, how much they take, and where a person's direct messages are.

What the gateway keeps current is believed; a process without a gateway, or an archived thread, is asked for by REST.
"""

from __future__ import annotations

from typing import Final

import discord

from bot.delivery.answers import reason
from bot.delivery.network import look
from bot.delivery.upload_limits import DEFAULT_LIMIT, UploadLimits
from bot.jobs.model import Job, MessageRef
from bot.jobs.ports import TargetRefused, TryLater

DIRECT: Final = 0
"""The place of all direct messages, for `UploadLimits`."""


class Places:
    """Looks at channels through a client, connected or only logged in."""

    def __init__(self, client: discord.Client, limits: UploadLimits) -> None:
        """Keep the client and what is known of limits."""
        self._client = client
        self._limits = limits

    async def check(self, job: Job, *, files: bool) -> None:
        """Make sure that a job's channel may take a message, as far as that can be known before sending one.

        Args:
            job: whose channel.
            files: whether the message has an attachment.

        Raises:
            TargetRefused: it is gone, or closed to us.
            TryLater: not now.
        """
        channel = self._cached(job) or await self._fetched(job)
        if isinstance(channel, discord.Thread):
            await self._reopen(channel)
        missing = self._missing(channel, files=files)
        if missing:
            raise TargetRefused(f"missing_{missing}")

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

    async def upload_limit(self, job: Job, channel_id: int) -> int:
        """Return how many bytes a file may have in a channel: the server's limit, never a person's own."""
        if is_direct(job, channel_id):
            return self._limits.lowered(DIRECT, DEFAULT_LIMIT)
        guild_id = job.place.guild_id or DIRECT
        return self._limits.lowered(guild_id, await self._told(job, guild_id))

    def refuse_size(self, job: Job, channel_id: int, size: int) -> None:
        """Remember that a file of `size` bytes was too large for a channel."""
        place = DIRECT if is_direct(job, channel_id) else job.place.guild_id or DIRECT
        self._limits.refuse(place, size)

    def messages_of(self, job: Job, channel_id: int) -> discord.PartialMessageable:
        """Return a channel to send to, search and edit in, known or not."""
        guild_id = None if is_direct(job, channel_id) else job.place.guild_id
        return self._client.get_partial_messageable(channel_id, guild_id=guild_id)

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

    def _cached(self, job: Job) -> object | None:
        guild = self._client.get_guild(job.place.guild_id or DIRECT)
        if guild is None or guild.unavailable:
            return None
        return guild.get_channel_or_thread(job.place.channel_id)

    async def _fetched(self, job: Job) -> object:
        try:
            return await look(self._client.fetch_channel(job.place.channel_id))
        except discord.HTTPException as error:
            raise TargetRefused(reason(error)) from error
        except discord.InvalidData as error:
            raise TargetRefused("unknown_kind_of_channel") from error

    async def _reopen(self, thread: discord.Thread) -> None:
        """Take a thread out of the archive; a locked one lets only its moderators do that."""
        if not thread.archived:
            return
        try:
            await look(thread.edit(archived=False))
        except discord.HTTPException as error:
            raise TargetRefused(reason(error)) from error

    def _missing(self, channel: object, *, files: bool) -> str:
        """Return the first permission known to be missing, "" where none is, or where that cannot be known.

        Without a gateway there are no roles to compute from: then the send itself tells.
        """
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread) or self._client.user is None:
            return ""
        me = channel.guild.get_member(self._client.user.id)
        if me is None:
            return ""
        try:
            allowed = channel.permissions_for(me)
        except discord.ClientException:  # a thread whose parent is not known
            return ""
        sending = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
        needed = ("view_channel", sending, *(("attach_files",) if files else ()))
        return next((name for name in needed if not getattr(allowed, name)), "")


def is_direct(job: Job, channel_id: int) -> bool:
    """Tell whether a target is direct messages: it is the job's own channel or those."""
    return job.place.guild_id is None or channel_id != job.place.channel_id


def card_beside(job: Job, channel_id: int) -> MessageRef | None:
    """Return a job's card if it stands in this channel."""
    return job.card if job.card is not None and job.card.channel_id == channel_id else None
