"""What is being answered right now, so that a stop can wait for it and let nothing new in."""

from __future__ import annotations

import asyncio


class InHand:
    """The commands, clicks, forms and replies of one client that are under way."""

    def __init__(self) -> None:
        """Begin open."""
        self.open = True
        self._tasks: set[asyncio.Task[object]] = set()

    def close(self) -> None:
        """Let no more in."""
        self.open = False

    def enter(self) -> bool:
        """Count the current task in until it ends; False once closed."""
        if not self.open:
            return False
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    async def finished(self) -> None:
        """Return when everything in hand has been answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)
