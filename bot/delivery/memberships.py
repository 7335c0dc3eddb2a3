"""Who is a member of a server, asked of Discord: for whoever asks from direct messages."""

from __future__ import annotations

import discord

from bot.jobs.requests import Membership


class DiscordMemberships:
    """Asks the client's servers."""

    def __init__(self) -> None:
        """Begin without a client."""
        self._client: discord.Client | None = None

    def ask(self, client: discord.Client) -> None:
        """Use a client from now on; the rules of the house are built before it."""
        self._client = client

    async def membership(self, guild_id: int, person_id: int) -> Membership | None:
        """Return what a server knows of a person; None where they are no member, or the bot is not there.

        Raises:
            discord.HTTPException: Discord gives no usable answer.
        """
        guild = self._client.get_guild(guild_id) if self._client is not None else None
        if guild is None:
            return None
        try:
            member = await guild.fetch_member(person_id)
        except discord.NotFound:
            return None
        return Membership(
            roles=frozenset(role.id for role in member.roles if not role.is_default()),
            joined_at=int(member.joined_at.timestamp() * 1000) if member.joined_at is not None else None,
            manages=member.guild_permissions.manage_guild,
        )
