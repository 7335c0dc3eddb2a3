"""Turns: what only one process at a time may do, and what they do one after the other."""

from __future__ import annotations

from typing import Final

from storage.repositories.base import Repository
from storage.rows.columns import text

_KEY: Final = "turn:"
_LONGEST: Final = 10 * 60 * 1000
"""Milliseconds; a turn that ends later than that was taken by a clock that was ahead."""


class Turns(Repository):
    """Lets processes take turns.

    A turn ends by itself, so that a process that dies in the middle of it holds nobody up for long.
    """

    async def claim_turn(self, name: str, now: int, until: int) -> int | None:
        """Take a turn that ends at `until`; None where it is taken, else when somebody else's ends.

        Args:
            name: what for.
            now: UTC milliseconds, as every instant here.
            until: when it ends by itself, at most ten minutes from now.
        """
        taken = await self._database.row(
            "claim_turn", key=_KEY + name, now=now, until=str(until), latest=now + _LONGEST
        )
        if taken is not None:
            return None
        held = await self._database.row("meta_value", key=_KEY + name)
        return now if held is None else int(text(held, "value"))

    async def end_turn(self, name: str, until: int, free_at: int | None = None) -> None:
        """End a turn that was taken until then; nothing where it has passed to somebody else.

        Args:
            name: what for.
            until: when it would have ended by itself.
            free_at: when the next may begin, where that is not at once.
        """
        if free_at is None:
            await self._database.run("end_turn", key=_KEY + name, until=str(until))
        else:
            await self._database.run("shorten_turn", key=_KEY + name, until=str(until), free_at=str(free_at))
