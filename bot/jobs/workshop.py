"""What every step of one process works with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.jobs.leases import Leases
from bot.jobs.loops import Wakes
from bot.jobs.ports import JobStore, OwnerAlerts


@dataclass(frozen=True, slots=True)
class Workshop:
    """One process's store and time, its leases, its bells, and the way to its owner."""

    store: JobStore
    clock: Clock
    leases: Leases
    wakes: Wakes
    alerts: OwnerAlerts
