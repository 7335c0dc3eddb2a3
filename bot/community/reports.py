"""Reports of clips on their way to somebody who can do something: a server's mod log, else whoever runs the bot.

A report is told once, whatever crashes: where it goes is stored before it is posted, every attempt carries the same
nonce, and an attempt that may have gone through is looked for before another is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import structlog

from bot.clock import MINUTE, SECOND, Clock
from bot.community import settings
from bot.community.ports import HouseStore
from bot.community.resolving import Settings, Standpoint
from bot.jobs.loops import each
from bot.jobs.model import Job
from bot.jobs.ports import HistoryUnreadable, MaybePosted, OwnerAlerts, TargetRefused, TryLater
from bot.jobs.ports.people import BY_DISCORD

_AT_ONCE: Final = 8
_LEASE: Final = 3 * MINUTE
"""Longer than one attempt takes, so that nobody else begins another meanwhile."""
_LONGEST_REST: Final = 10 * MINUTE
_PATIENCE: Final = 12
"""After so many attempts, about an hour, whoever runs the bot is told instead."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """That somebody found something wrong with a clip; UNIQUE (job, person).

    Attributes:
        person_id: who reported it; BY_DISCORD where a server's filters held back its words.
        reason: what they wrote.
        created_at: UTC milliseconds, as every instant here.
        attempts: how often somebody tried to tell of it, the attempt in hand included.
        channel_id: the mod log that it goes to; None before it is tried.
        tried_at: when that was tried first.
    """

    job_id: str
    person_id: int
    reason: str
    created_at: int
    attempts: int = 0
    channel_id: int | None = None
    tried_at: int | None = None

    @property
    def nonce(self) -> str:
        """Return Discord's idempotency key for every attempt (at most 25 characters)."""
        return f"egret-{hashlib.sha256(f'{self.job_id}:{self.person_id}'.encode()).hexdigest()[:18]}"


class ReportStore(Protocol):
    """Keeps reports; each method is one transaction."""

    async def claim_reports(self, now: int, until: int, limit: int) -> Sequence[Report]:
        """Take reports that nobody has been told of, oldest first; each rests until then."""
        ...

    async def aim_report(self, report: Report, channel_id: int, at: int) -> Report | None:
        """Name the channel that a report goes to, before it is posted there; the first one stays.

        None where somebody has been told meanwhile.
        """
        ...

    async def put_off_report(self, report: Report, until: int) -> None:
        """Let a report rest."""
        ...

    async def report_told(self, report: Report, at: int) -> None:
        """Note that somebody has been told of a report."""
        ...

    async def job(self, job_id: str) -> Job | None:
        """Return a job."""
        ...


class ModLog(Protocol):
    """The channel that a server chose for what its moderators have to see."""

    async def has(self, report: Report, job: Job, channel_id: int, since: int) -> bool:
        """Tell whether a report stands there already; only what was posted since then counts.

        Raises:
            HistoryUnreadable: it cannot be searched, and will not be soon.
            TryLater: not now.
        """
        ...

    async def post(self, report: Report, job: Job, channel_id: int) -> None:
        """Post a report.

        Raises:
            TargetRefused: the channel is gone, or closed to us.
            MaybePosted: the answer was lost.
            TryLater: not now; nothing was posted.
        """
        ...


@dataclass(frozen=True, slots=True)
class ReportTeller:
    """Tells of reports."""

    name: ClassVar[str] = "reports"
    interval: ClassVar[int] = 5 * SECOND
    workers: ClassVar[int] = 1

    store: ReportStore
    houses: HouseStore
    mod_log: ModLog
    alerts: OwnerAlerts
    clock: Clock

    async def run_once(self) -> int:
        """Tell of a few."""
        now = self.clock.now()
        reports = await self.store.claim_reports(now, now + _LEASE, _AT_ONCE)
        return await each(reports, self._tell, self._put_off, step=self.name, at_once=_AT_ONCE)

    async def _tell(self, report: Report) -> None:
        job = await self.store.job(report.job_id)
        try:
            told = job is not None and await self._posted(report, job)
        except (MaybePosted, TryLater) as error:
            if report.attempts < _PATIENCE:
                log.info("report_put_off", job=report.job_id, error=repr(error))
                await self._put_off(report)
                return
            told = False
        if not told and report.person_id != BY_DISCORD:
            await self.alerts.alert(job, f"reported:{report.reason}")
        await self.store.report_told(report, self.clock.now())

    async def _posted(self, report: Report, job: Job) -> bool:
        """Post a report to the mod log; False where there is none that takes it."""
        channel_id = report.channel_id or await self._channel(job)
        if not channel_id:
            return False
        try:
            if report.tried_at is not None and await self.mod_log.has(report, job, channel_id, report.tried_at):
                return True
            aimed = await self.store.aim_report(report, channel_id, self.clock.now())
            if aimed is None or aimed.channel_id != channel_id:
                # Somebody else has it in hand.
                raise TryLater("taken")
            await self.mod_log.post(report, job, channel_id)
        except (TargetRefused, HistoryUnreadable) as error:
            log.warning("mod_log_refused", guild=job.place.guild_id, channel=channel_id, error=repr(error))
            return False
        return True

    async def _channel(self, job: Job) -> int:
        """Return a server's mod log, 0 where it has none."""
        guild_id = job.place.guild_id
        if guild_id is None:
            return 0
        chosen = Settings(await self.houses.house(guild_id), Standpoint())
        return chosen.value(settings.MOD_LOG, 0).value

    async def _put_off(self, report: Report) -> None:
        rest = min(_LONGEST_REST, 5 * SECOND * 2 ** min(report.attempts, 10))
        await self.store.put_off_report(report, self.clock.now() + rest)
