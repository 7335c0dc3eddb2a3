"""The sandbox's time: the machine's clock plus an offset that tests move forward."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE


def http_date(instant: int) -> str:
    """Return an instant (UTC milliseconds) as HTTP's Date header writes it."""
    return formatdate(instant // SECOND, usegmt=True)


def iso(instant: int) -> str:
    """Return an instant (UTC milliseconds) as Discord writes timestamps."""
    return datetime.fromtimestamp(instant / SECOND, UTC).isoformat(timespec="microseconds")


class Clock:
    """Real time that can be advanced: a waiter wakes when its instant comes, by waiting or by `advance`."""

    def __init__(self) -> None:
        self._offset = 0
        self._advanced = asyncio.Event()

    def now(self) -> int:
        """Return the current instant in UTC milliseconds."""
        return time.time_ns() // 1_000_000 + self._offset

    def advance(self, milliseconds: int) -> None:
        """Move time forward at once."""
        if milliseconds < 0:
            raise ValueError("time does not go back")
        self._offset += milliseconds
        self._advanced.set()
        self._advanced = asyncio.Event()

    async def sleep_until(self, instant: int) -> None:
        """Return once `now()` has reached `instant`."""
        while (left := instant - self.now()) > 0:
            advanced = self._advanced
            try:
                async with asyncio.timeout(left / SECOND):
                    await advanced.wait()
            except TimeoutError:
                continue

    async def sleep(self, milliseconds: int) -> None:
        """Return after `milliseconds` of sandbox time."""
        await self.sleep_until(self.now() + milliseconds)
