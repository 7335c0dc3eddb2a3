"""Attachments as Discord declares them: checked, and described for the job."""

from __future__ import annotations

import discord

from bot.clock import SECOND
from bot.jobs.model import AssetRole, NewAsset
from bot.media.declared import DeclaredFile


def declared(attachment: discord.Attachment) -> DeclaredFile:
    """Return what Discord says of a file before a byte of it is fetched."""
    return DeclaredFile(
        filename=attachment.filename,
        content_type=attachment.content_type,
        size=attachment.size,
        width=attachment.width,
        height=attachment.height,
        duration_ms=round(attachment.duration * SECOND) if attachment.duration is not None else None,
    )


def new_asset(attachment: discord.Attachment, role: AssetRole) -> NewAsset:
    """Return the file as a job's input; an option has the name of what it brings."""
    return NewAsset(
        role=role,
        url=attachment.url,
        filename=attachment.filename,
        content_type=attachment.content_type or "",
        size=attachment.size,
        option=role.value,
    )
