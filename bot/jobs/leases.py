"""Leases: who has a job's next step in hand, and until when."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from bot.jobs.schedule import LEASE


@dataclass(frozen=True, slots=True)
class Lease:
    """A right to decide, never needed to record a fact."""

    token: str
    until: int


@dataclass(slots=True)
class Leases:
    """Draws leases for one process; a token is never drawn twice."""

    worker: str = field(default_factory=lambda: secrets.token_hex(4))
    _drawn: int = 0

    def draw(self, now: int, milliseconds: int = LEASE) -> Lease:
        """Return a new lease."""
        self._drawn += 1
        return Lease(f"{self.worker}-{self._drawn}", now + milliseconds)
