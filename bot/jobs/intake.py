"""Fetches what people attached, mends it, and keeps it, before anything is bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from bot.clock import MINUTE, SECOND
from bot.jobs import schedule
from bot.jobs.endings import refused
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.loops import each
from bot.jobs.model import AssetRole, Job, JobNote
from bot.jobs.ports import ArchivedFile, InputFiles, InputUnusable, TryLater
from bot.jobs.workshop import Workshop

_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes QUEUED jobs with files that are not in the archive yet."""

    name: ClassVar[str] = "intake"
    interval: ClassVar[int] = SECOND
    workers: ClassVar[int] = 1
    batch: ClassVar[int] = _AT_ONCE

    shop: Workshop
    files: InputFiles

    async def run_once(self) -> int:
        """Prepare the inputs of a few jobs."""
        now = self.shop.clock.now()
        lease = self.shop.leases.draw(now, schedule.INTAKE_LEASE)
        jobs = await self.shop.store.claim_unprepared(now, lease.token, lease.until, _AT_ONCE)
        return await each(jobs, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)

    async def _take(self, job: Job) -> None:
        if self.shop.clock.now() >= job.queue_expires_at:
            await self._refuse(job, Failure(FailureReason.INPUT_LOST))
            return
        try:
            files, notes = await self._prepare(job)
        except InputUnusable as error:
            await self._refuse(job, error.failure)
        except TryLater:
            await self._put_off(job, 15 * SECOND)
        else:
            await self.shop.store.mark_inputs_ready(job.id, job.lease or "", files, notes, self.shop.clock.now())
            self.shop.wakes.ring("submitter", "cards")

    async def _prepare(self, job: Job) -> tuple[dict[str, ArchivedFile], list[JobNote]]:
        clip_ms = await self._source_length(job)
        files: dict[str, ArchivedFile] = {}
        notes: list[JobNote] = []
        for asset in await self.shop.store.assets(job.id):
            if asset.archived_at is None:
                prepared = await self.files.prepare(asset, clip_ms)
                files[asset.id] = prepared.file
                notes += prepared.notes
        return files, notes

    async def _source_length(self, job: Job) -> int | None:
        if job.source_id is None:
            return None
        clips = [asset for asset in await self.shop.store.assets(job.source_id) if asset.role is AssetRole.RESULT]
        return clips[0].duration_ms or None if clips else None

    async def _refuse(self, job: Job, failure: Failure) -> None:
        ended = refused(job, failure, cause="input", at=self.shop.clock.now(), lease=job.lease)
        await self.shop.apply(ended)

    async def _put_off(self, job: Job, wait: int = MINUTE) -> None:
        await self.shop.store.release(job.id, job.lease or "", self.shop.clock.now() + wait)
