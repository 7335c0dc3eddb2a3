"""The upload ladder: a clip as it is, else made smaller while it stays decent, else a picture of it."""

from __future__ import annotations

import asyncio
import secrets
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from bot.media.boxes import read_layout
from bot.media.disk import ensure_room
from bot.media.labelling import LABEL_BYTES, NotLabelled, label_clip, label_picture
from bot.media.movie_header import read_ordinary_clip
from bot.media.processes import WorkerFailedError
from bot.media.worker import wire
from bot.media.worker.wire import VideoFacts

if TYPE_CHECKING:
    from bot.media.processes import WorkerPool

log = structlog.get_logger(__name__)

_AIM: Final = 0.95
_CONTAINER_SHARE: Final = 0.015  # of the file: index and interleaving
_SHORT_SIDES: Final = (1080, 720, 540)
_DECENT: Final = 0.024
"""Bits per pixel and frame below which a clip looks bad: 1.5 Mbit/s at 1080p30, 0.4 at 540p30."""

_AUDIO_RATES: Final = (128_000, 96_000, 64_000)
_AUDIO_SHARE: Final = 0.15
_EFFICIENT: Final = frozenset({"hevc", "av1", "vp9"})
_EFFICIENT_FACTOR: Final = 1.8  # what H.264 needs more for the same picture
_POSTER_SIDE: Final = 1280
_REMEMBERED: Final = 64  # files whose facts are kept: many more than are between archive and channel at once

_Version = tuple[str, int, int, int]
"""What tells a file from another, or from itself before a change: address, inode, size, time of the last change."""


class FitOutcome(StrEnum):
    """What was done to a clip so that it can be posted."""

    ORIGINAL = "original"
    """The picture and sound as they came (the index may have been moved to the front)."""
    REENCODED = "reencoded"
    """Encoded anew: smaller, or in a codec that plays in the channel."""
    TOO_LARGE = "too_large"
    """No decent version is small enough: the path is a poster frame, or None where not even that can be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What to attach.

    Attributes:
        path: the file; None only with TOO_LARGE. It is the source itself unless something had to be made.
        how: what was done.
        temporary: the file was made for this call, in the directory given, and is the caller's to delete.
    """

    path: Path | None
    how: FitOutcome
    temporary: bool


class Fitter:
    """Makes clips fit a limit, in worker processes."""

    def __init__(self, workers: WorkerPool) -> None:
        """Use these workers."""
        self._workers = workers
        self._inspected: dict[_Version, VideoFacts] = {}
        self._remembering = threading.Lock()

    async def inspect(self, path: Path) -> VideoFacts:
        """Return a video's length in milliseconds, size in pixels and codecs.

        A clip is inspected when it is archived and again when it is posted moments later, so the latest answers are
        remembered, each for as long as its file is the same. An ordinary one's index says it all; any other is looked
        at by a worker, whose start alone takes long.

        Raises:
            WorkerFailedError: it cannot be read.
        """
        facts = await asyncio.to_thread(self._known, path)
        if facts is None:
            version = await asyncio.to_thread(_version, path)
            facts = await self._workers.run(wire.InspectVideo(source=_absolute(path)), VideoFacts)
            await asyncio.to_thread(self._remember, path, version, facts)
        return facts

    def _known(self, path: Path) -> VideoFacts | None:
        """Return what is remembered of a file, or what its own index tells."""
        version = _version(path)
        facts = self._inspected.get(version) if version else None
        if facts is None:
            facts = read_ordinary_clip(path)
            if facts is not None:
                self._remember(path, version, facts)
        return facts

    def _remember(self, path: Path, version: _Version | None, facts: VideoFacts) -> None:
        """Keep what was found out about a file, if it is still the one that was looked at."""
        if version is None or version != _version(path):
            return
        with self._remembering:
            self._inspected[version] = facts
            if len(self._inspected) > _REMEMBERED:
                del self._inspected[next(iter(self._inspected))]

    async def poster(self, path: Path, directory: Path, *, max_bytes: int) -> Path:
        """Write a frame of a video as a JPEG into `directory`; the caller deletes it.

        Raises:
            WorkerFailedError: no frame can be read, or none is small enough.
            DiskFullError: no room for it.
        """
        target = _new_file(directory, "jpg")
        task = wire.MakePoster(
            source=_absolute(path),
            target=_absolute(target),
            max_bytes=max_bytes - LABEL_BYTES,
            max_side=_POSTER_SIDE,
        )
        await self._write(task, target, room=max_bytes)
        return target

    async def fit(self, path: Path, limit: int, directory: Path) -> Fitted:
        """Return something of the clip that is at most `limit` bytes and, if a video, plays in a browser.

        Args:
            path: an MP4.
            limit: the most bytes the channel takes.
            directory: where to write what has to be made.

        Raises:
            DiskFullError: no room for what has to be made.
        """
        size = _size(path)
        try:
            facts = await self.inspect(path)
        except WorkerFailedError:
            return await self._unreadable(path, size, limit, directory)
        if size <= limit and _plays_inline(facts):
            return await self._original(path, limit, directory)
        smaller = await self._encoded(path, facts, size, limit, directory)
        if smaller is not None:
            return Fitted(path=smaller, how=FitOutcome.REENCODED, temporary=True)
        if size <= limit:  # it could not be encoded anew; better a clip for some players than none
            return Fitted(path=path, how=FitOutcome.ORIGINAL, temporary=False)
        return await self._too_large(path, limit, directory)

    async def _unreadable(self, path: Path, size: int, limit: int, directory: Path) -> Fitted:
        """Judge a clip that our decoder cannot read by its size alone: someone else's may."""
        if size <= limit:
            return Fitted(path=path, how=FitOutcome.ORIGINAL, temporary=False)
        return await self._too_large(path, limit, directory)

    async def _original(self, path: Path, limit: int, directory: Path) -> Fitted:
        layout = await asyncio.to_thread(read_layout, path)
        if layout.movie_first:
            return Fitted(path=path, how=FitOutcome.ORIGINAL, temporary=False)
        target = _new_file(directory, "mp4")
        try:
            task = wire.RemuxVideo(source=_absolute(path), target=_absolute(target))
            size = await self._write(task, target, room=limit)
        except WorkerFailedError:
            return Fitted(path=path, how=FitOutcome.ORIGINAL, temporary=False)
        if size > limit:
            _discard(target)
            return Fitted(path=path, how=FitOutcome.ORIGINAL, temporary=False)
        return Fitted(path=target, how=FitOutcome.ORIGINAL, temporary=True)

    async def _encoded(self, path: Path, facts: VideoFacts, size: int, limit: int, directory: Path) -> Path | None:
        """Encode to just under the limit; once more, lower, if the first came out over. None if neither is good."""
        aim = limit * _AIM
        for _ in range(2):
            plan = plan_encoding(facts, size, int(aim))
            if plan is None:
                return None
            target = _new_file(directory, "mp4")
            task = wire.EncodeVideo(
                source=_absolute(path),
                target=_absolute(target),
                width=plan.width,
                height=plan.height,
                video_rate=plan.video_rate,
                audio_rate=plan.audio_rate,
            )
            try:
                got = await self._write(task, target, room=limit)
            except WorkerFailedError:
                return None
            if got <= limit:
                return target
            _discard(target)
            aim = aim * limit / got * _AIM
        return None

    async def _too_large(self, path: Path, limit: int, directory: Path) -> Fitted:
        try:
            poster = await self.poster(path, directory, max_bytes=limit)
        except WorkerFailedError:
            return Fitted(path=None, how=FitOutcome.TOO_LARGE, temporary=False)
        return Fitted(path=poster, how=FitOutcome.TOO_LARGE, temporary=True)

    async def _write(
        self, task: wire.MakePoster | wire.EncodeVideo | wire.RemuxVideo, target: Path, *, room: int
    ) -> int:
        """Have a file written; returns its size. On any failure, cancellation included, nothing is left of it."""
        ensure_room(target.parent, room)
        try:
            await self._workers.run(task, wire.VideoWritten)
            await asyncio.to_thread(_label, target)
        except BaseException:
            _discard(target)
            raise
        return _size(target)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingPlan:
    """How to encode: size in even pixels, rates in bits per second (`audio_rate` 0 without sound)."""

    width: int
    height: int
    video_rate: int
    audio_rate: int


