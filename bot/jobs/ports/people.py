"""What the core needs of a store about people: what they chose, what they like, what they reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

EVERYWHERE: Final = 0
"""In place of a server's id: a choice that holds on every server and in direct messages."""
BY_DISCORD: Final = 0
"""In place of the id of who reports a clip: Discord's own filters."""


class PeopleStore(Protocol):
    """Keeps people's choices; each method is one transaction."""

    async def preferences(self, person_id: int, guild_id: int) -> Mapping[str, str]:
        """Return what a person chose for a server, or EVERYWHERE, by name."""
        ...

    async def set_preferences(self, person_id: int, guild_id: int, values: Mapping[str, str | None]) -> None:
        """Keep choices; None takes one back, names that are not given keep theirs."""
        ...

    async def set_favourite(self, person_id: int, job_id: str, on: bool, now: int) -> None:
        """Put a clip among a person's favourites, or take it out."""
        ...

    async def is_favourite(self, person_id: int, job_id: str) -> bool:
        """Tell whether a clip is among a person's favourites."""
        ...

    async def report(self, job_id: str, person_id: int, reason: str, now: int) -> bool:
        """Keep a report of a clip; False where this person had reported it before (the first reason stays)."""
        ...
