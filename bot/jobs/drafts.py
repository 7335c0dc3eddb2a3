"""Unfinished requests: kept over restarts, used by their own person only, deleted with their files once expired."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from bot.clock import MINUTE, Clock
from bot.errors import Refusal, Refused
from bot.jobs import schedule
from bot.jobs.model import NewAsset
from bot.jobs.ports import Draft, DraftKind, DraftStore, HeldFile

_AT_ONCE: Final = 50
HELD_PER_PERSON: Final = 256 * 1024 * 1024
"""Bytes of files that one person's unanswered offers and unsent forms keep at most: five of the largest pictures."""


class HeldFiles(Protocol):
    """Keeps what people attached to a request that is not complete yet."""

    async def hold(self, file: NewAsset) -> HeldFile:
        """Fetch a file into the archive as it is.

        Raises:
            Refused: it cannot be fetched, or is too large.
            TryLater: not now.
        """
        ...

    async def discard(self, file: HeldFile) -> None:
        """Delete a held file, if it is there."""
        ...


@dataclass(frozen=True, kw_only=True)
class DraftGone(Refusal):
    """What was offered is no longer there: it was too long ago, or it was taken up or turned down."""


@dataclass(frozen=True, kw_only=True)
class DraftNotYours(Refusal):
    """Only the person it was offered to may take it up."""


@dataclass(frozen=True, kw_only=True)
class FileNotFetched(Refusal):
    """An attached file cannot be fetched: it is gone, or the network or the disk is in trouble."""


@dataclass(frozen=True, kw_only=True)
class TooMuchHeld(Refusal):
    """So many of a person's files wait for an answer already that no more are kept.

    Attributes:
        option: the command's option that the file was given in.
    """

    option: str


def request_key_of(draft_id: str) -> str:
    """Return the request key of what a draft becomes: one draft, one job, whoever of its copies is taken up."""
    return f"d:{draft_id}"


class Drafts:
    """Opens drafts and finds them again."""

    def __init__(self, store: DraftStore, files: HeldFiles, clock: Clock) -> None:
        """Keep the collaborators."""
        self._store = store
        self._files = files
        self._clock = clock
        self._coming: Counter[int] = Counter()

    async def open(
        self,
        kind: DraftKind,
        person_id: int,
        guild_id: int | None,
        payload: str,
        *,
        files: tuple[HeldFile, ...] = (),
        fetched: tuple[HeldFile, ...] = (),
        draft_id: str = "",
    ) -> Draft:
        """Keep an unfinished request; with `draft_id`, in place of the earlier one of that id.

        Args:
            kind: what it is for.
            person_id: whose it is.
            guild_id: where it may be used.
            payload: what its kind keeps.
            files: those that are kept with it, and known to another draft or an earlier one of its id.
            fetched: those that came for it just now: they are deleted where it cannot be kept.
            draft_id: "" for a random one.
        """
        now = self._clock.now()
        draft = Draft(
            id=draft_id or secrets.token_urlsafe(12),
            kind=kind,
            person_id=person_id,
            guild_id=guild_id,
            payload=payload,
            files=(*files, *fetched),
            created_at=now,
            expires_at=now + schedule.DRAFT_LIFETIME,
        )
        try:
            await self._store.put_draft(draft)
        except Exception:
            await self.discard(fetched)
            raise
        return draft

    async def take(self, draft_id: str, kind: DraftKind, person_id: int) -> Draft:
        """Return a draft to its person; it stays until dropped.

        Raises:
            Refused: there is none of that kind, or it is somebody else's.
        """
        draft = await self._store.draft(draft_id, self._clock.now())
        if draft is None or draft.kind is not kind:
            raise Refused(DraftGone())
        if draft.person_id != person_id:
            raise Refused(DraftNotYours())
        return draft

    async def find(self, draft_id: str, kind: DraftKind) -> Draft | None:
        """Return a draft of that kind, whoever's it is."""
        draft = await self._store.draft(draft_id, self._clock.now())
        return draft if draft is not None and draft.kind is kind else None

    async def renew(self, draft: Draft) -> Draft:
        """Keep a draft as it is for as long as one that is opened now."""
        return await self.open(
            draft.kind, draft.person_id, draft.guild_id, draft.payload, files=draft.files, draft_id=draft.id
        )

    async def turn_down(self, draft: Draft) -> None:
        """Forget a draft and its files. One that was taken up is left to expire: its job may still need the files."""
        await self.discard(draft.files)
        await self._store.drop_draft(draft.id)

    async def discard(self, files: Iterable[HeldFile]) -> None:
        """Delete held files that no draft names."""
        for file in files:
            await self._files.discard(file)

    async def hold(self, file: NewAsset, person_id: int) -> HeldFile:
        """Fetch what somebody attached; see `HeldFiles.hold` for what else is raised.

        Raises:
            Refused: too many bytes of theirs are kept already. What is never bought costs nothing but room on the disk,
                and nobody is to fill that for everybody else.
        """
        self._coming[person_id] += file.size
        try:
            held = await self._store.held_bytes(person_id)
            if held + self._coming[person_id] > HELD_PER_PERSON:
                raise Refused(TooMuchHeld(option=file.option))
            return await self._files.hold(file)
        finally:
            self._coming[person_id] -= file.size
            if not self._coming[person_id]:
                del self._coming[person_id]


@dataclass(frozen=True, slots=True)
class DraftSweeper:
    """Deletes expired drafts and the files that were held for them."""

    name: ClassVar[str] = "drafts"
    interval: ClassVar[int] = 5 * MINUTE
    workers: ClassVar[int] = 1

    store: DraftStore
    files: HeldFiles
    clock: Clock

    async def run_once(self) -> int:
        """Delete some; the files first, so that a crash between leaves nothing behind for good."""
        expired = await self.store.expired_drafts(self.clock.now(), _AT_ONCE)
        for draft in expired:
            for file in draft.files:
                await self.files.discard(file)
            await self.store.drop_draft(draft.id)
        return len(expired)
