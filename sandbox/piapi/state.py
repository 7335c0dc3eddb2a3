"""Everything the provider knows, in memory."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.piapi.accounts import Account, Slots
from sandbox.piapi.faults import WaitingFaults
from sandbox.piapi.pricing import POINTS_PER_USD
from sandbox.piapi.scenarios import Scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sandbox.piapi.clock import SandboxClock
    from sandbox.piapi.options import Options
    from sandbox.piapi.specs import Problem
    from sandbox.piapi.tasks import Output, Task

_KEPT_REQUESTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One HTTP request that reached the provider's side (not the control API).

    Attributes:
        at: Seconds since 1970.
        route: Which operation.
        path: Path with query.
        status: The HTTP status answered, 0 where the connection was cut.
    """

    at: float
    route: str
    path: str
    status: int


class ProviderState:
    """Tasks, accounts, scripts and records.

    Args:
        options: Settings; changed in place.
        clock: The sandbox's time.
        directory: Where clips and fetched inputs are kept.
        keys: Valid API keys.
        balance_usd: What each key's account starts with.
    """

    def __init__(
        self, options: Options, clock: SandboxClock, directory: Path, keys: Iterable[str], balance_usd: float
    ) -> None:
        self.options = options
        self.clock = clock
        self.directory = directory
        self.origin = ""
        self.accounts: dict[str, Account] = {}
        self.tasks: dict[str, Task] = {}
        self.outputs: dict[str, Task] = {}
        self.scripts = Scripts()
        self.faults = WaitingFaults()
        self.problems: list[Problem] = []
        self.requests: deque[RequestRecord] = deque(maxlen=_KEPT_REQUESTS)
        self.counters: Counter[str] = Counter()
        self.stopping = asyncio.Event()
        self._changed = asyncio.Event()
        self._numbers = 0
        for key in keys:
            self.add_account(key, balance_usd)

    def add_account(self, key: str, balance_usd: float) -> Account:
        """Make `key` valid, with its own money."""
        account = Account(
            key=key,
            balance=round(balance_usd * POINTS_PER_USD),
            slots=Slots(self.options.max_concurrent_task_count),
        )
        self.accounts[key] = account
        return account

    def account_of(self, task: Task) -> Account:
        """The account that pays for `task`."""
        return self.accounts[task.key]

    def owned(self, task_id: str, key: str) -> Task | None:
        """The task of that id, if the key's owner made it."""
        task = self.tasks.get(task_id)
        return task if task is not None and task.key == key else None

    def add_output(self, task: Task, output: Output) -> None:
        """Give `task` its clip."""
        task.output = output
        self.outputs[output.name] = task

    def next_name(self, *, ephemeral: bool) -> str:
        """A file name as the provider gives: fifteen digits, or a UUID under /ephemeral/."""
        if ephemeral:
            return f"{uuid.uuid4()}.mp4"
        self._numbers += 1
        return f"{280_000_000_000_000 + self._numbers}.mp4"

    def announce(self) -> None:
        """Wake everybody who waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait, in real time, until `holds` is true.

        Returns:
            Whether it became true within `seconds`.
        """
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await self._changed.wait()
        except TimeoutError:
            return holds()
        return True
