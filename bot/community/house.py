"""From a server's settings, and what Discord says of a member, to the rules that bind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.clock import DAY, Clock
from bot.community import settings as s
from bot.community.ports import HouseStore, Memberships
from bot.community.record import HouseRecord
from bot.community.resolving import Settings, Standpoint
from bot.community.words import WordList
from bot.errors import Refusal, Refused
from bot.jobs.house import (
    ChannelNotAllowed,
    ConsentKind,
    DirectNotAllowed,
    HouseRules,
    MemberTooNew,
    NotAMember,
    NotSetUp,
    PersonBlocked,
    RoleNotAllowed,
    SeesDollars,
)
from bot.jobs.limits import Allowance, Scope, counter_of
from bot.jobs.model import Destination
from bot.jobs.preferences import Preferences, Within
from bot.jobs.requests import Membership, Origin

GRANTABLE: Final = (Scope.PERSON_DAY_JOBS, Scope.PERSON_MONTH_JOBS)
_NONE: Final[frozenset[int]] = frozenset()
_NO_KEYS: Final[frozenset[str]] = frozenset()
_RECORDS_KEPT: Final = 1_000
"""So many servers' rules are kept in memory at once; a record is a few kilobytes."""


class CommunityHouse:
    """Knows every server's rules; what was read is used again until the server's revision moves."""

    def __init__(self, store: HouseStore, memberships: Memberships, operator: Allowance, clock: Clock) -> None:
        """Keep the collaborators; `operator` is what the operator lets anybody take at most."""
        self._store = store
        self._memberships = memberships
        self.operator = operator
        self._clock = clock
        self._records: dict[int, tuple[HouseRecord, WordList]] = {}

    async def record(self, guild_id: int) -> HouseRecord:
        """Return a server's rules as stored."""
        return (await self._known(guild_id))[0]

    async def settings(self, guild_id: int, standpoint: Standpoint | None = None) -> Settings:
        """Return a server's settings as seen from a place by somebody; without either, the server's own."""
        return Settings(await self.record(guild_id), standpoint or Standpoint())

    async def sees_dollars(self, guild_id: int) -> SeesDollars:
        """Return who on a server is shown amounts of money."""
        return (await self.settings(guild_id)).value(s.SEES_DOLLARS, SeesDollars.EVERYONE).value

    async def language(self, guild_id: int) -> str:
        """Return the language that a server wants what everybody sees to be in, by Discord's tag; "" for its own."""
        return (await self.settings(guild_id)).value(s.LANGUAGE, "").value

    async def takes_free_text(self, origin: Origin) -> bool:
        """Tell whether a reply that begins with no command word is for the bot there."""
        here = await self.settings(origin.place.guild_id or 0, Standpoint(channels=_places(origin)))
        return here.value(s.FREE_TEXT, otherwise=True).value

    async def rules_for(self, origin: Origin) -> HouseRules:
        """Return what holds for whoever asks, where they ask.

        Raises:
            Refused: they may not spend there at all: blocked, not set up yet, too new, or the wrong channel or role.
        """
        rules, refusal = await self.standing(origin)
        if refusal is not None:
            raise Refused(refusal)
        return rules

    async def standing(self, origin: Origin) -> tuple[HouseRules, Refusal | None]:
        """Return what holds for whoever asks, and why they may not spend where they ask; None where they may.

        Raises:
            Refused: they are no member there, or Discord does not say whether they are.
        """
        guild_id = origin.place.guild_id or 0
        record, words = await self._known(guild_id)
        member = origin.member or await self._memberships.membership(guild_id, origin.requester_id)
        if member is None:
            raise Refused(NotAMember())
        here = Settings(record, _standpoint(origin, member))
        refusal = self._turned_away(origin, member, record, here)
        lacks = frozenset(ConsentKind) - await self._store.consents(origin.requester_id)
        allowance = await self._granted(self._allowance(here), origin)
        return _rules(here, member, allowance, lacks, words), refusal

    async def allowance_of(self, guild_id: int, roles: frozenset[int]) -> Allowance:
        """Return what somebody with such roles may take on a server, without what they were granted."""
        return self._allowance(await self.settings(guild_id, Standpoint(roles=roles)))

    def _turned_away(self, origin: Origin, member: Membership, record: HouseRecord, here: Settings) -> Refusal | None:
        """Return why somebody may not spend there at all; None where they may."""
        now = self._clock.now()
        block = record.blocks.get(origin.requester_id)
        if block is not None and block.holds(now):
            return PersonBlocked(until=block.until, reason=block.reason)
        if member.manages:
            return None
        if record.set_up_at is None:
            return NotSetUp()
        if _asks_directly(origin) and not here.allows(s.DIRECT).value:
            return DirectNotAllowed()
        channels = here.value(s.ALLOWED_CHANNELS, _NONE).value
        if channels and (asked_in := _places(origin)) and channels.isdisjoint(asked_in):
            return ChannelNotAllowed(channels=tuple(sorted(channels)))
        return _roles_refused(member, here) or _too_new(member, here, now)

    def _allowance(self, here: Settings) -> Allowance:
        operator = self.operator
        return Allowance(
            running=here.most(s.RUNNING, operator.running).value,
            clips_per_day=here.most(s.CLIPS_PER_DAY, operator.clips_per_day).value,
            clips_per_month=here.most(s.CLIPS_PER_MONTH, operator.clips_per_month).value,
            microusd_per_day=here.most(s.USD_PER_DAY, operator.microusd_per_day).value,
            microusd_per_month=here.most(s.USD_PER_MONTH, operator.microusd_per_month).value,
            server_clips_per_month=here.most(s.BUDGET_CLIPS, operator.server_clips_per_month).value,
            server_microusd_per_month=here.most(s.BUDGET_USD, operator.server_microusd_per_month).value,
        )

    async def _granted(self, allowance: Allowance, origin: Origin) -> Allowance:
        """Return an allowance with the clips that a manager granted on top: never above the operator's."""
        more = [0, 0]
        for place, scope in enumerate(GRANTABLE):
            if allowance.of(scope) is not None:
                counter = counter_of(
                    scope,
                    guild_id=origin.place.guild_id or 0,
                    person_id=origin.requester_id,
                    at=self._clock.now(),
                )
                more[place] = await self._store.granted(counter)
        return replace(
            allowance,
            clips_per_day=raised(allowance.clips_per_day, more[0], self.operator.clips_per_day),
            clips_per_month=raised(allowance.clips_per_month, more[1], self.operator.clips_per_month),
        )

    async def _known(self, guild_id: int) -> tuple[HouseRecord, WordList]:
        known = self._records.get(guild_id)
        if known is not None and known[0].revision == await self._store.house_revision(guild_id):
            return known
        record = await self._store.house(guild_id)
        if len(self._records) >= _RECORDS_KEPT:
            self._records.pop(next(iter(self._records)))
        self._records[guild_id] = record, WordList(record.words)
        return self._records[guild_id]


