"""What every repository has."""

from __future__ import annotations

from bot.clock import Clock
from storage.database import Database


class Repository:
    """Part of the store: a few methods over one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep the database and the clock; the store's parts share both."""
        self._database = database
        self._clock = clock
