"""How fast the provider is asked: one budget for everything that reads, whoever in this process asks.

The provider documents no limit for reading (provider notes §1.8), answers 429 to whoever is too fast, and everybody
asks at once where it matters: after a restart with thousands of tasks, or when it comes back. Purchases have a
connection pool of their own and are never held up here.

Pages of the account's history go first: whoever reads it asks for one after the other, and each tells how a hundred
tasks stand. Behind the polls that wait, one page a round would be as slow as a poll.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import httpx
from typing_extensions import override

from bot.clock import SECOND
from bot.piapi.retry import retry_after_ms

PER_SECOND: Final = 30.0
"""Reads a second in the long run. Each clip takes one, so this bounds how many clips a second one process can see the
end of; 15 is what is aimed at, and as many again are left for tasks that are asked for more than once. Whether an
account may ask so often is not known beforehand: each refusal halves the pace, and that protects the account."""
AT_ONCE: Final = 20
"""Reads that need not wait after a while in which there were few: what one process has connections for."""
LEAST_PER_SECOND: Final = 0.5
"""However often it is refused: a bot that hardly asks hears hardly anything."""
_GROWTH: Final = 0.1
"""By so much a second the pace grows with each answer; back from a half, it is whole again after 150."""
_CUT_EVERY: Final = 2 * SECOND
"""Refusals of reads that were under way together are one."""
_LONGEST_REST: Final = 8 * SECOND
_PUT_BACK: Final = 5 * SECOND
_TOO_MANY: Final = 429
GOES_FIRST: Final = "egret.goes_first"
"""The extension of a request that waits for others of its kind only."""


class ReadingPace:
    """A token bucket, kept as the moment for which its next token is due; those who wait are served in their order.

    What goes first waits for nothing but what went first before it, at the same pace; the others wait for both. So the
    pace holds in the long run, and beyond it goes no more than one bucket of what goes first.
    """

    def __init__(self, now: Callable[[], int], sleep: Callable[[int], Awaitable[None]]) -> None:
        """Begin full, and at full speed.

        Args:
            now: UTC milliseconds.
            sleep: waits for milliseconds.
        """
        self._now = now
        self._sleep = sleep
        self._next = self._next_first = 0.0
        self._seen = 0
        self._cut_at: int | None = None
        self.per_second = PER_SECOND

    async def turn(self, *, first: bool = False) -> None:
        """Return when one more read may be sent.

        Args:
            first: it need not wait for those that are asked without this.
        """
        now = self._look()
        gap = SECOND / self.per_second
        # A bucket that has long been full holds no more than `AT_ONCE`.
        full = now - (AT_ONCE - 1) * gap
        last = max(self._next, full)
        due = max(self._next_first, full) if first else last
        self._next = last + gap
        if first:
            self._next_first = due + gap
        if due > now:
            await self._sleep(round(due - now))

    def answered(self) -> None:
        """Note an answer that was no refusal."""
        self.per_second = min(PER_SECOND, self.per_second + _GROWTH)

    def refused(self, rest: int) -> None:
        """Note that the provider finds us too fast: half as fast from here on, and nothing for `rest` milliseconds."""
        now = self._look()
        if self._cut_at is None or now - self._cut_at >= _CUT_EVERY:
            self.per_second = max(LEAST_PER_SECOND, self.per_second / 2)
            self._cut_at = now
        self._next = max(self._next, now + rest)
        self._next_first = max(self._next_first, now + rest)

    def _look(self) -> int:
        """Return the time; what was planned by a clock that has been put back since is forgotten."""
        now = self._now()
        if now < self._seen - _PUT_BACK:
            self._next = self._next_first = now
            self._cut_at = None
        self._seen = now
        return now


class PacedTransport(httpx.AsyncBaseTransport):
    """Lets each GET wait for its turn, each try of it by itself; everything else passes at once."""

    def __init__(self, inner: httpx.AsyncBaseTransport, pace: ReadingPace, now: Callable[[], int]) -> None:
        """Wrap a transport.

        Args:
            inner: what really sends.
            pace: whose turn it is.
            now: UTC milliseconds.
        """
        self._inner = inner
        self._pace = pace
        self._now = now

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request in its turn.

        Raises:
            httpx.TransportError: the inner transport's.
        """
        if request.method == "GET":
            await self._pace.turn(first=GOES_FIRST in request.extensions)
        response = await self._inner.handle_async_request(request)
        if response.status_code == _TOO_MANY:
            asked = retry_after_ms(response.headers, self._now()) or 0
            self._pace.refused(min(asked, _LONGEST_REST))
        else:
            self._pace.answered()
        return response

    @override
    async def aclose(self) -> None:
        """Close what really sends."""
        await self._inner.aclose()
