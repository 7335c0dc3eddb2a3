"""What every repository has."""

from __future__ import annotations

from bot.clock import Clock
from bot.jobs.ports import Observer, Unobserved
from storage.database import Database


class Repository:
    """Part of the store: a few methods over one database.

    Attributes:
        observer: is told what was committed.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep the database and the clock; the store's parts share both."""
        self._database = database
        self._clock = clock
        self.observer: Observer = Unobserved()
