"""Who has which job's next step in hand."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs import schedule
from bot.jobs.model import Job
from bot.jobs.states import ENDED, DeliveryState, JobState
from storage.database import Session
from storage.repositories.base import Repository
from storage.repositories.guards import numbered
from storage.rows.columns import whole
from storage.rows.jobs import jobs_from


class Leases(Repository):
    """Leases due jobs and takes leases back."""

    async def claim(
        self, states: Sequence[JobState], now: int, lease: str, lease_until: int, limit: int
    ) -> Sequence[Job]:
        """Lease up to `limit` due jobs in these states, oldest `due_at` first (then oldest job).

        Raises:
            ValueError: a state is an ended one.
        """
        if not ENDED.isdisjoint(states):
            raise ValueError("an ended job has no next step to claim")
        return await self._claim(states, now, lease, lease_until, limit)

    async def claim_unprepared(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease QUEUED jobs whose inputs are not in the archive yet."""
        return await self._claim((JobState.QUEUED,), now, lease, lease_until, limit, inputs_ready=0)

    async def claim_ready(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease QUEUED jobs whose inputs are ready, in queue order."""
        return await self._claim(
            (JobState.QUEUED,), now, lease, lease_until, limit, inputs_ready=1, in_queue_order=True
        )

    async def claim_unarchived(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease SUCCEEDED jobs whose clip is not in the archive and that have a `due_at`."""
        # Recording a clip clears `due_at`, so one that is due has none.
        return await self._claim((JobState.SUCCEEDED,), now, lease, lease_until, limit)

    async def _claim(
        self,
        states: Sequence[JobState],
        now: int,
        lease: str,
        lease_until: int,
        limit: int,
        *,
        inputs_ready: int | None = None,
        in_queue_order: bool = False,
    ) -> Sequence[Job]:
        rows = await self._database.rows(
            "claim_jobs",
            **numbered("state", set(states), 6),
            now=now,
            latest=now + schedule.FURTHEST_LEASE,
            lease=lease,
            lease_until=lease_until,
            limit=limit,
            inputs_ready=inputs_ready,
            in_queue_order=int(in_queue_order),
        )
        # The statement chooses in this order but gives its rows in any.
        first = "created_at" if in_queue_order else "due_at"
        return jobs_from(sorted(rows, key=lambda row: [whole(row, name) for name in (first, "created_at", "number")]))

    async def release(self, job_id: str, lease: str, due_at: int | None, stalled_since: int | None = None) -> bool:
        """Give a lease back, set when the job is due next and since when it stalls; False if the lease was lost."""
        row = await self._database.row(
            "release_job", id=job_id, lease=lease, due_at=due_at, stalled_since=stalled_since
        )
        return row is not None

    async def renew(self, job_id: str, lease: str, lease_until: int) -> bool:
        """Keep a lease for longer; False if it was lost."""
        return await self._database.row("renew_job", id=job_id, lease=lease, lease_until=lease_until) is not None

    async def expire_submitting(self, now: int, every: bool) -> Sequence[Job]:
        """Return SUBMITTING jobs whose lease ran out (or all of them, `every`), for the sweep to doubt."""
        rows = await self._database.rows(
            "submitting_without_worker",
            submitting=JobState.SUBMITTING.value,
            now=now,
            latest=now + schedule.FURTHEST_LEASE,
            every=int(every),
        )
        return jobs_from(rows)

    async def expire_leases(self) -> None:
        """Forget every lease: called at start where one process owns the store (SQLite)."""

        async def work(session: Session) -> None:
            await session.run("forget_job_leases")
            await session.run("forget_delivery_leases")

        await self._database.transaction(work)

    async def hasten(self, now: int) -> None:
        """Make every job in SUBMIT_UNKNOWN, RUNNING and OVERDUE due now: called at start: webhooks were missed."""
        states = (JobState.SUBMIT_UNKNOWN, JobState.RUNNING, JobState.OVERDUE)
        await self._database.run("hasten_jobs", **numbered("state", states, 3), now=now)

    async def bring_forward(self, now: int, furthest: int) -> int:
        """Make due now what is due later than `furthest`; return how much that was: jobs, and messages owed."""
        states = (frozenset(JobState) - ENDED) | {JobState.SUCCEEDED}

        async def work(session: Session) -> int:
            jobs = await session.rows("bring_jobs_forward", **numbered("state", states, 7), now=now, furthest=furthest)
            messages = await session.rows(
                "bring_deliveries_forward",
                pending=DeliveryState.PENDING.value,
                sending=DeliveryState.SENDING.value,
                now=now,
                furthest=furthest,
            )
            return len(jobs) + len(messages)

        return await self._database.transaction(work)
