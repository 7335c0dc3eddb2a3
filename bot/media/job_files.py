"""The core's files: what people attach on its way to the provider, and finished clips on their way to the archive."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import structlog

from bot.catalog.refusals import AudioTooLarge, ImageTooLarge
from bot.clock import HOUR, SECOND, Clock
from bot.errors import Refused, is_shortage, refusal_to_json
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Asset, AssetRole, Job, JobNote, kept_file
from bot.jobs.ports import ArchivedFile, ClipTooLarge, ClipUnavailable, InputUnusable, PreparedInput, TryLater
from bot.media.archive import Archive
from bot.media.convert import Converter, Mend
from bot.media.disk import DiskFullError
from bot.media.fetch import (
    Downloaded,
    Downloader,
    PermanentDownloadError,
    TooLargeError,
    TransientDownloadError,
    WrongTypeError,
)
from bot.media.fit import Fitter
from bot.media.labelling import NotLabelled, label_clip
from bot.media.limits import MediaLimits
from bot.media.processes import WorkerFailedError
from bot.media.refusals import FileUnreadable
from bot.media.signatures import AUDIO_KINDS, IMAGE_KINDS, FileKind, sniff_file

log = structlog.get_logger(__name__)

_FRESH_FOR: Final = HOUR
"""How much longer a Discord address must live to be handed to the provider."""

SignedUrl = Callable[[str], str]
"""Asset id to an address of our own."""
OnCard = Callable[[Job, Path, str], Awaitable[str]]
"""Attach a file to a job's card and return its address: job, file, name for people.

Raises TryLater, or InputUnusable where the job has no card that can carry it.
"""

_IMAGE_NOTES: Final = {
    Mend.CONVERTED: JobNote.IMAGE_CONVERTED,
    Mend.FIRST_FRAME: JobNote.IMAGE_FIRST_FRAME,
    Mend.SCALED: JobNote.IMAGE_SCALED,
    Mend.COMPRESSED: JobNote.IMAGE_SCALED,
    Mend.FLATTENED: JobNote.IMAGE_FLATTENED,
}
_AUDIO_NOTES: Final = {
    Mend.CONVERTED: JobNote.AUDIO_CONVERTED,
    Mend.PADDED: JobNote.AUDIO_PADDED,
    Mend.TRIMMED: JobNote.AUDIO_TRIMMED,
}


class JobInputFiles:
    """Implements `bot.jobs.ports.InputFiles`."""

    def __init__(
        self,
        archive: Archive,
        downloader: Downloader,
        converter: Converter,
        limits: MediaLimits,
        clock: Clock,
        *,
        signed_url: SignedUrl | None,
        on_card: OnCard,
    ) -> None:
        """Keep the collaborators; without `signed_url` a mended file is served from the job's card."""
        self._archive = archive
        self._downloader = downloader
        self._converter = converter
        self._limits = limits
        self._clock = clock
        self._signed_url = signed_url
        self._on_card = on_card

    async def prepare(self, asset: Asset, clip_ms: int | None) -> PreparedInput:
        """Fetch, check, mend and archive one input; see the port for what is raised."""
        audio = asset.role is AssetRole.AUDIO
        source: Path | None = None
        try:
            source = await self._fetch(asset, audio=audio)
            return await (self._audio(asset, source, clip_ms) if audio else self._image(asset, source))
        except Refused as error:
            reason = FailureReason.AUDIO_REJECTED if audio else FailureReason.IMAGE_REJECTED
            raise InputUnusable(Failure(reason, refusal_to_json(error.refusal))) from error
        except DiskFullError as error:
            raise TryLater(str(error)) from error
        except OSError as error:
            if not is_shortage(error):
                raise
            raise TryLater(str(error)) from error
        finally:
            if source is not None:
                source.unlink(missing_ok=True)

    async def url(self, job: Job, asset: Asset) -> str:
        """Return where the provider can fetch an input; see the port for what is raised."""
        if not asset.converted and kept_file(asset.source_url) is None and self._fresh(asset.source_url):
            return asset.source_url
        if self._signed_url is not None:
            return self._signed_url(asset.id)
        return await self._on_card(
            job, self._archive.path(asset.id, asset.extension), f"{asset.role}.{asset.extension}"
        )

    async def _fetch(self, asset: Asset, *, audio: bool) -> Path:
        """Return an input among the unfinished files, of a kind and size that may be looked into."""
        most = self._limits.audio.max_audio_bytes if audio else self._limits.image_source_bytes
        expected = AUDIO_KINDS if audio else IMAGE_KINDS
        kept = kept_file(asset.source_url)
        try:
            if kept is not None:
                return await self._copy_of_kept(*kept, max_bytes=most, expect=expected)
            got = await self._downloader.fetch(
                asset.source_url, self._archive.incoming, max_bytes=most, expect=expected
            )
        except WrongTypeError as error:
            raise Refused(FileUnreadable(option=asset.option, expected="audio" if audio else "image")) from error
        except TooLargeError as error:
            refusal = AudioTooLarge if audio else ImageTooLarge
            raise Refused(refusal(option=asset.option, found_bytes=asset.size, limit_bytes=most)) from error
        except PermanentDownloadError as error:
            raise InputUnusable(Failure(FailureReason.INPUT_LOST)) from error
        except TransientDownloadError as error:
            raise TryLater(str(error)) from error
        return got.path

    async def _copy_of_kept(
        self, asset_id: str, extension: str, *, max_bytes: int, expect: AbstractSet[FileKind]
    ) -> Path:
        """Return a copy of a file that the archive has under another asset's name.

        Raises:
            InputUnusable: it has none, or the names are no asset's.
            TooLargeError: it is over `max_bytes`.
            WrongTypeError: it is of none of the kinds expected.
            DiskFullError: no room for the copy.
        """
        try:
            path = self._archive.path(asset_id, extension)
            await asyncio.to_thread(_check_kept, path, max_bytes, expect)
            return await self._archive.copy_out(asset_id, extension)
        except (ValueError, FileNotFoundError) as error:
            raise InputUnusable(Failure(FailureReason.INPUT_LOST)) from error

    async def _image(self, asset: Asset, source: Path) -> PreparedInput:
        done = await self._converter.image(source, self._archive.incoming, option=asset.option)
        stored = await self._archive.put_file(done.path, asset.id, done.kind.extension)
        file = ArchivedFile(
            extension=stored.extension,
            content_type=stored.content_type,
            size=stored.size,
            sha256=stored.sha256,
            width=done.width,
            height=done.height,
            converted=done.path != source,
        )
        return PreparedInput(file, _notes(done.mends, _IMAGE_NOTES))

    async def _audio(self, asset: Asset, source: Path, clip_ms: int | None) -> PreparedInput:
        done = await self._converter.audio(source, self._archive.incoming, option=asset.option, clip_ms=clip_ms)
        stored = await self._archive.put_file(done.path, asset.id, done.kind.extension)
        file = ArchivedFile(
            extension=stored.extension,
            content_type=stored.content_type,
            size=stored.size,
            sha256=stored.sha256,
            duration_ms=done.duration_ms,
            converted=done.path != source,
        )
        return PreparedInput(file, _notes(done.mends, _AUDIO_NOTES))

    def _fresh(self, url: str) -> bool:
        """Tell whether a signed Discord address lives long enough (its `ex` is a hexadecimal Unix time in seconds)."""
        expiry = parse_qs(urlsplit(url).query).get("ex", [""])[0]
        try:
            return int(expiry, 16) * SECOND >= self._clock.now() + _FRESH_FOR
        except ValueError:
            return False


