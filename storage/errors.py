"""What can go wrong with the database, in our own words."""

from __future__ import annotations

from bot.errors import EgretError
from bot.jobs.ports import StoreUnavailable
from bot.jobs.trouble import Trouble


class StorageError(EgretError):
    """The root of everything the storage raises on purpose, beside `bot.jobs.ports.StoreUnavailable`."""


class BadDatabaseUrl(StorageError):
    """The address of the database cannot be used; the message never holds its password."""


class DatabaseInUse(StorageError):
    """Another process has the database file open."""


class DatabaseCorrupt(StorageError, StoreUnavailable):
    """The database file fails SQLite's own check: nobody starts on it, and who has it open can rely on none of it."""

    def __init__(self, message: str) -> None:
        """Say where, for logs."""
        super().__init__(message, Trouble.DAMAGED)


class SchemaMismatch(StorageError):
    """The database's tables are not the ones this version works with."""


class MigrationFailed(StorageError):
    """The schema could not be brought up to date; the message is the migration's last sentence."""


class EngineMissing(StorageError):
    """The library for this engine is not installed, or is too old."""


class ConstraintViolated(StorageError):
    """A statement broke a rule of the schema, and its transaction was undone.

    Attributes:
        constraint: the rule's name, or its columns as "table.column".
    """

    def __init__(self, constraint: str) -> None:
        """Keep the rule's name; never the values that broke it."""
        super().__init__(f"the schema forbids it: {constraint}")
        self.constraint = constraint


class NothingToBackUp(StorageError):
    """There is no database yet, or one without tables."""


class NotABackup(StorageError):
    """A file is no database that a backup made, or was changed since."""


class NotAFile(StorageError):
    """Asked of a database on a server what only one in a file can do."""
