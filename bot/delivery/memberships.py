"""Which servers there are, and who is a member of them, asked of Discord: for whoever asks from direct messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
import structlog

from bot.clock import MINUTE, SECOND, Clock
from bot.community.paying import PayingServer
from bot.delivery.network import look
from bot.delivery.sharded_client import ShardedClient
from bot.errors import Refused
from bot.jobs.house import MembershipUnknown
from bot.jobs.ports import TryLater
from bot.jobs.requests import Membership
from bot.ui.members import membership_of

_DEADLINE: Final = 10 * SECOND
"""Somebody waits for the answer."""
_LIST_DEADLINE: Final = 60 * SECOND
_LOOK_EVERY: Final = 5 * MINUTE

log = structlog.get_logger(__name__)


class DiscordMemberships:
    """Asks the client's servers, and by REST those that another process is connected for."""

    def __init__(self) -> None:
        """Begin without a client."""
        self._client: ShardedClient | None = None
        self._elsewhere: tuple[PayingServer, ...] = ()

    def ask(self, client: ShardedClient) -> None:
        """Use a client from now on; the rules of the house are built before it."""
        self._client = client

    def servers(self) -> Sequence[PayingServer]:
        """Return every server that the bot is on; those of other processes as they were when last looked for."""
        guilds = self._client.guilds if self._client is not None else ()
        here = [PayingServer(guild.id, guild.name or str(guild.id), guild.preferred_locale.value) for guild in guilds]
        return [*here, *self._elsewhere]

    async def look_elsewhere(self) -> None:
        """Look for the servers that only other processes are told of.

        Raises:
            TryLater: Discord does not answer.
            discord.DiscordException: it refuses.
        """
        client = self._client
        plan = client.plan if client is not None else None
        if client is None or plan is None or plan.complete:
            self._elsewhere = ()
            return
        found = await look(_listed(client), _LIST_DEADLINE)
        self._elsewhere = tuple(server for server in found if not plan.covers(server.id))

    async def membership(self, guild_id: int, person_id: int) -> Membership | None:
        """Return what a server knows of a person; None where they are no member, or the bot is not there.

        Raises:
            Refused: Discord gives no usable answer.
        """
        client = self._client
        if client is None:
            return None
        guild = client.get_guild(guild_id)
        if guild is None and client.plan is not None and client.plan.covers(guild_id):
            return None
        try:
            if guild is None:
                # Another process hears of this server.
                guild = await look(client.fetch_guild(guild_id, with_counts=False), _DEADLINE)
            member = await look(guild.fetch_member(person_id), _DEADLINE)
        except (discord.NotFound, discord.Forbidden):
            return None
        except (TryLater, discord.DiscordException) as error:
            log.warning("membership_unknown", guild=guild_id, error=repr(error))
            raise Refused(MembershipUnknown()) from error
        return membership_of(member)


class ServersElsewhere:
    """A step of the process that hears direct messages: keeps the list of other processes' servers."""

    name: Final = "servers_elsewhere"
    interval: Final = 10 * SECOND
    workers: Final = 1

    def __init__(self, memberships: DiscordMemberships, client: ShardedClient, clock: Clock) -> None:
        """Keep the collaborators."""
        self._memberships = memberships
        self._client = client
        self._clock = clock
        self._next_at = 0

    async def run_once(self) -> int:
        """Look, where it is time; there is never more to do at once."""
        now = self._clock.now()
        if self._client.plan is None or now < self._next_at <= now + _LOOK_EVERY:
            return 0
        self._next_at = now + _LOOK_EVERY
        try:
            await self._memberships.look_elsewhere()
        except (TryLater, discord.DiscordException) as error:
            log.warning("servers_elsewhere_unknown", error=type(error).__name__)
        return 0


async def _listed(client: discord.Client) -> list[PayingServer]:
    return [PayingServer(guild.id, guild.name) async for guild in client.fetch_guilds(limit=None, with_counts=False)]
