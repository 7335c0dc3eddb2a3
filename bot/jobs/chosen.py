"""What a person chose with "Use as source": a picture, a recording or a clip for what they do next.

The rule, so that nothing surprises: a chosen source never gets into a request by itself. It is used by a button under
the answer that said it is chosen, by the option `use_source`, or by picking the clip, which then stands first in the
lists of `video`. It belongs to one person on one server, there is one at a time (a new choice replaces it), what is
bought with it uses it up, and a day after it was last taken up it is gone. Files are kept on our side from the moment
of choosing, because Discord's addresses die.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import structlog

from bot.catalog import AudioFacts
from bot.errors import Refusal, Refused
from bot.jobs.drafts import DraftGone, Drafts
from bot.jobs.model import AssetRole, Job, NewAsset, kept_url
from bot.jobs.ports import Draft, DraftKind, HeldFile, StoreUnavailable
from bot.jobs.requests import ExtendRequest, LipsyncRequest, Origin, Request, RerunRequest, VideoRequest

_VERSION: Final = 1

log = structlog.get_logger(__name__)


class ChosenKind(StrEnum):
    """What can be chosen."""

    IMAGE = "image"
    AUDIO = "audio"
    CLIP = "clip"


@dataclass(frozen=True, kw_only=True)
class SourceNotChosen(Refusal):
    """Nothing is chosen that would do.

    Attributes:
        wanted: the kind that was needed.
        found: the kind that is chosen; "" for nothing.
    """

    option: str = "use_source"
    wanted: str
    found: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceAndFile(Refusal):
    """A chosen source and a file attached for the same purpose; `other` is the file's option."""

    option: str = "use_source"
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A chosen source.

    Attributes:
        mark: tells this choice from a later one of the same person.
        job_id: the clip's, "" for a file.
        duration_ms: of a recording, None where Discord did not tell.
    """

    draft: Draft
    kind: ChosenKind
    mark: str
    job_id: str = ""
    duration_ms: int | None = None

    @property
    def file(self) -> HeldFile:
        """Return the picture or recording.

        Raises:
            Refused: it is not there.
        """
        if not self.draft.files:
            raise Refused(DraftGone())
        return self.draft.files[0]

    def asset(self) -> NewAsset:
        """Return the file as an input of a job; what it raises is what `file` raises."""
        role = AssetRole.AUDIO if self.kind is ChosenKind.AUDIO else AssetRole.IMAGE
        return NewAsset(
            role=role,
            url=kept_url(self.file.asset_id, self.file.extension),
            filename=self.file.filename,
            content_type=self.file.content_type,
            size=self.file.size,
            option=role.value,
        )

    def is_among(self, files: tuple[NewAsset, ...]) -> bool:
        """Tell whether one of a request's files is the chosen one."""
        urls = {kept_url(held.asset_id, held.extension) for held in self.draft.files}
        return any(file.url in urls for file in files)

    def audio_facts(self) -> AudioFacts:
        """Return what is known of the recording; what it raises is what `file` raises."""
        return AudioFacts(extension=self.file.extension, size_bytes=self.file.size, duration_ms=self.duration_ms)


