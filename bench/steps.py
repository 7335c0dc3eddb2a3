"""Steps of a job that were taken more than once, as its history, the provider and Discord show them.

Counted are: a change of state that a job's history has twice; tasks beyond one for each clip; requests for a task after
the one that showed its end; downloads of a clip beyond one; files in channels beyond one for each clip; and edits that
said of a message what the last edit had said of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Final

from bench.failure import BenchFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.database_server import DatabaseServer
    from bench.stage import Stage
    from sandbox.piapi.control_views import RequestView, TaskView

KEPT_REQUESTS: Final = 10_000
"""The local provider remembers no more."""
_EVENTS: Final = (
    "SELECT COALESCE(SUM(times - 1), 0) FROM (SELECT COUNT(*) AS times FROM job_events"
    " GROUP BY job_id, from_state, to_state) AS steps WHERE times > 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """How often each step was taken once more than it should be."""

    changes: int
    purchases: int
    questions: int
    downloads: int
    messages: int
    edits: int

    @property
    def total(self) -> int:
        """Return the sum."""
        return sum(astuple(self))

    def words(self) -> str:
        """Return what there was of them, as a phrase; "" for nothing."""
        named = {
            "changes of state": self.changes,
            "purchases": self.purchases,
            "requests for a task known to have ended": self.questions,
            "downloads": self.downloads,
            "messages with a clip": self.messages,
            "edits that changed nothing": self.edits,
        }
        return ", ".join(f"{count} {name}" for name, count in named.items() if count)


async def taken_twice(stage: Stage, server: DatabaseServer, database: str, clips: int) -> Twice:
    """Count them, once the bots are at rest.

    Raises:
        BenchFailed: a clip is missing, or too much has happened for the provider to remember it.
    """
    summary, tasks = await stage.provider.summary(), await stage.provider.tasks()
    if len(summary.log) >= KEPT_REQUESTS:
        raise BenchFailed(f"more than {KEPT_REQUESTS} requests were made, so that not all can be looked at")
    files = sum(bool(message.attachments) for message in await stage.operator.all_messages())
    if min(len(tasks), files) < clips:
        raise BenchFailed(f"of {clips} clips {clips - min(len(tasks), files)} are missing")
    return Twice(
        changes=await server.number(database, _EVENTS),
        purchases=len(tasks) - clips,
        questions=asked_again(tasks, summary.log),
        downloads=sum(
            times - 1 for times in Counter(each.path for each in summary.log if each.route == "output").values()
        ),
        messages=files - clips,
        edits=(await stage.traffic()).repeated,
    )


def asked_again(tasks: Sequence[TaskView], log: Sequence[RequestView]) -> int:
    """Return how many requests there were for tasks after the one that showed their end."""
    told = {task.task_id: task.told_at for task in tasks if task.told_at}
    asked = ((each.path.rpartition("/")[2], each.at) for each in log if each.route == "get")
    # The request that showed the end is written down when it is answered, so it is one of those from then on.
    after = Counter(task_id for task_id, at in asked if task_id in told and at >= told[task_id])
    return sum(times - 1 for times in after.values())
