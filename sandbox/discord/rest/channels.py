"""Channels, threads and direct messages (developers/resources/channel, …/user "Create DM")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import errors, wire
from sandbox.discord.bodies import channels as bodies
from sandbox.discord.bodies.base import parse
from sandbox.discord.rest.api import Route
from sandbox.discord.rest.call import NO_CONTENT, Reply
from sandbox.discord.state import ChannelKind

if TYPE_CHECKING:
    from sandbox.discord.channels import Channels
    from sandbox.discord.rest.call import Call
    from sandbox.discord.state import Channel
    from sandbox.discord.wire import Wire


class ChannelRoutes:
    """What the bot does with channels."""

    def __init__(self, base: Wire, channels: Channels) -> None:
        self._wire = base
        self._world = base.world
        self._channels = channels

    def routes(self) -> list[Route]:
        """Return the family's routes."""
        one = "/channels/{channel_id}"
        return [
            Route("GET", one, self.get),
            Route("PATCH", one, self.edit),
            Route("DELETE", one, self.delete),
            Route("POST", one + "/threads", self.start_thread),
            Route("POST", one + "/messages/{message_id}/threads", self.start_thread_from_message),
            Route("PUT", one + "/thread-members/@me", self.join_thread),
            Route("GET", one + "/threads/archived/public", self.archived_threads),
            Route("POST", "/users/@me/channels", self.create_direct),
        ]

    def _visible(self, call: Call) -> Channel:
        channel = self._world.channel(call.snowflake("channel_id"))
        self._world.require(channel, self._world.bot_id)
        return channel

    async def get(self, call: Call) -> Reply:
        """Get Channel."""
        return Reply(200, self._wire.channel(self._visible(call)))

    async def edit(self, call: Call) -> Reply:
        """Modify Channel."""
        channel = self._visible(call)
        self._channels.edit(channel, self._world.bot_id, parse(bodies.EDIT, call.body))
        return Reply(200, self._wire.channel(channel))

    async def delete(self, call: Call) -> Reply:
        """Delete/Close Channel."""
        channel = self._visible(call)
        if channel.kind is not ChannelKind.DIRECT:
            self._channels.delete(channel, self._world.bot_id)
        return Reply(200, self._wire.channel(channel))

    async def start_thread(self, call: Call) -> Reply:
        """Start Thread without Message."""
        body = parse(bodies.START, call.body)
        thread = self._channels.start_thread(self._visible(call), self._world.bot_id, body, None)
        return Reply(201, self._wire.channel(thread))

    async def start_thread_from_message(self, call: Call) -> Reply:
        """Start Thread from Message."""
        parent = self._visible(call)
        message = self._world.message(parent, call.snowflake("message_id"))
        body = parse(bodies.START_FROM_MESSAGE, call.body)
        thread = self._channels.start_thread(parent, self._world.bot_id, body, message)
        return Reply(201, self._wire.channel(thread))

    async def join_thread(self, call: Call) -> Reply:
        """Join Thread."""
        self._channels.join(self._visible(call), self._world.bot_id)
        return NO_CONTENT

    async def archived_threads(self, call: Call) -> Reply:
        """List Public Archived Threads."""
        parent = self._visible(call)
        archived = [
            channel
            for channel in self._world.channels.values()
            if channel.parent_id == parent.id and channel.thread is not None and channel.thread.archived
        ]
        archived.sort(key=lambda channel: channel.id, reverse=True)
        bot = self._world.bot_id
        members = [
            wire.thread_member(channel.id, channel.thread, bot)
            for channel in archived
            if channel.thread is not None and bot in channel.thread.members
        ]
        return Reply(
            200,
            {
                "threads": [self._wire.channel(channel) for channel in archived],
                "members": list(members),
                "has_more": False,
            },
        )

    async def create_direct(self, call: Call) -> Reply:
        """Create DM."""
        recipient = parse(bodies.CREATE_DIRECT, call.body).recipient_id
        if recipient not in self._world.users or self._world.users[recipient].bot:
            raise errors.ApiError(400, 50033, "Invalid Recipient(s)")
        return Reply(200, self._wire.channel(self._world.direct_channel(recipient)))
