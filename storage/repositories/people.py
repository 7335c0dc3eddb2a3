"""What people chose, what they like and what they reported."""

from __future__ import annotations

from collections.abc import Mapping

from storage.database import Session, Value
from storage.repositories.base import Repository
from storage.rows.columns import text


class People(Repository):
    """Keeps people's choices."""

    async def preferences(self, person_id: int, guild_id: int) -> Mapping[str, str]:
        """Return what a person chose for a server, or EVERYWHERE, by name."""
        rows = await self._database.rows("preferences_of_person", person_id=person_id, guild_id=guild_id)
        return {text(row, "name"): text(row, "value") for row in rows}

    async def set_preferences(self, person_id: int, guild_id: int, values: Mapping[str, str | None]) -> None:
        """Keep choices; None takes one back, names that are not given keep theirs."""
        whose: dict[str, Value] = {"person_id": person_id, "guild_id": guild_id}
        # In one order, so that two who save at once never wait for each other.
        kept = [{**whose, "name": name, "value": value} for name, value in sorted(values.items()) if value is not None]
        dropped = [{**whose, "name": name} for name, value in sorted(values.items()) if value is None]

        async def work(session: Session) -> None:
            await session.many("set_preference", kept)
            await session.many("drop_preference", dropped)

        await self._database.transaction(work)

    async def set_favourite(self, person_id: int, job_id: str, on: bool, now: int) -> None:
        """Put a clip among a person's favourites, or take it out."""
        if on:
            await self._database.run("add_favourite", person_id=person_id, job_id=job_id, now=now)
        else:
            await self._database.run("drop_favourite", person_id=person_id, job_id=job_id)

    async def is_favourite(self, person_id: int, job_id: str) -> bool:
        """Tell whether a clip is among a person's favourites."""
        return await self._database.row("is_favourite", person_id=person_id, job_id=job_id) is not None

    async def report(self, job_id: str, person_id: int, reason: str, now: int) -> bool:
        """Keep a report of a clip; False where this person had reported it before (the first reason stays)."""
        row = await self._database.row("insert_report", job_id=job_id, person_id=person_id, reason=reason, now=now)
        return row is not None
