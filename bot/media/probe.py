"""What a file on the disk is, read from its header: no pixel and no sample is decoded.

Only formats with a header reader in pure Python are looked into; WebP, HEIC and AVIF are left to the conversion. A
header can be made to take minutes, so on a stranger's file this runs in the worker alone (`bot.media.worker.header`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from tinytag import TinyTag

from bot.clock import SECOND
from bot.errors import EgretError
from bot.media.probed import ProbedAudio, ProbedImage
from bot.media.signatures import AUDIO_KINDS, IMAGE_KINDS, FileKind, sniff_file

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from PIL.ImageFile import ImageFile

_ORIENTATION: Final = 0x0112
_GPS: Final = 0x8825
_ADTS_HEADER: Final = 7
_ADTS_SAMPLES: Final = 1024
_ADTS_RATES: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)

# Classes rather than Image.open, which looks into every format and warns about pixels before they can be counted.
_READERS: Final[dict[FileKind, type[ImageFile]]] = {
    FileKind.JPEG: JpegImageFile,
    FileKind.PNG: PngImageFile,
    FileKind.GIF: GifImageFile,
}


class ProbeError(EgretError):
    """The file is none of the kinds looked for, or its header is broken.

    Attributes:
        found: the kind its first bytes show, None where it is nothing we handle.
    """

    def __init__(self, message: str, *, found: FileKind | None) -> None:
        """Keep what it seems to be."""
        super().__init__(message)
        self.found = found


def probe_image(path: Path) -> ProbedImage:
    """Read an image's header.

    Raises:
        ProbeError: it is not an image that we handle.
    """
    kind = _kind(path, IMAGE_KINDS)
    reader = _READERS.get(kind)
    if reader is None:
        return _unopened(path, kind)
    try:
        with path.open("rb") as file, reader(file) as image:
            exif = Image.getexif(image)  # not PngImageFile's own, which decodes the whole image to look behind it
            return ProbedImage(
                kind=kind,
                size=path.stat().st_size,
                width=image.width,
                height=image.height,
                upright=exif.get(_ORIENTATION, 1) in {0, 1},
                located=bool(exif.get_ifd(_GPS)),
                may_be_transparent=image.has_transparency_data,
                common_colours=image.mode in {"RGB", "RGBA", "L", "LA", "P", "1"} or image.mode.startswith("I"),
            )
    except Exception as error:  # header readers raise whatever a broken file makes them raise
        raise ProbeError(f"a broken {kind.name} header: {type(error).__name__}", found=kind) from error


def probe_audio(path: Path) -> ProbedAudio:
    """Read a recording's header.

    Raises:
        ProbeError: it is not a recording that we handle, or has no length.
    """
    kind = _kind(path, AUDIO_KINDS)
    try:
        with path.open("rb") as file:
            seconds = _adts_seconds(file.read()) if kind is FileKind.AAC else _tagged_seconds(file)
    except Exception as error:  # header readers raise whatever a broken file makes them raise
        raise ProbeError(f"a broken {kind.name} header: {type(error).__name__}", found=kind) from error
    if not seconds or seconds <= 0:
        raise ProbeError(f"a {kind.name} file without length", found=kind)
    return ProbedAudio(kind=kind, size=path.stat().st_size, duration_ms=round(seconds * SECOND))


def _kind(path: Path, wanted: frozenset[FileKind]) -> FileKind:
    kind = sniff_file(path)
    if kind is None or kind not in wanted:
        raise ProbeError("not a kind of file that is handled", found=kind)
    return kind


def _unopened(path: Path, kind: FileKind) -> ProbedImage:
    return ProbedImage(
        kind=kind,
        size=path.stat().st_size,
        width=None,
        height=None,
        upright=True,
        located=False,
        may_be_transparent=True,
        common_colours=True,
    )


def _tagged_seconds(file: BinaryIO) -> float | None:
    return TinyTag.get(file_obj=file, tags=False).duration


def _adts_seconds(data: bytes) -> float:
    """Count the frames of raw AAC (ISO/IEC 13818-7 §6.2), which has no header that tells the length."""
    at, frames, rate = 0, 0, 0
    while at + _ADTS_HEADER <= len(data) and data[at] == 0xFF and data[at + 1] & 0xF6 == 0xF0:
        rate = _ADTS_RATES[data[at + 2] >> 2 & 15]
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if length < _ADTS_HEADER:
            break
        frames += 1 + (data[at + 6] & 3)
        at += length
    return frames * _ADTS_SAMPLES / rate if rate else 0.0
