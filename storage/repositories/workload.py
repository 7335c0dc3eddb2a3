"""How much work is left, for whoever watches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.jobs.model import JobKind, Purpose
from bot.jobs.states import ENDED, DeliveryState, JobState
from storage.repositories.base import Repository
from storage.repositories.guards import numbered
from storage.rows.columns import text, whole, whole_or_none

_OPEN: Final = frozenset(JobState) - ENDED
_DUE: Final = (JobState.SUBMIT_UNKNOWN, JobState.RUNNING, JobState.OVERDUE, JobState.SUCCEEDED)
"""The states with a step that is due at a time of its own; a succeeded job's is to be archived."""


class Workload(Repository):
    """Counts what has not ended; what has is never read."""

    async def open_jobs(self) -> Sequence[tuple[JobState, JobKind, int, int]]:
        """Return state, kind, number and the oldest one's time of jobs that have not ended."""
        rows = await self._database.rows("open_jobs", **numbered("state", _OPEN, 6))
        return [
            (JobState(text(row, "state")), JobKind(text(row, "kind")), whole(row, "number"), whole(row, "oldest"))
            for row in rows
        ]

    async def open_messages(self) -> Sequence[tuple[DeliveryState, int, int]]:
        """Return state, number and the oldest one's time of messages that channels are owed."""
        rows = await self._database.rows(
            "open_messages", pending=DeliveryState.PENDING.value, sending=DeliveryState.SENDING.value
        )
        return [(DeliveryState(text(row, "state")), whole(row, "number"), whole(row, "oldest")) for row in rows]

    async def overdue_since(self, now: int) -> int | None:
        """Return since when something is due that nobody has in hand; None where nothing is."""
        row = await self._database.row(
            "overdue_since",
            now=now,
            **numbered("state", _DUE, 4),
            pending=DeliveryState.PENDING.value,
            sending=DeliveryState.SENDING.value,
            result=Purpose.RESULT.value,
        )
        return None if row is None else whole_or_none(row, "since")
