"""Processes that claim, release and are nudged at the same time get no more than they ask for, and no error."""

from __future__ import annotations

import asyncio
from itertools import count

from bot.clock import MINUTE
from bot.jobs.model import Job
from bot.jobs.states import JobState
from storage.store import Store
from tests.contract.samples import NOW, job_in

_JOBS = 24
_ROUNDS = 60


async def test_jobs_that_are_nudged_while_they_are_claimed_are_claimed_no_more_than_asked_for(store: Store):
    jobs = [await job_in(store, JobState.RUNNING) for _ in range(_JOBS)]
    leases = count()
    sizes: list[int] = []

    async def nudge(job: Job) -> None:
        for _ in range(_ROUNDS):
            await store.nudge(job.hook_token, None, NOW)

    async def claim() -> None:
        for _ in range(_ROUNDS):
            lease = f"lease-{next(leases)}"
            claimed = await store.claim([JobState.RUNNING], NOW + 10_000, lease, NOW + MINUTE, 8)
            sizes.append(len(claimed))
            for one in claimed:
                await store.release(one.id, lease, NOW)

    await asyncio.gather(*map(nudge, jobs), *(claim() for _ in range(8)))

    assert max(sizes) <= 8