def plan_encoding(facts: VideoFacts, size: int, aim: int) -> EncodingPlan | None:
    """Return the largest picture that stays decent in about `aim` bytes, or None if none does.

    Args:
        facts: the source.
        size: the source's bytes.
        aim: the bytes to come out near, never more than the source's own rate is worth.
    """
    if facts.duration_ms <= 0 or facts.width < 2 or facts.height < 2:
        return None
    seconds = facts.duration_ms / 1000
    total = aim * 8 * (1 - _CONTAINER_SHARE) / seconds
    audio_rate = _audio_rate(total) if facts.has_audio else 0
    worth = size * 8 / seconds * (_EFFICIENT_FACTOR if facts.video_codec in _EFFICIENT else 1)
    video_rate = int(min(total - audio_rate, worth))
    for width, height in _sizes(facts):
        if video_rate >= min(_DECENT * width * height * max(facts.frames_per_second, 1), worth):
            return EncodingPlan(width=width, height=height, video_rate=video_rate, audio_rate=audio_rate)
    return None


def _audio_rate(total: float) -> int:
    return next((rate for rate in _AUDIO_RATES if rate <= total * _AUDIO_SHARE), _AUDIO_RATES[-1])


def _sizes(facts: VideoFacts) -> list[tuple[int, int]]:
    """Return the sizes to try, largest first: the source's own where it is no larger than 1080, then the steps."""
    short = min(facts.width, facts.height)
    sides = [min(short, _SHORT_SIDES[0]), *(side for side in _SHORT_SIDES[1:] if side < short)]
    return [(_even(facts.width * side / short), _even(facts.height * side / short)) for side in sides]


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def _plays_inline(facts: VideoFacts) -> bool:
    """Tell whether browsers and phones play it in the channel: H.264 4:2:0, with AAC or no sound."""
    return (
        facts.video_codec == "h264"
        and facts.pixel_format in {"yuv420p", "yuvj420p"}
        and facts.audio_codec in {"", "aac", "mp3"}
    )


def _version(path: Path) -> _Version | None:
    """Return a file's version, None where there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_ino, found.st_size, found.st_mtime_ns


def _new_file(directory: Path, extension: str) -> Path:
    return directory / f"{secrets.token_hex(16)}.{extension}"


def _label(path: Path) -> None:
    """Mark what was made anew as made by a machine, as the clip was that it was made from."""
    try:
        if path.suffix == ".jpg":
            label_picture(path)
        else:
            label_clip(path)
    except NotLabelled as error:
        log.warning("copy_not_labelled", reason=str(error))


def _size(path: Path) -> int:
    return path.stat().st_size


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)


def _absolute(path: Path) -> str:
    return str(path.resolve())
