"""Which of several settings holds: a role's, else a channel's, else the server's, else the operator's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.community.record import HouseRecord, Level, RuleKey
from bot.community.settings import Setting

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value and where it was set.

    Attributes:
        level: None where nobody on the server set it.
        scope_id: the role's or channel's id; the server's own for the server's.
    """

    value: T
    level: Level | None = None
    scope_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """From where settings are looked at.

    Attributes:
        channels: the channel, then the one that it is a thread of.
        roles: the person's.
    """

    channels: Sequence[int] = ()
    roles: frozenset[int] = frozenset()


class Settings:
    """A server's settings, seen from one place by one person."""

    def __init__(self, record: HouseRecord, standpoint: Standpoint) -> None:
        """Keep what is stored, and who looks from where."""
        self._record = record
        self._standpoint = standpoint

    def value(self, setting: Setting[T], otherwise: D) -> Found[T | D]:
        """Return a setting that nobody's role decides: the channel's, the server's, or `otherwise`."""
        places = [(Level.CHANNEL, channel_id) for channel_id in self._standpoint.channels]
        for level, scope_id in (*places, (Level.SERVER, self._record.guild_id)):
            found = self._at(setting, level, scope_id)
            if found is not None:
                return Found(found.value, found.level, found.scope_id)
        return Found(otherwise)

    def most(self, setting: Setting[int], operator: int | None) -> Found[int | None]:
        """Return a limit: the most generous of the person's roles', else the server's; never above the operator's."""
        by_role = list(self._of_roles(setting))
        chosen: Found[int] | None = max(by_role, key=lambda found: found.value, default=None)
        if chosen is None:
            chosen = self._at(setting, Level.SERVER, self._record.guild_id)
        if chosen is None or (operator is not None and chosen.value > operator):
            return Found(operator)
        return Found(chosen.value, chosen.level, chosen.scope_id)

    def longest(self, setting: Setting[int]) -> Found[int | None]:
        """Return a limit that channels can have too: roles first, then the channel's, then the server's."""
        chosen: Found[int] | None = max(self._of_roles(setting), key=lambda found: found.value, default=None)
        if chosen is not None:
            return Found(chosen.value, chosen.level, chosen.scope_id)
        placed = self.value(setting, -1)
        return Found(None) if placed.level is None else Found(placed.value, placed.level, placed.scope_id)

    def allows(self, setting: Setting[bool]) -> Found[bool]:
        """Return a switch: on by any of the person's roles, off by one, else the channel's, the server's, or on."""
        by_role = sorted(self._of_roles(setting), key=lambda found: not found.value)
        return by_role[0] if by_role else self.value(setting, otherwise=True)

    def forces(self, setting: Setting[bool]) -> Found[bool]:
        """Return a switch that any role or channel can turn on and none off."""
        everywhere = [*self._of_roles(setting), self.value(setting, otherwise=False)]
        return next((found for found in everywhere if found.value), Found(value=False))

    def _of_roles(self, setting: Setting[T]) -> Iterable[Found[T]]:
        for role_id in sorted(self._standpoint.roles):
            found = self._at(setting, Level.ROLE, role_id)
            if found is not None:
                yield found

    def _at(self, setting: Setting[T], level: Level, scope_id: int) -> Found[T] | None:
        stored = self._record.rules.get(RuleKey(level, scope_id, setting.name))
        if stored is None or level not in setting.levels:
            return None
        try:
            return Found(setting.read(stored), level, scope_id)
        except ValueError:
            return None
