"""What the bot must be allowed to do in a channel before anything is bought for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import discord

from bot.errors import Refusal, Refused
from bot.ui import figures
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
}
"""As Discord's own settings name them."""
_ALWAYS: Final = ("view_channel", "embed_links", "attach_files", "read_message_history")
INVITED_WITH: Final = discord.Permissions(**dict.fromkeys(_NAMES, True))
"""What an invitation asks for."""


@dataclass(frozen=True, kw_only=True)
class PermissionsMissing(Refusal):
    """The bot could not post the clip here.

    Attributes:
        permissions: what is missing, as discord.py names it.
    """

    permissions: tuple[str, ...]


def permission_name(permission: str) -> str:
    """Return a permission, named as discord.py names it, as Discord's own settings name it."""
    return _(_NAMES.get(permission, permission))


def check_permissions(permissions: discord.Permissions, *, in_thread: bool) -> None:
    """Refuse a place in which the clip could not be posted, nor be found again after a crash.

    Args:
        permissions: the interaction's `app_permissions`.
        in_thread: whether the place is a thread.

    Raises:
        Refused: naming what is missing.
    """
    missing = missing_permissions(permissions, in_thread=in_thread)
    if missing:
        raise Refused(PermissionsMissing(permissions=missing))


def missing_permissions(permissions: discord.Permissions, *, in_thread: bool) -> tuple[str, ...]:
    """Return what is needed to post a clip and is missing, in a fixed order."""
    if permissions.administrator:
        return ()
    needed = {*_ALWAYS, "send_messages_in_threads" if in_thread else "send_messages"}
    # Asked for one by one: View Channel is an alias, which iterating leaves out.
    return tuple(name for name in _NAMES if name in needed and not getattr(permissions, name))


def missing_of_invitation(permissions: discord.Permissions) -> tuple[str, ...]:
    """Return what an invitation asks for and is not held, in a fixed order."""
    if permissions.administrator:
        return ()
    return tuple(name for name in _NAMES if not getattr(permissions, name))


@refusal_sentence.register
def permissions_missing(refusal: PermissionsMissing) -> str:
    """A place in which the bot may not do its work."""
    names = figures.both([f"**{permission_name(name)}**" for name in refusal.permissions])
    return _(
        "The bot is missing permissions in this channel: {names}. "
        "Ask somebody who manages the server to allow them, or use another channel."
    ).format(names=names)
