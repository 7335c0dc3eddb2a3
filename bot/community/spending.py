"""What people and servers may still take, what they took, and more of it where somebody who manages grants it."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from bot.catalog import Catalogue, ClipKind, Mode, Model, ModeRow, Price
from bot.clock import DAY, Clock
from bot.community.house import GRANTABLE, CommunityHouse, raised
from bot.community.ports import AuditLine
from bot.community.spending_records import NewGrant, Part, SpendingStore, UsageLine
from bot.errors import Refusal, Refused
from bot.jobs.costs import Cost, PriceList
from bot.jobs.house import HouseRules
from bot.jobs.limits import Scope, counter_of, period_end
from bot.jobs.requests import Membership, Origin

MOST_GRANTED: Final = 1_000
"""Clips in one grant."""
PAGE: Final = 10
"""Lines on a page of usage."""

_OF_PERSON: Final = (
    Scope.PERSON_RUNNING,
    Scope.PERSON_DAY_JOBS,
    Scope.PERSON_MONTH_JOBS,
    Scope.PERSON_DAY_USD,
    Scope.PERSON_MONTH_USD,
)
_OF_SERVER: Final = (Scope.SERVER_MONTH_JOBS, Scope.SERVER_MONTH_USD)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitState:
    """How far a limit is taken.

    Attributes:
        used: jobs, or micro-dollars.
        ceiling: None for no limit.
        granted: clips that were granted on top, as far as the operator allows them; in `ceiling` already.
        frees_at: when its period ends, UTC milliseconds; of no use for PERSON_RUNNING.
    """

    scope: Scope
    used: int
    ceiling: int | None
    granted: int = 0
    frees_at: int

    @property
    def left(self) -> int | None:
        """Return what may still be taken; None for no limit."""
        return None if self.ceiling is None else max(0, self.ceiling - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """What one kind of clip costs.

    Attributes:
        row: the model.
        seconds: the length; 0 but for new clips.
        sound: whether it is the price with sound.
    """

    kind: ClipKind
    row: Model
    mode: Mode
    seconds: int = 0
    sound: bool = False
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What somebody may take where they ask.

    Attributes:
        refusal: why they may not make clips there as things stand; None where they may.
        person: their own limits.
        server: the server's budgets; those that nobody set have no ceiling.
        prices: what the server allows, with its price.
        rules: what binds them there.
    """

    refusal: Refusal | None
    person: tuple[LimitState, ...]
    server: tuple[LimitState, ...]
    prices: tuple[PriceLine, ...]
    rules: HouseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageAsked:
    """Which part of a server's usage to show.

    Attributes:
        months_ago: 0 for this month.
        page: from 0.
    """

    part: Part = Part.ALL
    months_ago: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a server took in a month.

    Attributes:
        begins_at: when the month began, UTC milliseconds.
        total: everything together.
        lines: by the part that was asked for.
        more: whether another page follows.
        budgets: of this month; empty for another.
    """

    asked: UsageAsked
    begins_at: int
    total: UsageLine
    lines: tuple[UsageLine, ...] = ()
    more: bool = False
    budgets: tuple[LimitState, ...] = field(default_factory=tuple)


class GrantPeriod(StrEnum):
    """For how long something is granted."""

    TODAY = "today"
    MONTH = "month"

    @property
    def scope(self) -> Scope:
        """Return the limit that it is granted on top of."""
        return Scope.PERSON_DAY_JOBS if self is GrantPeriod.TODAY else Scope.PERSON_MONTH_JOBS


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What came of a grant.

    Attributes:
        limits: the person's clips for the day and for the month, as they are now.
    """

    person_id: int
    clips: int
    period: GrantPeriod
    limits: tuple[LimitState, ...]


@dataclass(frozen=True, kw_only=True)
class GrantNumberWrong(Refusal):
    """So many clips cannot be granted at once."""

    option: str = "clips"
    asked: int
    most: int = MOST_GRANTED


