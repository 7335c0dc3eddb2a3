"""What keeps the bot from writing down what it is asked, known without asking the database.

What cannot be written down must not be promised: while there is such trouble, new work is refused in words. Work that
was promised before goes on as far as it can, and is written down once that is possible again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Refusal


class Trouble(StrEnum):
    """What is the matter; worded by `bot.ui.troubles`."""

    DISK_FULL = "disk_full"
    LOCKED = "locked"
    """Another program keeps the database to itself."""
    DAMAGED = "damaged"
    """The database's file is not as SQLite left it; only a backup mends that."""
    UNWRITABLE = "unwritable"
    """The disk is read-only, or fails."""
    AWAY = "away"
    """The database's server cannot be reached, or refuses."""
    NO_DESCRIPTORS = "no_descriptors"
    """The process has as many files and connections open as it may."""


@dataclass(frozen=True, kw_only=True)
class NotWritable(Refusal):
    """What was asked cannot be written down, so it is not taken."""

    trouble: Trouble


@dataclass(frozen=True, kw_only=True)
class PerhapsWritten(Refusal):
    """What was asked may have been written down before that went wrong."""

    trouble: Trouble


class Standing:
    """How the process stands with its database and its disk, as of the last time that either was used.

    Attributes:
        disk: what is wrong with where files are kept.
        descriptors: whether the process can open nothing more.
    """

    def __init__(self) -> None:
        """Everything is well until something shows that it is not."""
        self.disk: Trouble | None = None
        self.descriptors = False
        self._database: Trouble | None = None

    @property
    def database(self) -> Trouble | None:
        """Return what is wrong with the database."""
        return self._database

    @property
    def refuses(self) -> Trouble | None:
        """Return why nothing new can be taken, None where it can."""
        return self._database or self.disk

    @property
    def trouble(self) -> Trouble | None:
        """Return what the owner has to know of."""
        return self.refuses or (Trouble.NO_DESCRIPTORS if self.descriptors else None)

    def failed(self, trouble: Trouble) -> None:
        """Note that the database could not be used; damage stays until the process is started anew."""
        if self._database is not Trouble.DAMAGED:
            self._database = trouble

    def written(self) -> None:
        """Note that the database could be written."""
        if self._database is not Trouble.DAMAGED:
            self._database = None
