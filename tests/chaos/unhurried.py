"""Waits for many jobs on a busy machine: time is moved only while nobody works."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.chaos.arena import Arena

_FIRST_STEP: Final = 5
_LONGEST_STEP: Final = 1800
"""Seconds by which time moves."""
_IDLE_SECONDS: Final = 1.5
_BUSY_SECONDS: Final = 15.0
"""For so long what somebody has in hand is waited for; longer than any request that is made here takes."""
_LOOK_SECONDS: Final = 0.1
_PATIENCE: Final = 600


async def until_ended(arena: Arena) -> None:
    """Wait until every job has ended; time is moved only while all that is left waits for its time.

    Whoever has a job in hand while hours pass loses it to another: that is no soak, and has trials of its own.
    """
    step, left, moved_at = _FIRST_STEP, -1, time.monotonic()
    async with asyncio.timeout(_PATIENCE):
        while not await arena.at_rest():
            open_jobs = sum(not job.at_rest for job in await arena.records.jobs(after=arena.first_number))
            if open_jobs != left:
                step, left, moved_at = _FIRST_STEP, open_jobs, time.monotonic()
            elif time.monotonic() - moved_at > (_BUSY_SECONDS if await _in_hand(arena) else _IDLE_SECONDS):
                await arena.advance(step)
                step, moved_at = min(2 * step, _LONGEST_STEP), time.monotonic()
            await asyncio.sleep(_LOOK_SECONDS)


async def _in_hand(arena: Arena) -> bool:
    ((jobs,),) = await arena.records.rows("SELECT COUNT(*) FROM jobs WHERE lease IS NOT NULL")
    ((messages,),) = await arena.records.rows("SELECT COUNT(*) FROM deliveries WHERE lease IS NOT NULL")
    return bool(jobs or messages)
