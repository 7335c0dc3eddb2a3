"""What the bot must be allowed to do in a channel before anything is bought for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import discord

from bot.errors import Refusal, Refused
from bot.ui import figures
from bot.ui.channel_kinds import CHANNEL_RULES, ChannelKind
from bot.ui.language import _, marked
from bot.ui.refusals.sentence import nothing_to_buy, refusal_sentence

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


@dataclass(frozen=True, kw_only=True)
class ManageServerNeeded(Refusal):
    """Only who manages the server may do this."""


def permission_name(permission: str) -> str:
    """Return a permission, named as discord.py names it, as Discord's own settings name it."""
    return _(_NAMES.get(permission, permission))


def check_permissions(kind: ChannelKind | None, permissions: discord.Permissions) -> None:
    """Refuse a place in which the clip could not be posted, nor be found again after a crash.

    Args:
        kind: of the channel; one that is not known is let through, and the first message there tells.
        permissions: the bot's own there.

    Raises:
        Refused: naming what is missing.
    """
    missing = missing_permissions(kind, permissions) if kind is not None else ()
    if missing:
        raise Refused(PermissionsMissing(permissions=missing))


def missing_permissions(kind: ChannelKind, permissions: discord.Permissions) -> tuple[str, ...]:
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
        "A private clip comes by direct message, and Discord lets the bot send you none. Allow direct messages in "
        "this server's privacy settings, or have the clip posted here: leave out `private`, or change Results in "
        "`/defaults`."
    )


nothing_to_buy(ManageServerNeeded)


@refusal_sentence.register
def manage_server_needed(_refusal: ManageServerNeeded) -> str:
    """Something that belongs to who manages the server."""
    return _("For this you need the permission **Manage Server**. Ask somebody who has it.")
