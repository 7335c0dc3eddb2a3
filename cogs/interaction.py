"""What a command, click or form needs to know of the interaction that brought it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

import discord

from bot.community.paying import NoServerPays, PayingServer
from bot.errors import Refusal, Refused
from bot.jobs.model import Destination, Job, Place
from bot.jobs.requests import Origin
from bot.ui.channel_kinds import channel_kind
from bot.ui.language import speaking
from bot.ui.members import membership_of
from bot.ui.permissions import check_permissions

Interaction = discord.Interaction[discord.Client]

PAYING: Final = "paying"
"""Under which an interaction from direct messages keeps the server that pays, or the refusal that tells why none does.
"""
DEFAULT_UPLOAD_LIMIT: Final = 10 * 1024 * 1024
"""What a bot may attach in a server of the lowest tier, in bytes (platform notes §5)."""


def origin_of(interaction: Interaction, about: Job | None = None) -> Origin:
    """Return who asks and where; the interaction's id makes a repeat the same request.

    Args:
        interaction: what asks.
        about: the clip it is about. In direct messages that clip tells which server the request belongs to, since a
            private clip is charged to the server it was ordered on. Without one it is the server that pays.
    """
    channel = interaction.channel
    return Origin(
        request_key=f"i:{interaction.id}",
        requester_id=interaction.user.id,
        place=place_of(interaction, about),
        member=membership_of(interaction.user),
        parent_channel_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
        age_restricted=is_age_restricted(channel),
    )


def guild_of(interaction: Interaction) -> int | None:
    """Return the server that an interaction is about: in direct messages the one that pays, None for none."""
    paying = payer_of(interaction)
    return paying.id if paying is not None else interaction.guild_id


def payer_of(interaction: Interaction) -> PayingServer | None:
    """Return the server that pays for what is asked for in direct messages; None for none, and on a server."""
    paying = interaction.extras.get(PAYING)
    return paying if interaction.guild_id is None and isinstance(paying, PayingServer) else None


def check_payer(interaction: Interaction) -> None:
    """Refuse what is asked for in direct messages while nobody would pay.

    Raises:
        Refused: naming why.
    """
    if interaction.guild_id is None and payer_of(interaction) is None:
        refusal = interaction.extras.get(PAYING)
        raise Refused(refusal if isinstance(refusal, Refusal) else NoServerPays())


def is_age_restricted(channel: object) -> bool:
    """Tell whether a channel, or the one that it is a thread of, is for adults only."""
    try:
        return isinstance(channel, discord.abc.GuildChannel | discord.Thread) and _is_nsfw(channel)
    except discord.ClientException:
        # A thread whose channel we do not see.
        return False


def _is_nsfw(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    asks = getattr(channel, "is_nsfw", None)
    return bool(asks()) if asks is not None else False


def place_of(interaction: Interaction, about: Job | None = None) -> Place:
    """Return where an interaction is from; see `origin_of`."""
    if interaction.guild_id is None and about is not None:
        return replace(
            about.place,
            channel_id=interaction.channel_id or 0,
            upload_limit=DEFAULT_UPLOAD_LIMIT,
            locale=interaction.locale.value,
            destination=Destination.DIRECT,
        )
    paying = payer_of(interaction)
    if paying is not None:
        return place_paid_by(paying, interaction)
    return Place(
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id or 0,
        upload_limit=_upload_limit(interaction),
        locale=interaction.locale.value,
        public_locale=interaction.guild_locale.value
        if interaction.guild_locale is not None
        else interaction.locale.value,
    )


def origin_paid_by(server: PayingServer, interaction: Interaction) -> Origin:
    """Return who asks in direct messages for what a server is to pay."""
    place = place_paid_by(server, interaction)
    return Origin(request_key=f"i:{interaction.id}", requester_id=interaction.user.id, place=place)


def server_of(interaction: Interaction, guild_id: int) -> PayingServer:
    """Return a server that the bot is on; one that it is not on has no name."""
    guild = interaction.client.get_guild(guild_id)
    if guild is None:
        return PayingServer(guild_id, str(guild_id))
    return PayingServer(guild.id, guild.name, guild.preferred_locale.value)


def place_paid_by(server: PayingServer, interaction: Interaction) -> Place:
    """Return the direct messages that an interaction is from, as the place of what a server pays for."""
    return Place(
        guild_id=server.id,
        channel_id=interaction.channel_id or 0,
        upload_limit=DEFAULT_UPLOAD_LIMIT,
        locale=interaction.locale.value,
        public_locale=server.locale,
        destination=Destination.DIRECT,
    )


def speaking_beside(interaction: Interaction, place: Place) -> AbstractContextManager[None]:
    """Say in the block what takes the place of the message that was clicked on.

    Where all can see that it is in the server's language, else in the person's.
    """
    message = interaction.message
    public = interaction.guild_id is not None and message is not None and not message.flags.ephemeral
    return speaking(place.public_locale if public else interaction.locale.value)


def belongs_here(job: Job, interaction: Interaction) -> bool:
    """Tell whether a job may be acted on from here: on its server, a private one by its requester alone."""
    return may_act_on(job, interaction.user.id, interaction.guild_id)


def may_act_on(job: Job, person_id: int, guild_id: int | None) -> bool:
    """Tell whether a person may act on a job from a server, or from direct messages (None)."""
    if job.place.is_direct or guild_id is None:
        return job.requester_id == person_id and guild_id in {None, job.place.guild_id}
    return job.place.guild_id == guild_id


def is_moderator(interaction: Interaction) -> bool:
    """Tell whether the person may manage others' messages where they are; `moderates` judges what they may do."""
    return interaction.guild_id is not None and interaction.permissions.manage_messages


