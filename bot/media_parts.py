"""Wires what handles files: the archive, downloads, and the processes that look at strangers' bytes."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.catalog import Catalogue
from bot.client import EgretClient
from bot.clock import Clock
from bot.delivery.card_attachments import CardAttachments
from bot.media.archive import Archive
from bot.media.convert import Converter
from bot.media.fetch import Downloader
from bot.media.fit import Fitter
from bot.media.held_files import HeldInputFiles
from bot.media.job_files import JobClipArchive, JobInputFiles
from bot.media.limits import MediaLimits
from bot.media.processes import WorkerPool
from bot.safekeeping import room_for_the_database
from bot.settings import Settings
from bot.web.signing import FileAddresses


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaParts:
    """Files, on their way in and out.

    Attributes:
        room: bytes of the disk that clips never fill.
    """

    room: int
    limits: MediaLimits
    archive: Archive
    downloader: Downloader
    fitter: Fitter
    held: HeldInputFiles
    clips: JobClipArchive


async def media_parts(settings: Settings, catalogue: Catalogue, clock: Clock, stack: AsyncExitStack) -> MediaParts:
    """Build them; what has to be closed goes onto `stack`."""
    limits = MediaLimits(image=catalogue.limits.image, audio=catalogue.limits.lipsync)
    room = room_for_the_database(settings.data_dir)
    archive = Archive(settings.data_dir / "files", clock, reserve_bytes=room)
    downloader = await stack.enter_async_context(
        Downloader(trusted_origins=settings.download_origins, reserve_bytes=room)
    )
    fitter = Fitter(WorkerPool(at_once=2))
    return MediaParts(
        room=room,
        limits=limits,
        archive=archive,
        downloader=downloader,
        fitter=fitter,
        held=HeldInputFiles(archive, downloader, limits),
        clips=JobClipArchive(archive, downloader, fitter, limits),
    )


def job_files(
    media: MediaParts, addresses: FileAddresses, client: EgretClient, clock: Clock, *, signed: bool
) -> JobInputFiles:
    """Return what prepares people's files; `signed` where the provider fetches them from this process."""
    return JobInputFiles(
        media.archive,
        media.downloader,
        # Workers of its own: a picture does not wait until other people's clips have been encoded.
        Converter(WorkerPool(at_once=2), media.limits),
        media.limits,
        clock,
        signed_url=addresses.url if signed else None,
        on_card=CardAttachments(client).attach,
    )
