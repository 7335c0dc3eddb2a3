"""What webhooks and people say of a job while others work on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.clock import Clock
from bot.jobs.model import Job
from bot.jobs.states import ENDED, JobState
from storage.database import Database, Transaction, Value
from storage.repositories.base import Repository
from storage.repositories.guards import numbered
from storage.rows.columns import text
from storage.rows.jobs import job_from

_OPEN: Final = frozenset(JobState) - ENDED
_SENT: Final = _OPEN - {JobState.QUEUED}

Nudge = tuple[str, str | None, int]


class Hints(Repository):
    """Notes what others want looked at."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._nudges = database.burst(_nudge)

    async def nudge(self, hook_token: str, task_id: str | None, now: int) -> str | None:
        """Note that a webhook spoke of a job: due now, and `task_id` as candidate where none is bound.

        Returns the job's id; None for an unknown token. An ended job is left alone. In QUEUED and SUBMITTING only the
        candidate is kept: a webhook never brings a purchase forward.
        Many nudges may commit together.
        """
        return await self._nudges.put((hook_token, task_id, now))

    async def request_cancel(self, job_id: str, by: int, now: int) -> Job | None:
        """Note a person's wish on a job that left QUEUED and has not ended; due now. None if it cannot be cancelled."""
        row = await self._database.row("request_cancel", id=job_id, by=by, now=now, **numbered("state", _SENT, 5))
        return None if row is None else job_from(row)

    async def mark_cancel_sent(self, job_id: str, now: int) -> None:
        """Note that the provider was asked to cancel."""
        await self._database.run("mark_cancel_sent", id=job_id, now=now)


async def _nudge(session: Transaction, nudges: Sequence[Nudge]) -> Sequence[str | None]:
    states: dict[str, Value] = {
        "queued": JobState.QUEUED.value,
        "submitting": JobState.SUBMITTING.value,
        **numbered("state", _OPEN, 6),
    }
    rows = list(
        await session.each(
            "nudge_job",
            [{"hook_token": token, "task_id": task_id, "now": now, **states} for token, task_id, now in nudges],
        )
    )
    others = [place for place, row in enumerate(rows) if row is None]
    known = await session.each("token_known", [{"hook_token": nudges[place][0]} for place in others])
    for place, row in zip(others, known, strict=True):
        rows[place] = row
    return [text(row, "id") if row is not None else None for row in rows]
