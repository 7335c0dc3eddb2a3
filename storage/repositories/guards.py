"""Sets of states as the numbered parameters of a statement's `state IN (…)`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from storage.database import Value


def numbered(name: str, states: Iterable[StrEnum], places: int) -> dict[str, Value]:
    """Return the states as `name_1` to `name_{places}`; where there are fewer, the last is repeated.

    Raises:
        ValueError: there are none, or more than places.
    """
    words = sorted(states)
    if not 0 < len(words) <= places:
        raise ValueError(f"{len(words)} states for {places} places")
    return {f"{name}_{place + 1}": words[min(place, len(words) - 1)].value for place in range(places)}
