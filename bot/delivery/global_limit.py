"""discord.py's lock for Discord's global rate limit, made so that it cannot stay closed."""

from __future__ import annotations

import asyncio
from typing import Final

import discord
from typing_extensions import override

_LEEWAY: Final = 1.0
"""Seconds beyond the longest wait."""


class GlobalLimit(asyncio.Event):
    """Set while no global rate limit is known.

    discord.py (2.7.1) lets the one request that met the limit wait it out and open the lock again. Where that request
    is cancelled meanwhile, nobody would, and every later request of the process would wait for ever.
    """

    def __init__(self, longest: float) -> None:
        """Begin open.

        Args:
            longest: seconds after which it opens by itself.
        """
        super().__init__()
        self._longest = longest + _LEEWAY
        self._opening: asyncio.TimerHandle | None = None
        self.set()

    @override
    def set(self) -> None:
        """Let requests through."""
        self._forget_opening()
        super().set()

    @override
    def clear(self) -> None:
        """Let none through, but not longer than the longest wait."""
        super().clear()
        self._forget_opening()
        self._opening = asyncio.get_running_loop().call_later(self._longest, self.set)

    def _forget_opening(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None


def bound_global_limit(client: discord.Client, longest: float) -> None:
    """Let a client that is logged in wait no longer than that for the end of a global rate limit."""
    client.http._global_over = GlobalLimit(longest)  # noqa: SLF001 - discord.py offers no place for it
