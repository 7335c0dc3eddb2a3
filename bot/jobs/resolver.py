"""Finds out what became of a purchase whose answer was lost: by the webhook's word, or by the account's history.

A task is ours if the provider echoes our token in the webhook's address; where it echoes none, if the request that made
it equals ours in every field we sent and its creation fits our POST. Absence from the history proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.jobs import schedule
from bot.jobs.breaker import Breaker
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Job, Purpose
from bot.jobs.ports import (
    Change,
    GatewayUnavailable,
    TaskGateway,
    TaskIdTaken,
    TaskReport,
    TaskUnknown,
)
from bot.jobs.states import ABANDON, BIND, JobState
from bot.jobs.timing import Timing
from bot.jobs.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Resolver:
    """Takes jobs in SUBMIT_UNKNOWN, and those in ABANDONED of which a webhook spoke."""

    shop: Workshop
    gateway: TaskGateway
    timing: Timing

    async def resolve(self, job: Job) -> None:
        """Bind the job's task if it can be found; otherwise look again later, or give up after the grace."""
        try:
            if await self.bind_candidate(job):
                return
            found = await self._from_history(job)
        except GatewayUnavailable:
            await self._unreadable(job)
            return
        if found is None or not await self._bind(job, found):
            await self._not_found(job)

    async def bind_candidate(self, job: Job) -> bool:
        """Bind the task that a webhook named, if it is the job's and no other job's; tell whether it was.

        Raises:
            GatewayUnavailable: the provider cannot be asked now.
        """
        if job.candidate_task_id is None or await self._is_taken(job.candidate_task_id):
            return False
        found = await self._if_ours(job, job.candidate_task_id)
        return found is not None and await self._bind(job, found)

    async def _from_history(self, job: Job) -> TaskReport | None:
        """Return the first task of the account's history that is ours.

        Raises:
            GatewayUnavailable: the history, or a task in it that may be ours, could not be read.
        """
        if job.post_started_at is None:
            return None
        since = job.post_started_at - schedule.CLOCK_SKEW
        until = (job.post_ended_at or job.post_started_at + schedule.POST_DEADLINE) + schedule.CLOCK_SKEW
        unread: GatewayUnavailable | None = None
        async for task in self.gateway.history(since, until):
            if not since <= task.created_at <= until or await self._is_taken(task.task_id):
                continue
            try:
                found = await self._if_ours(job, task.task_id)
            except GatewayUnavailable as error:
                # One task that cannot be read must not hide ours behind it.
                unread = error
                continue
            if found is not None:
                return found
            await self._renew(job)
        if unread is not None:
            raise unread
        return None

    async def _is_taken(self, task_id: str) -> bool:
        return await self.shop.store.job_by_task(task_id) is not None

    async def _renew(self, job: Job) -> None:
        """Keep the job while a long history is read; whoever else might take it would only read it again."""
        until = self.shop.clock.now() + schedule.LEASE
        await self.shop.store.renew(job.id, job.lease or "", until)

    async def _if_ours(self, job: Job, task_id: str) -> TaskReport | None:
        try:
            report = await self.gateway.report(task_id)
        except TaskUnknown:
            return None
        if report.hook_token is not None:
            return report if report.hook_token == job.hook_token else None
        return report if self.gateway.is_same(job.sent, report) else None

    async def _bind(self, job: Job, report: TaskReport) -> bool:
        found = bound_late(job.id, report.task_id, cause="found", at=self.shop.clock.now())
        try:
            if await self.shop.record(found) is None:
                return False
        except TaskIdTaken:
            return False
        # The provider took it, although its answer was lost.
        await Breaker(self.shop, self.gateway).worked(job.post_started_at or 0)
        return True

    async def _not_found(self, job: Job) -> None:
        now = self.shop.clock.now()
        age = now - (job.post_ended_at or job.post_started_at or job.created_at)
        if job.state is JobState.ABANDONED:
            # Only a webhook's word brings an abandoned job back here, and it was heard.
            await self.shop.store.release(job.id, job.lease or "", None)
        elif age < schedule.UNKNOWN_GRACE:
            await self.shop.store.release(job.id, job.lease or "", now + schedule.next_look(age))
        else:
            await self._abandon(job, now)

    async def _unreadable(self, job: Job) -> None:
        """Look again later; the longer grace counts from when the provider was first found unreadable."""
        now = self.shop.clock.now()
        since = job.stalled_since or now
        if job.state is not JobState.ABANDONED and now - since >= schedule.UNKNOWN_GRACE_UNREADABLE:
            await self._abandon(job, now)
        else:
            wait = schedule.next_look(now - since)
            await self.shop.store.release(job.id, job.lease or "", now + wait, stalled_since=since)

    async def _abandon(self, job: Job, now: int) -> None:
        change = Change(
            job_id=job.id,
            transition=ABANDON,
            at=now,
            cause="grace_over",
            lease=job.lease,
            failure=Failure(FailureReason.UNKNOWN_OUTCOME),
            purpose=Purpose.ABANDONED,
        )
        if await self.shop.apply(change) is not None:
            await self.shop.alerts.alert(job, "abandoned:unknown_outcome")


def bound_late(job_id: str, task_id: str | None, *, cause: str, at: int) -> Change:
    """Return the decision that a task is a job's, though not by the answer to its purchase: it is asked for at once.

    Args:
        job_id: whose.
        task_id: the provider's.
        cause: how that came out.
        at: UTC milliseconds.
    """
    return Change(
        job_id=job_id,
        transition=BIND,
        at=at,
        cause=cause,
        task_id=task_id,
        due_at=at,
        deadline_at=at + schedule.OVERDUE_AFTER,
    )