def moderates(interaction: Interaction, job: Job) -> bool:
    """Tell whether the person may manage others' messages where a job was asked for."""
    if interaction.channel_id == job.place.channel_id:
        return is_moderator(interaction)
    return manages_messages(interaction.user, job)


def manages_messages(person: discord.User | discord.Member, job: Job) -> bool:
    """Tell the same of somebody who may be elsewhere on the server: rights in one channel are none in another."""
    return _allowed(person, job).manage_messages


def sees(person: discord.User | discord.Member, job: Job) -> bool:
    """Tell whether somebody may look into the channel that a job was asked for in; a private thread is its members'."""
    if job.requester_id == person.id:
        return True
    if not isinstance(person, discord.Member):
        return False
    allowed = _allowed(person, job)
    channel = person.guild.get_channel_or_thread(job.place.channel_id)
    if isinstance(channel, discord.Thread) and channel.is_private():
        return allowed.manage_threads
    return allowed.view_channel if channel is not None else allowed.administrator


def _allowed(person: discord.User | discord.Member, job: Job) -> discord.Permissions:
    """Return what somebody may do in a job's channel; in one that is gone or not known, what they may everywhere."""
    if not isinstance(person, discord.Member) or person.guild.id != job.place.guild_id:
        return discord.Permissions.none()
    channel = person.guild.get_channel_or_thread(job.place.channel_id)
    try:
        return person.guild_permissions if channel is None else channel.permissions_for(person)
    except discord.ClientException:
        # A thread whose channel we do not see.
        return person.guild_permissions


def check_place(interaction: Interaction) -> None:
    """Refuse a channel in which the bot could not do its work; direct messages take everything.

    Raises:
        Refused: naming the permissions that are missing.
    """
    if interaction.guild_id is not None:
        check_permissions(channel_kind(interaction.channel), interaction.app_permissions)


def _upload_limit(interaction: Interaction) -> int:
    """Return the server's limit: the interaction's own counts the person's subscription too (platform notes §5)."""
    return interaction.guild.filesize_limit if interaction.guild is not None else DEFAULT_UPLOAD_LIMIT
