"""Checks on what Discord says of an attachment, before a byte of it is fetched.

What can be mended is let through: heavy images are scaled down, foreign formats converted, short recordings filled up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from bot.catalog.follow_ups import CONVERTIBLE_AUDIO, AudioFacts, ImageFacts, check_audio, check_image
from bot.catalog.refusals import AudioFormatNotTaken, ImageTooLarge
from bot.errors import Refused
from bot.media.refusals import FileUnreadable, ImageFormatNotTaken, ImageTooManyPixels
from bot.media.signatures import IMAGE_KINDS, FileKind

if TYPE_CHECKING:
    from bot.media.limits import MediaLimits

_IMAGES: Final = {
    "image/jpeg": FileKind.JPEG,
    "image/jpg": FileKind.JPEG,
    "image/pjpeg": FileKind.JPEG,
    "image/png": FileKind.PNG,
    "image/x-png": FileKind.PNG,
    "image/apng": FileKind.PNG,
    "image/gif": FileKind.GIF,
    "image/webp": FileKind.WEBP,
    "image/heic": FileKind.HEIC,
    "image/heif": FileKind.HEIC,
    "image/avif": FileKind.AVIF,
    "jpg": FileKind.JPEG,
    "jpeg": FileKind.JPEG,
    "jfif": FileKind.JPEG,
    "png": FileKind.PNG,
    "gif": FileKind.GIF,
    "webp": FileKind.WEBP,
    "heic": FileKind.HEIC,
    "heif": FileKind.HEIC,
    "avif": FileKind.AVIF,
}
_AUDIO: Final = {
    "audio/mpeg": FileKind.MP3,
    "audio/mp3": FileKind.MP3,
    "audio/wav": FileKind.WAV,
    "audio/wave": FileKind.WAV,
    "audio/x-wav": FileKind.WAV,
    "audio/vnd.wave": FileKind.WAV,
    "audio/flac": FileKind.FLAC,
    "audio/x-flac": FileKind.FLAC,
    "audio/ogg": FileKind.OGG,
    "audio/opus": FileKind.OGG,
    "audio/vorbis": FileKind.OGG,
    "application/ogg": FileKind.OGG,
    "audio/mp4": FileKind.M4A,
    "audio/m4a": FileKind.M4A,
    "audio/x-m4a": FileKind.M4A,
    "audio/aac": FileKind.AAC,
    "audio/aacp": FileKind.AAC,
    "audio/x-aac": FileKind.AAC,
    "audio/x-hx-aac-adts": FileKind.AAC,
    "video/mp4": FileKind.MP4,
    "mp3": FileKind.MP3,
    "wav": FileKind.WAV,
    "flac": FileKind.FLAC,
    "ogg": FileKind.OGG,
    "oga": FileKind.OGG,
    "opus": FileKind.OGG,
    "m4a": FileKind.M4A,
    "aac": FileKind.AAC,
    "mp4": FileKind.MP4,
}
_SAYS_NOTHING: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_WORD: Final = re.compile(r"[a-z0-9]{1,10}(/[a-z0-9.+-]{1,40})?")

IMAGE_EXTENSIONS: Final = tuple(sorted(kind.extension for kind in IMAGE_KINDS))
"""The image formats that people may attach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFile:
    """An attachment as Discord describes it; what Discord leaves out is None.

    Attributes:
        size: bytes.
        width: pixels; height likewise.
        duration_ms: of a voice message.
    """

    filename: str
    content_type: str | None
    size: int
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None


def check_declared_image(declared: DeclaredFile, option: str, limits: MediaLimits) -> None:
    """Refuse an image that is known to be of no use.

    Args:
        declared: what Discord says.
        option: the option it was given in, as the person sees it.
        limits: the limits that hold.

    Raises:
        Refused: it cannot be taken, nor mended.
    """
    if _kind(declared, _IMAGES) is None:
        raise Refused(ImageFormatNotTaken(option=option, found=_format_name(declared), taken=IMAGE_EXTENSIONS))
    check_image_source_bytes(declared.size, option, limits)
    if declared.width and declared.height:
        check_image_pixels(declared.width, declared.height, option, limits)


def check_declared_audio(declared: DeclaredFile, option: str, limits: MediaLimits) -> AudioFacts:
    """Return what is known of a recording, or refuse one that is of no use; arguments and errors as for images."""
    kind = _kind(declared, _AUDIO)
    if kind is None:
        taken = (*limits.audio.audio_formats, *CONVERTIBLE_AUDIO)
        raise Refused(AudioFormatNotTaken(option=option, found=_format_name(declared), taken=taken))
    if declared.size <= 0:
        raise Refused(FileUnreadable(option=option, expected="audio"))
    return check_recording(kind, declared.size, declared.duration_ms, option, limits)


def check_image_source_bytes(size: int, option: str, limits: MediaLimits) -> None:
    """Refuse an image file that is empty or too large even to be fetched and scaled down.

    Raises:
        Refused: it is.
    """
    if size <= 0:
        raise Refused(FileUnreadable(option=option, expected="image"))
    if size > limits.image_source_bytes:
        raise Refused(ImageTooLarge(option=option, found_bytes=size, limit_bytes=limits.image_source_bytes))


def check_image_pixels(width: int, height: int, option: str, limits: MediaLimits) -> None:
    """Refuse an image by its width and height in pixels: too small, too narrow, too many.

    Raises:
        Refused: it is one of these.
    """
    if width * height > limits.image_source_pixels:
        pixels = limits.image_source_pixels
        raise Refused(ImageTooManyPixels(option=option, width=width, height=height, limit_pixels=pixels))
    # Bytes are no matter here: what is too heavy is scaled down before it is sent.
    check_image(limits.image, ImageFacts(size_bytes=0, width=width, height=height), option)


def check_recording(kind: FileKind, size: int, duration_ms: int | None, option: str, limits: MediaLimits) -> AudioFacts:
    """Return a recording's facts as the catalogue knows them, or refuse it, naming the option it was given in.

    Raises:
        Refused: by its format, its bytes or its length in milliseconds.
    """
    facts = AudioFacts(extension=kind.extension, size_bytes=size, duration_ms=duration_ms)
    try:
        check_audio(limits.audio, facts)
    except Refused as refused:
        raise Refused(replace(refused.refusal, option=option)) from refused
    return facts


def _kind(declared: DeclaredFile, known: dict[str, FileKind]) -> FileKind | None:
    """Tell the kind from the declared type, or from the name where the type says nothing."""
    content_type = _content_type(declared)
    return known.get(_extension(declared) if content_type in _SAYS_NOTHING else content_type)


def _content_type(declared: DeclaredFile) -> str:
    return (declared.content_type or "").partition(";")[0].strip().lower()


def _extension(declared: DeclaredFile) -> str:
    return PurePath(declared.filename).suffix.removeprefix(".").lower()


def _format_name(declared: DeclaredFile) -> str:
    """Return a harmless word for what the person attached."""
    candidates = (_extension(declared), _content_type(declared))
    return next((word for word in candidates if _WORD.fullmatch(word)), "")
