"""Fetches finished clips into the archive before the provider's address dies."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import ClassVar, Final

from bot.clock import SECOND
from bot.jobs import schedule
from bot.jobs.loops import each
from bot.jobs.model import Job
from bot.jobs.ports import (
    ClipArchive,
    ClipTooLarge,
    ClipUnavailable,
    GatewayUnavailable,
    TaskGateway,
    TaskUnknown,
    TryLater,
)
from bot.jobs.workshop import Workshop

_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Archiver:
    """Takes SUCCEEDED jobs whose clip is not in the archive."""

    name: ClassVar[str] = "archiver"
    interval: ClassVar[int] = SECOND
    workers: ClassVar[int] = 2
    batch: ClassVar[int] = _AT_ONCE

    shop: Workshop
    archive: ClipArchive
    gateway: TaskGateway

    async def run_once(self) -> int:
        """Fetch a few clips."""
        now = self.shop.clock.now()
        lease = self.shop.leases.draw(now, schedule.UPLOAD_LEASE)
        jobs = await self.shop.store.claim_unarchived(now, lease.token, lease.until, _AT_ONCE)
        return await each(jobs, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)

    async def _take(self, job: Job) -> None:
        asset_id = secrets.token_hex(8)
        url = job.output_url or ""
        try:
            file = await self.archive.fetch(asset_id, url)
        except ClipTooLarge:
            await self._again(job, 0)
        except ClipUnavailable:
            await self._again(job, schedule.ARCHIVE_UNAVAILABLE_GRACE)
        except TryLater:
            await self._again(job, schedule.ARCHIVE_GRACE)
        else:
            if not await self.shop.store.record_result(job.id, url, asset_id, file, self.shop.clock.now()):
                # Somebody deleted the clip meanwhile, or another worker was quicker.
                await self.archive.discard(asset_id, file.extension)
            # At once: others of the batch may be larger. The card follows the message.
            self.shop.wakes.ring("deliverer")

    async def _again(self, job: Job, grace: int) -> None:
        """Ask for a fresh address and try again; once the trouble has lasted for the grace, deliver the link alone."""
        now = self.shop.clock.now()
        since = job.stalled_since or now
        fresh = await self._fresh_url(job)
        if fresh is not None and fresh != job.output_url:
            await self.shop.store.set_output_url(job.id, fresh)
        elif now - since >= grace:
            await self.shop.store.release(job.id, job.lease or "", None)
            self.shop.wakes.ring("deliverer")
            await self.shop.alerts.alert(job, "clip_unavailable")
            return
        wait = max(5 * SECOND, min(now - since, 300 * SECOND))
        await self.shop.store.release(job.id, job.lease or "", now + wait, stalled_since=since)

    async def _fresh_url(self, job: Job) -> str | None:
        try:
            return (await self.gateway.report(job.task_id or "")).output_url
        except (GatewayUnavailable, TaskUnknown):
            return None

    async def _put_off(self, job: Job) -> None:
        await self._again(job, schedule.ARCHIVE_GRACE)
