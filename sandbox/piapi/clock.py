"""The sandbox's time: the machine's clock, moved forward on demand."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

NANOSECONDS: Final = 1_000_000_000


class SandboxClock:
    """Time that tests and demos can move forward.

    Args:
        running: Whether time passes by itself; a stopped clock moves only through `advance`.
        source: Nanoseconds since 1970 UTC.
    """

    def __init__(self, *, running: bool = True, source: Callable[[], int] = time.time_ns) -> None:
        self._source = source
        self._stopped_at = None if running else source()
        self._offset = 0
        self._advanced = asyncio.Event()

    def now_ns(self) -> int:
        """Nanoseconds since 1970 UTC, by this clock."""
        base = self._source() if self._stopped_at is None else self._stopped_at
        return base + self._offset

    def now(self) -> float:
        """Seconds since 1970 UTC, by this clock."""
        return self.now_ns() / NANOSECONDS

    def http_date(self) -> str:
        """Return the present as HTTP's Date header writes it."""
        return formatdate(self.now(), usegmt=True)

    def advance(self, seconds: float) -> None:
        """Move forward and wake every sleeper whose time has come.

        Raises:
            ValueError: `seconds` is negative; time never goes back.
        """
        if seconds < 0:
            raise ValueError("time does not go back")
        self._offset += round(seconds * NANOSECONDS)
        self._advanced.set()
        self._advanced = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait until `seconds` have passed by this clock."""
        until = self.now_ns() + round(seconds * NANOSECONDS)
        while (left := until - self.now_ns()) > 0:
            advanced = self._advanced
            if self._stopped_at is not None:
                await advanced.wait()
                continue
            try:
                async with asyncio.timeout(left / NANOSECONDS):
                    await advanced.wait()
            except TimeoutError:
                continue
