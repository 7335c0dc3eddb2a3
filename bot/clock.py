"""Time, injected: nothing in Egret asks the machine for the time or sleeps by itself.

All instants are UTC milliseconds since the epoch, as stored; durations are milliseconds unless a name says otherwise.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final, Protocol

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class Clock(Protocol):
    """What the application may ask about time."""

    def now(self) -> int:
        """Return the current instant in UTC milliseconds."""
        ...

    async def sleep(self, milliseconds: int) -> None:
        """Return after `milliseconds`, or raise CancelledError."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Return the current instant in UTC milliseconds."""
        return time.time_ns() // 1_000_000

    async def sleep(self, milliseconds: int) -> None:
        """Sleep on the running event loop."""
        await asyncio.sleep(milliseconds / SECOND)


def clock_ahead_ms(date: str, now: int) -> int | None:
    """Return how far the sender of an HTTP answer is ahead of us, in milliseconds; None for a date that is odd.

    Args:
        date: the answer's Date header; it names whole seconds, so the middle of that second is taken.
        now: our own clock as the answer came, in UTC milliseconds.
    """
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * SECOND + SECOND // 2 - now
