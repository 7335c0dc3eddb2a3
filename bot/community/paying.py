"""Which server pays for what a person asks for in direct messages: one of theirs, which they choose.

Where only one of the servers that may spend is theirs, it is that one. A choice is remembered until it is changed;
whether they still are a member there is asked again whenever something is bought.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bot.clock import MINUTE, Clock
from bot.errors import Refusal, Refused
from bot.jobs.house import HouseRules, NotAMember
from bot.jobs.model import Destination, Place
from bot.jobs.ports import EVERYWHERE, PeopleStore
from bot.jobs.requests import Origin, ServerNotEnabled

MOST_ASKED: Final = 50
"""So many servers are asked whether somebody is a member; on any other they say so themselves, with /defaults."""
_AT_ONCE: Final = 10
_KNOWN_FOR: Final = MINUTE
_MOST_KNOWN: Final = 1_000
_PAYS: Final = "pays"


@dataclass(frozen=True, slots=True)
class PayingServer:
    """A server that may pay.

    Attributes:
        locale: the language that Discord has for it.
    """

    id: int
    name: str
    locale: str = "en-US"


@dataclass(frozen=True, kw_only=True)
class WhichServerPays(Refusal):
    """Several servers could pay, and the person has not chosen one."""

    servers: tuple[PayingServer, ...]


@dataclass(frozen=True, kw_only=True)
class NoServerPays(Refusal):
    """The person is on no server that may pay."""


@dataclass(frozen=True, kw_only=True)
class PayerLeft(Refusal):
    """The person has left the server that they chose to pay.

    Attributes:
        server: its name.
    """

    server: str


class Servers(Protocol):
    """Knows the servers that the bot is on."""

    def servers(self) -> Sequence[PayingServer]:
        """Return all of them."""
        ...


class Standings(Protocol):
    """Knows where a person stands on a server."""

    async def standing(self, origin: Origin) -> tuple[HouseRules, Refusal | None]:
        """Return what holds for whoever asks, and why they may not spend; None where they may.

        Raises:
            Refused: they are no member there, or Discord does not say whether they are.
        """
        ...


class PayingServers:
    """Finds and remembers them."""

    def __init__(
        self, store: PeopleStore, house: Standings, servers: Servers, enabled: frozenset[int] | None, clock: Clock
    ) -> None:
        """Keep the collaborators; `enabled` are the servers that may spend, None for all that the bot is on."""
        self._store = store
        self._house = house
        self._servers = servers
        self._enabled = enabled
        self._clock = clock
        self._known: dict[int, tuple[int, tuple[PayingServer, ...]]] = {}
        self._members: dict[tuple[int, int], int] = {}

    async def chosen(self, person_id: int) -> PayingServer | None:
        """Return the server that a person chose; None where they chose none, or it may not spend any more."""
        kept = (await self._store.preferences(person_id, EVERYWHERE)).get(_PAYS, "")
        return next((server for server in self._that_may() if str(server.id) == kept), None)

    async def of(self, person_id: int) -> PayingServer:
        """Return the server that pays for a person.

        Raises:
            Refused: they have to choose, they have left the one they chose, none can, or Discord does not answer.
        """
        chosen = await self.chosen(person_id)
        if chosen is not None:
            await self._check_member(person_id, chosen)
            return chosen
        theirs = await self.theirs(person_id)
        if not theirs:
            raise Refused(NoServerPays())
        if len(theirs) > 1 or len(self._that_may()) > MOST_ASKED:
            raise Refused(WhichServerPays(servers=theirs))
        return theirs[0]

    async def theirs(self, person_id: int) -> tuple[PayingServer, ...]:
        """Return the servers that could pay for a person, as of the last minute, by name.

        Where they may spend on none of theirs, all of theirs are returned: the reason is told when they try.

        Raises:
            Refused: Discord does not say where they are a member.
        """
        now = self._clock.now()
        known = self._known.get(person_id)
        if known is not None and known[0] > now:
            return known[1]
        found = await self._look(person_id)
        if len(self._known) >= _MOST_KNOWN:
            self._known.pop(next(iter(self._known)))
        self._known[person_id] = now + _KNOWN_FOR, found
        return found

    async def choose(self, person_id: int, guild_id: int) -> PayingServer:
        """Let a server pay for a person from now on.

        Raises:
            Refused: it may not spend, they are no member there, or Discord does not say whether they are.
        """
        server = next((server for server in self._that_may() if server.id == guild_id), None)
        if server is None:
            raise Refused(ServerNotEnabled(guild_id=guild_id))
        await self._house.standing(asking_at(person_id, guild_id))
        self._note_member(person_id, guild_id)
        await self._store.set_preferences(person_id, EVERYWHERE, {_PAYS: str(guild_id)})
        return server

    def named(self, guild_id: int) -> PayingServer:
        """Return a server that the bot is on; one that it is not on has no name."""
        found = (server for server in self._servers.servers() if server.id == guild_id)
        return next(found, PayingServer(guild_id, str(guild_id)))

    def _that_may(self) -> list[PayingServer]:
        there = self._servers.servers()
        return [server for server in there if self._enabled is None or server.id in self._enabled]

    async def _check_member(self, person_id: int, server: PayingServer) -> None:
        """Refuse a server that a person has left, as of the last minute."""
        if self._members.get((person_id, server.id), 0) > self._clock.now():
            return
        try:
            await self._house.standing(asking_at(person_id, server.id))
        except Refused as error:
            if isinstance(error.refusal, NotAMember):
                raise Refused(PayerLeft(server=server.name)) from error
            raise
        self._note_member(person_id, server.id)

    def _note_member(self, person_id: int, guild_id: int) -> None:
        if len(self._members) >= _MOST_KNOWN:
            self._members.pop(next(iter(self._members)))
        self._members[person_id, guild_id] = self._clock.now() + _KNOWN_FOR

    async def _look(self, person_id: int) -> tuple[PayingServer, ...]:
        turns = asyncio.Semaphore(_AT_ONCE)

        async def welcome(server: PayingServer) -> bool | None:
            """Tell whether they may spend there; None where they are no member."""
            async with turns:
                try:
                    _rules, refusal = await self._house.standing(asking_at(person_id, server.id))
                except Refused as error:
                    if isinstance(error.refusal, NotAMember):
                        return None
                    raise
                return refusal is None

        asked = self._that_may()[:MOST_ASKED]
        found = await asyncio.gather(*map(welcome, asked))
        theirs = [(server, may) for server, may in zip(asked, found, strict=True) if may is not None]
        usable = [server for server, may in theirs if may] or [server for server, _ in theirs]
        return tuple(sorted(usable, key=lambda server: (server.name.casefold(), server.id)))


def asking_at(person_id: int, guild_id: int) -> Origin:
    """Return somebody who asks in direct messages for what a server is to pay."""
    place = Place(guild_id=guild_id, channel_id=0, upload_limit=0, destination=Destination.DIRECT)
    return Origin(request_key="", requester_id=person_id, place=place)