class JobClipArchive:
    """Implements `bot.jobs.ports.ClipArchive`."""

    def __init__(self, archive: Archive, downloader: Downloader, fitter: Fitter, limits: MediaLimits) -> None:
        """Keep the collaborators."""
        self._archive = archive
        self._downloader = downloader
        self._fitter = fitter
        self._limits = limits

    async def fetch(self, asset_id: str, url: str) -> ArchivedFile:
        """Download a clip into the archive, marked as made by a machine; see the port for what is raised."""
        try:
            got = await self._downloader.fetch(
                url, self._archive.incoming, max_bytes=self._limits.result_bytes, expect={FileKind.MP4}
            )
            sha256 = await asyncio.to_thread(_label, got)
            stored = await self._archive.put_file(got.path, asset_id, FileKind.MP4.extension, sha256=sha256)
            width, height, duration_ms = await self._measure(stored.path)
        except TooLargeError as error:
            raise ClipTooLarge(str(error)) from error
        except PermanentDownloadError as error:
            raise ClipUnavailable(str(error)) from error
        except (TransientDownloadError, DiskFullError) as error:
            raise TryLater(str(error)) from error
        except OSError as error:
            if not is_shortage(error):
                raise
            # The next attempt is another asset: what this one has kept would be nobody's.
            await self._archive.delete(asset_id, FileKind.MP4.extension)
            raise TryLater(str(error)) from error
        return ArchivedFile(
            extension=stored.extension,
            content_type=stored.content_type,
            size=stored.size,
            sha256=stored.sha256,
            width=width,
            height=height,
            duration_ms=duration_ms,
        )

    async def discard(self, asset_id: str, extension: str) -> None:
        """Delete a clip that was fetched for nothing."""
        await self._archive.delete(asset_id, extension)

    async def _measure(self, path: Path) -> tuple[int, int, int]:
        try:
            facts = await self._fitter.inspect(path)
        except WorkerFailedError:
            # Our decoder cannot read it, other players may: it is delivered all the same.
            return 0, 0, 0
        return facts.width, facts.height, facts.duration_ms


def _label(clip: Downloaded) -> str | None:
    """Mark a clip as made by a machine; return the SHA-256 of what it is then, None where it has to be read again."""
    try:
        added = label_clip(clip.path)
    except NotLabelled as error:
        # Its message says that it is AI-generated, too; better a clip without the mark in the file than none.
        log.warning("clip_not_labelled", reason=str(error))
        added = b""
    if added is None:
        return None
    digest = clip.digest.copy()
    digest.update(added)
    return digest.hexdigest()


def _check_kept(path: Path, max_bytes: int, expect: AbstractSet[FileKind]) -> None:
    if path.stat().st_size > max_bytes:
        raise TooLargeError("kept, and too large", max_bytes=max_bytes)
    found = sniff_file(path)
    if found not in expect:
        raise WrongTypeError("kept, and of another kind", found=found)


def _notes(mends: Sequence[Mend], known: Mapping[Mend, JobNote]) -> tuple[JobNote, ...]:
    """Return what the card should say of what was done, each thing once."""
    return tuple(dict.fromkeys(known[mend] for mend in mends if mend in known))
