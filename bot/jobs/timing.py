"""How long things take: learnt from past jobs, seeded from the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.jobs import schedule
from bot.jobs.model import Job, JobKind, VideoInput
from bot.jobs.ports import JobStore, Quantiles

Seed = Callable[[JobKind, str, str, int], Quantiles | None]
"""Kind, model, mode and seconds to what the catalogue knows before anything was learnt."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Estimates for one process.

    Attributes:
        webhooks: the provider reports by itself, so polling is only a backstop.
    """

    store: JobStore
    seed: Seed
    webhooks: bool

    async def quantiles(self, job: Job) -> Quantiles | None:
        """Return how long such jobs take, None where nothing is known."""
        seconds = job.input.seconds if isinstance(job.input, VideoInput) else 0
        learnt = await self.store.quantiles(job.kind, job.model, job.mode, seconds)
        return learnt or self.seed(job.kind, job.model, job.mode, seconds)

    async def first_poll(self, job: Job) -> int:
        """Return how long after its task is known a job is first asked for, in milliseconds."""
        return schedule.first_poll(await self.quantiles(job), webhooks=self.webhooks)

    async def next_poll(self, job: Job, now: int) -> int:
        """Return how long to wait before asking again, in milliseconds."""
        age = now - (job.running_since or now)
        return schedule.next_poll(age, await self.quantiles(job), webhooks=self.webhooks)

    async def ready_at(self, job: Job) -> int | None:
        """Return when a running job is usually done, UTC milliseconds; None where unknown or not running."""
        quantiles = await self.quantiles(job)
        if quantiles is None or job.running_since is None:
            return None
        return job.running_since + quantiles.p50
