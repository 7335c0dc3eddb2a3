"""The process's own death, at a point that somebody armed.

A point is named "MOMENT WHAT": "before" and "after" a call to the world, "uncommitted" once a transaction's statements
have run but nothing is committed, "committed" once it is, but whoever asked for it has not heard.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

UNCOMMITTED: Final = "uncommitted"
COMMITTED: Final = "committed"
BEFORE: Final = "before"
AFTER: Final = "after"


class Crashes:
    """Counts how often each point is reached, and ends the process at the one that is armed.

    Args:
        seen: a file to which the name of each point is added when it is first reached.
    """

    def __init__(self, seen: Path | None = None) -> None:
        self.reached: Counter[str] = Counter()
        self.under_way = 0
        """Calls to the world that have begun and not ended."""
        self._seen = seen
        self._armed = ""
        self._left = 0

    def arm(self, point: str, nth: int) -> None:
        """Die when a point is reached for the nth time from now on; "" disarms."""
        self._armed, self._left = point, nth

    def reach(self, point: str) -> None:
        """Say that a point is reached; does not return where it is the one."""
        self.reached[point] += 1
        if self.reached[point] == 1 and self._seen is not None:
            # Where no file can be opened that is the bot's trouble, and no news about its points.
            with contextlib.suppress(OSError), self._seen.open("a", encoding="utf-8") as seen:
                seen.write(f"{point}\n")
        if point == self._armed:
            self._left -= 1
            if self._left <= 0:
                # Not even a `finally` is run: as if the machine had stopped.
                os.kill(os.getpid(), signal.SIGKILL)

    async def around(self, what: str, work: Awaitable[T]) -> T:
        """Await work between its two points."""
        self.reach(f"{BEFORE} {what}")
        self.under_way += 1
        try:
            answer = await work
        finally:
            self.under_way -= 1
        self.reach(f"{AFTER} {what}")
        return answer
