"""Finds what no worker will come to by itself: POSTs whose worker is gone, and steps that a wrong clock put off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

import structlog
from structlog.contextvars import bound_contextvars

from bot.clock import SECOND
from bot.jobs import schedule
from bot.jobs.ports import Change
from bot.jobs.states import DOUBT
from bot.jobs.workshop import Workshop

_PUT_BACK: Final = 5 * SECOND
"""A clock that is put back by less delays a step by less, and is let be."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _ClockWatch:
    """Remembers how late it was."""

    seen: int = 0

    def put_back(self, now: int) -> int:
        """Return by how much the clock was put back since it was last asked, in milliseconds; 0 where it was not."""
        by, self.seen = self.seen - now, now
        return by if by > _PUT_BACK else 0


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Takes SUBMITTING jobs whose lease ran out, and whatever is due further away than anything is put off."""

    name: ClassVar[str] = "sweeper"
    interval: ClassVar[int] = 5 * SECOND
    workers: ClassVar[int] = 1

    shop: Workshop
    _watch: _ClockWatch = field(default_factory=_ClockWatch, init=False)

    async def recover(self, *, sole_owner: bool) -> None:
        """Take up what an earlier process left, before any loop runs.

        Args:
            sole_owner: no other process works on this store, so every lease in it is dead.
        """
        if sole_owner:
            await self.shop.store.expire_leases()
        await self._sweep(every=sole_owner)
        await self.shop.store.hasten(self.shop.clock.now())
        await self._bring_forward()

    async def run_once(self) -> int:
        """Doubt the submissions whose worker is gone, and let nobody wait for a time that was never true."""
        return await self._sweep(every=False) + await self._bring_forward()

    async def _sweep(self, *, every: bool) -> int:
        now = self.shop.clock.now()
        jobs = await self.shop.store.expire_submitting(now, every)
        for job in jobs:
            # Guarded by the dead worker's lease: had it lived, its answer would be recorded by now.
            doubt = Change(job_id=job.id, transition=DOUBT, at=now, cause="worker_gone", lease=job.lease, due_at=now)
            with bound_contextvars(step=self.name, job=job.id):
                await self.shop.apply(doubt)
        return len(jobs)

    async def _bring_forward(self) -> int:
        """Make due now what a clock put off that was ahead; right after ours was put back, that may be anything."""
        now = self.shop.clock.now()
        by = self._watch.put_back(now)
        if by:
            log.warning("clock_put_back", seconds=by // SECOND)
        moved = await self.shop.store.bring_forward(now, now if by else now + schedule.FURTHEST_STEP)
        if moved:
            self.shop.wakes.ring("intake", "submitter", "poller", "archiver", "deliverer")
        return moved
