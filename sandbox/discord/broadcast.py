"""Tells everybody what happened: the bot through the gateway, people through the log of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import wire
from sandbox.discord.clock import SECOND
from sandbox.discord.gateway_sessions import Event, Intent
from sandbox.discord.wire_messages import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord.changes import ChangeLog
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.state import Channel, Guild, Message, Reaction
    from sandbox.discord.wire import Wire
    from sandbox.discord.wire_messages import MessageWire


class Broadcaster:
    """Sends events for what the bot may see and logs changes for people."""

    def __init__(self, base: Wire, messages: MessageWire, gateway: Gateway, changes: ChangeLog) -> None:
        self._wire = base
        self._world = base.world
        self._messages = messages
        self._gateway = gateway
        self._changes = changes

    def _send(
        self,
        name: str,
        channel: Channel,
        render: Callable[[bool], JsonObject],
        intents: tuple[Intent, Intent],
    ) -> None:
        """Dispatch an event of a channel, under the first intent in servers and the second in direct messages."""
        if self._world.can_see(channel, self._world.bot_id):
            intent = intents[1] if channel.guild_id is None else intents[0]
            self._gateway.dispatch(Event(name=name, render=render, intent=intent, guild_id=channel.guild_id))

    def _message_event(self, name: str, message: Message) -> None:
        def render(reads_content: bool) -> JsonObject:
            return self._messages.event(message, Viewer(self._world.bot_id, reads_content))

        self._message_dispatch(name, message, render)

    def _message_dispatch(self, name: str, message: Message, render: Callable[[bool], JsonObject]) -> None:
        """Dispatch a message's event; ephemeral ones go to their author as if direct, without a guild.

        Source: developers/events/gateway-events, "Message Create".
        """
        if message.ephemeral_for is not None:
            intent = Intent.DIRECT_MESSAGES
            self._gateway.dispatch(Event(name=name, render=render, intent=intent, guild_id=message.guild_id))
            return
        intents = (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES)
        self._send(name, self._world.channels[message.channel_id], render, intents)

    def message_created(self, message: Message) -> None:
        """Announce a new message; an ephemeral one reaches nobody but its reader and the bot."""
        self._message_event("MESSAGE_CREATE", message)
        self._changes.add(
            "message_created",
            channel_id=message.channel_id,
            message_id=message.id,
            person_id=message.ephemeral_for,
        )

    def message_updated(self, message: Message) -> None:
        """Announce a changed message."""
        self._message_event("MESSAGE_UPDATE", message)
        self._changes.add(
            "message_updated",
            channel_id=message.channel_id,
            message_id=message.id,
            person_id=message.ephemeral_for,
        )

    def message_deleted(self, message: Message) -> None:
        """Announce a message's deletion."""
        payload = _located(message, {"id": str(message.id)})
        self._message_dispatch("MESSAGE_DELETE", message, lambda _: payload)
        self._changes.add(
            "message_deleted",
            channel_id=message.channel_id,
            message_id=message.id,
            person_id=message.ephemeral_for,
        )

    def reaction(self, message: Message, reaction: Reaction, user_id: int, *, added: bool) -> None:
        """Announce a reaction put or taken away."""
        channel = self._world.channels[message.channel_id]
        emoji_id = None if reaction.emoji_id is None else str(reaction.emoji_id)
        payload = _located(
            message,
            {
                "message_id": str(message.id),
                "user_id": str(user_id),
                "emoji": {"id": emoji_id, "name": reaction.name},
                "burst": False,
                "type": 0,
            },
        )
        if added:
            payload["message_author_id"] = str(message.author_id)
            guild = self._world.guild_of(channel)
            if guild is not None and user_id in guild.members:
                payload["member"] = wire.member(guild.members[user_id], self._world.users[user_id])
        name = "MESSAGE_REACTION_ADD" if added else "MESSAGE_REACTION_REMOVE"
        intents = (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS)
        self._send(name, channel, lambda _: payload, intents)
        self._changes.add("reaction", channel_id=message.channel_id, message_id=message.id)

    def typing(self, channel: Channel, user_id: int) -> None:
        """Announce that somebody types."""
        payload: JsonObject = {
            "channel_id": str(channel.id),
            "user_id": str(user_id),
            "timestamp": self._world.clock.now() // SECOND,
        }
        guild = self._world.guild_of(channel)
        if guild is not None:
            payload["guild_id"] = str(guild.id)
            if user_id in guild.members:
                payload["member"] = wire.member(guild.members[user_id], self._world.users[user_id])
        intents = (Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING)
        self._send("TYPING_START", channel, lambda _: payload, intents)
        self._changes.add("typing", channel_id=channel.id, actor_id=user_id)

    def _channel_event(self, name: str, channel: Channel, extra: JsonObject | None = None) -> None:
        payload = self._wire.channel(channel) | (extra or {})
        self._send(name, channel, lambda _: payload, (Intent.GUILDS, Intent.NONE))

    def channel_created(self, channel: Channel) -> None:
        """Announce a new channel."""
        self._channel_event("CHANNEL_CREATE", channel)
        self._changes.add("channel_updated", channel_id=channel.id)

    def thread_created(self, thread: Channel) -> None:
        """Announce a new thread."""
        self._channel_event("THREAD_CREATE", thread, {"newly_created": True})
        self._changes.add("thread_created", channel_id=thread.id)

    def channel_updated(self, channel: Channel) -> None:
        """Announce a changed channel or thread."""
        self._channel_event("CHANNEL_UPDATE" if channel.thread is None else "THREAD_UPDATE", channel)
        self._changes.add("channel_updated", channel_id=channel.id)

    def channel_deleted(self, channel: Channel) -> None:
        """Announce the deletion of a channel or thread; call it while the channel still exists."""
        if channel.thread is None:
            self._channel_event("CHANNEL_DELETE", channel)
        else:
            parts: JsonObject = {
                "id": str(channel.id),
                "guild_id": str(channel.guild_id),
                "parent_id": str(channel.parent_id),
                "type": int(channel.kind),
            }
            self._send("THREAD_DELETE", channel, lambda _: parts, (Intent.GUILDS, Intent.NONE))
        self._changes.add("channel_deleted", channel_id=channel.id)

    def _guild_event(self, name: str, guild: Guild, payload: JsonObject) -> None:
        self._gateway.dispatch(Event(name=name, render=lambda _: payload, intent=Intent.GUILDS, guild_id=guild.id))
        self._changes.add("server_updated")

    def guild_updated(self, guild: Guild) -> None:
        """Announce a changed server."""
        self._guild_event("GUILD_UPDATE", guild, self._wire.guild_event(guild))

    def guild_joined(self, guild: Guild) -> None:
        """Announce that the bot was added to a server; `unavailable` is for servers known before."""
        payload = self._wire.guild_create(guild)
        del payload["unavailable"]
        self._guild_event("GUILD_CREATE", guild, payload)

    def guild_left(self, guild: Guild) -> None:
        """Announce that the bot was removed from a server."""
        self._guild_event("GUILD_DELETE", guild, {"id": str(guild.id)})

    def role_created(self, guild: Guild, role_id: int) -> None:
        """Announce a new role."""
        payload: JsonObject = {"guild_id": str(guild.id), "role": wire.role(guild.roles[role_id])}
        self._guild_event("GUILD_ROLE_CREATE", guild, payload)

    def role_deleted(self, guild: Guild, role_id: int) -> None:
        """Announce that a role is gone."""
        self._guild_event("GUILD_ROLE_DELETE", guild, {"guild_id": str(guild.id), "role_id": str(role_id)})

    def role_updated(self, guild: Guild, role_id: int) -> None:
        """Announce a changed role."""
        payload: JsonObject = {"guild_id": str(guild.id), "role": wire.role(guild.roles[role_id])}
        self._guild_event("GUILD_ROLE_UPDATE", guild, payload)

    def interaction_created(self, payload: JsonObject, guild_id: int | None) -> None:
        """Send an interaction to the bot."""
        self._gateway.dispatch(Event(name="INTERACTION_CREATE", render=lambda _: payload, guild_id=guild_id))

    def interaction_answered(self, interaction_id: int, channel_id: int, person_id: int) -> None:
        """Tell the person that their interaction has an outcome."""
        self._changes.add("interaction", interaction_id=interaction_id, channel_id=channel_id, person_id=person_id)


def _located(message: Message, payload: JsonObject) -> JsonObject:
    payload["channel_id"] = str(message.channel_id)
    if message.guild_id is not None and message.ephemeral_for is None:
        payload["guild_id"] = str(message.guild_id)
    return payload
