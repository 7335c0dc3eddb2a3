"""Messages, reactions and typing (developers/resources/message)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from sandbox.discord import errors, wire
from sandbox.discord.bodies.base import parse
from sandbox.discord.bodies.messages import CREATE, EDIT
from sandbox.discord.permissions import Permission
from sandbox.discord.rest.api import Route
from sandbox.discord.rest.call import NO_CONTENT, Reply

if TYPE_CHECKING:
    from sandbox.discord.messages import Messages
    from sandbox.discord.rest.call import Call
    from sandbox.discord.state import Channel, Message
    from sandbox.discord.wire_messages import MessageWire
    from sandbox.discord.world import World


class MessageRoutes:
    """What the bot does with messages."""

    def __init__(self, world: World, messages: Messages, rendering: MessageWire) -> None:
        self._world = world
        self._messages = messages
        self._rendering = rendering

    def routes(self) -> list[Route]:
        """Return the family's routes."""
        listed = "/channels/{channel_id}/messages"
        one = listed + "/{message_id}"
        emoji = one + "/reactions/{emoji}"
        return [
            Route("GET", listed, self.list),
            Route("POST", listed, self.create),
            Route("GET", one, self.get),
            Route("PATCH", one, self.edit),
            Route("DELETE", one, self.delete),
            Route("GET", emoji, self.reactors),
            Route("PUT", emoji + "/@me", self.react),
            Route("DELETE", emoji + "/@me", self.unreact),
            Route("DELETE", emoji + "/{user_id}", self.unreact_other),
            Route("POST", "/channels/{channel_id}/typing", self.type),
        ]

    def _channel(self, call: Call, *needed: Permission) -> Channel:
        channel = self._world.channel(call.snowflake("channel_id"))
        self._world.require(channel, self._world.bot_id, *needed)
        return channel

    def _message(self, call: Call) -> Message:
        return self._world.message(self._channel(call), call.snowflake("message_id"))

    def _rendered(self, message: Message) -> Reply:
        return Reply(200, self._rendering.message(message, self._rendering.app))

    async def list(self, call: Call) -> Reply:
        """Get Channel Messages: newest first, around, before or after a message."""
        channel = self._channel(call)
        self._world.require_reading(channel, self._world.bot_id)
        limit = call.query_integer("limit", 50, 1, 100)
        if not self._world.permissions(channel, self._world.bot_id) & Permission.READ_MESSAGE_HISTORY:
            return Reply(200, [])
        shown = [m for m in channel.messages.values() if m.deleted_at is None and m.ephemeral_for is None]
        shown.sort(key=lambda message: message.id)
        chosen = _page(shown, call, limit)
        return Reply(200, [self._rendering.message(message, self._rendering.app) for message in reversed(chosen)])

    async def create(self, call: Call) -> Reply:
        """Create Message."""
        channel = self._world.channel(call.snowflake("channel_id"))
        body = parse(CREATE, call.body)
        return self._rendered(await self._messages.create(channel, self._world.bot_id, body, call.files))

    async def get(self, call: Call) -> Reply:
        """Get Channel Message."""
        channel = self._channel(call, Permission.READ_MESSAGE_HISTORY)
        self._world.require_reading(channel, self._world.bot_id)
        return self._rendered(self._world.message(channel, call.snowflake("message_id")))

    async def edit(self, call: Call) -> Reply:
        """Edit Message."""
        message = self._message(call)
        await self._messages.edit(message, self._world.bot_id, parse(EDIT, call.body), call.files)
        return self._rendered(message)

    async def delete(self, call: Call) -> Reply:
        """Delete Message."""
        self._messages.delete(self._message(call), self._world.bot_id)
        return NO_CONTENT

    async def reactors(self, call: Call) -> Reply:
        """Get Reactions: the users behind one emoji."""
        message = self._message(call)
        name, emoji_id = _emoji(call.params["emoji"])
        for reaction in message.reactions:
            if reaction.emoji_id == emoji_id and (emoji_id is not None or reaction.name == name):
                return Reply(200, [wire.user(self._world.users[user_id]) for user_id in reaction.users])
        return Reply(200, [])

    async def react(self, call: Call) -> Reply:
        """Create Reaction."""
        name, emoji_id = _emoji(call.params["emoji"])
        self._messages.react(self._message(call), self._world.bot_id, name, emoji_id)
        return NO_CONTENT

    async def unreact(self, call: Call) -> Reply:
        """Delete Own Reaction."""
        name, emoji_id = _emoji(call.params["emoji"])
        self._messages.unreact(self._message(call), self._world.bot_id, name, emoji_id)
        return NO_CONTENT

    async def unreact_other(self, call: Call) -> Reply:
        """Delete User Reaction; needs MANAGE_MESSAGES."""
        message = self._message(call)
        self._channel(call, Permission.MANAGE_MESSAGES)
        name, emoji_id = _emoji(call.params["emoji"])
        self._messages.unreact(message, call.snowflake("user_id"), name, emoji_id)
        return NO_CONTENT

    async def type(self, call: Call) -> Reply:
        """Trigger Typing Indicator."""
        self._messages.type(self._world.channel(call.snowflake("channel_id")), self._world.bot_id)
        return NO_CONTENT


def _page(shown: list[Message], call: Call, limit: int) -> list[Message]:
    """Return the messages asked for, oldest first."""
    around = call.query_snowflake("around")
    before = call.query_snowflake("before")
    after = call.query_snowflake("after")
    if around is not None:
        older = [m for m in shown if m.id < around][-(limit // 2) :] if limit > 1 else []
        newer = [m for m in shown if m.id >= around][: limit - len(older)]
        return older + newer
    if after is not None:
        return [m for m in shown if m.id > after][:limit]
    if before is not None:
        shown = [m for m in shown if m.id < before]
    return shown[-limit:]


def _emoji(segment: str) -> tuple[str, int | None]:
    """Return an emoji's name and, for a custom one, its id, from a path segment."""
    name, _, identifier = unquote(segment).partition(":")
    if identifier and not identifier.isdigit():
        raise errors.unknown_emoji()
    if not identifier and name.isascii():
        raise errors.unknown_emoji()
    return name, int(identifier) if identifier else None
