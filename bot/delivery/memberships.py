"""Which servers there are, and who is a member of them, asked of Discord: for whoever asks from direct messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
import structlog

from bot.clock import SECOND
from bot.community.paying import PayingServer
from bot.delivery.network import look
from bot.errors import Refused
from bot.jobs.house import MembershipUnknown
from bot.jobs.ports import TryLater
from bot.jobs.requests import Membership
from bot.ui.members import membership_of

_DEADLINE: Final = 10 * SECOND
"""Somebody waits for the answer."""

log = structlog.get_logger(__name__)


class DiscordMemberships:
    """Asks the client's servers."""

    def __init__(self) -> None:
        """Begin without a client."""
        self._client: discord.Client | None = None

    def ask(self, client: discord.Client) -> None:
        """Use a client from now on; the rules of the house are built before it."""
        self._client = client

    def servers(self) -> Sequence[PayingServer]:
        """Return every server that the bot is on."""
        guilds = self._client.guilds if self._client is not None else ()
        return [PayingServer(guild.id, guild.name or str(guild.id), guild.preferred_locale.value) for guild in guilds]

    async def membership(self, guild_id: int, person_id: int) -> Membership | None:
        """Return what a server knows of a person; None where they are no member, or the bot is not there.

        Raises:
            Refused: Discord gives no usable answer.
        """
        guild = self._client.get_guild(guild_id) if self._client is not None else None
        if guild is None:
            return None
        try:
            member = await look(guild.fetch_member(person_id), _DEADLINE)
        except discord.NotFound:
            return None
        except (TryLater, discord.DiscordException) as error:
            log.warning("membership_unknown", guild=guild_id, error=repr(error))
            raise Refused(MembershipUnknown()) from error
        return membership_of(member)
