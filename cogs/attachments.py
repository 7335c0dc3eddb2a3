"""Attachments as Discord declares them: checked, and described for the job."""

from __future__ import annotations

from typing import Protocol

from bot.clock import SECOND
from bot.jobs.model import AssetRole, NewAsset
from bot.media.declared import DeclaredFile


class Attached(Protocol):
    """A file of a command or message (discord.Attachment), or of a form; `duration` is in seconds."""

    @property
    def filename(self) -> str: ...  # noqa: D102 - the platform's words
    @property
    def content_type(self) -> str | None: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def width(self) -> int | None: ...  # noqa: D102
    @property
    def height(self) -> int | None: ...  # noqa: D102
    @property
    def duration(self) -> float | None: ...  # noqa: D102


def declared(attachment: Attached) -> DeclaredFile:
    """Return what Discord says of a file before a byte of it is fetched."""
    return DeclaredFile(
        filename=attachment.filename,
        content_type=attachment.content_type,
        size=attachment.size,
        width=attachment.width,
        height=attachment.height,
        duration_ms=round(attachment.duration * SECOND) if attachment.duration is not None else None,
    )


def new_asset(attachment: Attached, role: AssetRole) -> NewAsset:
    """Return the file as a job's input; an option has the name of what it brings."""
    return NewAsset(
        role=role,
        url=attachment.url,
        filename=attachment.filename,
        content_type=attachment.content_type or "",
        size=attachment.size,
        option=role.value,
    )
