"""Typed reading of a row's columns; a column of another type than the schema says is a bug and raises."""

from __future__ import annotations

from storage.database import Row


def text(row: Row, column: str) -> str:
    """Return a text column."""
    value = row[column]
    if not isinstance(value, str):
        raise TypeError(column)
    return value


def text_or_none(row: Row, column: str) -> str | None:
    """Return a text column that may be NULL."""
    return None if row[column] is None else text(row, column)


def whole(row: Row, column: str) -> int:
    """Return a whole number."""
    value = row[column]
    if not isinstance(value, int):
        raise TypeError(column)
    return value


def whole_or_none(row: Row, column: str) -> int | None:
    """Return a whole number that may be NULL."""
    return None if row[column] is None else whole(row, column)


def flag(row: Row, column: str) -> bool:
    """Return a flag, stored as 0 or 1."""
    return whole(row, column) == 1