class ChosenSources:
    """Keeps them; a person's choice on a server has an id that follows from both."""

    def __init__(self, drafts: Drafts) -> None:
        """Keep the drafts."""
        self._drafts = drafts

    async def choose_clip(self, person_id: int, job: Job) -> Chosen:
        """Let a clip be what a person uses next, on the clip's server."""
        return await self._choose(person_id, job.place.guild_id, ChosenKind.CLIP, job_id=job.id)

    async def choose_file(
        self, person_id: int, guild_id: int | None, file: NewAsset, duration_ms: int | None = None
    ) -> Chosen:
        """Fetch a picture or a recording, and let it be what a person uses next; raises what `Drafts.hold` does."""
        held = await self._drafts.hold(file, person_id)
        kind = ChosenKind.AUDIO if file.role is AssetRole.AUDIO else ChosenKind.IMAGE
        return await self._choose(person_id, guild_id, kind, files=(held,), duration_ms=duration_ms)

    async def find(self, person_id: int, guild_id: int | None) -> Chosen | None:
        """Return what a person has chosen on a server."""
        draft = await self._drafts.find(_draft_id(person_id, guild_id), DraftKind.SOURCE)
        return _read(draft) if draft is not None else None

    async def wanted(self, person_id: int, guild_id: int | None, kind: ChosenKind) -> Chosen:
        """Return what a person has chosen, which must be of a kind.

        Raises:
            Refused: it is not, or nothing is chosen.
        """
        found = await self.find(person_id, guild_id)
        if found is None or found.kind is not kind:
            raise Refused(SourceNotChosen(wanted=kind.value, found=found.kind.value if found is not None else ""))
        return found

    async def take(self, draft_id: str, mark: str, person_id: int) -> Chosen:
        """Return the choice that a button names, to its person.

        Raises:
            Refused: it was used, replaced or forgotten, or it is somebody else's.
        """
        found = _read(await self._drafts.take(draft_id, DraftKind.SOURCE, person_id))
        if found is None or found.mark != mark:
            raise Refused(DraftGone())
        return found

    async def renew(self, chosen: Chosen) -> None:
        """Keep a choice for as long as a form or an offer that has just begun from it."""
        await self._drafts.renew(chosen.draft)

    async def used_by(self, origin: Origin, request: Request) -> None:
        """Note what a person's request used that was bought; raises nothing, for the clip is on its way."""
        if isinstance(request, VideoRequest) and not request.files:
            return
        try:
            chosen = await self.find(origin.requester_id, origin.place.guild_id)
            if chosen is not None and _uses(request, chosen):
                await self._put_by(chosen)
        except StoreUnavailable as error:
            log.warning("chosen_source_not_used_up", error=repr(error))

    async def forget(self, chosen: Chosen) -> None:
        """Let a choice be no longer there, nor its file: what has begun from it cannot be finished."""
        await self._drafts.turn_down(chosen.draft)

    async def _choose(
        self,
        person_id: int,
        guild_id: int | None,
        kind: ChosenKind,
        *,
        job_id: str = "",
        files: tuple[HeldFile, ...] = (),
        duration_ms: int | None = None,
    ) -> Chosen:
        before = await self.find(person_id, guild_id)
        if before is not None:
            await self._put_by(before)
        mark = secrets.token_hex(4)
        payload = {"version": _VERSION, "kind": kind.value, "mark": mark, "job": job_id, "duration_ms": duration_ms}
        draft = await self._drafts.open(
            DraftKind.SOURCE,
            person_id,
            guild_id,
            json.dumps(payload),
            fetched=files,
            draft_id=_draft_id(person_id, guild_id),
        )
        return Chosen(draft=draft, kind=kind, mark=mark, job_id=job_id, duration_ms=duration_ms)

    async def _put_by(self, chosen: Chosen) -> None:
        """Let a choice be no longer there; its file stays for a day: a job, a form or an offer may need it still."""
        draft = chosen.draft
        if draft.files:
            await self._drafts.open(DraftKind.SOURCE, draft.person_id, draft.guild_id, "{}", files=draft.files)
        await self._drafts.turn_down(replace(draft, files=()))


def _uses(request: Request, chosen: Chosen) -> bool:
    match request:
        case VideoRequest(files=files):
            return chosen.is_among(files)
        case LipsyncRequest(source_id=source, audio=audio):
            return source == chosen.job_id or chosen.is_among((audio,) if audio is not None else ())
        case ExtendRequest(source_id=source):
            return source == chosen.job_id
        case RerunRequest():
            return False


def _draft_id(person_id: int, guild_id: int | None) -> str:
    digest = hashlib.blake2b(f"{person_id}:{guild_id or 0}".encode(), digest_size=12).hexdigest()
    return f"src-{digest}"


def _read(draft: Draft) -> Chosen | None:
    kept = json.loads(draft.payload)
    if kept.get("version") != _VERSION:
        return None
    return Chosen(
        draft=draft,
        kind=ChosenKind(kept["kind"]),
        mark=kept["mark"],
        job_id=kept["job"],
        duration_ms=kept["duration_ms"],
    )
