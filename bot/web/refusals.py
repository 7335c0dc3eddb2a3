"""The log of what strangers are refused: summed up, so that a flood of them is not one of lines."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

import structlog

LINE_EVERY: Final = 60.0
"""Seconds between two lines, however much is refused."""

log = structlog.get_logger(__name__)


class Refusals:
    """Says at once that something is refused, then how often it was, once a minute while it goes on."""

    def __init__(self, every: float = LINE_EVERY) -> None:
        """Write a line every so many seconds."""
        self._every = every
        self._seen: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether the next refusal is only counted at first."""
        return self._timer is not None

    def note(self, what: str) -> None:
        """Take down one refusal.

        Args:
            what: a word of our own, never a stranger's.
        """
        self._seen[what] += 1
        if self._timer is None:
            self._tell()
            self._timer = asyncio.get_running_loop().call_later(self._every, self._minute_over)

    def close(self) -> None:
        """Tell what is left to tell."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._tell()

    def _minute_over(self) -> None:
        self._timer = None
        if self._seen:
            self._tell()
            self._timer = asyncio.get_running_loop().call_later(self._every, self._minute_over)

    def _tell(self) -> None:
        if self._seen:
            log.warning("web_refused", **dict(sorted(self._seen.items())))
            self._seen.clear()
