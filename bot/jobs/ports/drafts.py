"""What the core needs of a store for unfinished requests: an unanswered offer, an unsent form, a chosen file.

A draft outlives a restart, so a button or a form that names one still works after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class DraftKind(StrEnum):
    """What a draft is for."""

    OFFER = "offer"
    """A request with its price, waiting for Run or No."""
    FORM = "form"
    """A modal, as it was opened or as it was typed."""
    SOURCE = "source"
    """A file or clip chosen for the person's next command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file in the archive that belongs to no job yet.

    Attributes:
        asset_id: names it in the archive, together with `extension`.
        filename: its name as the person knows it.
        content_type: as Discord declared it.
        size: in bytes.
    """

    asset_id: str
    extension: str
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An unfinished request.

    Attributes:
        id: at most 32 letters, digits, "-" and "_"; part of custom ids.
        person_id: whose it is; nobody else may use it.
        guild_id: where it may be used; None for direct messages.
        payload: JSON that only the writer of its kind reads.
        expires_at: from then on it does not exist; its files are deleted some time after.
    """

    id: str
    kind: DraftKind
    person_id: int
    guild_id: int | None
    payload: str = field(repr=False)
    files: tuple[HeldFile, ...] = ()
    created_at: int
    expires_at: int


class DraftStore(Protocol):
    """Keeps drafts; each method is one transaction."""

    async def put_draft(self, draft: Draft) -> None:
        """Keep a draft, in place of an earlier one of the same id."""
        ...

    async def draft(self, draft_id: str, now: int) -> Draft | None:
        """Return a draft, None where there is none or it has expired."""
        ...

    async def held_bytes(self, person_id: int) -> int:
        """Return how many bytes the files of a person's drafts have, expired ones included until they are dropped."""
        ...

    async def drop_draft(self, draft_id: str) -> None:
        """Forget a draft."""
        ...

    async def expired_drafts(self, now: int, limit: int) -> Sequence[Draft]:
        """Return drafts that have expired, oldest first; they stay until dropped."""
        ...
