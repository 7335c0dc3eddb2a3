"""Who has which job's next step in hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.jobs import schedule
from bot.jobs.model import Job
from bot.jobs.states import ENDED, DeliveryState, JobState
from storage.database import Session
from storage.repositories.base import Repository
from storage.repositories.guards import numbered
from storage.rows.columns import whole
from storage.rows.jobs import jobs_from

_ENDLESS: Final = 1 << 40
"""So many places that no server's share is ever full."""


class Leases(Repository):
    """Leases due jobs and takes leases back."""

    async def claim(
        self, states: Sequence[JobState], now: int, lease: str, lease_until: int, limit: int
    ) -> Sequence[Job]:
        """Lease up to `limit` due jobs in these states: those that somebody spoke of, then oldest `due_at` first.

        Raises:
            ValueError: a state is an ended one.
        """
        if not ENDED.isdisjoint(states):
            raise ValueError("an ended job has no next step to claim")
        return await self._claim(states, now, lease, lease_until, limit)

    async def claim_unprepared(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease QUEUED jobs whose inputs are not in the archive yet, in the order of the line."""
        return await self._claim_in_line(now, lease, lease_until, limit, prepared=False, places=None)

    async def claim_ready(
        self, now: int, lease: str, lease_until: int, limit: int, places: int | None = None
    ) -> Sequence[Job]:
        """Lease QUEUED jobs whose inputs are ready, in the order of the line.

        Args:
            now: UTC milliseconds.
            lease: the token.
            lease_until: UTC milliseconds.
            limit: how many at most.
            places: how many tasks may be at the provider at once, which servers share; None for no shares.
        """
        return await self._claim_in_line(now, lease, lease_until, limit, prepared=True, places=places)

    async def _claim_in_line(
        self, now: int, lease: str, lease_until: int, limit: int, *, prepared: bool, places: int | None
    ) -> Sequence[Job]:
        rows = await self._database.rows(
            "claim_in_line",
            now=now,
            latest=now + schedule.FURTHEST_LEASE,
            lease=lease,
            lease_until=lease_until,
            limit=limit,
            queued=JobState.QUEUED.value,
            submitting=JobState.SUBMITTING.value,
            submit_unknown=JobState.SUBMIT_UNKNOWN.value,
            running=JobState.RUNNING.value,
            prepared=int(prepared),
            places=_ENDLESS if places is None else places,
        )
        # The statement chooses in the line's order but gives its rows in any.
        return jobs_from(sorted(rows, key=lambda row: whole(row, "number")))

    async def claim_unarchived(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease SUCCEEDED jobs whose clip is not in the archive and that have a `due_at`."""
        # Recording a clip clears `due_at`, so one that is due has none.
        return await self._claim((JobState.SUCCEEDED,), now, lease, lease_until, limit)

    async def _claim(
        self, states: Sequence[JobState], now: int, lease: str, lease_until: int, limit: int
    ) -> Sequence[Job]:
        rows = await self._database.rows(
            "claim_jobs",
            **numbered("state", set(states), 6),
            now=now,
            latest=now + schedule.FURTHEST_LEASE,
            lease=lease,
            lease_until=lease_until,
            limit=limit,
        )
        # The statement chooses in this order but gives its rows in any.
        order = ("due_at", "created_at", "number")
        return jobs_from(sorted(rows, key=lambda row: [whole(row, name) for name in order]))

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
