"""Compares the ledger with the provider's history, task by task."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.catalog import Catalogue
from bot.clock import DAY, Clock
from bot.ledger_records import LedgerStore, LedgerTask
from bot.piapi.client import PiapiClient
from bot.piapi.errors import TaskNotFound
from bot.piapi.snapshot import TERMINAL, TaskSnapshot
from bot.ui.figures import dollars

_AT_ONCE: Final = 4
_MARGIN: Final = DAY
"""A task is made at most this long after its job was asked for: jobs wait in line for an hour."""


class Fault(StrEnum):
    """How the two differ."""

    UNKNOWN_HERE = "unknown_here"
    """The provider has a task that no job of ours is bound to."""
    MISSING_THERE = "missing_there"
    """The provider knows nothing of a task that we were charged for."""
    CHARGED_OTHERWISE = "charged_otherwise"
    OPEN_HERE = "open_here"
    """The provider has ended and charged a task whose charge the ledger does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One task about which the two differ; amounts are micro-dollars, None where not known."""

    fault: Fault
    task_id: str
    job_id: str = ""
    here: int | None = None
    there: int | None = None

    def text(self) -> str:
        """Return it as a sentence."""
        job = f"job {self.job_id}, task {self.task_id}"
        match self.fault:
            case Fault.UNKNOWN_HERE:
                return f"task {self.task_id}: not ours, or not known to be; the provider charged {_said(self.there)}."
            case Fault.MISSING_THERE:
                return f"{job}: charged {_said(self.here)} here; the provider does not know the task."
            case Fault.CHARGED_OTHERWISE:
                return f"{job}: charged {_said(self.here)} here, {_said(self.there)} by the provider."
            case Fault.OPEN_HERE:
                return f"{job}: open here; the provider charged {_said(self.there)}."


class Reconciling:
    """Compares.

    Attributes:
        compared: how many tasks have been.
    """

    def __init__(self, store: LedgerStore, provider: PiapiClient, catalogue: Catalogue, clock: Clock) -> None:
        """Keep the collaborators."""
        self._store = store
        self._provider = provider
        self._models = sorted({row.provider_model for row in catalogue.models})
        self._clock = clock
        self._room = asyncio.Semaphore(_AT_ONCE)
        self.compared = 0

    async def differences(self, since: int, until: int) -> Sequence[Difference]:
        """Return what differs about the tasks of a time (UTC milliseconds), oldest first.

        A task that is still being made differs in nothing. The history has no amounts (provider notes §1.8), so each
        task is asked for.

        Raises:
            ProviderRefused: the provider said no.
            ProviderUnavailable: no usable answer.
        """
        ours = await self._store.ledger_tasks(max(0, since - _MARGIN), until + _MARGIN)
        known = {task.task_id for task in ours if task.task_id is not None}
        asked = [task for task in ours if task.task_id is not None and since <= task.opened_at < until]
        first = min((task.opened_at for task in ours), default=self._clock.now())
        theirs = await self._made_there(max(since, first), min(until, self._clock.now()))
        strays = [task_id for task_id in theirs if task_id not in known]
        self.compared = len(asked) + len(strays)
        found = await asyncio.gather(
            *(self._of_job(task) for task in asked), *(self._stray(task_id) for task_id in strays)
        )
        return [difference for difference in found if difference is not None]

    async def _made_there(self, since: int, until: int) -> Sequence[str]:
        made: dict[str, None] = {}
        for model in self._models:
            async for row in self._provider.history(model, since, until):
                if row.created_at is None or since <= row.created_at < until:
                    made[row.task_id] = None
        return list(made)

    async def _of_job(self, task: LedgerTask) -> Difference | None:
        task_id, here = task.task_id or "", task.consumed_microusd
        there = await self._task(task_id)
        if there is None:
            fault = Fault.MISSING_THERE if here else None
            return None if fault is None else Difference(fault=fault, task_id=task_id, job_id=task.job_id, here=here)
        charged = there.consumed_microusd
        if there.family not in TERMINAL or charged is None:
            return None
        if here is None:
            return Difference(fault=Fault.OPEN_HERE, task_id=task_id, job_id=task.job_id, there=charged)
        if here == charged:
            return None
        return Difference(fault=Fault.CHARGED_OTHERWISE, task_id=task_id, job_id=task.job_id, here=here, there=charged)

    async def _stray(self, task_id: str) -> Difference | None:
        there = await self._task(task_id)
        charged = there.consumed_microusd if there is not None else None
        return Difference(fault=Fault.UNKNOWN_HERE, task_id=task_id, there=charged)

    async def _task(self, task_id: str) -> TaskSnapshot | None:
        async with self._room:
            try:
                return await self._provider.get_task(task_id)
            except TaskNotFound:
                return None


def _said(microusd: int | None) -> str:
    return "an unknown amount" if microusd is None else dollars(microusd)
