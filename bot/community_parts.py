"""Wires what the community's rules need: ceilings, houses, and who pays."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.community.effective import OperatorLimits
from bot.community.house import CommunityHouse
from bot.community.housekeeping import Housekeeping
from bot.community.paying import PayingServers
from bot.delivery.memberships import DiscordMemberships
from bot.jobs.limits import Allowance
from bot.jobs.purchasing import Ceilings
from bot.settings import Settings, Switch
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityParts:
    """The rules of the bot's operator and of its servers.

    Attributes:
        memberships: asks Discord who is a member; it has to be told whom to ask.
    """

    ceilings: Ceilings
    memberships: DiscordMemberships
    house: CommunityHouse
    housekeeping: Housekeeping
    paying: PayingServers | None


def community_parts(settings: Settings, store: Store, clock: Clock) -> CommunityParts:
    """Build them."""
    ceilings = _ceilings(settings)
    memberships = DiscordMemberships()
    house = CommunityHouse(store, memberships, ceilings.per_person, clock)
    limits = OperatorLimits(allowance=ceilings.per_person, retention_days=settings.retention_days)
    takes_direct_messages = settings.direct_messages is not Switch.OFF
    return CommunityParts(
        ceilings=ceilings,
        memberships=memberships,
        house=house,
        housekeeping=Housekeeping(store, limits, clock),
        paying=PayingServers(store, house, memberships, ceilings.servers, clock) if takes_direct_messages else None,
    )


def _ceilings(settings: Settings) -> Ceilings:
    return Ceilings(
        servers=settings.servers,
        microusd_per_month=settings.max_usd_per_month,
        microusd_per_job=settings.max_usd_per_job,
        per_person=Allowance(
            running=settings.max_running_per_person,
            clips_per_day=settings.max_jobs_per_person_per_day,
            clips_per_month=settings.max_jobs_per_person_per_month,
            server_microusd_per_month=settings.max_usd_per_server_per_month,
        ),
    )
