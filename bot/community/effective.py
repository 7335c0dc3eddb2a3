"""What a setting comes to as seen from the server, from one of its channels or by one of its roles, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from bot.community import settings as s
from bot.community.record import HouseRecord, Level
from bot.community.resolving import Found, Settings, Standpoint
from bot.community.settings import Setting
from bot.jobs.limits import Allowance

_SWITCHES: Final = frozenset(setting.name for setting in (s.DIRECT, s.PRO, s.LIPSYNC, s.PICTURES, s.OWN_AUDIO))


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLimits:
    """What the operator lets every server choose at most.

    Attributes:
        allowance: what one person may take, and what a server may spend.
        retention_days: how long things are kept; None for as long as anybody wishes.
    """

    allowance: Allowance
    retention_days: int | None = None

    def of(self, setting: Setting[Any]) -> int | None:
        """Return the largest value that a setting may have; None where the operator set no limit."""
        allowance = self.allowance
        return {
            s.RUNNING.name: allowance.running,
            s.CLIPS_PER_DAY.name: allowance.clips_per_day,
            s.CLIPS_PER_MONTH.name: allowance.clips_per_month,
            s.USD_PER_DAY.name: allowance.microusd_per_day,
            s.USD_PER_MONTH.name: allowance.microusd_per_month,
            s.BUDGET_USD.name: allowance.server_microusd_per_month,
            s.BUDGET_CLIPS.name: allowance.server_clips_per_month,
            s.RETENTION_DAYS.name: self.retention_days,
        }.get(setting.name)


CAPPED: Final = frozenset(
    setting.name
    for setting in (
        s.RUNNING,
        s.CLIPS_PER_DAY,
        s.CLIPS_PER_MONTH,
        s.USD_PER_DAY,
        s.USD_PER_MONTH,
        s.BUDGET_USD,
        s.BUDGET_CLIPS,
        s.RETENTION_DAYS,
    )
)
"""Settings that the operator can limit."""


class Source(Enum):
    """Where a value comes from."""

    HERE = auto()
    SERVER = auto()
    OPERATOR = auto()
    UNSET = auto()


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds, and where it comes from.

    Attributes:
        value: None where nothing limits or decides it.
        over: what was set here and is more than the operator allows by now; None for nothing such.
    """

    value: Any
    source: Source
    over: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom settings are looked at or made.

    Attributes:
        id: the channel's or role's; the server's own for the whole server.
    """

    level: Level
    id: int

    @property
    def standpoint(self) -> Standpoint:
        """Return from where its settings are seen."""
        match self.level:
            case Level.CHANNEL:
                return Standpoint(channels=(self.id,))
            case Level.ROLE:
                return Standpoint(roles=frozenset({self.id}))
            case Level.SERVER:
                return Standpoint()


def effective(record: HouseRecord, limits: OperatorLimits, setting: Setting[Any], scope: Scope) -> Effective:
    """Return what a setting comes to."""
    here = Settings(record, scope.standpoint)
    if setting.name in CAPPED:
        return _capped(here, limits.of(setting), setting, scope)
    found: Found[Any]
    if setting.name == s.MAX_LENGTH.name:
        found = here.longest(setting)
    elif setting.name in _SWITCHES:
        found = here.allows(setting)
    elif setting.name == s.FORCED_SPOILER.name:
        found = here.forces(setting)
    else:
        found = here.value(setting, None)
    return Effective(found.value, _source(found, scope))


def _capped(here: Settings, operator: int | None, setting: Setting[int], scope: Scope) -> Effective:
    asked = here.most(setting, None)
    found = here.most(setting, operator)
    if found.level is None:
        over = asked.value if asked.level is scope.level else None
        return Effective(found.value, Source.UNSET if operator is None else Source.OPERATOR, over)
    return Effective(found.value, _source(found, scope))


def _source(found: Found[Any], scope: Scope) -> Source:
    if found.level is None:
        return Source.UNSET
    return Source.HERE if found.level is scope.level else Source.SERVER
