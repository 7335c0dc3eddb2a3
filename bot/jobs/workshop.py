"""What every step of one process works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.clock import SECOND, Clock
from bot.jobs import schedule
from bot.jobs.leases import Leases
from bot.jobs.loops import Wakes
from bot.jobs.model import Delivery, Job
from bot.jobs.ports import Change, DeliveryChange, JobStore, Observer, OwnerAlerts, StoreUnavailable, Unobserved
from bot.jobs.states import JobState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Workshop:
    """One process's store and time, its leases, its bells, and the way to its owner."""

    store: JobStore
    clock: Clock
    leases: Leases
    wakes: Wakes
    alerts: OwnerAlerts
    observer: Observer = field(default_factory=Unobserved)

    async def apply(self, change: Change) -> Job | None:
        """Apply a decision, and wake whoever has the next step; None if the race was lost."""
        return self._passed_on(await self.store.apply(change), change)

    async def record(self, change: Change) -> Job | None:
        """Apply what is a fact already (a task exists, a POST was refused), however long the store is away.

        What is known only here must not be lost to a database that fails over or to a full disk. Past the longest
        lease others have taken the job up as one whose outcome is unknown, and the store's error is raised.
        """
        return self._passed_on(await self.insist(lambda: self.store.apply(change)), change)

    async def record_delivery(self, change: DeliveryChange) -> Delivery | None:
        """Apply a fact about a message, likewise."""
        return await self.insist(lambda: self.store.apply_delivery(change))

    async def insist(self, write: Callable[[], Awaitable[T]]) -> T:
        """Return what a write gives, tried again for as long as a fact may wait.

        Raises:
            StoreUnavailable: the store stayed away.
        """
        end = self.clock.now() + schedule.POST_LEASE
        while True:
            try:
                return await write()
            except StoreUnavailable:
                if self.clock.now() >= end:
                    raise
                await self.clock.sleep(SECOND)

    def _passed_on(self, job: Job | None, change: Change) -> Job | None:
        if job is not None:
            # Not as of the change: what a webhook said while it was written makes the job due, too.
            self.wakes.ring(*_next_steps(job, change, self.clock.now()))
        return job


def _next_steps(job: Job, change: Change, now: int) -> list[str]:
    """Return who has something to do now that a job has moved: nobody else is woken, to look and find nothing."""
    names: list[str] = []
    if job.state is JobState.SUCCEEDED:
        # The message follows the clip, and the card the message.
        names += ["archiver", "submitter"]
    elif job.state in {JobState.RUNNING, JobState.SUBMIT_UNKNOWN}:
        names += ["poller"] if job.due_at is not None and job.due_at <= now else []
    elif job.state is not JobState.SUBMITTING:
        names += ["deliverer"] if change.purpose is not None else []
        # An overdue one keeps its place at the provider.
        names += ["cards"] if job.state is JobState.OVERDUE else ["submitter", "cards"]
    return names
