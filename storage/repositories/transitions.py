"""Moving a job from state to state, with everything that commits together with it."""

from __future__ import annotations

from typing import Final

import structlog

from bot.jobs.limits import IN_FLIGHT_COUNTER
from bot.jobs.model import Job
from bot.jobs.ports import Change, TaskIdTaken
from bot.jobs.states import AT_REST, BIND, ENDED, IN_FLIGHT, REFUNDED, SUBMIT, DeliveryState, JobState
from storage.database import Engine, Row, Session, Undo, Value
from storage.errors import ConstraintViolated
from storage.ids import delivery_id
from storage.repositories.base import Repository
from storage.repositories.guards import numbered
from storage.rows.columns import text, whole
from storage.rows.jobs import job_from

_HEEDING: Final = frozenset(JobState) - ENDED - {JobState.QUEUED, JobState.SUBMITTING}
"""States in which a webhook or a wish to cancel makes a job due; one never brings a purchase forward."""


log = structlog.get_logger(__name__)


class Transitions(Repository):
    """Applies guarded transitions."""

    async def apply(self, change: Change) -> Job | None:
        """Apply a transition; None if the race was lost (state, lease, or in-flight ceiling).

        Raises:
            TaskIdTaken: another job has this task id.
        """

        async def work(session: Session) -> Job | None:
            return await apply_change(session, change, engine=self._database.engine)

        try:
            moved = await self._database.transaction(work)
        except ConstraintViolated as error:
            if "task_id" in error.constraint:
                raise TaskIdTaken(f"another job has the task of {change.job_id}") from None
            raise
        if moved is not None:
            log.info("job_moved", job=moved.id, by=change.transition.name, state=moved.state.value, cause=change.cause)
            # A job ends once, so what its ending settles is told once.
            self.observer.moved(moved, change.settle_microusd)
        return moved


async def apply_change(session: Session, change: Change, *, engine: Engine) -> Job | None:
    """Apply a transition inside a transaction of the caller's; None if the race was lost."""
    row = await session.row("transition_job", **_values(change))
    if row is None:
        return None
    before, after = JobState(text(row, "previous_state")), change.transition.target
    await _count_in_flight(session, before, after, change.in_flight_ceiling)
    await session.many(
        "insert_event",
        [
            {
                "job_id": change.job_id,
                "at": change.at,
                "from_state": before.value,
                "to_state": after.value,
                "cause": change.cause,
            }
        ],
    )
    if engine == "postgres" and (after in AT_REST or change.settle_microusd is not None):
        await session.rows("lock_counters_of_job", job_id=change.job_id)
    if change.settle_microusd is not None:
        await _settle(session, change.job_id, change.settle_microusd, change.at)
    if change.purpose is not None:
        await session.run(
            "insert_delivery",
            id=delivery_id(text(row, "hook_token"), change.purpose),
            job_id=change.job_id,
            purpose=change.purpose,
            state=DeliveryState.PENDING.value,
            at=change.at,
        )
    if after in REFUNDED:
        row = await _give_quota_back(session, row)
    if after in AT_REST:
        await session.run("leave_places", id=change.job_id)
        await session.run("empty_places", id=change.job_id)
    return job_from(row)


def _values(change: Change) -> dict[str, Value]:
    transition = change.transition
    return {
        "id": change.job_id,
        **numbered("source", transition.sources, 4),
        "target": transition.target.value,
        "lease": change.lease,
        "at": change.at,
        "begins": int(transition is SUBMIT),
        "heeds": int(transition.target in _HEEDING),
        "due_at": change.due_at,
        "keep_lease_until": change.keep_lease_until,
        "sent": change.sent,
        "post_started_at": change.post_started_at,
        "post_ended_at": change.post_ended_at,
        "task_id": change.task_id,
        "running_since": change.at if transition is BIND else None,
        "deadline_at": change.deadline_at,
        "output_url": change.output_url,
        "consumed_microusd": change.consumed_microusd,
        "took_ms": change.took_ms,
        "failure_reason": change.failure.reason.value if change.failure is not None else None,
        "failure_detail": change.failure.detail if change.failure is not None else None,
        "finished_at": change.at if transition.target in ENDED else None,
    }


async def _count_in_flight(session: Session, before: JobState, after: JobState, ceiling: int | None) -> None:
    """Keep the counter equal to the jobs in flight.

    Raises:
        Undo: there is no room; nothing may change.
    """
    if before in IN_FLIGHT and after not in IN_FLIGHT:
        await session.run("shift_counter", name=IN_FLIGHT_COUNTER, difference=-1)
    elif after in IN_FLIGHT and before not in IN_FLIGHT:
        room = await session.row("take_from_counter", name=IN_FLIGHT_COUNTER, amount=1, ceiling=ceiling)
        if room is None:
            raise Undo(None)


async def _settle(session: Session, job_id: str, consumed: int, at: int) -> None:
    """Let the reserve give way to what was charged, the first time that this is known."""
    row = await session.row("settle_charge", job_id=job_id, consumed_microusd=consumed, settled_at=at)
    if row is not None:
        difference = consumed - whole(row, "reserved_microusd")
        await session.run("shift_counter", name=text(row, "counter"), difference=difference)
        await session.run("settle_counters", id=job_id, consumed_microusd=consumed)
        await session.run("settle_holds", id=job_id, consumed_microusd=consumed)


async def _give_quota_back(session: Session, row: Row) -> Row:
    """Give the person's quota back once; return the job as it is then."""
    job_id = text(row, "id")
    returned = await session.row("return_quota", id=job_id)
    if returned is None:
        return row
    await session.run("give_back_holds", id=job_id)
    return returned
