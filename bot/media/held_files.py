"""What people attach to a request that is not complete yet: kept as it came, until a job takes it over."""

from __future__ import annotations

import secrets

from bot.catalog.refusals import AudioTooLarge, ImageTooLarge
from bot.errors import Refused
from bot.jobs.model import AssetRole, NewAsset
from bot.jobs.ports import HeldFile, TryLater
from bot.media.archive import Archive
from bot.media.disk import DiskFullError
from bot.media.fetch import (
    Downloader,
    PermanentDownloadError,
    TooLargeError,
    TransientDownloadError,
    WrongTypeError,
)
from bot.media.limits import MediaLimits
from bot.media.refusals import FileUnreadable
from bot.media.signatures import AUDIO_KINDS, IMAGE_KINDS


class HeldInputFiles:
    """Implements `bot.jobs.drafts.HeldFiles`."""

    def __init__(self, archive: Archive, downloader: Downloader, limits: MediaLimits) -> None:
        """Keep the collaborators."""
        self._archive = archive
        self._downloader = downloader
        self._limits = limits

    async def hold(self, file: NewAsset) -> HeldFile:
        """Fetch a file into the archive as it is.

        Raises:
            Refused: it is too large, or not what its option takes.
            TryLater: not now, or no longer.
        """
        audio = file.role is AssetRole.AUDIO
        most = self._limits.audio.max_audio_bytes if audio else self._limits.image_source_bytes
        try:
            got = await self._downloader.fetch(
                file.url,
                self._archive.incoming,
                max_bytes=most,
                expect=AUDIO_KINDS if audio else IMAGE_KINDS,
            )
            stored = await self._archive.put_file(got.path, f"held-{secrets.token_hex(12)}", got.kind.extension)
        except WrongTypeError as error:
            raise Refused(FileUnreadable(option=file.option, expected="audio" if audio else "image")) from error
        except TooLargeError as error:
            refusal = AudioTooLarge if audio else ImageTooLarge
            raise Refused(refusal(option=file.option, found_bytes=file.size, limit_bytes=most)) from error
        except (PermanentDownloadError, TransientDownloadError, DiskFullError) as error:
            raise TryLater(str(error)) from error
        return HeldFile(
            asset_id=stored.asset_id,
            extension=stored.extension,
            filename=file.filename,
            content_type=stored.content_type,
            size=stored.size,
        )

    async def discard(self, file: HeldFile) -> None:
        """Delete a held file, if it is there."""
        await self._archive.delete(file.asset_id, file.extension)
