"""What is taken from each ceiling."""

from __future__ import annotations

from storage.repositories.base import Repository
from storage.rows.columns import whole


class Counters(Repository):
    """Answers what counters stand at."""

    async def used(self, counter: str) -> int:
        """Return what a counter stands at."""
        row = await self._database.row("counter_used", name=counter)
        return 0 if row is None else whole(row, "used")
