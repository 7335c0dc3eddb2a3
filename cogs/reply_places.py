"""Where replies are read: what the bot may do there, where no interaction tells."""

from __future__ import annotations

import discord

from bot.ui.channel_kinds import CHANNEL_RULES, channel_kind
from bot.ui.permissions import check_permissions


def own_permissions(message: discord.Message) -> discord.Permissions | None:
    """Return what we may do where a message stands; None where that needs no asking, or cannot be known."""
    channel = message.channel
    if message.guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return None
    try:
        return channel.permissions_for(message.guild.me)
    except discord.ClientException:
        # A thread whose channel we do not see.
        return None


def may_post(message: discord.Message) -> bool:
    """Tell whether an answer may be posted beside a message, True where Discord has to be asked."""
    allowed, kind = own_permissions(message), channel_kind(message.channel)
    if allowed is None or kind is None:
        return True
    return allowed.view_channel and getattr(allowed, CHANNEL_RULES[kind].sending) is True


def check_place_of(message: discord.Message) -> None:
    """Refuse a channel in which a clip could not be posted.

    Raises:
        Refused: naming what is missing.
    """
    allowed = own_permissions(message)
    if allowed is not None:
        check_permissions(channel_kind(message.channel), allowed)
