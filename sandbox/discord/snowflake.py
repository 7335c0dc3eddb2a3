"""Snowflakes: Discord's ids, whose upper bits are the instant they were made (developers/reference, "Snowflakes")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.discord.clock import Clock

EPOCH: Final = 1_420_070_400_000
"""2015-01-01 in UTC milliseconds, where Discord's ids begin."""


def created_at(snowflake: int) -> int:
    """Return when an id was made, in UTC milliseconds."""
    return (snowflake >> 22) + EPOCH


class SnowflakeSource:
    """Makes unique, strictly increasing ids from the sandbox's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """Return an id made from now."""
        self._last = max(self._last + 1, (self._clock.now() - EPOCH) << 22)
        return self._last

    def next_on(self, shard: tuple[int, int]) -> int:
        """Return an id, made from now or a few milliseconds later, that falls onto a shard.

        Args:
            shard: which of how many (developers/events/gateway, "Sharding").
        """
        wanted, count = shard
        instant = (self.next() >> 22) + 1
        instant += (wanted - instant) % count
        self._last = instant << 22
        return self._last
