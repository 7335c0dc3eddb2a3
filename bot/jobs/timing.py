"""How long things take: learnt from past jobs, seeded from the catalogue."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.clock import MINUTE, Clock
from bot.jobs import pace
from bot.jobs.forecast import Forecast, Outlook
from bot.jobs.model import Job, JobKind, VideoInput
from bot.jobs.ports import InLine, JobStore, Quantiles

Seed = Callable[[JobKind, str, str, int], Quantiles | None]
"""Kind, model, mode and seconds to what the catalogue knows before anything was learnt."""

Like = tuple[JobKind, str, str, int]
"""Kind, model, mode and seconds of clips that take equally long."""
_LEARNT_HOLDS: Final = MINUTE
"""For so long what was learnt is used again: it is the sum of hundreds of jobs, and every card asks for it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Estimates for one process.

    Attributes:
        webhooks: the provider reports by itself, so polling is only a backstop.
        places: how many tasks may be at the provider at once.
    """

    store: JobStore
    seed: Seed
    webhooks: bool
    clock: Clock
    places: int
    _forecasts: deque[Forecast] = field(default_factory=lambda: deque(maxlen=1))
    _learnt: dict[Like, tuple[int, Quantiles | None]] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def quantiles(self, job: Job) -> Quantiles | None:
        """Return how long such jobs take; None where nothing is known."""
        return await self.of(
            job.kind, job.model, job.mode, job.input.seconds if isinstance(job.input, VideoInput) else 0
        )

    async def of(self, kind: JobKind, model: str, mode: str, seconds: int) -> Quantiles | None:
        """Return how long such clips take, as learnt within the last minute; None where nothing is known."""
        like = (kind, model, mode, seconds)
        now = self.clock.now()
        read_at, learnt = self._learnt.get(like, (None, None))
        if read_at is None or not 0 <= now - read_at < _LEARNT_HOLDS:
            learnt = await self.store.quantiles(*like)
            self._learnt[like] = now, learnt
        return learnt or self.seed(*like)

    async def first_poll(self, job: Job) -> int:
        """Return how long after its task is known a job is first asked for, in milliseconds."""
        return pace.first_poll(await self.quantiles(job), webhooks=self.webhooks)

    async def next_poll(self, job: Job, now: int) -> int:
        """Return how long to wait before asking again, in milliseconds."""
        age = now - (job.running_since or now)
        return pace.next_poll(age, await self.quantiles(job), webhooks=self.webhooks)

    async def outlook(self, job: Job) -> Outlook:
        """Return what a job in line may expect; nothing for one that is not in line."""
        # Of a crowd that comes at once, one makes the forecast, and the others are found in it.
        async with self._one_at_a_time:
            latest = self._forecasts[-1] if self._forecasts else None
            if latest is None or not latest.holds_at(self.clock.now()):
                return (await self.forecast()).of(job) or Outlook()
        return latest.of(job) or latest.join(job, await self.quantiles(job))

    async def forecast(self) -> Forecast:
        """Return what everybody in line may expect now."""
        # While submissions rest nobody takes a free place, and who goes first hangs on who holds one.
        rests = await self.store.pause() is not None
        rows = await self.store.line(0 if rests else self.places)
        known = {like: await self.of(*like) for like in {_like(row) for row in rows}}
        made = Forecast(rows, self.places, self.clock.now(), lambda row: known[_like(row)])
        self._forecasts.append(made)
        return made

    async def ready_at(self, job: Job) -> int | None:
        """Return when a running job is usually done, UTC milliseconds; None where unknown or not running."""
        quantiles = await self.quantiles(job)
        if quantiles is None or job.running_since is None:
            return None
        return job.running_since + quantiles.p50


def _like(row: InLine) -> Like:
    return row.kind, row.model, row.mode, row.seconds
