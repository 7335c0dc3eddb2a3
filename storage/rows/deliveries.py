"""The table `deliveries`."""

from __future__ import annotations

from bot.jobs.model import Delivery
from bot.jobs.states import DeliveryState
from storage.database import Row
from storage.rows.columns import flag, text, text_or_none, whole, whole_or_none
from storage.rows.jobs import message_from


def delivery_from(row: Row) -> Delivery:
    """Return a row of `deliveries`."""
    return Delivery(
        id=text(row, "id"),
        job_id=text(row, "job_id"),
        purpose=text(row, "purpose"),
        state=DeliveryState(text(row, "state")),
        channel_id=whole(row, "channel_id"),
        first_attempt_at=whole_or_none(row, "first_attempt_at"),
        attempts=whole(row, "attempts"),
        due_at=whole_or_none(row, "due_at"),
        lease=text_or_none(row, "lease"),
        lease_until=whole_or_none(row, "lease_until"),
        message=message_from(row, "message_channel_id", "message_id"),
        reason=text(row, "reason"),
        stalled_since=whole_or_none(row, "stalled_since"),
        created_at=whole(row, "created_at"),
        spoiler=flag(row, "spoiler"),
    )
