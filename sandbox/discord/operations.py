"""What the operator of a sandbox can do to its world, and look at, from outside of Discord's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import errors
from sandbox.discord.bodies.channels import START_FROM_MESSAGE
from sandbox.discord.clock import iso
from sandbox.discord.state import Member, Overwrite, Role
from sandbox.discord.wire_messages import Viewer

if TYPE_CHECKING:
    from sandbox.discord.bodies.channels import StartThreadFromMessage
    from sandbox.discord.broadcast import Broadcaster
    from sandbox.discord.channels import Channels
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.state import Channel, ChannelKind, Guild, Message
    from sandbox.discord.wire_messages import MessageWire
    from sandbox.discord.world import World


class Operations:
    """Changes to servers, channels and people, and the inspection of messages."""

    def __init__(self, world: World, rendering: MessageWire, channels: Channels, broadcaster: Broadcaster) -> None:
        self._world = world
        self._rendering = rendering
        self._channels = channels
        self._broadcaster = broadcaster

    def guild(self, wanted: str) -> Guild:
        """Return the server with this id or name.

        Raises:
            ApiError: there is none (10004).
        """
        for guild in self._world.guilds.values():
            if wanted in (str(guild.id), guild.name):
                return guild
        raise errors.unknown_guild()

    def channel(self, wanted: str) -> Channel:
        """Return the channel with this id or name, deleted ones last.

        Raises:
            ApiError: there is none (10003).
        """
        name = wanted.removeprefix("#")
        for channel in (*self._world.channels.values(), *self._world.deleted_channels.values()):
            if name in (str(channel.id), channel.name):
                return channel
        raise errors.unknown_channel()

    def messages(self, channel: Channel) -> list[JsonObject]:
        """Return everything that was ever in a channel, deleted and ephemeral messages included, oldest first."""
        return [self.inspected(message) for message in channel.messages.values()]

    def all_messages(self, after: int) -> list[JsonObject]:
        """Return everything that was ever written anywhere after an id, in deleted channels too, oldest first."""
        places = (*self._world.channels.values(), *self._world.deleted_channels.values())
        found = [message for place in places for message in place.messages.values() if message.id > after]
        return [self.inspected(message) for message in sorted(found, key=lambda message: message.id)]

    def inspected(self, message: Message, viewer_id: int | None = None) -> JsonObject:
        """Return a message in Discord's form with a part `sandbox` that says what Discord does not."""
        viewer = Viewer(self._world.bot_id if viewer_id is None else viewer_id, reads_content=True)
        ephemeral_for = message.ephemeral_for
        return {
            **self._rendering.message(message, viewer),
            "sandbox": {
                "pinged": [str(user_id) for user_id in message.pinged],
                "edits": message.edits,
                "deleted_at": None if message.deleted_at is None else iso(message.deleted_at),
                "ephemeral_for": None if ephemeral_for is None else str(ephemeral_for),
                "loading": message.loading,
                "files": [file.filename for file in message.attachments],
            },
        }

    def set_premium_tier(self, guild: Guild, tier: int) -> None:
        """Change a server's boost tier, and with it the upload limit."""
        if tier not in (0, 1, 2, 3):
            raise errors.invalid_field(("premium_tier",), "BASE_TYPE_CHOICES", "0 to 3")
        guild.premium_tier = tier
        self._broadcaster.guild_updated(guild)

    def set_bot_permissions(self, guild: Guild, granted: int) -> None:
        """Change what the bot's own role holds."""
        role = self._world.bot_role(guild)
        if role is None:
            raise errors.unknown_member()
        role.permissions = granted
        self._broadcaster.role_updated(guild, role.id)

    def set_everyone_permissions(self, guild: Guild, granted: int) -> None:
        """Change what @everyone may."""
        guild.roles[guild.id].permissions = granted
        self._broadcaster.role_updated(guild, guild.id)

    def add_role(self, guild: Guild, name: str, granted: int = 0) -> Role:
        """Make a role above the others, as whoever manages the server would."""
        above = max(role.position for role in guild.roles.values()) + 1
        role = Role(self._world.new_id(), name, granted, above)
        guild.roles[role.id] = role
        self._broadcaster.role_created(guild, role.id)
        return role

    def give_role(self, guild: Guild, person: str, role: Role) -> None:
        """Give a role to a member; Discord announces that to bots with the members intent alone."""
        held = guild.members[self._world.person_named(person).id].roles
        if role.id not in held:
            held.append(role.id)

    def take_role(self, guild: Guild, person: str, role: Role) -> None:
        """Take a role from a member."""
        held = guild.members[self._world.person_named(person).id].roles
        if role.id in held:
            held.remove(role.id)

    def delete_role(self, guild: Guild, role: Role) -> None:
        """Delete a role, from its members and from what channels say of it, too."""
        for member in guild.members.values():
            if role.id in member.roles:
                member.roles.remove(role.id)
        for channel in self._world.channels_of(guild):
            channel.overwrites.pop(role.id, None)
        del guild.roles[role.id]
        self._broadcaster.role_deleted(guild, role.id)

    def set_overwrite(self, channel: Channel, target: str, allow: int, deny: int) -> None:
        """Give or take permissions in a channel; `target` is a person, a role, "bot" or "@everyone".

        Raises:
            ApiError: the target is unknown, or the channel is no server's.
        """
        guild = self._world.guild_of(channel)
        if guild is None:
            raise errors.wrong_channel_kind()
        target_id, kind = self._target(guild, target)
        if allow == 0 and deny == 0:
            channel.overwrites.pop(target_id, None)
        else:
            channel.overwrites[target_id] = Overwrite(target_id, kind, allow, deny)
        self._broadcaster.channel_updated(channel)

    def _target(self, guild: Guild, target: str) -> tuple[int, int]:
        for role in guild.roles.values():
            if target in (str(role.id), role.name) and role.bot_id is None:
                return role.id, 0
        if target == "bot":
            return self._world.bot_id, 1
        return self._world.person_named(target).id, 1

    def add_channel(self, guild: Guild, kind: ChannelKind, name: str) -> Channel:
        """Make a channel, as whoever manages the server would."""
        channel = self._world.add_channel(guild, kind, name, len(self._world.channels_of(guild)))
        self._broadcaster.channel_created(channel)
        return channel

    def start_thread(self, parent: Channel, person: str, name: str) -> Channel:
        """Start a public thread that hangs from no message."""
        return self._channels.start_thread(parent, self._world.person_named(person).id, _named(name), None)

    def start_post(self, parent: Channel, person: str, title: str) -> Channel:
        """Start a post in a forum or media channel, without its first message."""
        return self._channels.start_post(parent, self._world.person_named(person).id, _named(title))

    def start_private_thread(self, parent: Channel, person: str, name: str) -> Channel:
        """Start a private thread."""
        return self._channels.start_private_thread(parent, self._world.person_named(person).id, _named(name))

    def invite_to_thread(self, thread: Channel, person: str) -> None:
        """Add a person, or "bot", to a thread."""
        user_id = self._world.bot_id if person == "bot" else self._world.person_named(person).id
        self._channels.invite(thread, user_id)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel or thread."""
        self._channels.remove(channel)

    def set_thread_state(self, channel: Channel, *, archived: bool | None, locked: bool | None) -> None:
        """Archive or lock a thread, or undo it.

        Raises:
            ApiError: the channel is no thread (50024).
        """
        thread = channel.thread
        if thread is None:
            raise errors.wrong_channel_kind()
        thread.archived = thread.archived if archived is None else archived
        thread.locked = thread.locked if locked is None else locked
        thread.archived_at = self._world.clock.now()
        self._broadcaster.channel_updated(channel)

    def remove_bot(self, guild: Guild) -> None:
        """Kick the bot."""
        self._world.remove_bot(guild)
        self._broadcaster.guild_left(guild)

    def add_bot(self, guild: Guild, granted: int) -> None:
        """Invite the bot with these permissions."""
        self._world.add_bot(guild, granted)
        self._broadcaster.guild_joined(guild)

    def set_member(self, guild: Guild, person: str, *, present: bool) -> None:
        """Let a person leave a server, or join it; Discord announces that to bots with the members intent alone."""
        user_id = self._world.person_named(person).id
        if present:
            guild.members.setdefault(user_id, Member(user_id, self._world.clock.now()))
        else:
            guild.members.pop(user_id, None)

    def set_takes_direct_messages(self, person: str, takes: bool) -> None:
        """Open or close a person's direct messages."""
        self._world.person_named(person).takes_direct_messages = takes

    def delete_message(self, message_id: int) -> None:
        """Delete a message as a moderator would.

        Raises:
            ApiError: there is none (10008).
        """
        message = self._world.find_message(message_id)
        if message is None or message.deleted_at is not None:
            raise errors.unknown_message()
        self._channels.remove_message(message)


def _named(name: str) -> StartThreadFromMessage:
    return START_FROM_MESSAGE.validate_python({"name": name})
