"""Nobody talks to a bot that is about to be killed: its answers within three seconds are not what is being tried."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Presence:
    """Lets many people talk to the bot, or one absence of the bot take place."""

    def __init__(self) -> None:
        self._talking = 0
        self._changed = asyncio.Condition()
        self.absent = False

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Talk to the bot; waits until it is there."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self.absent)
            self._talking += 1
        try:
            yield
        finally:
            async with self._changed:
                self._talking -= 1
                self._changed.notify_all()

    @asynccontextmanager
    async def absence(self) -> AsyncIterator[None]:
        """Take the bot away; waits until nobody talks to it."""
        async with self._changed:
            self.absent = True
            await self._changed.wait_for(lambda: self._talking == 0)
        try:
            yield
        finally:
            async with self._changed:
                self.absent = False
                self._changed.notify_all()
