"""The table `drafts`."""

from __future__ import annotations

import json
from dataclasses import asdict

from bot.jobs.ports import Draft, DraftKind, HeldFile
from storage.database import Row, Value
from storage.rows.columns import text, whole, whole_or_none


def draft_from(row: Row) -> Draft:
    """Return a row of `drafts`."""
    return Draft(
        id=text(row, "id"),
        kind=DraftKind(text(row, "kind")),
        person_id=whole(row, "person_id"),
        guild_id=whole_or_none(row, "guild_id"),
        payload=text(row, "payload"),
        files=files_from(text(row, "files")),
        created_at=whole(row, "created_at"),
        expires_at=whole(row, "expires_at"),
    )


def files_from(stored: str) -> tuple[HeldFile, ...]:
    """Return the files of a draft."""
    return tuple(HeldFile(**file) for file in json.loads(stored))


def draft_values(draft: Draft) -> dict[str, Value]:
    """Return what the statement `put_draft` takes."""
    return {
        "id": draft.id,
        "kind": draft.kind.value,
        "person_id": draft.person_id,
        "guild_id": draft.guild_id,
        "payload": draft.payload,
        "files": json.dumps([asdict(file) for file in draft.files], ensure_ascii=False),
        "created_at": draft.created_at,
        "expires_at": draft.expires_at,
    }
