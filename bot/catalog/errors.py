"""What can be wrong with the catalogue itself: the owner's to mend, at start."""

from __future__ import annotations

from bot.errors import EgretError


class CatalogueError(EgretError):
    """The catalogue cannot be built."""


class OwnerFileError(CatalogueError):
    """The owner's file has a fault; the message names the row and the field."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class DefaultModelUnknown(CatalogueError):
    """DEFAULT_MODEL names no row."""

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        super().__init__(f"DEFAULT_MODEL is {key!r}, which is no model; there are {', '.join(known)}")
        self.key = key
        self.known = known
