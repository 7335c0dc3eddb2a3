"""Looking at what the bot may do where a server's settings send it."""

from __future__ import annotations

import discord

from bot.community import settings as s
from bot.community.housekeeping import listed
from bot.community.record import HouseRecord, Level, RuleKey
from bot.community.resolving import Settings, Standpoint
from bot.jobs.model import Destination
from bot.ui.channel_kinds import THREAD_NEEDS, ChannelKind, channel_kind
from bot.ui.message import Message
from bot.ui.permissions import missing_permissions
from bot.ui.settings_check import ChannelChecked, render_check
from cogs.interaction import Interaction

_LOG_NEEDS = ("view_channel", "send_messages", "embed_links")


def check_channels(interaction: Interaction, guild: discord.Guild, record: HouseRecord) -> Message:
    """Return what is missing in every channel where clips can be made, and in the one for reports."""
    allowed = sorted(listed(record, s.ALLOWED_CHANNELS))
    if allowed:
        checked = [_checked(guild, record, channel_id) for channel_id in allowed]
    else:
        missing = _missing(interaction.channel, interaction.app_permissions, record, interaction.channel_id or 0)
        checked = [ChannelChecked(channel_id=interaction.channel_id or 0, missing=missing)]
    log = record.rules.get(RuleKey(Level.SERVER, record.guild_id, s.MOD_LOG.name), "")
    if log.isdecimal():
        checked.append(_log_checked(guild, int(log)))
    return render_check(checked, everywhere=not allowed)


def _checked(guild: discord.Guild, record: HouseRecord, channel_id: int) -> ChannelChecked:
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        return ChannelChecked(channel_id=channel_id, missing=None)
    missing = _missing(channel, _permissions(channel, guild), record, channel_id)
    return ChannelChecked(channel_id=channel_id, missing=missing)


def _log_checked(guild: discord.Guild, channel_id: int) -> ChannelChecked:
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        return ChannelChecked(channel_id=channel_id, missing=None, is_log=True)
    allowed = _permissions(channel, guild)
    missing = () if allowed.administrator else tuple(name for name in _LOG_NEEDS if not getattr(allowed, name))
    return ChannelChecked(channel_id=channel_id, missing=missing, is_log=True)


def _permissions(channel: discord.abc.GuildChannel | discord.Thread, guild: discord.Guild) -> discord.Permissions:
    try:
        return channel.permissions_for(guild.me)
    except discord.ClientException:
        # A thread whose channel we do not see.
        return discord.Permissions.none()


def _missing(channel: object, allowed: discord.Permissions, record: HouseRecord, channel_id: int) -> tuple[str, ...]:
    kind = ChannelKind.FORUM_POST if isinstance(channel, discord.ForumChannel) else channel_kind(channel)
    if kind is None:
        return ()
    missing = missing_permissions(kind, allowed)
    here = Settings(record, Standpoint(channels=(channel_id,)))
    in_threads = here.value(s.RESULTS, Destination.CHANNEL).value is Destination.THREAD
    if in_threads and kind in {ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT} and not allowed.administrator:
        missing += tuple(name for name in THREAD_NEEDS if not getattr(allowed, name))
    return missing
