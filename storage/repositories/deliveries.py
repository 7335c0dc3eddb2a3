"""Messages owed to channels."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.jobs import schedule
from bot.jobs.model import Delivery, Job, Purpose
from bot.jobs.ports import DeliveryChange, Observer
from bot.jobs.states import BEGIN_SEND, DELIVER, GIVE_UP, REDELIVER, DeliveryState
from storage.database import Row, Session, Value
from storage.repositories.base import Repository
from storage.repositories.guards import numbered
from storage.rows.columns import whole, whole_or_none
from storage.rows.deliveries import delivery_from
from storage.rows.jobs import job_from

log = structlog.get_logger(__name__)


class Deliveries(Repository):
    """Leases deliveries and moves them from state to state."""

    async def claim_deliveries(
        self, now: int, lease: str, lease_until: int, limit: int
    ) -> Sequence[tuple[Delivery, Job]]:
        """Lease due deliveries (pending, or sending with an expired lease).

        A `result` waits until the clip is archived, or until its job has no `due_at` left (archiving was given up).
        """

        async def work(session: Session) -> Sequence[tuple[Delivery, Job]]:
            rows = await session.rows(
                "claim_deliveries",
                now=now,
                latest=now + schedule.FURTHEST_LEASE,
                lease=lease,
                lease_until=lease_until,
                limit=limit,
                pending=DeliveryState.PENDING.value,
                sending=DeliveryState.SENDING.value,
                result=Purpose.RESULT.value,
            )
            # The statement chooses in this order but gives its rows in any.
            claimed = [delivery_from(row) for row in sorted(rows, key=_turn)]
            return [(delivery, await _job_of(session, delivery)) for delivery in claimed]

        return await self._database.transaction(work)

    async def apply_delivery(self, change: DeliveryChange) -> Delivery | None:
        """Apply a delivery's transition; None if the race was lost."""
        moved = await self._database.transaction(lambda session: move_delivery(session, change))
        if moved is not None:
            tell_of_message(self.observer, moved, change.at)
        return moved

    async def release_delivery(
        self, delivery_id: str, lease: str, due_at: int, stalled_since: int | None = None
    ) -> bool:
        """Give a delivery's lease back in the state it has, due again then; False if the lease was lost."""
        row = await self._database.row(
            "release_delivery", id=delivery_id, lease=lease, due_at=due_at, stalled_since=stalled_since
        )
        return row is not None

    async def deliveries(self, job_id: str) -> Sequence[Delivery]:
        """Return a job's deliveries, oldest first."""
        return [delivery_from(row) for row in await self._database.rows("deliveries_of_job", job_id=job_id)]


async def move_delivery(session: Session, change: DeliveryChange) -> Delivery | None:
    """Apply a delivery's transition inside a transaction of the caller's; None if the race was lost."""
    row = await session.row("transition_delivery", **_values(change))
    if row is None:
        return None
    delivery = delivery_from(row)
    if change.transition in {DELIVER, GIVE_UP, REDELIVER} and delivery.purpose in set(Purpose):
        # The card says where the ending stands, or that it could not be posted.
        await session.run("touch_card", id=delivery.job_id, at=change.at)
    return delivery


def tell_of_message(observer: Observer, moved: Delivery, at: int) -> None:
    """Tell that a delivery's transition is committed."""
    log.info("message_moved", job=moved.job_id, delivery=moved.id, state=moved.state.value, reason=moved.reason)
    observer.message_moved(moved, at)


def _turn(row: Row) -> tuple[int, int]:
    due_at = whole_or_none(row, "due_at")
    return whole(row, "created_at") if due_at is None else due_at, whole(row, "number")


async def _job_of(session: Session, delivery: Delivery) -> Job:
    row = await session.row("job_by_id", id=delivery.job_id)
    if row is None:  # pragma: no cover - a foreign key says otherwise
        raise LookupError(delivery.job_id)
    return job_from(row)


def _values(change: DeliveryChange) -> dict[str, Value]:
    begins = change.transition is BEGIN_SEND
    message = change.message
    return {
        "id": change.delivery_id,
        **numbered("source", change.transition.sources, 3),
        "target": change.transition.target.value,
        "lease": change.lease,
        "begins": int(begins),
        "due_at": change.due_at,
        "keep_lease_until": change.keep_lease_until,
        "channel_id": change.channel_id,
        "first_attempt_at": change.at if begins else None,
        "message_channel_id": message.channel_id if message is not None else None,
        "message_id": message.message_id if message is not None else None,
        "reason": change.reason,
        "stalled_since": change.stalled_since,
    }
