"""What the bot must be allowed to do in a channel before anything is bought for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import discord

from bot.errors import Refusal, Refused
from bot.ui import figures
from bot.ui.channel_kinds import CHANNEL_RULES, ChannelKind, channel_kind
from bot.ui.language import _, marked
from bot.ui.refusals.sentence import refusal_sentence

_NAMES: Final = {
    "view_channel": marked("View Channel"),
    "send_messages": marked("Send Messages"),
    "send_messages_in_threads": marked("Send Messages in Threads"),
    "embed_links": marked("Embed Links"),
    "attach_files": marked("Attach Files"),
    "read_message_history": marked("Read Message History"),
    "create_public_threads": marked("Create Public Threads"),
    "add_reactions": marked("Add Reactions"),
    "connect": marked("Connect"),
}
"""As Discord's own settings name them."""
_INVITED_WITH: Final = tuple(name for name in _NAMES if name != "connect")
"""Everybody may connect to a voice channel unless it is closed, so no server has to agree to it beforehand."""
INVITED_WITH: Final = discord.Permissions(**dict.fromkeys(_INVITED_WITH, True))
"""What an invitation asks for."""


@dataclass(frozen=True, kw_only=True)
class PermissionsMissing(Refusal):
    """The bot could not post the clip here.

    Attributes:
        permissions: what is missing, as discord.py names it.
    """

    permissions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DirectMessagesClosed(Refusal):
    """The person takes no direct messages from this server's members, so a private clip has nowhere to go."""


def permission_name(permission: str) -> str:
    """Return a permission, named as discord.py names it, as Discord's own settings name it."""
    return _(_NAMES.get(permission, permission))


def check_permissions(permissions: discord.Permissions, *, in_thread: bool, in_voice: bool = False) -> None:
    """Refuse a place in which the clip could not be posted, nor be found again after a crash.

    Args:
        permissions: the interaction's `app_permissions`.
        in_thread: whether the place is a thread, or a post of a forum.
        in_voice: whether it is the chat of a voice or stage channel.

    Raises:
        Refused: naming what is missing.
    """
    missing = missing_permissions(permissions, in_thread=in_thread, in_voice=in_voice)
    if missing:
        raise Refused(PermissionsMissing(permissions=missing))


def check_place(channel: object, me: discord.Member) -> None:
    """Refuse a server's channel in which the clip could not be posted, where no interaction tells what is allowed.

    Args:
        channel: of discord.py's; one of which only the id is known is let through.
        me: the bot's own member there.

    Raises:
        Refused: naming what is missing.
    """
    kind = channel_kind(channel)
    if kind is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return
    try:
        missing = missing_in(kind, channel.permissions_for(me))
    except discord.ClientException:
        # A thread whose channel we do not see: the first message there tells.
        return
    if missing:
        raise Refused(PermissionsMissing(permissions=missing))


def missing_permissions(
    permissions: discord.Permissions, *, in_thread: bool, in_voice: bool = False
) -> tuple[str, ...]:
    """Return what is needed to post a clip and is missing, in a fixed order."""
    kind = ChannelKind.VOICE_CHAT if in_voice else ChannelKind.PUBLIC_THREAD if in_thread else ChannelKind.TEXT
    return missing_in(kind, permissions)


def missing_in(kind: ChannelKind, permissions: discord.Permissions) -> tuple[str, ...]:
    """Return what is needed to post a clip in a kind of channel and is missing, in a fixed order."""
    if permissions.administrator:
        return ()
    needed = CHANNEL_RULES[kind].needed
    # Asked for one by one: View Channel is an alias, which iterating leaves out.
    return tuple(name for name in _NAMES if name in needed and not getattr(permissions, name))


def missing_of_invitation(permissions: discord.Permissions) -> tuple[str, ...]:
    """Return what an invitation asks for and is not held, in a fixed order."""
    if permissions.administrator:
        return ()
    return tuple(name for name in _INVITED_WITH if not getattr(permissions, name))


@refusal_sentence.register
def permissions_missing(refusal: PermissionsMissing) -> str:
    """A place in which the bot may not do its work."""
    names = figures.both([f"**{permission_name(name)}**" for name in refusal.permissions])
    return _(
        "The bot is missing permissions in this channel: {names}. "
        "Ask somebody who manages the server to allow them, or use another channel."
    ).format(names=names)


@refusal_sentence.register
def direct_messages_closed(_refusal: DirectMessagesClosed) -> str:
    """A private clip for somebody who cannot be written to."""
    return _(
        "A private clip comes by direct message, and Discord lets the bot send you none. In this server's privacy "
        "settings allow direct messages, or order the clip without `private`."
    )
