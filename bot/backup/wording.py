"""Sizes and instants as the command line shows them."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.clock import SECOND


def size(number: int) -> str:
    """Return a number of bytes for people."""
    if number >= 1_000_000_000:
        return f"{number / 1e9:,.1f} GB"
    return f"{number / 1e6:,.1f} MB" if number >= 1_000_000 else f"{-(-number // 1000):,} kB"


def instant(at: int) -> str:
    """Return an instant for people."""
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d %H:%M:%S} UTC"


def stamp(at: int) -> str:
    """Return an instant for the name of a file; names sort by it."""
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y%m%dT%H%M%SZ}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
