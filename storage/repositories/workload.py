"""How much work is left, for whoever watches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.jobs.model import JobKind
from bot.jobs.states import ENDED, DeliveryState, JobState
from storage.repositories.base import Repository
from storage.repositories.guards import numbered
from storage.rows.columns import text, whole

_OPEN: Final = frozenset(JobState) - ENDED


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
