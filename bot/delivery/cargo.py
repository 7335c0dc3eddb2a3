"""What a result message carries: the clip, a smaller copy of it, a picture, or nothing but a link."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from bot.clock import MINUTE, SECOND, Clock
from bot.jobs.model import Asset, Job
from bot.jobs.ports import TryLater
from bot.media.archive import Archive
from bot.media.disk import DiskFullError
from bot.media.fit import FitOutcome, Fitted, Fitter
from bot.ui.results import Carriage

_FIT_DEADLINE: Final = 9 * MINUTE
"""Less than a delivery's lease: what takes longer comes as a link."""
_SHELF_LIFE: Final = 15 * MINUTE
_SHELF_ROOM: Final = 16

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """What is attached.

    Attributes:
        carriage: how the clip comes.
        limit: what the channel takes, in bytes.
        path: the file, None for a link alone.
        asset_id: of the clip in the archive, "" where there is none.
        temporary: the file was made for this message.
    """

    carriage: Carriage
    limit: int
    path: Path | None = None
    asset_id: str = ""
    temporary: bool = False


class CargoHold:
    """Makes cargo, and keeps what was made until its message is posted: encoding anew at each attempt costs minutes."""

    def __init__(self, archive: Archive, fitter: Fitter, clock: Clock, *, fit_deadline: int = _FIT_DEADLINE) -> None:
        """Start with an empty shelf.

        Args:
            archive: where the clips are.
            fitter: makes them smaller.
            clock: tells how long something has been on the shelf.
            fit_deadline: milliseconds after which a clip is given up as too large.
        """
        self._archive = archive
        self._fitter = fitter
        self._clock = clock
        self._fit_deadline = fit_deadline
        self._shelf: dict[tuple[str, int], tuple[Cargo, int]] = {}

    async def load(self, job: Job, result: Asset | None, limit: int) -> Cargo:
        """Return something of the clip that is at most `limit` bytes.

        Raises:
            TryLater: the disk has no room for a smaller copy.
        """
        if result is None or not result.extension:
            return Cargo(carriage=Carriage.NOT_KEPT, limit=limit)
        path = self._archive.path(result.id, result.extension)
        size = await asyncio.to_thread(_size_of, path)
        if size is None:
            log.warning("clip_not_in_archive", job=job.id, advice="all processes must have the same DATA_DIR")
            return Cargo(carriage=Carriage.NOT_KEPT, limit=limit)
        kept = self._shelf.pop((result.id, limit), None)
        if kept is not None:
            return kept[0]
        return await self._fit(job, result.id, path, size, limit)

    async def put_back(self, cargo: Cargo) -> None:
        """Keep what was made for a message that is not posted yet."""
        if not cargo.temporary:
            return
        now = self._clock.now()
        self._shelf[cargo.asset_id, cargo.limit] = (cargo, now + _SHELF_LIFE)
        for key, (old, until) in list(self._shelf.items()):
            if until <= now or len(self._shelf) > _SHELF_ROOM:
                del self._shelf[key]
                await self.throw_away(old)

    async def throw_away(self, cargo: Cargo) -> None:
        """Delete what was made for a message that is posted."""
        if cargo.temporary and cargo.path is not None:
            await asyncio.to_thread(cargo.path.unlink, missing_ok=True)

    async def _fit(self, job: Job, asset_id: str, path: Path, size: int, limit: int) -> Cargo:
        try:
            if size > limit:
                await asyncio.to_thread(self._archive.ensure_room, limit)
            async with asyncio.timeout(self._fit_deadline / SECOND):
                fitted = await self._fitter.fit(path, limit, self._archive.incoming)
        except DiskFullError as error:
            log.exception("disk_full", job=job.id)
            raise TryLater("disk full") from error
        except TimeoutError:
            log.warning("fit_too_slow", job=job.id, size=size, limit=limit)
            return Cargo(carriage=Carriage.TOO_LARGE, limit=limit)
        carriage = _carriage(fitted, size, limit)
        return Cargo(carriage=carriage, limit=limit, path=fitted.path, asset_id=asset_id, temporary=fitted.temporary)


def _size_of(path: Path) -> int | None:
    """Return a file's bytes, None where there is none."""
    return path.stat().st_size if path.is_file() else None


def _carriage(fitted: Fitted, size: int, limit: int) -> Carriage:
    match fitted.how:
        case FitOutcome.ORIGINAL:
            return Carriage.ORIGINAL
        case FitOutcome.REENCODED:
            return Carriage.SMALLER if size > limit else Carriage.PLAYABLE
        case FitOutcome.TOO_LARGE:
            return Carriage.TOO_LARGE
