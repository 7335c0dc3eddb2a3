"""Finds POSTs whose worker is gone: their outcome is unknown from then on."""

from __future__ import annotations

from typing import Final

from bot.clock import SECOND, Clock
from bot.jobs.loops import Wakes
from bot.jobs.ports import Change, JobStore
from bot.jobs.states import DOUBT


class Sweeper:
    """Takes SUBMITTING jobs whose lease ran out."""

    name: Final = "sweeper"
    interval: Final = 5 * SECOND
    workers: Final = 1

    def __init__(self, store: JobStore, clock: Clock, wakes: Wakes) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._wakes = wakes

    async def recover(self, *, sole_owner: bool) -> None:
        """Take up what an earlier process left, before any loop runs.

        Args:
            sole_owner: no other process works on this store, so every lease in it is dead.
        """
        if sole_owner:
            await self._store.expire_leases()
        await self._sweep(every=sole_owner)
        await self._store.hasten(self._clock.now())

    async def run_once(self) -> int:
        """Doubt the submissions whose worker is gone."""
        return await self._sweep(every=False)

    async def _sweep(self, *, every: bool) -> int:
        now = self._clock.now()
        jobs = await self._store.expire_submitting(now, every)
        for job in jobs:
            # Guarded by the dead worker's lease: had it lived, its answer would be recorded by now.
            await self._store.apply(
                Change(job_id=job.id, transition=DOUBT, at=now, cause="worker_gone", lease=job.lease, due_at=now)
            )
        if jobs:
            self._wakes.ring("poller")
        return len(jobs)
