"""Finds POSTs whose worker is gone: their outcome is unknown from then on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from structlog.contextvars import bound_contextvars

from bot.clock import SECOND
from bot.jobs.ports import Change
from bot.jobs.states import DOUBT
from bot.jobs.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Takes SUBMITTING jobs whose lease ran out."""

    name: ClassVar[str] = "sweeper"
    interval: ClassVar[int] = 5 * SECOND
    workers: ClassVar[int] = 1

    shop: Workshop

    async def recover(self, *, sole_owner: bool) -> None:
        """Take up what an earlier process left, before any loop runs.

        Args:
            sole_owner: no other process works on this store, so every lease in it is dead.
        """
        if sole_owner:
            await self.shop.store.expire_leases()
        await self._sweep(every=sole_owner)
        await self.shop.store.hasten(self.shop.clock.now())

    async def run_once(self) -> int:
        """Doubt the submissions whose worker is gone."""
        return await self._sweep(every=False)

    async def _sweep(self, *, every: bool) -> int:
        now = self.shop.clock.now()
        jobs = await self.shop.store.expire_submitting(now, every)
        for job in jobs:
            # Guarded by the dead worker's lease: had it lived, its answer would be recorded by now.
            doubt = Change(job_id=job.id, transition=DOUBT, at=now, cause="worker_gone", lease=job.lease, due_at=now)
            with bound_contextvars(step=self.name, job=job.id):
                await self.shop.store.apply(doubt)
        if jobs:
            self.shop.wakes.ring("poller")
        return len(jobs)