@dataclass(frozen=True, kw_only=True)
class GrantNeedsMember(Refusal):
    """Only people who are members of the server can be granted anything."""

    option: str = "person"
    person_id: int


@dataclass(frozen=True, kw_only=True)
class NothingToGrant(Refusal):
    """The person has no limit for that time, so there is nothing to grant more of."""

    option: str = "for"
    person_id: int
    period: GrantPeriod


@dataclass(frozen=True, kw_only=True)
class GrantOverCeiling(Refusal):
    """The operator allows nobody so much.

    Attributes:
        ceiling: the most clips that the operator lets anybody make in that time.
        possible: how many can still be granted; 0 for none.
    """

    option: str = "clips"
    person_id: int
    period: GrantPeriod
    ceiling: int
    possible: int


class SpendingBook:
    """Answers what was and may be spent on servers."""

    def __init__(self, store: SpendingStore, house: CommunityHouse, catalogue: Catalogue, clock: Clock) -> None:
        """Keep the collaborators."""
        self._store = store
        self._house = house
        self._catalogue = catalogue
        self._clock = clock

    async def quota(self, origin: Origin, prices: PriceList) -> Quota:
        """Return what somebody may still take where they ask; nothing is charged or held for it.

        Raises:
            Refused: they are no member of the server.
        """
        rules, refusal = await self._house.standing(origin)
        states = [await self._state(scope, rules, origin) for scope in (*_OF_PERSON, *_OF_SERVER)]
        return Quota(
            refusal=refusal,
            person=tuple(state for state in states if state.scope in _OF_PERSON),
            server=tuple(state for state in states if state.scope in _OF_SERVER),
            prices=tuple(price_lines(self._catalogue, prices, rules)),
            rules=rules,
        )

    async def usage(self, guild_id: int, asked: UsageAsked) -> Usage:
        """Return what a server took in a month."""
        now = self._clock.now()
        since, until = month_of(now, asked.months_ago)
        (total,) = await self._store.usage(guild_id, since, until, Part.ALL, limit=1) or (UsageLine(what=""),)
        lines: Sequence[UsageLine] = ()
        if asked.part is not Part.ALL:
            lines = await self._store.usage(
                guild_id, since, until, asked.part, limit=PAGE + 1, offset=asked.page * PAGE
            )
        return Usage(
            asked=asked,
            begins_at=since,
            total=total,
            lines=tuple(lines[:PAGE]),
            more=len(lines) > PAGE,
            budgets=await self._budgets(guild_id, now) if asked.months_ago == 0 else (),
        )

    async def grant(
        self, guild_id: int, person_id: int, member: Membership | None, clips: int, period: GrantPeriod, *, by: int
    ) -> Granted:
        """Let somebody make more clips than the server's limit allows, but never more than the operator's.

        Args:
            guild_id: the server.
            person_id: who may make more.
            member: what the server knows of them; None where they are no member.
            clips: how many more.
            period: until when.
            by: who grants it.

        Raises:
            Refused: it cannot be granted; nothing was stored.
        """
        if not 1 <= clips <= MOST_GRANTED:
            raise Refused(GrantNumberWrong(asked=clips))
        if member is None:
            raise Refused(GrantNeedsMember(person_id=person_id))
        now = self._clock.now()
        own = (await self._house.allowance_of(guild_id, member.roles)).of(period.scope)
        if own is None:
            raise Refused(NothingToGrant(person_id=person_id, period=period))
        counter = counter_of(period.scope, guild_id=guild_id, person_id=person_id, at=now)
        operator = self._house.operator.of(period.scope)
        possible = None if operator is None else max(0, operator - own - await self._store.granted(counter))
        if operator is not None and possible is not None and clips > possible:
            raise Refused(GrantOverCeiling(person_id=person_id, period=period, ceiling=operator, possible=possible))
        grant = NewGrant(guild_id=guild_id, person_id=person_id, counter=counter, clips=clips, granted_by=by, at=now)
        line = AuditLine(
            guild_id=guild_id,
            at=now,
            actor_id=by,
            action="grant",
            subject=str(person_id),
            detail=f"{clips} clips, {period.value}",
        )
        await self._store.grant(grant, [line])
        limits = [await self._granted_state(scope, guild_id, person_id, member, now) for scope in GRANTABLE]
        return Granted(person_id=person_id, clips=clips, period=period, limits=tuple(limits))

    async def _granted_state(
        self, scope: Scope, guild_id: int, person_id: int, member: Membership, now: int
    ) -> LimitState:
        own = (await self._house.allowance_of(guild_id, member.roles)).of(scope)
        counter = counter_of(scope, guild_id=guild_id, person_id=person_id, at=now)
        ceiling = raised(own, await self._store.granted(counter), self._house.operator.of(scope))
        return LimitState(
            scope=scope,
            used=await self._store.used(counter),
            ceiling=ceiling,
            granted=0 if ceiling is None or own is None else ceiling - own,
            frees_at=period_end(scope, now),
        )

    async def _state(self, scope: Scope, rules: HouseRules, origin: Origin) -> LimitState:
        now = self._clock.now()
        counter = counter_of(scope, guild_id=origin.place.guild_id or 0, person_id=origin.requester_id, at=now)
        return LimitState(
            scope=scope,
            used=await self._store.used(counter),
            ceiling=rules.allowance.of(scope),
            granted=await self._store.granted(counter) if scope in GRANTABLE else 0,
            frees_at=period_end(scope, now),
        )

    async def _budgets(self, guild_id: int, now: int) -> tuple[LimitState, ...]:
        allowance = await self._house.allowance_of(guild_id, frozenset())
        return tuple(
            [
                LimitState(
                    scope=scope,
                    used=await self._store.used(counter_of(scope, guild_id=guild_id, person_id=0, at=now)),
                    ceiling=allowance.of(scope),
                    frees_at=period_end(scope, now),
                )
                for scope in _OF_SERVER
            ]
        )


