"""Buys: turns queued jobs into tasks, with at most one POST per job whose acceptance is possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, assert_never

from bot.clock import SECOND
from bot.jobs import schedule
from bot.jobs.breaker import Breaker
from bot.jobs.endings import cancelled_in_queue, refused
from bot.jobs.failures import Failure, FailureKind, FailureReason
from bot.jobs.limits import IN_FLIGHT_COUNTER
from bot.jobs.loops import each
from bot.jobs.model import AssetRole, Job
from bot.jobs.ports import (
    Bound,
    Change,
    Declined,
    GatewayUnavailable,
    InputFiles,
    InputUnusable,
    NotSent,
    Pause,
    PreparedTask,
    RemoteStatus,
    TaskGateway,
    TaskIdTaken,
    TaskOrder,
    TryLater,
    Unknowable,
)
from bot.jobs.resolver import Resolver
from bot.jobs.states import BIND, DOUBT, REQUEUE, SUBMIT
from bot.jobs.timing import Timing
from bot.jobs.workshop import Workshop

_AT_ONCE: Final = 3
"""So few, since what is on the wire when the provider stops answering may have been paid, and nobody can tell."""


@dataclass(frozen=True, slots=True)
class Submitter:
    """Takes QUEUED jobs whose inputs are ready, whoever's turn it is, while there is room in flight.

    Attributes:
        max_in_flight: how many jobs may occupy a task at the provider at once; servers share them.
    """

    name: ClassVar[str] = "submitter"
    interval: ClassVar[int] = SECOND
    workers: ClassVar[int] = 2

    shop: Workshop
    gateway: TaskGateway
    files: InputFiles
    timing: Timing
    max_in_flight: int

    @property
    def breaker(self) -> Breaker:
        """Return what tells whether purchases may be made."""
        return Breaker(self.shop, self.gateway)

    async def run_once(self) -> int:
        """Submit a few jobs, as many as there is room for."""
        now = self.shop.clock.now()
        room = self.max_in_flight - await self.shop.store.used(IN_FLIGHT_COUNTER)
        if room <= 0:
            return 0
        most = 1 if await self.breaker.is_wary() else _AT_ONCE
        lease = self.shop.leases.draw(now)
        jobs = await self.shop.store.claim_ready(now, lease.token, lease.until, min(room, most), self.max_in_flight)
        taken = await each(jobs, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)
        if taken:
            # Once for all of them: some are asked for already, and then one edit shows both.
            self.shop.wakes.ring("cards")
        return taken

    async def _take(self, job: Job) -> None:
        if await self._given_back(job) or await self._rests(job):
            return
        try:
            if await Resolver(self.shop, self.gateway, self.timing).bind_candidate(job):
                return
            task = await self._prepare(job)
            turn = await self.breaker.turn()
        except InputUnusable as error:
            await self._refuse(job, error.failure, "input", job.lease)
        except (TryLater, GatewayUnavailable):
            await self._put_off(job)
        else:
            if turn is None:
                await self._rest(job, await self.breaker.pause())
            else:
                await self._submit(job, task, turn)

    async def _given_back(self, job: Job) -> bool:
        """End a job that has waited too long, or whose person asked for that while its POST was refused."""
        now = self.shop.clock.now()
        if job.cancel_requested_at is not None:
            ended = cancelled_in_queue(job, by_another=job.cancelled_by_another, at=now, lease=job.lease)
            await self.shop.apply(ended)
            return True
        if now >= job.queue_expires_at:
            await self._refuse(job, Failure(FailureReason.QUEUE_EXPIRED), "queue_expired", job.lease)
            return True
        return False

    async def _rests(self, job: Job) -> bool:
        """Put off a job that meets a pause; end one that has met it for too long."""
        pause = await self.breaker.pause()
        if pause is None:
            return False
        await self._rest(job, pause)
        return True

    async def _rest(self, job: Job, pause: Pause | None) -> None:
        now = self.shop.clock.now()
        give_back = job.created_at + schedule.PAUSED_QUEUE_LIMIT
        if pause is None:
            # The one whose turn it was is quicker than we are.
            await self.shop.store.release(job.id, job.lease or "", now + SECOND)
        elif now >= give_back:
            await self._refuse(job, Failure(FailureReason(pause.reason)), "paused_too_long", job.lease)
        else:
            # The owner's pause has no end of its own: lifting any makes what rests here due.
            await self.shop.store.release(job.id, job.lease or "", min(pause.until, give_back))

    async def _prepare(self, job: Job) -> PreparedTask:
        urls: dict[AssetRole, str] = {}
        for asset in await self.shop.store.assets(job.id):
            urls[asset.role] = await self.files.url(job, asset)
        source_task = None
        if job.source_id is not None:
            source = await self.shop.store.job(job.source_id)
            if source is None or source.task_id is None or source.key_fingerprint != self.gateway.key_fingerprint:
                raise InputUnusable(Failure(FailureReason.SOURCE_UNAVAILABLE))
            source_task = source.task_id
        order = TaskOrder(
            kind=job.kind,
            model=job.model,
            mode=job.mode,
            input=job.input,
            service_mode=job.service_mode,
            hook_token=job.hook_token,
            source_task_id=source_task,
            urls=urls,
        )
        return self.gateway.prepare(order)

    async def _submit(self, job: Job, task: PreparedTask, turn: int = 0) -> None:
        now = self.shop.clock.now()
        intent = Change(
            job_id=job.id,
            transition=SUBMIT,
            at=now,
            cause="submit",
            lease=job.lease,
            keep_lease_until=now + schedule.POST_LEASE,
            in_flight_ceiling=self.max_in_flight,
            sent=task.sent,
            post_started_at=now,
        )
        if await self.shop.apply(intent) is None:
            await self.breaker.give_back(turn)
            # Another worker took the last place. This job is still the first in line, so it stays there: whoever claims
            # next has looked for room before.
            await self.shop.store.release(job.id, job.lease or "", now)
            return
        outcome = await self.gateway.create(task)
        match outcome:
            case Bound():
                await self._bind(job, outcome, now)
            case Declined():
                await self._declined(job, outcome, now)
            case NotSent():
                until = await self.breaker.failed(now, at_risk=False)
                await self._again(job, f"not_sent:{outcome.cause}", FailureReason.PROVIDER_DOWN, until)
            case Unknowable():
                await self._doubt(job, outcome.cause)
                await self.breaker.failed(now, at_risk=True)
            case _:
                assert_never(outcome)

    async def _bind(self, job: Job, outcome: Bound, began: int) -> None:
        now = self.shop.clock.now()
        pending = outcome.report.status in {RemoteStatus.PENDING, RemoteStatus.RUNNING}
        change = Change(
            job_id=job.id,
            transition=BIND,
            at=now,
            cause="created",
            task_id=outcome.report.task_id,
            post_ended_at=now,
            due_at=now + await self.timing.first_poll(job) if pending else now,
            deadline_at=now + schedule.OVERDUE_AFTER,
        )
        try:
            await self.shop.record(change)
        except TaskIdTaken:
            # An equal job was bound to our task while its own outcome was unknown; its task is left for us to find.
            await self._doubt(job, "task_taken")
            return
        await self.breaker.worked(began)

    async def _declined(self, job: Job, outcome: Declined, began: int) -> None:
        failure = outcome.failure
        asked = min(outcome.retry_after_ms or 0, schedule.RETRY_AFTER_CAP)
        match failure.reason.kind:
            case FailureKind.PERSON | FailureKind.UNKNOWN:
                await self._refuse(job, failure, "declined")
                await self.breaker.worked(began, bought=False)
            case FailureKind.OPERATOR:
                if await self.breaker.refused(failure):
                    await self.shop.alerts.alert(job, f"paused:{failure.reason}")
                until = self.shop.clock.now() + schedule.PAUSE
                await self._again(job, f"declined:{failure.reason}", failure.reason, until)
            case FailureKind.TRANSIENT if outcome.too_fast:
                await self._requeue(job, f"declined:{failure.reason}", max(asked, schedule.backoff(job.attempts + 1)))
                await self.breaker.worked(began, bought=False)
            case FailureKind.TRANSIENT:
                until = await self.breaker.failed(began, at_risk=False)
                await self._again(job, f"declined:{failure.reason}", FailureReason.PROVIDER_DOWN, until, asked)
            case _ as unreachable:
                assert_never(unreachable)

    async def _again(self, job: Job, cause: str, reason: FailureReason, until: int, asked: int = 0) -> None:
        """Put a job that was certainly not taken back in line; end one that has met a pause for too long.

        Args:
            job: whose purchase failed.
            cause: for its history.
            reason: why submissions rest, where they do.
            until: until when they rest, UTC milliseconds; 0 where they do not. Others have their turn first then.
            asked: milliseconds that the provider wants to be left alone for.
        """
        now = self.shop.clock.now()
        if until and now >= job.created_at + schedule.PAUSED_QUEUE_LIMIT:
            await self._refuse(job, Failure(reason), "paused_too_long")
        else:
            again = until - now + SECOND if until else schedule.backoff(job.attempts + 1)
            await self._requeue(job, cause, max(asked, again))

    async def _requeue(self, job: Job, cause: str, wait: int) -> None:
        now = self.shop.clock.now()
        await self.shop.record(
            Change(
                job_id=job.id,
                transition=REQUEUE,
                at=now,
                cause=cause,
                post_ended_at=now,
                due_at=max(now, min(now + wait, job.queue_expires_at)),
            )
        )

    async def _doubt(self, job: Job, cause: str) -> None:
        now = self.shop.clock.now()
        change = Change(
            job_id=job.id,
            transition=DOUBT,
            at=now,
            cause=f"unknown:{cause}",
            post_ended_at=now,
            due_at=now + schedule.next_look(0),
        )
        await self.shop.record(change)

    async def _refuse(self, job: Job, failure: Failure, cause: str, lease: str | None = None) -> None:
        await self.shop.record(refused(job, failure, cause=cause, at=self.shop.clock.now(), lease=lease))

    async def _put_off(self, job: Job) -> None:
        wait = schedule.backoff(job.attempts + 1, first=10 * SECOND)
        await self.shop.store.release(job.id, job.lease or "", self.shop.clock.now() + wait)
