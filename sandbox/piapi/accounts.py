"""API keys, their money and how many of their tasks run at once."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field


class Slots:
    """Places for tasks being processed, given in order of arrival.

    Args:
        limit: How many places there are; may be changed at any time.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: set[str] = set()
        self._forced: set[str] = set()
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()

    @property
    def limit(self) -> int:
        """How many places there are."""
        return self._limit

    @limit.setter
    def limit(self, value: int) -> None:
        self._limit = value
        self._admit()

    async def enter(self, task_id: str) -> None:
        """Wait for a place; cancelling the wait gives it up."""
        admitted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if task_id in self._forced:
            self._let_in(task_id, admitted)
        else:
            self._waiting.append((task_id, admitted))
            self._admit()
        try:
            await admitted
        except asyncio.CancelledError:
            self.leave(task_id)
            raise

    def force(self, task_id: str) -> None:
        """Let a task in, now or when it comes, although there may be no place."""
        self._forced.add(task_id)
        for entry in self._waiting:
            if entry[0] == task_id:
                self._waiting.remove(entry)
                self._let_in(*entry)
                return

    def leave(self, task_id: str) -> None:
        """Give the place, or the wait for one, up."""
        self._held.discard(task_id)
        for entry in [entry for entry in self._waiting if entry[0] == task_id]:
            self._waiting.remove(entry)
        self._admit()

    def _admit(self) -> None:
        while self._waiting and len(self._held) < self._limit:
            self._let_in(*self._waiting.popleft())

    def _let_in(self, task_id: str, admitted: asyncio.Future[None]) -> None:
        self._held.add(task_id)
        if not admitted.done():
            admitted.set_result(None)


@dataclass(slots=True, kw_only=True)
class Account:
    """The owner of one API key.

    Attributes:
        key: The API key.
        balance: Points paid in and not yet consumed.
        slots: Places for processing.
        reserved: Points held by tasks that have not ended.
        consumed: Points charged so far.
    """

    key: str = field(repr=False)
    balance: int
    slots: Slots
    reserved: int = 0
    consumed: int = 0

    @property
    def available(self) -> int:
        """Points a new task may reserve."""
        return self.balance - self.reserved

    def reserve(self, points: int) -> None:
        """Hold points for a task."""
        self.reserved += points

    def settle(self, reserved: int, consumed: int) -> None:
        """End a task's reservation and charge what it consumed."""
        self.reserved -= reserved
        self.balance -= consumed
        self.consumed += consumed
