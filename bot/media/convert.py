"""What people attach, made into what the provider takes."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.catalog.follow_ups import CONVERTIBLE_AUDIO
from bot.catalog.refusals import AudioFormatNotTaken, AudioTooLong
from bot.clock import SECOND
from bot.errors import Refused
from bot.media.declared import IMAGE_EXTENSIONS, check_image_pixels, check_image_source_bytes, check_recording
from bot.media.disk import ensure_room
from bot.media.probed import ProbedAudio, ProbedImage
from bot.media.processes import WorkerFailedError
from bot.media.refusals import FileUnreadable, ImageFormatNotTaken, ImageTooManyPixels
from bot.media.signatures import PROVIDER_AUDIO_KINDS, PROVIDER_IMAGE_KINDS, FileKind
from bot.media.worker import wire

if TYPE_CHECKING:
    from pathlib import Path

    from bot.media.limits import MediaLimits
    from bot.media.processes import WorkerPool
    from bot.media.worker.wire import Answer, Task

_MP3_SLACK_MS: Final = 100
"""MP3 comes in frames of 26 ms and players differ over the encoder's delay; stay this far from every limit."""


class Mend(StrEnum):
    """Something that was done to a file, for the card to say."""

    CONVERTED = "converted"
    """It is in another format now."""
    FIRST_FRAME = "first_frame"
    """Only the first picture of an animation was taken."""
    SCALED = "scaled"
    """It has fewer pixels."""
    COMPRESSED = "compressed"
    """It has fewer bytes."""
    TURNED = "turned"
    """It stands upright by itself now."""
    FLATTENED = "flattened"
    """Transparency was filled with white."""
    LOCATION_REMOVED = "location_removed"
    """The place where it was taken is no longer written in it."""
    PADDED = "padded"
    """Silence was added up to the least length."""
    TRIMMED = "trimmed"
    """It was cut to the clip's length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedImage:
    """An image that the provider takes.

    Attributes:
        path: the source itself where nothing had to be done, else a new file, the caller's to move or delete.
        size: bytes.
        width: pixels; height likewise.
        mends: what was done, in the order of `Mend`; empty where path is the source.
    """

    path: Path
    kind: FileKind
    size: int
    width: int
    height: int
    mends: tuple[Mend, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedAudio:
    """A recording that the provider takes; attributes as of PreparedImage, `duration_ms` in milliseconds."""

    path: Path
    kind: FileKind
    size: int
    duration_ms: int
    mends: tuple[Mend, ...] = ()


class Converter:
    """Checks attachments by their bytes and mends what can be mended, in worker processes."""

    def __init__(self, workers: WorkerPool, limits: MediaLimits) -> None:
        """Use these workers and limits."""
        self._workers = workers
        self._limits = limits

    async def image(self, source: Path, directory: Path, *, option: str) -> PreparedImage:
        """Return an image that the provider takes; the source is left alone.

        Args:
            source: the file as fetched.
            directory: where to write a new file, if one has to be made.
            option: the command's option, for a refusal.

        Raises:
            Refused: it cannot be taken, nor mended.
            DiskFullError: no room for the new file.
        """
        probed = await self._probed_image(source, option)
        check_image_source_bytes(probed.size, option, self._limits)
        if probed.width is not None and probed.height is not None:
            check_image_pixels(probed.width, probed.height, option, self._limits)
            if self._takes_as_it_is(probed) and not probed.may_be_transparent:
                return _as_it_is(source, probed, probed.width, probed.height)
        return await self._mend_image(source, probed, directory, option)

    async def audio(self, source: Path, directory: Path, *, option: str, clip_ms: int | None = None) -> PreparedAudio:
        """Return a recording that the provider takes; the source is left alone.

        Args:
            source: the file as fetched.
            directory: where to write a new file, if one has to be made.
            option: the command's option, for a refusal.
            clip_ms: the length of the clip that is to speak; what is longer is cut.

        Raises:
            Refused: it cannot be taken, nor mended.
            DiskFullError: no room for the new file.
        """
        probed = await self._probed_audio(source, option)
        check_recording(probed.kind, probed.size, probed.duration_ms, option, self._limits)
        fits = clip_ms is None or probed.duration_ms <= clip_ms
        if probed.kind in PROVIDER_AUDIO_KINDS and fits and probed.duration_ms >= self._limits.audio_min_ms:
            return PreparedAudio(path=source, kind=probed.kind, size=probed.size, duration_ms=probed.duration_ms)
        return await self._mend_audio(source, probed, directory, option, clip_ms)

    async def _probed_image(self, source: Path, option: str) -> ProbedImage:
        answer = await self._ask(wire.ProbeImage(source=_absolute(source)), option, "image")
        if isinstance(answer, wire.ImageProbed):
            return ProbedImage(**{**asdict(answer), "kind": FileKind[answer.kind]})
        raise Refused(_not_an_image(_found(answer), option))

    async def _probed_audio(self, source: Path, option: str) -> ProbedAudio:
        answer = await self._ask(wire.ProbeAudio(source=_absolute(source)), option, "audio")
        if isinstance(answer, wire.AudioProbed):
            return ProbedAudio(**{**asdict(answer), "kind": FileKind[answer.kind]})
        raise Refused(self._not_audio(_found(answer), option))

    def _takes_as_it_is(self, probed: ProbedImage) -> bool:
        return (
            probed.kind in PROVIDER_IMAGE_KINDS
            and probed.size <= self._limits.image.max_bytes
            and probed.upright
            and not probed.located
            and probed.common_colours
        )

    async def _mend_image(self, source: Path, probed: ProbedImage, directory: Path, option: str) -> PreparedImage:
        target = _new_file(directory, FileKind.JPEG)
        task = wire.ConvertImage(
            source=_absolute(source),
            target=_absolute(target),
            kind=probed.kind.name,
            max_bytes=self._limits.image.max_bytes,
            max_pixels=self._limits.image_source_pixels,
            max_side=self._limits.image_side,
            min_side=self._limits.image.longer_than_px + 1,
            only_if_transparent=self._takes_as_it_is(probed),
        )
        async with _Target(target, room=self._limits.image.max_bytes) as made:
            answer = await self._ask(task, option, "image")
            if isinstance(answer, wire.TooManyPixels):
                pixels = self._limits.image_source_pixels
                raise Refused(
                    ImageTooManyPixels(option=option, width=answer.width, height=answer.height, limit_pixels=pixels)
                )
            if not isinstance(answer, wire.ImageWritten):
                raise Refused(FileUnreadable(option=option, expected="image"))
            check_image_pixels(answer.source_width, answer.source_height, option, self._limits)
            if not answer.written:
                return _as_it_is(source, probed, answer.source_width, answer.source_height)
            return PreparedImage(
                path=target,
                kind=FileKind.JPEG,
                size=made.keep(),
                width=answer.width,
                height=answer.height,
                mends=_image_mends(probed, answer, self._limits),
            )

    async def _mend_audio(
        self, source: Path, probed: ProbedAudio, directory: Path, option: str, clip_ms: int | None
    ) -> PreparedAudio:
        target = _new_file(directory, FileKind.MP3)
        limit_ms = self._limits.audio_max_ms
        longest = min(clip_ms or limit_ms, limit_ms - _MP3_SLACK_MS)
        task = wire.ConvertAudio(
            source=_absolute(source),
            target=_absolute(target),
            kind=probed.kind.name,
            min_ms=min(self._limits.audio_min_ms + _MP3_SLACK_MS, longest),
            max_ms=longest,
        )
        async with _Target(target, room=self._limits.audio.max_audio_bytes) as made:
            answer = await self._ask(task, option, "audio")
            if not isinstance(answer, wire.AudioWritten):
                raise Refused(FileUnreadable(option=option, expected="audio"))
            if answer.source_ms >= limit_ms:  # its header told another length
                seconds = self._limits.audio.max_audio_seconds
                raise Refused(
                    AudioTooLong(option=option, found_seconds=answer.source_ms / SECOND, limit_seconds=seconds)
                )
            return PreparedAudio(
                path=target,
                kind=FileKind.MP3,
                size=made.keep(),
                duration_ms=answer.duration_ms,
                mends=_audio_mends(probed, answer, clip_ms),
            )

    async def _ask(self, task: Task, option: str, expected: str) -> Answer:
        try:
            return await self._workers.ask(task)
        except WorkerFailedError as error:
            raise Refused(FileUnreadable(option=option, expected=expected)) from error

    def _not_audio(self, found: FileKind | None, option: str) -> AudioFormatNotTaken | FileUnreadable:
        if found is None or found.extension in {
            *self._limits.audio.audio_formats,
            *CONVERTIBLE_AUDIO,
        }:
            return FileUnreadable(option=option, expected="audio")
        taken = (*self._limits.audio.audio_formats, *CONVERTIBLE_AUDIO)
        return AudioFormatNotTaken(option=option, found=found.extension, taken=taken)


class _Target:
    """A file about to be written, deleted on the way out unless it is kept."""

    def __init__(self, path: Path, *, room: int) -> None:
        self._path = path
        self._room = room
        self._kept = False

    async def __aenter__(self) -> _Target:
        ensure_room(self._path.parent, self._room)
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._kept:
            self._path.unlink(missing_ok=True)

    def keep(self) -> int:
        """Leave the file where it is; returns its size in bytes."""
        self._kept = True
        return self._path.stat().st_size


def _found(answer: Answer) -> FileKind | None:
    """Return what a file seems to be that is not what it should be, None where nothing is known."""
    return FileKind[answer.found] if isinstance(answer, wire.NotProbed) and answer.found else None


def _not_an_image(found: FileKind | None, option: str) -> ImageFormatNotTaken | FileUnreadable:
    if found is None or found.extension in IMAGE_EXTENSIONS:
        return FileUnreadable(option=option, expected="image")
    return ImageFormatNotTaken(option=option, found=found.extension, taken=IMAGE_EXTENSIONS)


def _as_it_is(source: Path, probed: ProbedImage, width: int, height: int) -> PreparedImage:
    return PreparedImage(path=source, kind=probed.kind, size=probed.size, width=width, height=height)


def _image_mends(probed: ProbedImage, done: wire.ImageWritten, limits: MediaLimits) -> tuple[Mend, ...]:
    scaled = done.width * done.height < done.source_width * done.source_height
    happened = {
        Mend.CONVERTED: probed.kind is not FileKind.JPEG or not probed.common_colours,
        Mend.FIRST_FRAME: done.animated,
        Mend.SCALED: scaled,
        Mend.COMPRESSED: probed.size > limits.image.max_bytes and not scaled,
        Mend.TURNED: done.turned,
        Mend.FLATTENED: done.flattened,
        Mend.LOCATION_REMOVED: probed.located,
    }
    return tuple(mend for mend, did in happened.items() if did)


def _audio_mends(probed: ProbedAudio, done: wire.AudioWritten, clip_ms: int | None) -> tuple[Mend, ...]:
    happened = {
        Mend.CONVERTED: probed.kind is not FileKind.MP3,
        Mend.PADDED: done.padded,
        Mend.TRIMMED: clip_ms is not None and done.source_ms > clip_ms,
    }
    return tuple(mend for mend, did in happened.items() if did)


def _new_file(directory: Path, kind: FileKind) -> Path:
    return directory / f"{secrets.token_hex(16)}.{kind.extension}"


def _absolute(path: Path) -> str:
    return str(path.resolve())
