"""The process's pulse: does the event loop turn, and does the database answer; measured all the time, read at once.

Whoever supervises the process asks seldom and from outside. What it is told is what the beats saw since, so that the
answer takes no time, costs the database nothing, and tells of a standstill that is over by the time it is asked about.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from bot.errors import EgretError

BLOCKED_SECONDS: Final = 5.0
"""How long the loop may stand still: a command has to be answered within three seconds."""
REMEMBERED_SECONDS: Final = 45.0
"""How long a standstill is told of: longer than the half minute between two questions of the image's health check.

One standstill fails one question, which no engine restarts for; a loop that stands still again and again fails all."""
UNANSWERED_SECONDS: Final = 15.0
"""How long the database may be silent: longer than the wait for another's lock (5 s) and for a backup's copy."""
_EVERY_SECONDS: Final = 1.0


class Heartbeat:
    """Beats once a second through the event loop, and once through the database."""

    def __init__(self, ping: Callable[[], Awaitable[None]], stopwatch: Callable[[], float] = time.monotonic) -> None:
        """Nothing beats yet, and nothing is wrong yet.

        Args:
            ping: asks the database for one row; raises an `EgretError` where it cannot.
            stopwatch: tells seconds; nobody sets it.
        """
        self._ping = ping
        self._stopwatch = stopwatch
        self._beating = False
        self._beat_at = self._answered_at = stopwatch()
        self._stood_still = 0.0
        self._went_on_at = 0.0
        self._failed = False

    async def run(self) -> None:
        """Beat until cancelled."""
        self._beat_at = self._answered_at = self._stopwatch()
        self._beating = True
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._through_loop(), name="heartbeat:loop")
                group.create_task(self._through_database(), name="heartbeat:database")
        finally:
            self._beating = False

    async def loop(self) -> str | None:
        """Return what is wrong with the event loop, if anything is."""
        now = self._stopwatch()
        late = self._late(now)
        if late >= BLOCKED_SECONDS:
            return f"stood still for {late:.0f} s"
        if self._stood_still and now - self._went_on_at <= REMEMBERED_SECONDS:
            return f"stood still for {self._stood_still:.0f} s, {now - self._went_on_at:.0f} s ago"
        return None

    async def database(self) -> str | None:
        """Return what is wrong with the database for good; a short silence is not."""
        silent = self._silent()
        return f"has not answered for {silent:.0f} s" if silent > UNANSWERED_SECONDS else None

    async def database_now(self) -> str | None:
        """Return what is wrong with the database just now."""
        silent = self._silent()
        if self._failed or silent > BLOCKED_SECONDS:
            return f"has not answered for {silent:.0f} s"
        return None

    def _late(self, now: float) -> float:
        return now - self._beat_at - _EVERY_SECONDS if self._beating else 0.0

    def _silent(self) -> float:
        return self._stopwatch() - self._answered_at if self._beating else 0.0

    async def _through_loop(self) -> None:
        while True:
            # The event loop's own time, since it is what is measured.
            await asyncio.sleep(_EVERY_SECONDS)
            now = self._stopwatch()
            late = self._late(now)
            if late >= BLOCKED_SECONDS:
                self._stood_still, self._went_on_at = late, now
            self._beat_at = now

    async def _through_database(self) -> None:
        while True:
            try:
                # One question at a time, however long it takes: no crowd of them waits for a database that is away.
                await self._ping()
            except EgretError:
                self._failed = True
            else:
                self._failed = False
                self._answered_at = self._stopwatch()
            await asyncio.sleep(_EVERY_SECONDS)
