"""Reading jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.jobs.model import Job, JobEvent, JobKind
from bot.jobs.ports import Quantiles
from bot.jobs.states import JobState
from storage.database import Row
from storage.repositories.base import Repository
from storage.rows.columns import whole
from storage.rows.events import event_from
from storage.rows.jobs import job_from

_SAMPLES: Final = 200
"""How many of the last such jobs teach how long the next will take."""

_FEWEST: Final = 5
"""Below this many they teach nothing."""


class Jobs(Repository):
    """Finds jobs and what is known of them."""

    async def job(self, job_id: str) -> Job | None:
        """Return a job by its short id."""
        return _maybe(await self._database.row("job_by_id", id=job_id))

    async def job_by_request(self, request_key: str) -> Job | None:
        """Return the job that a request made."""
        return _maybe(await self._database.row("job_by_request", request_key=request_key))

    async def job_by_task(self, task_id: str) -> Job | None:
        """Return the job bound to a provider task."""
        return _maybe(await self._database.row("job_by_task", task_id=task_id))

    async def job_by_message(self, message_id: int) -> Job | None:
        """Return the job whose card or delivered message this is."""
        return _maybe(await self._database.row("job_by_message", message_id=message_id))

    async def events(self, job_id: str) -> Sequence[JobEvent]:
        """Return a job's history, oldest first."""
        return [event_from(row) for row in await self._database.rows("events_of_job", job_id=job_id)]

    async def queue_position(self, job_id: str) -> int:
        """Return how many queued jobs go first, plus one; 0 if the job is not queued."""
        row = await self._database.row("queue_position", id=job_id, queued=JobState.QUEUED.value)
        return 0 if row is None else whole(row, "place")

    async def quantiles(self, kind: JobKind, model: str, mode: str, seconds: int) -> Quantiles | None:
        """Return what past jobs of this kind teach; None below a handful of samples."""
        rows = await self._database.rows(
            "durations",
            kind=kind.value,
            model=model,
            mode=mode,
            seconds=seconds,
            samples=_SAMPLES,
        )
        if len(rows) < _FEWEST:
            return None
        durations = sorted(whole(row, "duration") for row in rows)
        p10, p50, p90 = (_nearest_rank(durations, percent) for percent in (10, 50, 90))
        return Quantiles(p10, p50, p90, samples=len(durations))


def _maybe(row: Row | None) -> Job | None:
    return None if row is None else job_from(row)


def _nearest_rank(ascending: Sequence[int], percent: int) -> int:
    """Return the smallest value that at least `percent` of the values do not exceed."""
    return ascending[-(-percent * len(ascending) // 100) - 1]
