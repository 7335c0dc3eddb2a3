"""Permissions as Discord computes them (developers/topics/permissions, "Permission Overwrites")."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.discord.state import Channel, Guild


class Permission(IntFlag):
    """The permission bits that the sandbox enforces or reports."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CONNECT = 1 << 20
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    SEND_VOICE_MESSAGES = 1 << 46


ALL: Final = (1 << 53) - 1
"""Every permission: what an owner or administrator has. Within the 53 bits that JSON readers can hold."""

MEMBER_DEFAULT: Final = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CONNECT
    | Permission.SEND_VOICE_MESSAGES
)
"""What @everyone may do in a server of the sandbox."""

MODERATOR: Final = int(
    Permission.MANAGE_GUILD
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_THREADS
    | Permission.KICK_MEMBERS
    | Permission.MENTION_EVERYONE
    | Permission.MODERATE_MEMBERS
)
"""What the moderators' role adds."""

BOT_DEFAULT: Final = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
)
"""What the bot's own role holds after an ordinary invitation."""

DIRECT_MESSAGE: Final = int(
    Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE | Permission.USE_EXTERNAL_EMOJIS
)
"""`app_permissions` in a direct message with the app (developers/interactions/receiving-and-responding)."""

DIRECT_MESSAGE_PARTY: Final = DIRECT_MESSAGE | int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_VOICE_MESSAGES
)
"""What either party of a direct message may do there; nothing can take it away."""


def guild_permissions(guild: Guild, user_id: int) -> int:
    """Return what a user may do in a server before channels have their say; 0 for strangers."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return ALL
    granted = guild.roles[guild.id].permissions
    for role_id in member.roles:
        granted |= guild.roles[role_id].permissions
    return ALL if granted & Permission.ADMINISTRATOR else granted


def channel_permissions(guild: Guild, channel: Channel, user_id: int) -> int:
    """Return what a user may do in a channel (pass a thread's parent), overwrites and implied denials applied."""
    granted = guild_permissions(guild, user_id)
    if granted == ALL or user_id not in guild.members:
        return granted
    everyone = channel.overwrites.get(guild.id)
    if everyone is not None:
        granted = granted & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in guild.members[user_id].roles:
        overwrite = channel.overwrites.get(role_id)
        if overwrite is not None:
            allow |= overwrite.allow
            deny |= overwrite.deny
    granted = granted & ~deny | allow
    own = channel.overwrites.get(user_id)
    if own is not None:
        granted = granted & ~own.deny | own.allow
    return _with_implied(granted)


def _with_implied(granted: int) -> int:
    """Take away what cannot be had without its condition ("Implicit Permissions")."""
    if not granted & Permission.VIEW_CHANNEL:
        return 0
    if not granted & Permission.SEND_MESSAGES:
        granted &= ~int(Permission.MENTION_EVERYONE | Permission.SEND_TTS_MESSAGES)
    return granted
