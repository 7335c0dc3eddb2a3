"""What Discord says of a member, in the terms of the rules that bind them."""

from __future__ import annotations

import discord

from bot.jobs.requests import Membership


def membership_of(person: discord.User | discord.Member) -> Membership | None:
    """Return what Discord said of a member, with what they did or when asked; None for somebody in direct messages.

    Discord sends the ids of their roles and what they may do along, so that both hold while the server itself is not
    known yet: shortly after a start, or in an outage.
    """
    if not isinstance(person, discord.Member):
        return None
    is_known = person.guild.get_role(person.guild.id) is not None
    allowed = person.guild_permissions if is_known else person.resolved_permissions
    return Membership(
        # `roles` leaves out whatever the library has not heard of, and with it a role that may make no clips.
        roles=frozenset(person._roles) - {person.guild.id},  # noqa: SLF001 - nothing public has the ids
        joined_at=int(person.joined_at.timestamp() * 1000) if person.joined_at is not None else None,
        manages=allowed is not None and allowed.manage_guild,
    )
