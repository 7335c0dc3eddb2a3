"""Fetches finished clips into the archive before the provider's address dies."""

from __future__ import annotations

import secrets
from typing import Final

from bot.clock import SECOND, Clock
from bot.jobs import schedule
from bot.jobs.leases import Leases
from bot.jobs.loops import Wakes, each
from bot.jobs.model import Job
from bot.jobs.ports import (
    ClipArchive,
    ClipUnavailable,
    GatewayUnavailable,
    JobStore,
    OwnerAlerts,
    TaskGateway,
    TaskUnknown,
    TryLater,
)

_AT_ONCE: Final = 4


class Archiver:
    """Takes SUCCEEDED jobs whose clip is not in the archive."""

    name: Final = "archiver"
    interval: Final = SECOND
    workers: Final = 2

    def __init__(
        self,
        store: JobStore,
        archive: ClipArchive,
        gateway: TaskGateway,
        clock: Clock,
        leases: Leases,
        wakes: Wakes,
        alerts: OwnerAlerts,
    ) -> None:
        """Keep the collaborators."""
        self._store = store
        self._archive = archive
        self._gateway = gateway
        self._clock = clock
        self._leases = leases
        self._wakes = wakes
        self._alerts = alerts

    async def run_once(self) -> int:
        """Fetch a few clips."""
        now = self._clock.now()
        lease = self._leases.draw(now, schedule.UPLOAD_LEASE)
        jobs = await self._store.claim_unarchived(now, lease.token, lease.until, _AT_ONCE)
        taken = await each(jobs, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)
        if taken:
            self._wakes.ring("deliverer", "cards")
        return taken

    async def _take(self, job: Job) -> None:
        asset_id = secrets.token_hex(8)
        url = job.output_url or ""
        try:
            file = await self._archive.fetch(asset_id, url)
        except ClipUnavailable:
            await self._again(job, schedule.ARCHIVE_UNAVAILABLE_GRACE)
        except TryLater:
            await self._again(job, schedule.ARCHIVE_GRACE)
        else:
            await self._store.record_result(job.id, url, asset_id, file, self._clock.now())

    async def _again(self, job: Job, grace: int) -> None:
        """Try a fresh address if the provider has one, until the grace is over: then the link alone is delivered."""
        now = self._clock.now()
        age = now - (job.finished_at or now)
        if age >= grace:
            await self._store.release(job.id, job.lease or "", None)
            await self._alerts.alert(job, "clip_unavailable")
            return
        fresh = await self._fresh_url(job)
        if fresh is not None and fresh != job.output_url:
            await self._store.set_output_url(job.id, fresh)
        await self._store.release(job.id, job.lease or "", now + max(5 * SECOND, min(age, 300 * SECOND)))

    async def _fresh_url(self, job: Job) -> str | None:
        try:
            return (await self._gateway.report(job.task_id or "")).output_url
        except (GatewayUnavailable, TaskUnknown):
            return None

    async def _put_off(self, job: Job) -> None:
        await self._store.release(job.id, job.lease or "", self._clock.now() + 60 * SECOND)
