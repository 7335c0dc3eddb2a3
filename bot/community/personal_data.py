"""What is stored about a person: counted, listed for a file of their own, and given up at their wish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.clock import Clock
from bot.community import settings
from bot.community.effective import OperatorLimits
from bot.community.forgetting import Erasure, Left
from bot.community.ports import HouseStore
from bot.community.resolving import Settings, Standpoint
from bot.jobs.loops import Wakes
from bot.jobs.model import Asset, Delivery, Job, JobEvent

Fact = Mapping[str, str | int | None]
"""A row's columns that are a person's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """How much is stored about a person, on every server and in direct messages.

    Attributes:
        clips: the jobs they ordered, those that came to nothing included.
        under_way: of these, those that have not ended.
        files: what is kept of these in the archive.
        blocks: servers that blocked them, now or once.
    """

    clips: int = 0
    under_way: int = 0
    files: int = 0
    reports: int = 0
    favourites: int = 0
    choices: int = 0
    drafts: int = 0
    grants: int = 0
    blocks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """Everything about a person beside their clips, as stored."""

    choices: tuple[Fact, ...] = ()
    favourites: tuple[Fact, ...] = ()
    reports: tuple[Fact, ...] = ()
    consents: tuple[Fact, ...] = ()
    grants: tuple[Fact, ...] = ()
    blocks: tuple[Fact, ...] = ()
    limits: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRecord:
    """A job with all that belongs to it; `number` is its place in the order of all."""

    number: int
    job: Job
    assets: Sequence[Asset]
    deliveries: Sequence[Delivery]
    events: Sequence[JobEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPerson:
    """What a person is told of what is stored about them.

    Attributes:
        consents: how often they said what they may use.
        blocked_here: whether this server keeps a block of theirs, in force or not.
        retention_days: how long clips that are made here are kept; None for no end.
        erasure: what they wished to have deleted; None where that is done, and was long ago.
        left: what keeps that from being done; None where nothing was wished.
    """

    stock: Stock
    consents: int
    blocked_here: bool
    retention_days: int | None
    erasure: Erasure | None = None
    left: Left | None = None


class PersonalStore(HouseStore, Protocol):
    """What tells of people."""

    async def stock(self, person_id: int) -> Stock:
        """Return how much is stored about a person."""
        ...

    async def person_record(self, person_id: int) -> PersonRecord:
        """Return everything that is stored about a person beside their clips."""
        ...

    async def clip_records(self, person_id: int, after: int, limit: int) -> Sequence[ClipRecord]:
        """Return a person's clips with all that belongs to each, oldest first, from after that number on."""
        ...

    async def ask_erasure(self, person_id: int, at: int, *, messages: bool) -> Erasure:
        """Keep a person's wish, and delete at once what is only theirs; asked again, it reaches up to now."""
        ...

    async def erasure(self, person_id: int) -> Erasure | None:
        """Return a person's wish; None where there is none, or it was fulfilled long ago."""
        ...

    async def left_of(self, erasure: Erasure) -> Left:
        """Return what keeps a wish from being fulfilled."""
        ...


class PersonalData:
    """Answers people about themselves."""

    def __init__(self, store: PersonalStore, limits: OperatorLimits, clock: Clock, wakes: Wakes) -> None:
        """Keep the collaborators; `limits` are the operator's."""
        self.store = store
        self._limits = limits
        self.clock = clock
        self._wakes = wakes

    async def about(self, person_id: int, guild_id: int | None) -> AboutPerson:
        """Return what is stored about a person, and how long things are kept where they ask."""
        erasure = await self.store.erasure(person_id)
        return AboutPerson(
            stock=await self.store.stock(person_id),
            consents=len(await self.store.consents(person_id)),
            blocked_here=guild_id is not None and person_id in (await self.store.house(guild_id)).blocks,
            retention_days=await self.retention_days(guild_id),
            erasure=erasure,
            left=await self.store.left_of(erasure) if erasure is not None else None,
        )

    async def retention_days(self, guild_id: int | None) -> int | None:
        """Return for how many days clips are kept: the operator's, or the server's where it is fewer."""
        operator = self._limits.retention_days
        if guild_id is None:
            return operator
        record = await self.store.house(guild_id)
        return Settings(record, Standpoint()).most(settings.RETENTION_DAYS, operator).value

    async def erase(self, person_id: int, *, messages: bool) -> Erasure:
        """Begin to delete what is stored about a person; it goes on over restarts until it is done.

        Args:
            person_id: whose wish it is.
            messages: whether the messages with their clips are to go, too.
        """
        asked = await self.store.ask_erasure(person_id, self.clock.now(), messages=messages)
        self._wakes.ring("forgetting")
        return asked
