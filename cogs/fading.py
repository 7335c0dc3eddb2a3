"""Messages of ours that go away by themselves; a restart lets them stand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.clock import SECOND, Clock

log = structlog.get_logger(__name__)


class Fading:
    """Does something with a message later, unless told to let it stand."""

    def __init__(self, clock: Clock) -> None:
        """Keep the clock."""
        self._clock = clock
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def later(self, key: str, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Do `work` after a while; what was to be done under the same key is not done."""
        self.keep(key)
        task = asyncio.create_task(self._fade(seconds, work), name=f"fade-{key}")
        self._waiting[key] = task
        task.add_done_callback(lambda done: self._forget(key, done))

    def keep(self, key: str) -> None:
        """Let it stand after all."""
        task = self._waiting.pop(key, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Let everything stand."""
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fade(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        await self._clock.sleep(round(seconds * SECOND))
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a message that stays where it need not is all that comes of it
            log.warning("message_not_taken_away", error=repr(error))

    def _forget(self, key: str, done: asyncio.Task[None]) -> None:
        if self._waiting.get(key) is done:
            del self._waiting[key]
