"""Uploaded files: pairing `files[n]` with their `attachments` entries, limits, and what becomes of them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.discord import errors
from sandbox.discord.media_facts import examine
from sandbox.discord.state import SPOILER_ATTACHMENT, Attachment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.bodies.messages import AttachmentEntry
    from sandbox.discord.cdn import Cdn
    from sandbox.discord.world import World

MAX_FILES: Final = 10
_PART: Final = re.compile(r"files\[(\d{1,2})\]")


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it came: the part's name (`files[n]`), the file's name and its bytes."""

    part: str
    filename: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Destination:
    """Where files are uploaded to: the CDN folder, whether ephemeral, and the greatest size in bytes of each."""

    folder: int
    limit: int
    ephemeral: bool = False


def clean_name(filename: str) -> str:
    """Return a file name as Discord keeps it: spaces become underscores, other odd characters go."""
    kept = re.sub(r"[^\w.\-]", "", filename.replace(" ", "_"), flags=re.ASCII)
    return kept.strip(".") or "unknown"


class Uploads:
    """Takes files in and makes attachments of them."""

    def __init__(self, world: World, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn

    async def accept(self, file: UploadedFile, destination: Destination) -> Attachment:
        """Store one file.

        Raises:
            ApiError: it is larger than allowed (40005).
        """
        if len(file.data) > destination.limit:
            raise errors.too_large()
        filename = clean_name(file.filename)
        facts = await asyncio.to_thread(examine, filename, file.data)
        attachment = Attachment(
            self._world.new_id(),
            filename,
            file.data,
            facts.content_type,
            destination.folder,
            facts.width,
            facts.height,
            facts.duration_secs,
            ephemeral=destination.ephemeral,
        )
        self._cdn.store(attachment)
        return attachment

    async def pair(
        self,
        files: Sequence[UploadedFile],
        entries: Sequence[AttachmentEntry] | None,
        present: Sequence[Attachment],
        destination: Destination,
    ) -> list[Attachment]:
        """Return a message's attachments: those kept of `present`, then the uploaded ones with their metadata.

        Without `entries` everything present stays and every file is appended (developers/reference, "Editing
        Message Attachments").

        Raises:
            ApiError: too many files, a badly named part, an entry without its file or the reverse (50035), or a
                file over the limit (40005).
        """
        numbered = _numbered(files)
        kept = list(present)
        described: dict[int, AttachmentEntry] = {}
        if entries is not None:
            kept, described = _entries(numbered, entries, present)
        if len(kept) + len(files) > MAX_FILES:
            raise errors.ApiError(400, 30015, "Maximum number of attachments in a message reached (10)")
        if any(len(file.data) > destination.limit for file in files):
            raise errors.too_large()
        for number, file in sorted(numbered.items()):
            attachment = await self.accept(file, destination)
            if number in described:
                _describe(attachment, described[number])
            kept.append(attachment)
        return kept


def _numbered(files: Sequence[UploadedFile]) -> dict[int, UploadedFile]:
    if len(files) > MAX_FILES:
        raise errors.ApiError(400, 30015, "Maximum number of attachments in a message reached (10)")
    numbered: dict[int, UploadedFile] = {}
    for file in files:
        match = _PART.fullmatch(file.part)
        if match is None or int(match.group(1)) in numbered:
            raise errors.invalid_field(("files",), "FILE_PART_NAME", f"Unexpected file part {file.part!r}.")
        numbered[int(match.group(1))] = file
    return numbered


def _entries(
    numbered: dict[int, UploadedFile], entries: Sequence[AttachmentEntry], present: Sequence[Attachment]
) -> tuple[list[Attachment], dict[int, AttachmentEntry]]:
    by_id = {attachment.id: attachment for attachment in present}
    kept: list[Attachment] = []
    described: dict[int, AttachmentEntry] = {}
    for index, entry in enumerate(entries):
        if entry.id in by_id:
            _describe(by_id[entry.id], entry)
            kept.append(by_id[entry.id])
        elif entry.id in numbered:
            described[entry.id] = entry
        else:
            raise errors.invalid_field(
                ("attachments", index, "id"), "ATTACHMENT_NOT_FOUND", "Unknown attachment or missing file."
            )
    for number in numbered:
        if number not in described:
            raise errors.invalid_field(
                ("attachments",), "ATTACHMENT_ENTRY_MISSING", f"files[{number}] has no entry in attachments."
            )
    return kept, described


def _describe(attachment: Attachment, entry: AttachmentEntry) -> None:
    given = entry.model_fields_set
    if entry.filename is not None and "proxy_url" not in given:
        attachment.filename = clean_name(entry.filename)
    if "description" in given:
        attachment.description = entry.description or None
    if entry.title is not None:
        attachment.title = entry.title
    if entry.duration_secs is not None:
        attachment.duration_secs = float(entry.duration_secs)
    if entry.waveform is not None:
        attachment.waveform = entry.waveform
    if entry.is_spoiler is not None:
        attachment.flags &= ~SPOILER_ATTACHMENT
        attachment.flags |= SPOILER_ATTACHMENT if entry.is_spoiler else 0
