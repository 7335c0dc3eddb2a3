"""What became of each of discord.py's tries of one request: a refusal of the last says nothing of those before it.

discord.py (2.7.1) repeats a request by itself that was answered 500, 502, 504 or 524 (interactions' answers: any 5xx),
or whose connection was reset. An earlier try may have been carried out all the same, and only its answer was lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Final

import aiohttp
import discord

from bot.clock import MINUTE, Clock, SystemClock
from bot.delivery.answers import Verdict, judge

_REFUSALS: Final = range(400, 500)
_REPEATS_WITHIN: Final = 2 * MINUTE
"""How long after its first try a request in doubt is repeated. Discord knows a nonce again for a few minutes (platform
notes §5); where each try takes as long as a proxy waits for its answer, the last would post a second time."""


class NotRepeated(Exception):
    """It is too late for discord.py to repeat a request of which nobody knows whether it was carried out."""


@dataclass(slots=True)
class Tries:
    """The tries of one request.

    Attributes:
        clock: tells how long ago the first was.
        made: how many were begun.
        refused: how many of them were answered with a refusal: nothing was done.
        began_at: when the first was begun.
    """

    clock: Clock = field(default_factory=SystemClock)
    made: int = 0
    refused: int = 0
    began_at: int = 0

    def begin(self) -> None:
        """Count one more.

        Raises:
            NotRepeated: its nonce may be forgotten by now.
        """
        now = self.clock.now()
        if not self.made:
            self.began_at = now
        elif self.made > self.refused and abs(now - self.began_at) > _REPEATS_WITHIN:
            raise NotRepeated
        self.made += 1

    def settle(self, error: discord.DiscordException) -> bool:
        """Tell whether a request's last answer settles what became of all of it: every try was refused.

        One answer settles it whatever went before: that the message was posted, and deleted since.
        """
        if judge(error) is Verdict.POSTED_AND_DELETED:
            return True
        # discord.py may keep a request back for a rate limit that it knows of, but nobody else refuses one unmade:
        # then the client's tries are not counted, and nothing is known of them.
        return self.made == self.refused and (self.made > 0 or isinstance(error, discord.RateLimited))


_counted: ContextVar[Tries | None] = ContextVar("tries", default=None)


@contextmanager
def counted(clock: Clock | None = None) -> Iterator[Tries]:
    """Count the tries of the one request that is begun within, if the client's session is traced for it.

    Args:
        clock: tells how long ago the first was; the machine's unless given.
    """
    tries = Tries(clock or SystemClock())
    token = _counted.set(tries)
    try:
        yield tries
    finally:
        _counted.reset(token)


def count_tries(trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
    """Return the trace of a client's HTTP session, which counts tries from now on."""
    if _begun not in trace.on_request_start:
        trace.on_request_start.append(_begun)
        trace.on_request_end.append(_answered)
    return trace


async def _begun(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, _request: aiohttp.TraceRequestStartParams
) -> None:
    tries = _counted.get()
    if tries is not None:
        tries.begin()


async def _answered(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, request: aiohttp.TraceRequestEndParams
) -> None:
    tries = _counted.get()
    if tries is not None and request.response.status in _REFUSALS:
        tries.refused += 1
