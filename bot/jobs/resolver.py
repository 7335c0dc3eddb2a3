"""Finds out what became of a purchase whose answer was lost: by the webhook's word, or by the account's history.

A task is ours if the provider echoes our token in the webhook's address; where it echoes none, if the request that made
it equals ours in every field we sent and its creation fits our POST. Absence from the history proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.jobs import schedule
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Job, Purpose
from bot.jobs.ports import (
    Change,
    GatewayUnavailable,
    HistoryTask,
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
            found = await self._candidate(job) or await self._from_history(job)
        except GatewayUnavailable:
            await self._look_again(job, grace=schedule.UNKNOWN_GRACE_UNREADABLE)
            return
        if found is not None and await self._bind(job, found):
            return
        await self._look_again(job, grace=schedule.UNKNOWN_GRACE)

    async def _candidate(self, job: Job) -> TaskReport | None:
        if job.candidate_task_id is None:
            return None
        return await self._if_ours(job, job.candidate_task_id)

    async def _from_history(self, job: Job) -> TaskReport | None:
        if job.post_started_at is None:
            return None
        since = job.post_started_at - schedule.CLOCK_SKEW
        until = (job.post_ended_at or job.post_started_at + schedule.POST_DEADLINE) + schedule.CLOCK_SKEW
        async for task in self.gateway.history(since, until):
            found = await self._row(job, task, since, until)
            if found is not None:
                return found
        return None

    async def _row(self, job: Job, task: HistoryTask, since: int, until: int) -> TaskReport | None:
        if not since <= task.created_at <= until:
            return None
        if await self.shop.store.job_by_task(task.task_id) is not None:
            return None
        return await self._if_ours(job, task.task_id)

    async def _if_ours(self, job: Job, task_id: str) -> TaskReport | None:
        try:
            report = await self.gateway.report(task_id)
        except TaskUnknown:
            return None
        if report.hook_token is not None:
            return report if report.hook_token == job.hook_token else None
        return report if self.gateway.is_same(job.sent, report) else None

    async def _bind(self, job: Job, report: TaskReport) -> bool:
        now = self.shop.clock.now()
        change = Change(
            job_id=job.id,
            transition=BIND,
            at=now,
            cause="found",
            task_id=report.task_id,
            due_at=now,
            deadline_at=now + schedule.OVERDUE_AFTER,
        )
        try:
            return await self.shop.store.apply(change) is not None
        except TaskIdTaken:
            return False

    async def _look_again(self, job: Job, grace: int) -> None:
        now = self.shop.clock.now()
        age = now - (job.post_started_at or job.created_at)
        if job.state is JobState.ABANDONED:
            # Only a webhook's word brings an abandoned job back here, and it was heard.
            await self.shop.store.release(job.id, job.lease or "", None)
        elif age < grace:
            await self.shop.store.release(job.id, job.lease or "", now + schedule.next_look(age))
        else:
            await self._abandon(job, now)

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
        if await self.shop.store.apply(change) is not None:
            await self.shop.alerts.alert(job, "abandoned:unknown_outcome")
