"""Asks the provider how tasks stand, and records what it says: the one place where a job ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from bot.clock import SECOND
from bot.jobs import pace, schedule
from bot.jobs.failures import CANCELLED_BY_MODERATOR, Failure, FailureReason
from bot.jobs.loops import each
from bot.jobs.model import Job, Purpose
from bot.jobs.ports import (
    Change,
    GatewayUnavailable,
    RemoteStatus,
    TaskGateway,
    TaskReport,
    TaskUnknown,
)
from bot.jobs.resolver import Resolver, bound_late
from bot.jobs.states import ABANDON, CANCEL, FAIL, PASS_DEADLINE, SUCCEED, JobState
from bot.jobs.timing import Timing
from bot.jobs.workshop import Workshop

_AT_ONCE: Final = 8
_AFTER_CANCEL: Final = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Poller:
    """Takes due jobs that have, or may have, a task."""

    name: ClassVar[str] = "poller"
    interval: ClassVar[int] = SECOND
    workers: ClassVar[int] = 2
    batch: ClassVar[int] = _AT_ONCE

    shop: Workshop
    gateway: TaskGateway
    timing: Timing

    async def run_once(self) -> int:
        """Ask for a few tasks."""
        now = self.shop.clock.now()
        lease = self.shop.leases.draw(now)
        states = (JobState.RUNNING, JobState.OVERDUE, JobState.SUBMIT_UNKNOWN, JobState.ABANDONED)
        jobs = await self.shop.store.claim(states, now, lease.token, lease.until, _AT_ONCE)
        return await each(jobs, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)

    async def _take(self, job: Job) -> None:
        if job.task_id is None:
            await Resolver(self.shop, self.gateway, self.timing).resolve(job)
            return
        now = self.shop.clock.now()
        self.shop.observer.polled(max(0, now - (now if job.due_at is None else job.due_at)))
        try:
            report = await self.gateway.report(job.task_id)
        except GatewayUnavailable:
            await self._wait(job, stalled_since=job.stalled_since)
        except TaskUnknown:
            await self._vanished(job)
        else:
            if report.ended_at is not None and _is_over(report):
                self.shop.observer.detected(max(0, self.shop.clock.now() - report.ended_at))
            await self.record(job, report)

    async def record(self, job: Job, report: TaskReport) -> None:
        """Record what the provider says of a job's task; repeated or late reports change nothing."""
        if job.state is JobState.ABANDONED:
            # The task turned up after all: from here on the job is like any other.
            await self._take_up_again(job)
        match report.status:
            case RemoteStatus.COMPLETED if report.output_url:
                await self._succeed(job, report)
            case RemoteStatus.COMPLETED:
                await self._without_output(job, report)
            case RemoteStatus.FAILED | RemoteStatus.CANCELLED:
                await self._fail(job, report)
            case _ if job.cancel_requested_at is not None and job.cancel_sent_at is None:
                await self._cancel(job)
            case _:
                await self._wait(job)

    async def _take_up_again(self, job: Job) -> None:
        bound = bound_late(job.id, job.task_id, cause="turned_up", at=self.shop.clock.now())
        # Nobody is woken: its next step is in hand here.
        await self.shop.insist(lambda: self.shop.store.apply(bound))

    async def _succeed(self, job: Job, report: TaskReport) -> None:
        now = self.shop.clock.now()
        await self.shop.apply(
            Change(
                job_id=job.id,
                transition=SUCCEED,
                at=now,
                cause="completed",
                due_at=now,
                output_url=report.output_url,
                took_ms=_took(report),
                consumed_microusd=report.consumed_microusd,
                settle_microusd=report.consumed_microusd,
                purpose=Purpose.RESULT,
            )
        )

    async def _without_output(self, job: Job, report: TaskReport) -> None:
        now = self.shop.clock.now()
        since = job.stalled_since or now
        if now - since < schedule.NO_OUTPUT_GRACE:
            await self.shop.store.release(job.id, job.lease or "", now + 20 * SECOND, stalled_since=since)
            return
        await self._end_without_clip(job, report, Failure(FailureReason.NO_OUTPUT), "no_output")

    async def _fail(self, job: Job, report: TaskReport) -> None:
        default = FailureReason.CANCELLED_UPSTREAM if report.status is RemoteStatus.CANCELLED else FailureReason.OTHER
        await self._end_without_clip(job, report, report.failure or Failure(default), report.status)

    async def _end_without_clip(self, job: Job, report: TaskReport, failure: Failure, cause: str) -> None:
        """End a job: as cancelled if its person asked for that, as failed otherwise."""
        cancelled = job.cancel_requested_at is not None
        kept = failure if not cancelled else CANCELLED_BY_MODERATOR if job.cancelled_by_another else None
        await self.shop.apply(
            Change(
                job_id=job.id,
                transition=CANCEL if cancelled else FAIL,
                at=self.shop.clock.now(),
                cause=f"{cause}:{failure.reason}",
                consumed_microusd=report.consumed_microusd,
                settle_microusd=report.consumed_microusd,
                failure=kept,
                purpose=None if kept is None else Purpose.FAILURE,
            )
        )

    async def _wait(self, job: Job, stalled_since: int | None = None) -> None:
        """Ask again later; our own deadlines hold whether or not the provider answers."""
        now = self.shop.clock.now()
        if job.state is JobState.ABANDONED:
            # Only a webhook's word brings it back here, and it was heard.
            await self.shop.store.release(job.id, job.lease or "", None)
        elif job.state is JobState.OVERDUE and now - (job.running_since or now) >= schedule.FORGET_AFTER:
            await self._abandon(job, "forgotten")
        elif job.state is JobState.RUNNING and job.deadline_at is not None and now >= job.deadline_at:
            await self._pass_deadline(job, "deadline")
        else:
            due_at = now + await self.timing.next_poll(job, now)
            await self.shop.store.release(job.id, job.lease or "", due_at, stalled_since=stalled_since)

    async def _cancel(self, job: Job) -> None:
        """Ask the provider once; the next report decides, since it may finish all the same."""
        try:
            await self.gateway.cancel(job.task_id or "")
        except GatewayUnavailable:
            await self._put_off(job)
            return
        now = self.shop.clock.now()
        await self.shop.store.mark_cancel_sent(job.id, now)
        await self.shop.store.release(job.id, job.lease or "", now + _AFTER_CANCEL)

    async def _vanished(self, job: Job) -> None:
        now = self.shop.clock.now()
        since = job.stalled_since or now
        if job.state is JobState.ABANDONED:
            await self._wait(job)
        elif job.state is JobState.RUNNING and now - since < schedule.VANISHED_PATIENCE:
            await self.shop.store.release(job.id, job.lease or "", now + 20 * SECOND, stalled_since=since)
        elif job.state is JobState.RUNNING:
            await self._pass_deadline(job, "task_unknown")
        elif now - since >= schedule.VANISHED_GRACE:
            await self._abandon(job, "vanished")
        else:
            wait = pace.next_poll(schedule.OVERDUE_AFTER, None, webhooks=False)
            await self.shop.store.release(job.id, job.lease or "", now + wait, stalled_since=since)

    async def _pass_deadline(self, job: Job, cause: str) -> None:
        now = self.shop.clock.now()
        wait = pace.next_poll(schedule.OVERDUE_AFTER, None, webhooks=False)
        late = Change(job_id=job.id, transition=PASS_DEADLINE, at=now, cause=cause, lease=job.lease, due_at=now + wait)
        if await self.shop.apply(late) is not None:
            # An overdue job still occupies one of the account's places: the owner may want to know.
            await self.shop.alerts.alert(job, f"overdue:{cause}")

    async def _abandon(self, job: Job, cause: str) -> None:
        given_up = Change(
            job_id=job.id,
            transition=ABANDON,
            at=self.shop.clock.now(),
            cause=cause,
            lease=job.lease,
            failure=Failure(FailureReason.VANISHED),
            purpose=Purpose.ABANDONED,
        )
        if await self.shop.apply(given_up) is not None:
            await self.shop.alerts.alert(job, f"abandoned:{cause}")

    async def _put_off(self, job: Job) -> None:
        await self._wait(job, stalled_since=job.stalled_since)


def _took(report: TaskReport) -> int | None:
    """Return how long the task took by the provider's clock, in milliseconds; None where it does not say."""
    if report.created_at is None or report.ended_at is None or report.ended_at < report.created_at:
        return None
    return report.ended_at - report.created_at


def _is_over(report: TaskReport) -> bool:
    """Tell whether nothing more is to come of a task; a completed one may still lack its clip's address."""
    if report.status is RemoteStatus.COMPLETED:
        return report.output_url is not None
    return report.status in {RemoteStatus.FAILED, RemoteStatus.CANCELLED}
