"""INTERACTION_CREATE payloads (developers/interactions/receiving-and-responding, "Interaction Structure")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import permissions, wire

if TYPE_CHECKING:
    from sandbox.discord.interaction import Interaction
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.state import Attachment, Message
    from sandbox.discord.wire import Wire
    from sandbox.discord.wire_messages import MessageWire

GUILD_CONTEXT = 0
BOT_DIRECT_CONTEXT = 1


class Resolved:
    """Collects the entities that an interaction's values name."""

    def __init__(self, base: Wire, guild_id: int | None) -> None:
        self._wire = base
        self._world = base.world
        self._guild_id = guild_id
        self._found: dict[str, JsonObject] = {}

    def _add(self, family: str, entity_id: int, rendered: JsonObject) -> None:
        self._found.setdefault(family, {})[str(entity_id)] = rendered

    def add_user(self, user_id: int) -> None:
        """Add a user and, in a server, their membership."""
        self._add("users", user_id, wire.user(self._world.users[user_id]))
        if self._guild_id is None:
            return
        guild = self._world.guilds[self._guild_id]
        member = guild.members.get(user_id)
        if member is not None:
            rendered = wire.member_without_user(member)
            del rendered["mute"], rendered["deaf"]
            rendered["permissions"] = str(permissions.guild_permissions(guild, user_id))
            self._add("members", user_id, rendered)

    def add_role(self, role_id: int) -> None:
        """Add a role of the server."""
        if self._guild_id is not None:
            self._add("roles", role_id, wire.role(self._world.guilds[self._guild_id].roles[role_id]))

    def add_channel(self, channel_id: int, user_id: int) -> None:
        """Add a channel with the permissions that the invoking user and the app have in it."""
        channel = self._world.channels[channel_id]
        rendered = self._wire.channel(channel)
        rendered["permissions"] = str(self._world.permissions(channel, user_id))
        rendered["app_permissions"] = str(self._world.permissions(channel, self._world.bot_id))
        rendered.pop("permission_overwrites", None)
        self._add("channels", channel_id, rendered)

    def add_attachment(self, attachment: Attachment) -> None:
        """Add an uploaded file."""
        self._add("attachments", attachment.id, self._wire.attachment(attachment))

    def add_message(self, message: Message, rendered: JsonObject) -> None:
        """Add the message a command is run on."""
        self._add("messages", message.id, rendered)

    def json(self) -> JsonObject:
        """Return the resolved data; empty if nothing was named."""
        return dict(self._found)


class InteractionPayloads:
    """Renders interactions."""

    def __init__(self, base: Wire, messages: MessageWire) -> None:
        self._wire = base
        self._world = base.world
        self._messages = messages

    def render(self, interaction: Interaction, data: JsonObject, upload_limit: int) -> JsonObject:
        """Return the whole payload around `data`."""
        world = self._world
        channel = world.channels[interaction.channel_id]
        person = world.users[interaction.user_id]
        payload: JsonObject = {
            "id": str(interaction.id),
            "application_id": str(world.application.id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": self._wire.channel(channel),
            "locale": person.locale,
            "entitlements": [],
            "authorizing_integration_owners": dict(interaction.owners),
            "attachment_size_limit": upload_limit,
        }
        guild = world.guild_of(channel)
        if guild is None:
            payload["context"] = BOT_DIRECT_CONTEXT
            payload["user"] = wire.user(person)
            payload["app_permissions"] = str(permissions.DIRECT_MESSAGE)
        else:
            payload["context"] = GUILD_CONTEXT
            payload["guild_id"] = str(guild.id)
            payload["guild"] = {"id": str(guild.id), "features": [], "locale": guild.locale}
            payload["guild_locale"] = guild.locale
            payload["app_permissions"] = str(world.permissions(channel, world.bot_id))
            payload["member"] = {
                **wire.member(guild.members[person.id], person),
                "permissions": str(world.permissions(channel, person.id)),
            }
        if interaction.message_id is not None:
            message = world.find_message(interaction.message_id)
            if message is not None:
                payload["message"] = self.source_message(message)
        return payload

    def source_message(self, message: Message) -> JsonObject:
        """Return a message as the app gets it that was handed it: whole, with components and flags."""
        return self._messages.within_event(message, self._messages.app_as_target)
