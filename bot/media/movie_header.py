"""What an ordinary clip's own index says of it, read without decoding anything (ISO/IEC 14496-12, -14 and -15).

A clip of the usual kind, H.264 with AAC or no sound, tells all that is asked of it in its `moov` box. Reading that
takes a millisecond where a worker's start takes hundreds, and somebody is waiting. A stranger's file can make it take
no longer: at most `MOVIE_BYTES` are read, once, and at most `BOXES` boxes looked at. Whatever is larger, unusual or at
odds with itself is not judged here but left to the worker, which looks at the frames as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.media.boxes import walk_boxes
from bot.media.worker.wire import VideoFacts

if TYPE_CHECKING:
    from pathlib import Path

MOVIE_BYTES: Final = 1024 * 1024
"""An index of an hour's pictures is smaller."""
BOXES: Final = 512
"""An ordinary index has about sixty."""
_LONGEST: Final = 60 * 60 * 1000
_LARGEST_SIDE: Final = 8192
_WITHIN_FRAME_HEADER: Final = 78
"""Where the boxes inside a picture's sample entry begin; its size stands at 24 (ISO/IEC 14496-12 §12.1.3)."""
_WITHIN_SOUND_HEADER: Final = 28
"""Likewise of a sound's (§12.2.3)."""
_PLAIN_PROFILES: Final = frozenset({66, 77})
"""Baseline and Main are 4:2:0 with 8 bits, whatever follows."""
_HIGH_PROFILE: Final = 100
_AAC: Final = 0x40
"""ISO/IEC 14496-3 audio in an `esds` (MP4 registration authority, object types)."""
_DECODER_CONFIG: Final = 4
_ES_DESCRIPTOR: Final = 3


class _Unusual(Exception):
    """The index is nothing to be judged here."""


@dataclass(frozen=True, slots=True)
class _Track:
    """A track of the kind `handler`: milliseconds, samples, and the first sample entry with its four letters."""

    handler: bytes
    duration_ms: float
    samples: int
    entry: bytes
    content: bytes