def month_of(now: int, months_ago: int = 0) -> tuple[int, int]:
    """Return when a calendar month (UTC) begins and ends: that of `now` (UTC milliseconds), or one before it."""
    day = datetime.fromtimestamp(now / 1000, UTC)
    year, month = divmod(day.year * 12 + day.month - 1 - months_ago, 12)
    begins = int(datetime(year, month + 1, 1, tzinfo=UTC).timestamp() * 1000)
    return begins, begins + calendar.monthrange(year, month + 1)[1] * DAY


def price_lines(catalogue: Catalogue, prices: PriceList, rules: HouseRules) -> Iterator[PriceLine]:
    """Yield what may be bought by some rules, with its price, in the catalogue's order."""
    for row in catalogue.models:
        if not rules.within.has_model(row.key):
            continue
        for tier in row.modes:
            if not rules.within.has_mode(tier.mode):
                continue
            yield from _new_clips(row, tier, prices, rules)
            if row.extendable:
                yield _follow_up(ClipKind.EXTEND, row, tier, catalogue.limits.extension.price, prices)
            if row.lip_syncable and rules.lipsync:
                yield _follow_up(ClipKind.LIPSYNC, row, tier, catalogue.limits.lipsync.price, prices)


def _new_clips(row: Model, tier: ModeRow, prices: PriceList, rules: HouseRules) -> Iterator[PriceLine]:
    for sound in (False, True) if row.sound else (False,):
        for seconds in tier.lengths:
            if not rules.within.has_length(seconds):
                continue
            listed = tier.price(seconds, sound=sound)
            cost = prices.of(ClipKind.VIDEO, row.key, tier.mode, seconds, listed)
            yield PriceLine(kind=ClipKind.VIDEO, row=row, mode=tier.mode, seconds=seconds, sound=sound, cost=cost)


def _follow_up(kind: ClipKind, row: Model, tier: ModeRow, listed: Price | None, prices: PriceList) -> PriceLine:
    return PriceLine(kind=kind, row=row, mode=tier.mode, cost=prices.of(kind, row.key, tier.mode, 0, listed))
