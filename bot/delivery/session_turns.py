"""Sessions that begin one after the other, whichever process begins them.

Source: developers/events/gateway, "Sharding" and `session_start_limit`.
"""

from __future__ import annotations

import secrets
from typing import Final, Protocol

import structlog

from bot.clock import SECOND, Clock
from bot.jobs.ports import StoreUnavailable

APART: Final = 5 * SECOND + 500
"""Discord lets `max_concurrency` sessions begin in five seconds; a little more, as not every socket opens as fast."""
_SPREAD: Final = 200
"""Milliseconds, at most, that whoever waits waits on, so that not all of them look at once."""

log = structlog.get_logger(__name__)


class TurnStore(Protocol):
    """Lets processes take turns."""

    async def claim_turn(self, name: str, now: int, until: int) -> int | None:
        """Take a turn that ends at `until`; None where it is taken, else when somebody else's ends."""
        ...


class StoredTurns:
    """Turns that every process on one database takes together."""

    def __init__(self, store: TurnStore, clock: Clock) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock

    async def wait(self, shard_id: int, at_once: int) -> None:
        """Return when a shard may begin a session.

        Args:
            shard_id: which.
            at_once: `max_concurrency`: shards whose numbers differ by it wait for each other.
        """
        place = f"identify:{shard_id % max(1, at_once)}"
        while True:
            now = self._clock.now()
            try:
                free_at = await self._store.claim_turn(place, now, now + APART)
            except StoreUnavailable:
                # Nobody can be asked. Discord turns away who comes too soon, and that is tried again.
                log.warning("session_turn_unknown", shard=shard_id)
                await self._clock.sleep(APART)
                return
            if free_at is None:
                return
            await self._clock.sleep(max(0, min(free_at - now, APART)) + secrets.randbelow(_SPREAD))