class _Boxes:
    """Walks boxes inside boxes, and counts them all."""

    def __init__(self) -> None:
        self._left = BOXES

    def inside(self, content: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield name and content of each box.

        Raises:
            _Unusual: they do not end where the content does, or there are too many.
        """
        at = 0
        while at < len(content):
            size = int.from_bytes(content[at : at + 4])
            self._left -= 1
            if size < 8 or at + size > len(content) or self._left < 0:
                raise _Unusual
            yield content[at + 4 : at + 8], content[at + 8 : at + size]
            at += size

    def only(self, content: bytes, *path: bytes) -> bytes:
        """Return the content of the one box at a path.

        Raises:
            _Unusual: there is none, or another.
        """
        for wanted in path:
            found = [inner for name, inner in self.inside(content) if name == wanted]
            if len(found) != 1:
                raise _Unusual
            content = found[0]
        return content


def read_ordinary_clip(path: Path) -> VideoFacts | None:
    """Return an ordinary clip's facts; None where it is not one, cannot be read, or must be looked at more closely."""
    try:
        movie = _movie(path)
        return None if movie is None else _facts(movie)
    except (OSError, _Unusual, IndexError):
        return None


def _movie(path: Path) -> bytes | None:
    boxes = walk_boxes(path)
    movies = [box for box in boxes if box.name == b"moov"]
    if not boxes or boxes[0].name != b"ftyp" or len(movies) != 1 or not any(box.name == b"mdat" for box in boxes):
        return None
    movie = movies[0]
    with path.open("rb") as file:
        file.seek(movie.start)
        whole = file.read(min(movie.end - movie.start, MOVIE_BYTES + 1))
    # A size of its own in the first four bytes: neither open-ended nor in the long form.
    return whole[8:] if int.from_bytes(whole[:4]) == len(whole) <= MOVIE_BYTES else None


def _facts(movie: bytes) -> VideoFacts:
    boxes = _Boxes()
    inside = list(boxes.inside(movie))
    tracks = [_track(boxes, content) for name, content in inside if name == b"trak"]
    pictures = [track for track in tracks if track.handler == b"vide"]
    sounds = [track for track in tracks if track.handler == b"soun"]
    in_pieces = any(name == b"mvex" for name, _ in inside)
    if len(pictures) != 1 or len(sounds) > 1 or len(tracks) > len(pictures) + len(sounds) or in_pieces:
        raise _Unusual
    (picture,) = pictures
    width, height = _sides(boxes, picture)
    if sounds:
        _require_aac(boxes, sounds[0])
    if not 0 < picture.duration_ms <= _LONGEST or not picture.samples:
        raise _Unusual
    return VideoFacts(
        duration_ms=round(picture.duration_ms),
        width=width,
        height=height,
        frames_per_second=picture.samples * 1000 / picture.duration_ms,
        has_audio=bool(sounds),
        video_codec="h264",
        audio_codec="aac" if sounds else "",
        pixel_format="yuv420p",
    )


def _track(boxes: _Boxes, content: bytes) -> _Track:
    media = boxes.only(content, b"mdia")
    handler = boxes.only(media, b"hdlr")[8:12]
    table = boxes.only(media, b"minf", b"stbl")
    entries = boxes.only(table, b"stsd")
    _require_own_data(boxes.only(media, b"minf", b"dinf", b"dref"))
    described = list(boxes.inside(entries[8:]))
    if len(described) != 1:
        raise _Unusual
    ((entry, inner),) = described
    sizes = boxes.only(table, b"stsz")
    samples = int.from_bytes(sizes[8:12])
    if not int.from_bytes(sizes[4:8]) and len(sizes) != 12 + 4 * samples:
        raise _Unusual
    return _Track(handler, _duration_ms(boxes.only(media, b"mdhd")), samples, entry, inner)


def _duration_ms(header: bytes) -> float:
    """Return a media header's length (§8.4.2)."""
    if header[0] == 0:
        scale, duration = int.from_bytes(header[12:16]), int.from_bytes(header[16:20])
    else:
        scale, duration = int.from_bytes(header[20:24]), int.from_bytes(header[24:32])
    if not scale:
        raise _Unusual
    return duration * 1000 / scale


def _require_own_data(references: bytes) -> None:
    """Make sure that a track's samples are in this very file (§8.7.2): one reference, and that says "here"."""
    if references[4:] != bytes((0, 0, 0, 1, 0, 0, 0, 12)) + b"url " + bytes((0, 0, 0, 1)):
        raise _Unusual


def _sides(boxes: _Boxes, picture: _Track) -> tuple[int, int]:
    if picture.entry != b"avc1":
        raise _Unusual
    width, height = int.from_bytes(picture.content[24:26]), int.from_bytes(picture.content[26:28])
    _require_plain_colours(boxes.only(picture.content[_WITHIN_FRAME_HEADER:], b"avcC"))
    if not 2 <= min(width, height) <= max(width, height) <= _LARGEST_SIDE:
        raise _Unusual
    return width, height


def _require_plain_colours(configuration: bytes) -> None:
    """Make sure that pictures are 4:2:0 with 8 bits: what every browser and phone plays (ISO/IEC 14496-15 §5.3.3)."""
    profile, parameters = configuration[1], configuration[5] & 0x1F
    if configuration[0] != 1 or not parameters:
        raise _Unusual
    if profile in _PLAIN_PROFILES:
        return
    # Of the sequence's parameters, behind their length and the byte that names them (ISO/IEC 14496-10 §7.3.2.1.1).
    bits = _Bits(configuration[9:40])
    if profile != _HIGH_PROFILE or bits.whole(24) >> 16 != _HIGH_PROFILE:
        raise _Unusual
    _, chroma, luma_depth, chroma_depth = (bits.golomb() for _ in range(4))
    if (chroma, luma_depth, chroma_depth) != (1, 0, 0):
        raise _Unusual


class _Bits:
    """Bits in the order in which they stand; reading past the end is an IndexError."""

    def __init__(self, content: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in content)
        self._at = 0

    def whole(self, length: int) -> int:
        """Return a number of so many bits."""
        taken = self._bits[self._at : self._at + length]
        if len(taken) < length:
            raise IndexError
        self._at += length
        return int(taken, 2)

    def golomb(self) -> int:
        """Return a number in Exp-Golomb code (ISO/IEC 14496-10 §9.1)."""
        zeros = 0
        while not self.whole(1):
            zeros += 1
        return (1 << zeros) - 1 + (self.whole(zeros) if zeros else 0)


def _require_aac(boxes: _Boxes, sound: _Track) -> None:
    if sound.entry != b"mp4a":
        raise _Unusual
    elementary = boxes.only(sound.content[_WITHIN_SOUND_HEADER:], b"esds")[4:]
    tag, inner = _descriptor(elementary)
    # Behind its number and its flags, which say here that nothing else comes before the decoder's configuration.
    if tag != _ES_DESCRIPTOR or inner[2]:
        raise _Unusual
    tag, configuration = _descriptor(inner[3:])
    if tag != _DECODER_CONFIG or configuration[0] != _AAC:
        raise _Unusual


def _descriptor(content: bytes) -> tuple[int, bytes]:
    """Return the first descriptor's tag and content (ISO/IEC 14496-1 §8.3.3): its length has seven bits a byte."""
    length = 0
    for at in range(1, 5):
        length = length << 7 | content[at] & 0x7F
        if not content[at] & 0x80:
            return content[0], content[at + 1 : at + 1 + length]
    raise _Unusual
