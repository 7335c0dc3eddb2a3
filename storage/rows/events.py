"""The table `job_events`."""

from __future__ import annotations

from bot.jobs.model import JobEvent
from bot.jobs.states import JobState
from storage.database import Row
from storage.rows.columns import text, text_or_none, whole


def event_from(row: Row) -> JobEvent:
    """Return a row of `job_events`."""
    before = text_or_none(row, "from_state")
    return JobEvent(
        at=whole(row, "at"),
        from_state=None if before is None else JobState(before),
        to_state=JobState(text(row, "to_state")),
        cause=text(row, "cause"),
    )
