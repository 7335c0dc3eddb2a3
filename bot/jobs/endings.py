"""How jobs end that were never accepted by the provider: nothing is owed, and the ledger says so."""

from __future__ import annotations

from bot.jobs.failures import CANCELLED_BY_MODERATOR, Failure
from bot.jobs.model import Job, Purpose
from bot.jobs.ports import Change
from bot.jobs.states import CANCEL_QUEUED, REFUSE


def refused(job: Job, failure: Failure, *, cause: str, at: int, lease: str | None = None) -> Change:
    """Return the change that ends a job which was not taken; with `lease` it is a decision, without it a fact."""
    return Change(
        job_id=job.id,
        transition=REFUSE,
        at=at,
        cause=f"{cause}:{failure.reason}",
        lease=lease,
        failure=failure,
        settle_microusd=0,
        consumed_microusd=0,
        purpose=Purpose.FAILURE,
    )


def cancelled_in_queue(job: Job, *, by_another: bool, at: int, lease: str | None = None) -> Change:
    """Return the change that ends a queued job as wished; somebody else's wish ends in a message of its own."""
    return Change(
        job_id=job.id,
        transition=CANCEL_QUEUED,
        at=at,
        cause="cancelled",
        lease=lease,
        failure=CANCELLED_BY_MODERATOR if by_another else None,
        settle_microusd=0,
        consumed_microusd=0,
        purpose=Purpose.FAILURE if by_another else None,
    )
