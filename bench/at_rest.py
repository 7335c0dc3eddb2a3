"""What bots have used of the processor once all that follows from their work is done.

A clip that has arrived is not all: it is written down that it did, and its card is drawn a few seconds later. So what
is read is what had been used when the last of that was done, not what is used by waiting to see that nothing follows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from bench.failure import BenchFailed
from bench.processes_seen import cpu_seconds
from bench.stage import PATIENCE, Stage

REST: Final = 3.5
"""Seconds without a request or work after which nothing more is expected: the card of a clip that was posted is drawn
within one."""
_LOOK: Final = 0.25
_IDLE: Final = 0.2
"""The share of a processor that a bot at rest does not exceed from one look to the next."""


async def cpu_at_rest(stage: Stage, pids: Sequence[int]) -> float:
    """Wait until bots are at rest; return the processor time that they had used when they came to it, in seconds.

    Raises:
        BenchFailed: they never come to rest, or one has ended.
    """
    deadline = time.monotonic() + PATIENCE
    requests, used = await _requests(stage), _cpu(pids)
    quiet_since, reached = time.monotonic(), used
    busy = True
    while True:
        await asyncio.sleep(_LOOK)
        before, (requests_now, used_now) = (requests, used), (await _requests(stage), _cpu(pids))
        now = time.monotonic()
        if requests_now != before[0] or used_now - before[1] > _IDLE * _LOOK * len(pids):
            busy = True
        elif busy:
            # The first look that finds nothing new ends what was done.
            busy, quiet_since, reached = False, now, used_now
        requests, used = requests_now, used_now
        if not busy and now - quiet_since >= REST:
            return reached
        if now > deadline:
            raise BenchFailed(f"the bots are not at rest after {PATIENCE:g} s")


def _cpu(pids: Sequence[int]) -> float:
    return sum(cpu_seconds(pid) for pid in pids)


async def _requests(stage: Stage) -> int:
    """Return how many requests reached Discord and the provider; a look at the account or its history is no work."""
    asked = (await stage.provider.summary()).requests
    return (await stage.traffic()).requests + sum(asked.get(route, 0) for route in ("create", "get", "output"))