def _rules(
    here: Settings, member: Membership, allowance: Allowance, lacks: frozenset[ConsentKind], words: WordList
) -> HouseRules:
    within = Within(
        models=here.value(s.MODELS, _NO_KEYS).value or None,
        pro=here.allows(s.PRO).value,
        max_seconds=here.longest(s.MAX_LENGTH).value,
    )
    return HouseRules(
        allowance=allowance,
        defaults=Preferences(
            model=here.value(s.MODEL, "").value,
            mode=here.value(s.QUALITY, None).value,
            seconds=here.value(s.LENGTH, None).value,
            ratio=here.value(s.RATIO, None).value,
            spoiler=here.value(s.SPOILER, otherwise=False).value,
            destination=here.value(s.RESULTS, Destination.CHANNEL).value,
            within=within,
        ),
        lipsync=here.allows(s.LIPSYNC).value,
        pictures=here.allows(s.PICTURES).value,
        own_audio=here.allows(s.OWN_AUDIO).value,
        lacks_consent=lacks,
        forces_spoiler=here.forces(s.FORCED_SPOILER).value,
        words=words,
        manages=member.manages,
        sees_dollars=here.value(s.SEES_DOLLARS, SeesDollars.EVERYONE).value,
        free_text=here.value(s.FREE_TEXT, otherwise=True).value,
    )


def _roles_refused(member: Membership, here: Settings) -> Refusal | None:
    denied = here.value(s.DENIED_ROLES, _NONE).value & member.roles
    if denied:
        return RoleNotAllowed(needed=(), denied=min(denied))
    needed = here.value(s.ALLOWED_ROLES, _NONE).value
    if needed and needed.isdisjoint(member.roles):
        return RoleNotAllowed(needed=tuple(sorted(needed)))
    return None


def _too_new(member: Membership, here: Settings, now: int) -> Refusal | None:
    days = here.value(s.MEMBER_DAYS, 0).value
    if not days or (member.joined_at is not None and member.joined_at + days * DAY <= now):
        return None
    free_at = None if member.joined_at is None else member.joined_at + days * DAY
    return MemberTooNew(days=days, free_at=free_at)


def _standpoint(origin: Origin, member: Membership) -> Standpoint:
    return Standpoint(channels=_places(origin), roles=member.roles)


def _places(origin: Origin) -> Sequence[int]:
    """Return the channels whose settings hold: where it is asked for, wherever it goes; none in direct messages."""
    asked_in = origin.asked_in if origin.place.is_direct else origin.place.channel_id
    if asked_in is None:
        return ()
    return (asked_in,) if origin.parent_channel_id is None else (asked_in, origin.parent_channel_id)


def _asks_directly(origin: Origin) -> bool:
    """Tell whether somebody asks from direct messages, rather than for a private clip on the server."""
    return origin.place.is_direct and origin.member is None


def raised(ceiling: int | None, more: int, operator: int | None) -> int | None:
    """Return a limit with what was granted on top, as far as the operator allows; None for no limit."""
    if ceiling is None:
        return None
    return ceiling + more if operator is None else min(ceiling + more, operator)
