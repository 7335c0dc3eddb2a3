"""The world: finding and making what `state` describes, and who may do what in it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.discord import errors, permissions
from sandbox.discord.config import MODERATORS
from sandbox.discord.permissions import Permission
from sandbox.discord.snowflake import SnowflakeSource
from sandbox.discord.state import VOCAL, Channel, ChannelKind, Guild, Member, Role, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.discord.clock import Clock
    from sandbox.discord.config import DiscordConfig, GuildConfig
    from sandbox.discord.state import Message


@dataclass(slots=True, kw_only=True)
class Application:
    """The bot's application; its id is also the bot user's id, as with every application made since 2016.

    Attributes:
        public_bot: the developer portal's "Public Bot".
        code_grant: its "Requires OAuth2 Code Grant".
        interactions_endpoint: its "Interactions Endpoint URL", or "".
    """

    id: int
    name: str
    owner_id: int
    verify_key: str
    public_bot: bool
    code_grant: bool
    interactions_endpoint: str


class World:
    """Everything that exists in one sandbox."""

    def __init__(self, config: DiscordConfig, clock: Clock) -> None:
        self.config = config
        self.limits = config.limits
        self.clock = clock
        self.snowflakes = SnowflakeSource(clock)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.deleted_channels: dict[int, Channel] = {}
        for person in config.people:
            self._add_user(User(self.new_id(), person.username, person.global_name, locale=person.locale))
        bot = User(self.new_id(), config.bot_username, config.application_name, bot=True)
        self._add_user(bot)
        owner = self.person_named(config.application_owner)
        self.application = Application(
            id=bot.id,
            name=config.application_name,
            owner_id=owner.id,
            verify_key=secrets.token_hex(32),
            public_bot=config.public_bot,
            code_grant=config.code_grant,
            interactions_endpoint=config.interactions_endpoint,
        )
        for guild in config.guilds:
            self._add_guild(guild)

    def new_id(self) -> int:
        """Return an unused snowflake."""
        return self.snowflakes.next()

    def _add_user(self, user: User) -> None:
        self.users[user.id] = user

    @property
    def bot_id(self) -> int:
        """The bot user's id."""
        return self.application.id

    def _add_guild(self, config: GuildConfig) -> None:
        now = self.clock.now()
        guild = Guild(
            self.new_id() if config.shard is None else self.snowflakes.next_on(config.shard),
            config.name,
            self.person_named(config.owner).id,
            premium_tier=config.premium_tier,
            locale=config.locale,
        )
        guild.roles[guild.id] = Role(guild.id, "@everyone", config.everyone_permissions, 0)
        moderators = Role(self.new_id(), MODERATORS, permissions.MODERATOR, 2, mentionable=True)
        guild.roles[moderators.id] = moderators
        moderating = {person.username for person in self.config.people if person.moderator}
        for username in config.people:
            user = self.person_named(username)
            roles = [moderators.id] if username in moderating else []
            guild.members[user.id] = Member(user.id, now, roles)
        self.guilds[guild.id] = guild
        for position, name in enumerate(config.channels):
            channel = self.add_channel(guild, ChannelKind.TEXT, name, position)
            if name == config.system_channel:
                guild.system_channel_id = channel.id
        for position, name in enumerate(config.voice_channels):
            self.add_channel(guild, ChannelKind.VOICE, name, position)
        if config.with_bot:
            self.add_bot(guild, config.bot_permissions)
        guild.takes_commands = config.with_commands

    def add_channel(self, guild: Guild, kind: ChannelKind, name: str, position: int) -> Channel:
        """Make a channel of a server."""
        channel = Channel(self.new_id(), kind, name, guild.id, position)
        self.channels[channel.id] = channel
        return channel

    def add_bot(self, guild: Guild, granted: int) -> Role:
        """Make the bot a member with a managed role of its own, as an invitation does."""
        role = Role(self.new_id(), self.config.application_name, granted, 1, bot_id=self.bot_id)
        guild.roles[role.id] = role
        guild.takes_commands = True
        guild.members[self.bot_id] = Member(self.bot_id, self.clock.now(), [role.id])
        return role

    def remove_bot(self, guild: Guild) -> None:
        """Take the bot and its managed role out of a server."""
        guild.members.pop(self.bot_id, None)
        for role in [role for role in guild.roles.values() if role.bot_id == self.bot_id]:
            del guild.roles[role.id]

    def bot_role(self, guild: Guild) -> Role | None:
        """Return the bot's managed role in a server."""
        return next((role for role in guild.roles.values() if role.bot_id == self.bot_id), None)

    def person_named(self, name: str) -> User:
        """Return the person with this id, user name or display name.

        Raises:
            ApiError: there is none (10013).
        """
        for user in self.users.values():
            if name in (str(user.id), user.username, user.global_name):
                return user
        raise errors.unknown_user()

    def guild(self, guild_id: int) -> Guild:
        """Return a server the bot is in.

        Raises:
            ApiError: there is none (10004), or the bot is not in it (50001).
        """
        guild = self.guilds.get(guild_id)
        if guild is None:
            raise errors.unknown_guild()
        if self.bot_id not in guild.members:
            raise errors.missing_access()
        return guild

    def channel(self, channel_id: int) -> Channel:
        """Return a channel.

        Raises:
            ApiError: there is none (10003).
        """
        channel = self.channels.get(channel_id)
        if channel is None:
            raise errors.unknown_channel()
        return channel

    def guild_of(self, channel: Channel) -> Guild | None:
        """Return the server a channel belongs to, or None for a direct message."""
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    def permissions(self, channel: Channel, user_id: int) -> int:
        """Return what a user may do in a channel, thread or direct message."""
        guild = self.guild_of(channel)
        if guild is None:
            party = user_id in channel.recipients or user_id == self.bot_id
            return permissions.DIRECT_MESSAGE_PARTY if party else 0
        if channel.thread is None:
            return permissions.channel_permissions(guild, channel, user_id)
        held = permissions.channel_permissions(guild, self.channels[channel.thread.parent_id], user_id)
        invited = user_id in channel.thread.members or held & Permission.MANAGE_THREADS
        # "You must be invited to the thread to be able to view or participate in it" (developers/topics/threads).
        return held if channel.kind is not ChannelKind.PRIVATE_THREAD or invited else 0

    def can_see(self, channel: Channel, user_id: int) -> bool:
        """Return whether a user may view a channel."""
        return bool(self.permissions(channel, user_id) & Permission.VIEW_CHANNEL)

    def require(self, channel: Channel, user_id: int, *needed: Permission) -> None:
        """Check that a user may act in a channel.

        Raises:
            ApiError: the channel cannot be seen (50001) or a permission is missing (50013).
        """
        held = self.permissions(channel, user_id)
        if not held & Permission.VIEW_CHANNEL:
            raise errors.missing_access()
        if any(not held & permission for permission in needed):
            raise errors.missing_permissions()

    def require_reading(self, channel: Channel, user_id: int) -> None:
        """Check that a user may ask for a channel's messages: in a voice channel only who may connect to it.

        Raises:
            ApiError: the channel cannot be seen, or not be connected to (50001).
        """
        self.require(channel, user_id)
        if channel.kind in VOCAL and not self.permissions(channel, user_id) & Permission.CONNECT:
            raise errors.missing_access()

    def message(self, channel: Channel, message_id: int) -> Message:
        """Return a message that exists for everybody.

        Raises:
            ApiError: there is none, or it was deleted, or it is ephemeral (10008).
        """
        message = channel.messages.get(message_id)
        if message is None or message.deleted_at is not None or message.ephemeral_for is not None:
            raise errors.unknown_message()
        return message

    def find_message(self, message_id: int) -> Message | None:
        """Return a message wherever it is, deleted and ephemeral ones included."""
        for channel in self.channels.values():
            message = channel.messages.get(message_id)
            if message is not None:
                return message
        return None

    def direct_channel(self, user_id: int) -> Channel:
        """Return the direct-message channel between the bot and a person, made on first use."""
        for channel in self.channels.values():
            if channel.kind is ChannelKind.DIRECT and channel.recipients == [user_id]:
                return channel
        channel = Channel(self.new_id(), ChannelKind.DIRECT, recipients=[user_id])
        self.channels[channel.id] = channel
        return channel

    def threads_of(self, guild: Guild, *, archived: bool = False) -> Iterable[Channel]:
        """Yield a server's threads."""
        for channel in self.channels.values():
            if channel.guild_id == guild.id and channel.thread is not None and channel.thread.archived == archived:
                yield channel

    def channels_of(self, guild: Guild) -> list[Channel]:
        """Return a server's channels, threads excluded."""
        return [c for c in self.channels.values() if c.guild_id == guild.id and c.thread is None]

    def shares_guild_with_bot(self, user_id: int) -> bool:
        """Return whether a person and the bot meet in some server."""
        return any(user_id in g.members and self.bot_id in g.members for g in self.guilds.values())
