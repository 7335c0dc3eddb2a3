"""The files of a reply: what each is, and as the input of a job."""

from __future__ import annotations

import mimetypes
from typing import Final

import discord

from bot.catalog import AudioFacts
from bot.jobs.model import AssetRole, NewAsset
from bot.media.declared import check_declared_audio, check_declared_image
from bot.media.limits import MediaLimits
from bot.replies import FileKind, ReplyFile
from cogs.attachments import declared, new_asset

_SAYS_NOTHING: Final = frozenset({"", "application/octet-stream"})
_KINDS: Final = {"audio": FileKind.AUDIO, "image": FileKind.IMAGE, "video": FileKind.VIDEO}


def files_of(message: discord.Message) -> tuple[ReplyFile, ...]:
    """Return what each attachment is, as Discord declares it."""
    return tuple(ReplyFile(_kind(attachment, voice=message.flags.voice)) for attachment in message.attachments)


def picture(attachment: discord.Attachment, limits: MediaLimits) -> NewAsset:
    """Return an attached picture as the first frame of a clip.

    Raises:
        Refused: what Discord says of it rules it out.
    """
    check_declared_image(declared(attachment), AssetRole.IMAGE.value, limits)
    return new_asset(attachment, AssetRole.IMAGE)


def recording(attachment: discord.Attachment, limits: MediaLimits) -> tuple[NewAsset, AudioFacts]:
    """Return an attached recording as what a clip shall speak, and its facts.

    Raises:
        Refused: what Discord says of it rules it out.
    """
    facts = check_declared_audio(declared(attachment), AssetRole.AUDIO.value, limits)
    return new_asset(attachment, AssetRole.AUDIO), facts


def _kind(attachment: discord.Attachment, *, voice: bool) -> FileKind:
    content_type = (attachment.content_type or "").partition(";")[0].strip().lower()
    if content_type in _SAYS_NOTHING:
        content_type = mimetypes.guess_type(attachment.filename)[0] or ""
    if content_type == "application/ogg":
        content_type = "audio/ogg"
    kind = _KINDS.get(content_type.partition("/")[0], FileKind.OTHER)
    return FileKind.VOICE_MESSAGE if voice and kind is FileKind.AUDIO else kind
