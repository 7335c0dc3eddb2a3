"""What the core needs of files: inputs on their way to the provider, clips on their way to the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.errors import EgretError
from bot.jobs.failures import Failure
from bot.jobs.model import Asset, Job, JobNote
from bot.jobs.ports.store import ArchivedFile


class InputUnusable(EgretError):
    """An input cannot be fetched or cannot be used; trying again is no use."""

    def __init__(self, failure: Failure) -> None:
        """Keep what the person will be told."""
        super().__init__(failure.reason)
        self.failure = failure


class TryLater(EgretError):
    """A step could not be taken now through no fault of the job: network, disk, Discord."""


@dataclass(frozen=True, slots=True)
class PreparedInput:
    """An input in the archive, with what had to be done to it."""

    file: ArchivedFile
    notes: tuple[JobNote, ...] = ()


class InputFiles(Protocol):
    """Fetches and mends what people attach, and says where the provider may fetch it."""

    async def prepare(self, asset: Asset, clip_ms: int | None) -> PreparedInput:
        """Fetch, check, convert and archive one input; `clip_ms` is the source clip's length for a lip-sync.

        Raises:
            InputUnusable: the file cannot be mended or is gone.
            TryLater: not now.
        """
        ...

    async def url(self, job: Job, asset: Asset) -> str:
        """Return an address from which the provider can fetch the file for the next hour.

        Raises:
            InputUnusable: there is no way left to serve it.
            TryLater: not now.
        """
        ...


class ClipUnavailable(EgretError):
    """The finished clip cannot be fetched from this address and never will be: expired, not a video, too large."""


class ClipTooLarge(ClipUnavailable):
    """It is there, and larger than any that is kept: to fetch so much again would end the same way."""


class ClipArchive(Protocol):
    """Keeps finished clips."""

    async def fetch(self, asset_id: str, url: str) -> ArchivedFile:
        """Download a clip into the archive.

        Raises:
            ClipUnavailable: this address is no use.
            TryLater: not now.
        """
        ...

    async def discard(self, asset_id: str, extension: str) -> None:
        """Delete a clip that was fetched for nothing."""
        ...
