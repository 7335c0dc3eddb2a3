"""What a file is, told from its first bytes: names and declared types are never trusted."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES: Final = 64
"""Bytes from a file's start that `sniff` needs."""

_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_AUDIO_MP4_BRANDS: Final = frozenset({b"M4A ", b"M4B ", b"M4P "})


class FileKind(Enum):
    """A container or format that Egret handles, with its media type and usual extension (no dot)."""

    JPEG = ("image/jpeg", "jpg")
    PNG = ("image/png", "png")
    GIF = ("image/gif", "gif")
    WEBP = ("image/webp", "webp")
    HEIC = ("image/heic", "heic")
    AVIF = ("image/avif", "avif")
    MP3 = ("audio/mpeg", "mp3")
    WAV = ("audio/wav", "wav")
    FLAC = ("audio/flac", "flac")
    OGG = ("audio/ogg", "ogg")
    M4A = ("audio/mp4", "m4a")
    AAC = ("audio/aac", "aac")
    MP4 = ("video/mp4", "mp4")

    def __init__(self, content_type: str, extension: str) -> None:
        """Name both parts of the value."""
        self.content_type = content_type
        self.extension = extension


IMAGE_KINDS: Final = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.GIF, FileKind.WEBP, FileKind.HEIC, FileKind.AVIF})
"""Every image a person may attach."""

AUDIO_KINDS: Final = frozenset(
    {FileKind.MP3, FileKind.WAV, FileKind.FLAC, FileKind.OGG, FileKind.M4A, FileKind.AAC, FileKind.MP4}
)
"""Every audio file a person may attach; some recorders write M4A under a video brand, hence MP4."""

PROVIDER_IMAGE_KINDS: Final = frozenset({FileKind.JPEG, FileKind.PNG})
"""Images the provider takes as they are (provider notes §2.1)."""

PROVIDER_AUDIO_KINDS: Final = frozenset({FileKind.MP3, FileKind.WAV, FileKind.FLAC, FileKind.OGG})
"""Audio the provider takes as it is (provider notes §4.1)."""


def sniff(head: bytes) -> FileKind | None:
    """Tell a file's kind from its first HEAD_BYTES bytes, or None where it is nothing we handle."""
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return FileKind.GIF
    if head.startswith(b"RIFF"):
        return {b"WEBP": FileKind.WEBP, b"WAVE": FileKind.WAV}.get(head[8:12])
    if head.startswith(b"fLaC"):
        return FileKind.FLAC
    if head.startswith(b"OggS"):
        return FileKind.OGG
    if head[4:8] == b"ftyp":
        return _iso_kind(head)
    return _mpeg_audio_kind(head)


def sniff_file(path: Path) -> FileKind | None:
    """Tell the kind of a file on disk; see `sniff`."""
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES))


def _iso_kind(head: bytes) -> FileKind:
    size = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    major = brands[0]
    if major in _AVIF_BRANDS or (major in _HEIF_BRANDS and _AVIF_BRANDS.intersection(brands)):
        return FileKind.AVIF
    if major in _HEIF_BRANDS:
        return FileKind.HEIC
    return FileKind.M4A if major in _AUDIO_MP4_BRANDS else FileKind.MP4


def _mpeg_audio_kind(head: bytes) -> FileKind | None:
    if head.startswith(b"ID3"):
        return FileKind.MP3
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:  # ADTS: twelve sync bits, layer 0
        return FileKind.AAC
    layer = head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    if head[1] & 0xE0 == 0xE0 and layer == 1 and bit_rate not in {0, 15} and sample_rate != 3:
        return FileKind.MP3
    return None
