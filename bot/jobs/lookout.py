"""Watches many tasks with one request: a page of the account's history shows how a hundred of them stand.

It is a hint, as a webhook is: a task that the history shows as ended is asked for by itself, and that answer counts. A
task that the history does not show is asked for on its own schedule, and where the history shows none of ours that are
under way, nothing is concluded from it for a while.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from bot.clock import MINUTE, SECOND
from bot.jobs import pace, schedule
from bot.jobs.model import JobKind
from bot.jobs.ports import GatewayUnavailable, Glance, Quantiles, TaskGateway
from bot.jobs.timing import Like, Timing
from bot.jobs.workshop import Workshop

_PAGE: Final = 100
"""How many tasks a page shows (provider notes §1.2)."""
_PATIENCE: Final = 2 * _PAGE
"""How many tasks on end that nobody waits for are put up with in one list: the bot's own that have ended since, or
somebody else's."""
_DISTRUST: Final = 5 * MINUTE
"""How long the history is let be after it could not be read, or showed none of our tasks that are under way."""

_LONGEST: Final = 2 * MINUTE
"""How long one look may take, and so how long a process that dies in the middle of one keeps others from looking."""

Known = Mapping[Like, Quantiles | None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnderWay:
    """A task that had not ended when it was last heard of; instants are UTC milliseconds.

    Attributes:
        seconds: the clip's length; 0 where that is its source's.
        started_at: when the task was known.
        due_at: when it is asked for by itself.
        asked_at: when its purchase began.
    """

    job_id: str
    task_id: str
    kind: JobKind
    model: str
    mode: str
    seconds: int
    started_at: int
    due_at: int | None
    asked_at: int

    @property
    def like(self) -> Like:
        """Return what tasks have in common that take equally long."""
        return self.kind, self.model, self.mode, self.seconds


class LookoutStore(Protocol):
    """Where the tasks are."""

    async def tasks_under_way(self) -> Sequence[TaskUnderWay]:
        """Return the tasks of the jobs in RUNNING and OVERDUE, oldest job first."""
        ...

    async def make_tasks_due(self, job_ids: Iterable[str], now: int) -> None:
        """Let tasks be asked for now."""
        ...

    async def put_off_tasks(self, until: Mapping[str, int]) -> None:
        """Let tasks be asked for later, but those that somebody spoke of, or has in hand, as they are."""
        ...

    @property
    def sole_owner(self) -> bool:
        """Tell whether no other process shares this store."""
        ...

    async def claim_turn(self, name: str, now: int, until: int) -> int | None:
        """Take a turn; None where it is ours now, else when the turn of whoever has it ends."""
        ...

    async def end_turn(self, name: str, until: int, free_at: int | None = None) -> None:
        """End a turn that was taken until then; the next may begin at `free_at`, or at once."""
        ...


class Lookout:
    """Reads the history for as long as that takes fewer requests than asking for each task."""

    name: Final = "lookout"
    interval: Final = pace.LOOKOUT_EVERY
    workers: Final = 1

    def __init__(self, shop: Workshop, store: LookoutStore, gateway: TaskGateway, timing: Timing) -> None:
        """Keep the collaborators; the history is believed until it is seen to be of no use."""
        self._shop = shop
        self._store = store
        self._gateway = gateway
        self._timing = timing
        self._rests_until = 0
        self._excess, self._looked_at = 0, 0

    async def run_once(self) -> int:
        """Look once, if it pays; there is never more to do at once, so the answer is always none."""
        now = self._shop.clock.now()
        if now < self._rests_until <= now + _DISTRUST:
            return 0
        tasks = await self._store.tasks_under_way()
        known = {like: await self._timing.of(*like) for like in {task.like for task in tasks}}
        tasks = self._worth_a_look(tasks, known, now)
        gained = self._gain(tasks, known, now)
        if gained <= 1:
            return 0
        until = now + _LONGEST
        if self._store.sole_owner:
            await self._look(tasks, known, gained, until)
        elif await self._store.claim_turn(self.name, now, until) is None:
            try:
                await self._look(tasks, known, gained, until)
            finally:
                await self._store.end_turn(self.name, until, now + self.interval)
        return 0

    async def _look(self, tasks: Sequence[TaskUnderWay], known: Known, gained: float, until: int) -> None:
        try:
            over, under_way = await self._read(tasks, until)
        except GatewayUnavailable:
            self._rest("unreadable")
            return
        if not over and not under_way:
            self._rest("shows none of ours")
            return
        # Ten thousand are not read in a moment.
        now = self._shop.clock.now()
        soon = now + 2 * self.interval
        spared = {
            task.job_id: now + self._spared(task, known, gained, now)
            for task in tasks
            if task.task_id in under_way and task.due_at is not None and task.due_at < soon
        }
        await self._store.put_off_tasks(spared)
        ended = [task.job_id for task in tasks if task.task_id in over]
        if ended:
            await self._store.make_tasks_due(ended, now)
            self._shop.wakes.ring("poller")

    def _worth_a_look(self, tasks: Sequence[TaskUnderWay], known: Known, now: int) -> Sequence[TaskUnderWay]:
        """Return the tasks to look for: those long overdue are far back in the history, so only where they are many.

        A few are asked for by themselves, every few minutes.
        """
        overdue = [task for task in tasks if _is_overdue(task, now)]
        if not overdue or self._gain(overdue, known, now) > 1:
            return tasks
        return [task for task in tasks if not _is_overdue(task, now)]

    def _gain(self, tasks: Sequence[TaskUnderWay], known: Known, now: int) -> float:
        """Return how many requests each request of a look stands for.

        What has been due for as long as a look is away is a backlog, as after a restart: each costs a request, too.
        """
        ages = ((now - task.started_at, known[task.like]) for task in tasks)
        demand = pace.demand(ages, webhooks=self._timing.webhooks)
        backlog = sum(task.due_at is not None and task.due_at <= now - self.interval for task in tasks)
        return pace.gain(max(demand, backlog * SECOND / self.interval), self._price(tasks, now))

    def _price(self, tasks: Sequence[TaskUnderWay], now: int) -> int:
        """Return how many requests a look takes: a page for each hundred, and what the last took beyond that."""
        return _pages(tasks) + (self._excess if 0 <= now - self._looked_at < _DISTRUST else 0)

    async def _read(self, tasks: Sequence[TaskUnderWay], until: int) -> tuple[Collection[str], Collection[str]]:
        """Return the tasks that the history shows as ended, and those that it shows under way.

        Args:
            tasks: whom to look for.
            until: when to stop, wherever that is.

        Raises:
            GatewayUnavailable: the history could not be read.
        """
        clock, asked = self._shop.clock, 1
        missing = {task.task_id for task in tasks}
        over: set[str] = set()
        under_way: set[str] = set()
        since = min(task.asked_at for task in tasks) - schedule.CLOCK_SKEW
        likes = {(task.kind, task.model) for task in tasks}
        glance = Glance(likes=likes, wanted=frozenset(missing), patience=_PATIENCE)
        self._looked_at = clock.now()
        async for row in self._gateway.history(since, self._looked_at + schedule.CLOCK_SKEW, glance):
            asked = row.asked
            if row.task_id in missing and row.is_over is not None:
                missing.discard(row.task_id)
                (over if row.is_over else under_way).add(row.task_id)
            if not missing or clock.now() >= until:
                break
        # What a look took that went back to tasks long overdue says nothing of the next one.
        self._excess = 0 if any(_is_overdue(task, self._looked_at) for task in tasks) else max(0, asked - _pages(tasks))
        return over, under_way

    def _spared(self, task: TaskUnderWay, known: Known, gained: float, now: int) -> int:
        return pace.spared(now - task.started_at, known[task.like], gained, webhooks=self._timing.webhooks)

    def _rest(self, why: str) -> None:
        self._rests_until = self._shop.clock.now() + _DISTRUST
        log.info("history_of_no_use", why=why)


def _is_overdue(task: TaskUnderWay, now: int) -> bool:
    return now - task.started_at >= schedule.OVERDUE_AFTER


def _pages(tasks: Sequence[TaskUnderWay]) -> int:
    return 1 + max(0, len(tasks) - 1) // _PAGE
