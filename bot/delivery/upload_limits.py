"""How large a file each channel takes: what Discord says of the server, corrected by what it refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.clock import HOUR, MINUTE, Clock

_MIB: Final = 1024 * 1024
DEFAULT_LIMIT: Final = 10 * _MIB
"""In direct messages, and in servers without boosts (platform notes §5)."""
_RUNGS: Final = tuple(rung * _MIB for rung in (100, 50, 25, 10, 8, 4, 1, 0))
_TOLD_FOR: Final = 10 * MINUTE
_REFUSED_FOR: Final = 6 * HOUR


@dataclass(frozen=True, slots=True)
class _Known:
    limit: int
    until: int


@dataclass(slots=True)
class UploadLimits:
    """Limits in bytes per place: a server's id, or 0 for direct messages.

    They are only remembered for speed: after a restart Discord tells, and refuses, again.
    """

    clock: Clock
    _told: dict[int, _Known] = field(default_factory=dict)
    _refused: dict[int, _Known] = field(default_factory=dict)

    def told(self, place: int) -> int | None:
        """Return what Discord said of a place lately, None where that must be asked."""
        return self._current(self._told, place)

    def tell(self, place: int, limit: int) -> None:
        """Remember what Discord says."""
        self._told[place] = _Known(limit, self.clock.now() + _TOLD_FOR)

    def refuse(self, place: int, size: int) -> None:
        """Remember that a message with a file of `size` bytes was too large, whatever Discord says."""
        rung = next(rung for rung in _RUNGS if rung < max(size, 1))
        self._refused[place] = _Known(rung, self.clock.now() + _REFUSED_FOR)

    def lowered(self, place: int, limit: int) -> int:
        """Return the limit that holds, given what Discord says."""
        refused = self._current(self._refused, place)
        return limit if refused is None else min(limit, refused)

    def _current(self, known: dict[int, _Known], place: int) -> int | None:
        entry = known.get(place)
        if entry is None:
            return None
        if entry.until <= self.clock.now():
            del known[place]
            return None
        return entry.limit
