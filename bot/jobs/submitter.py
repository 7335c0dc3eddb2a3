"""Buys: turns queued jobs into tasks, with at most one POST per job whose acceptance is possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, assert_never

from bot.clock import SECOND
from bot.jobs import schedule
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

_AT_ONCE: Final = 8
_ROOM_REST: Final = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Submitter:
    """Takes QUEUED jobs whose inputs are ready, in queue order, while there is room in flight.

    Attributes:
        max_in_flight: how many jobs may occupy a task at the provider at once.
    """

    name: ClassVar[str] = "submitter"
    interval: ClassVar[int] = SECOND
    workers: ClassVar[int] = 2

    shop: Workshop
    gateway: TaskGateway
    files: InputFiles
    timing: Timing
    max_in_flight: int

    async def run_once(self) -> int:
        """Submit a few jobs, as many as there is room for."""
        now = self.shop.clock.now()
        room = self.max_in_flight - await self.shop.store.used(IN_FLIGHT_COUNTER)
        if room <= 0:
            return 0
        # While a pause is on record, over or not, one job at a time finds out whether the provider takes work again.
        most = 1 if await self.shop.store.pause() is not None else _AT_ONCE
        lease = self.shop.leases.draw(now)
        jobs = await self.shop.store.claim_ready(now, lease.token, lease.until, min(room, most))
        taken = await each(jobs, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)
        if taken:
            self.shop.wakes.ring("poller", "deliverer", "cards")
        return taken

    async def _take(self, job: Job) -> None:
        if await self._given_back(job) or await self._rests(job):
            return
        try:
            if await Resolver(self.shop, self.gateway, self.timing).bind_candidate(job):
                return
            task = await self._prepare(job)
        except InputUnusable as error:
            await self._refuse(job, error.failure, "input", job.lease)
        except (TryLater, GatewayUnavailable):
            await self._put_off(job)
        else:
            await self._submit(job, task)

    async def _given_back(self, job: Job) -> bool:
        """End a job that has waited too long, or whose person asked for that while its POST was refused."""
        now = self.shop.clock.now()
        if job.cancel_requested_at is not None:
            ended = cancelled_in_queue(job, by_another=job.cancelled_by_another, at=now, lease=job.lease)
            await self.shop.store.apply(ended)
            return True
        if now >= job.queue_expires_at:
            await self._refuse(job, Failure(FailureReason.QUEUE_EXPIRED), "queue_expired", job.lease)
            return True
        return False

    async def _rests(self, job: Job) -> bool:
        """Put off a job that meets a pause; end one that has met it for too long."""
        now = self.shop.clock.now()
        pause = await self.shop.store.pause()
        if pause is None or now >= pause.until:
            return False
        give_back = job.created_at + schedule.PAUSED_QUEUE_LIMIT
        if now >= give_back:
            await self._refuse(job, Failure(FailureReason(pause.reason)), "paused_too_long", job.lease)
        else:
            # The owner's pause has no end of its own: lifting it makes what rests here due.
            await self.shop.store.release(job.id, job.lease or "", min(pause.until, give_back))
        return True

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

    async def _submit(self, job: Job, task: PreparedTask) -> None:
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
        if await self.shop.store.apply(intent) is None:
            await self.shop.store.release(job.id, job.lease or "", now + _ROOM_REST)
            return
        outcome = await self.gateway.create(task)
        match outcome:
            case Bound():
                await self._bind(job, outcome)
            case Declined():
                await self._declined(job, outcome)
            case NotSent():
                await self._requeue(job, f"not_sent:{outcome.cause}", schedule.backoff(job.attempts + 1))
            case Unknowable():
                await self._doubt(job, outcome.cause)
            case _:
                assert_never(outcome)

    async def _bind(self, job: Job, outcome: Bound) -> None:
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
        if await self.shop.store.pause() is not None:
            await self.shop.store.set_pause(None)

    async def _declined(self, job: Job, outcome: Declined) -> None:
        failure = outcome.failure
        match failure.reason.kind:
            case FailureKind.PERSON | FailureKind.UNKNOWN:
                await self._refuse(job, failure, "declined")
            case FailureKind.OPERATOR:
                await self._pause(job, failure)
                if self.shop.clock.now() >= job.created_at + schedule.PAUSED_QUEUE_LIMIT:
                    await self._refuse(job, failure, "paused_too_long")
                else:
                    await self._requeue(job, f"declined:{failure.reason}", schedule.PAUSE)
            case FailureKind.TRANSIENT:
                asked = min(outcome.retry_after_ms or 0, schedule.RETRY_AFTER_CAP)
                wait = max(asked, schedule.backoff(job.attempts + 1))
                await self._requeue(job, f"declined:{failure.reason}", wait)
            case _ as unreachable:
                assert_never(unreachable)

    async def _pause(self, job: Job, failure: Failure) -> None:
        """Rest all submissions, look at the account, and tell the owner unless they know."""
        before = await self.shop.store.set_pause(Pause(self.shop.clock.now() + schedule.PAUSE, failure.reason))
        if before is None or before.reason != failure.reason:
            await self.shop.alerts.alert(job, f"paused:{failure.reason}")
        self.shop.wakes.ring("account", "overseer")

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
