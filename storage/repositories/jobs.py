"""Reading jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.jobs.model import Job, JobEvent, JobKind
from bot.jobs.ports import InLine, Quantiles
from bot.jobs.states import IN_FLIGHT, JobState
from storage.database import Row
from storage.repositories.base import Repository
from storage.rows.columns import flag, text, whole, whole_or_none
from storage.rows.events import event_from
from storage.rows.jobs import job_from

_IN_LINE: Final = IN_FLIGHT | {JobState.QUEUED}

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

    async def line(self, places: int) -> Sequence[InLine]:
        """Return who waits and who holds a place at the provider, in order of arrival; nothing where nobody waits.

        Args:
            places: how many there are; where they are enough for all, nobody is named who holds one.
        """
        rows = await self._database.rows("line", **{state.value: state.value for state in _IN_LINE}, places=places)
        return [_in_line_from(row) for row in rows]

    async def quantiles(self, kind: JobKind, model: str, mode: str, seconds: int) -> Quantiles | None:
        """Return what jobs of this kind teach that began before all under way; None below a handful of samples."""
        rows = await self._database.rows(
            "durations",
            kind=kind.value,
            model=model,
            mode=mode,
            seconds=seconds,
            running=JobState.RUNNING.value,
            samples=_SAMPLES,
        )
        if len(rows) < _FEWEST:
            return None
        durations = sorted(whole(row, "duration") for row in rows)
        p10, p50, p90 = (_nearest_rank(durations, percent) for percent in (10, 50, 90))
        return Quantiles(p10, p50, p90, samples=len(durations))


def _in_line_from(row: Row) -> InLine:
    running_since = whole_or_none(row, "running_since")
    return InLine(
        job_id=text(row, "id"),
        state=JobState(text(row, "state")),
        line=whole(row, "line"),
        person=whole(row, "requester_id"),
        number=whole(row, "number"),
        turn=whole(row, "turn"),
        person_served=whole(row, "person_served"),
        line_served=whole(row, "line_served"),
        kind=JobKind(text(row, "kind")),
        model=text(row, "model"),
        mode=text(row, "mode"),
        seconds=whole(row, "seconds"),
        began_at=whole_or_none(row, "post_started_at") if running_since is None else running_since,
        # Until its inputs are ready, a card says that they are being read.
        has_card=whole_or_none(row, "card_message_id") is not None and flag(row, "inputs_ready"),
        card_behind=whole(row, "card_shown") < whole(row, "revision"),
        card_place=whole(row, "card_place"),
        card_ready_at=whole_or_none(row, "card_ready_at"),
    )


def _maybe(row: Row | None) -> Job | None:
    return None if row is None else job_from(row)


def _nearest_rank(ascending: Sequence[int], percent: int) -> int:
    """Return the smallest value that at least `percent` of the values do not exceed."""
    return ascending[-(-percent * len(ascending) // 100) - 1]
