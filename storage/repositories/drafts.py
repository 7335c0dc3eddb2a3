"""Unfinished requests."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs.ports import Draft
from storage.repositories.base import Repository
from storage.rows.columns import text
from storage.rows.drafts import draft_from, draft_values, files_from


class Drafts(Repository):
    """Keeps drafts until they are taken up or expire."""

    async def put_draft(self, draft: Draft) -> None:
        """Keep a draft, in place of an earlier one of the same id."""
        await self._database.run("put_draft", **draft_values(draft))

    async def draft(self, draft_id: str, now: int) -> Draft | None:
        """Return a draft, None where there is none or it has expired."""
        row = await self._database.row("draft_by_id", id=draft_id, now=now)
        return None if row is None else draft_from(row)

    async def held_bytes(self, person_id: int) -> int:
        """Return how many bytes the files of a person's drafts have, expired ones included until they are dropped."""
        rows = await self._database.rows("files_of_drafts", person_id=person_id)
        return sum(file.size for row in rows for file in files_from(text(row, "files")))

    async def drop_draft(self, draft_id: str) -> None:
        """Forget a draft."""
        await self._database.run("drop_draft", id=draft_id)

    async def expired_drafts(self, now: int, limit: int) -> Sequence[Draft]:
        """Return drafts that have expired, oldest first; they stay until dropped."""
        return [draft_from(row) for row in await self._database.rows("expired_drafts", now=now, limit=limit)]
