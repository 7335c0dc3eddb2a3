"""Tasks that are watched together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.jobs.lookout import TaskUnderWay
from bot.jobs.model import JobKind
from bot.jobs.states import JobState
from storage.database import Row, Value
from storage.repositories.base import Repository
from storage.rows.columns import text, whole, whole_or_none

_WATCHED: dict[str, Value] = {"running": JobState.RUNNING.value, "overdue": JobState.OVERDUE.value}
_TURN_EVERY: Final = 250
"""So many rows are made into tasks before anybody else has a turn."""


class Lookouts(Repository):
    """Keeps what the lookout works with."""

    async def tasks_under_way(self) -> Sequence[TaskUnderWay]:
        """Return the tasks of the jobs in RUNNING and OVERDUE, oldest job first."""
        tasks: list[TaskUnderWay] = []
        for row in await self._database.rows("tasks_under_way", **_WATCHED):
            tasks.append(_task_from(row))
            if len(tasks) % _TURN_EVERY == 0:
                # Ten thousand take a fifth of a second, and somebody is waiting for the answer to a command.
                await asyncio.sleep(0)
        return tasks

    async def make_tasks_due(self, job_ids: Iterable[str], now: int) -> None:
        """Let tasks be asked for now."""
        await self._date("make_task_due", dict.fromkeys(job_ids, now))

    async def put_off_tasks(self, until: Mapping[str, int]) -> None:
        """Let tasks be asked for later, but those that somebody spoke of, or has in hand, as they are."""
        await self._date("put_off_task", until)

    async def _date(self, statement: str, due: Mapping[str, int]) -> None:
        # In one order, so that two who date the same rows never wait for each other.
        values: list[dict[str, Value]] = [{**_WATCHED, "id": job_id, "due_at": due[job_id]} for job_id in sorted(due)]
        if values:
            await self._database.many(statement, values)


def _task_from(row: Row) -> TaskUnderWay:
    return TaskUnderWay(
        job_id=text(row, "id"),
        task_id=text(row, "task_id"),
        kind=JobKind(text(row, "kind")),
        model=text(row, "model"),
        mode=text(row, "mode"),
        seconds=whole(row, "seconds"),
        started_at=whole(row, "running_since"),
        due_at=whole_or_none(row, "due_at"),
        asked_at=whole_or_none(row, "post_started_at") or whole(row, "created_at"),
    )
