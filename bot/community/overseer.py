"""Looks at how things stand, raises what needs a person, and notes what has passed.

It goes by what is stored and known now, never by what happened: so nothing is lost with a crash between the trouble and
the word about it, and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bot.clock import DAY, MINUTE, SECOND, Clock
from bot.community.alerts import (
    OUTAGE_KEY,
    PAUSES,
    Alert,
    AlertBook,
    AlertKind,
    AlertStore,
    StoredAlert,
    abandoned,
    undeliverable,
)
from bot.jobs.credit import AccountWatch
from bot.jobs.failures import FailureReason
from bot.jobs.limits import month_counter
from bot.jobs.model import Delivery, Job, JobKind
from bot.jobs.ports import Pause
from bot.jobs.states import DeliveryState, JobState

UNREACHED: Final = 5 * MINUTE
"""How long the provider may be out of reach before anybody is told."""
WAITED_LONG: Final = 30 * MINUTE
"""How long the first in line may wait before the owner is told."""
WAITS_AGAIN_SHORTLY: Final = 10 * MINUTE
"""Below this wait the backlog counts as gone."""
OUTAGE_AFTER: Final = 2 * MINUTE
"""How long submissions rest before members are told."""
STUCK_SECONDS: Final = 20 * 60.0
"""How long a loop may be at one batch: longer than any lease."""
DEAD_FOR: Final = 10 * MINUTE
"""How long the loops have to run before a loop that died counts as mended."""
_PAUSE_GRACE: Final = 5 * MINUTE
"""How long after its end a pause that nobody has tried to break counts as one."""
_MISSED_WITHIN: Final = DAY
_MENDED_WITHIN: Final = 30 * DAY
"""After so long nothing about a job can be mended any more."""
_KEPT: Final = 90 * DAY
_SLOW_EVERY: Final = 30 * SECOND
_EIGHTY: Final = 80


class OverseenStore(AlertStore, Protocol):
    """What there is to be looked at."""

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present; the owner's own first."""
        ...

    async def used(self, counter: str) -> int:
        """Return what a counter stands at."""
        ...

    async def open_jobs(self) -> Sequence[tuple[JobState, JobKind, int, int]]:
        """Return state, kind, number and the oldest one's time of jobs that have not ended."""
        ...

    async def job(self, job_id: str) -> Job | None:
        """Return a job by its short id."""
        ...

    async def deliveries(self, job_id: str) -> Sequence[Delivery]:
        """Return a job's deliveries, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on something is worth a word, in micro-dollars.

    Attributes:
        low: a balance below this.
        least: a balance below this buys nothing.
        month: the ceiling of a month; None for none.
    """

    low: int
    least: int
    month: int | None


class Overseer:
    """A step of the loops."""

    name: Final = "overseer"
    interval: Final = 5 * SECOND
    workers: Final = 1

    def __init__(
        self,
        store: OverseenStore,
        book: AlertBook,
        account: AccountWatch,
        thresholds: Thresholds,
        clock: Clock,
        *,
        stuck: Callable[[float], Sequence[str]],
        show: Callable[[Pause | None], Awaitable[None]],
    ) -> None:
        """Keep the collaborators.

        Args:
            store: what there is to be looked at.
            book: where alerts are raised.
            account: what is known of the account that pays.
            thresholds: from where on something is worth a word.
            clock: tells the time.
            stuck: names the loops that have been at one batch for longer than so many seconds.
            show: lets everybody see that submissions rest, or that they do not.
        """
        self._store = store
        self._book = book
        self._account = account
        self._thresholds = thresholds
        self._clock = clock
        self._stuck = stuck
        self._show = show
        self._began = clock.now()
        self._stuck_here: set[str] = set()
        self._slow_at = 0
        self._gone_at = 0

    async def run_once(self) -> int:
        """Look once; never finds work that would keep it busy."""
        now = self._clock.now()
        pause = await self._store.pause()
        jobs = await self._store.open_jobs()
        resting = pause if pause is not None and self._rests(pause, jobs, now) else None
        await self._about_pause(resting, now)
        await self._about_balance(resting)
        await self._about_waiting(pause, resting, jobs, now)
        if now >= self._slow_at:
            self._slow_at = now + _SLOW_EVERY
            await self._about_budget(now)
            await self._about_jobs(now)
            await self._about_loops(now)
            await self._store.forget_alerts(now - _KEPT)
        await self._show(resting)
        return 0

    def _rests(self, pause: Pause, jobs: Sequence[tuple[JobState, JobKind, int, int]], now: int) -> bool:
        """Tell whether a pause on record is one still.

        One that has run out stays on record until a purchase succeeds. While somebody is in line that is tried; where
        nobody is, it counts as over after a while, unless the account itself says otherwise.
        """
        if pause.until + _PAUSE_GRACE > now or _in_line(jobs):
            return True
        said, balance = self._account.said, self._account.balance
        if pause.reason == _reason(AlertKind.KEY_REFUSED):
            return said is not None and said.key_refused
        if pause.reason == _reason(AlertKind.CREDIT_GONE):
            return balance is not None and balance < self._thresholds.least
        if pause.reason == _reason(AlertKind.PROVIDER_DOWN):
            return self._account.unreached_since is not None or _in_doubt(jobs)
        return False

    async def _about_pause(self, resting: Pause | None, now: int) -> None:
        """Raise what a pause is about, or what the account tells of the same trouble; once for both."""
        for reason, kind in PAUSES.items():
            rests = resting is not None and resting.reason == reason
            told = self._account_tells(kind, now)
            # Nobody has to do anything about a provider that is down, and mostly it is back before anybody could.
            early = kind is AlertKind.PROVIDER_DOWN and resting is not None and now - resting.since < OUTAGE_AFTER
            if told or (rests and not early):
                detail = {} if rests else {"seen": "account"}
                await self._book.raise_(Alert(key=kind.value, kind=kind, detail=detail))
            elif rests or told is None:
                self._book.still(kind.value)
            else:
                await self._book.clear(kind.value, kind.calm)

    def _account_tells(self, kind: AlertKind, now: int) -> bool | None:
        """Tell whether the account shows a trouble; None where it cannot be said yet."""
        account = self._account
        since = account.unreached_since
        match kind:
            case AlertKind.PROVIDER_DOWN if since is not None:
                return True if now - since >= UNREACHED else None
            case AlertKind.PROVIDER_DOWN | AlertKind.KEY_REFUSED if account.said is None:
                return None
            case AlertKind.KEY_REFUSED:
                return account.said is not None and account.said.key_refused
            case _:
                return False

    async def _about_balance(self, resting: Pause | None) -> None:
        kind, balance = AlertKind.CREDIT_LOW, self._account.balance
        if balance is None:
            return
        if balance >= self._thresholds.low:
            await self._book.clear(kind.value, kind.calm)
        elif resting is not None and resting.reason == _reason(AlertKind.CREDIT_GONE):
            # The provider has refused to sell already, so the owner knows.
            self._gone_at = self._clock.now()
        elif self._account.asked_at > self._gone_at:
            # An answer from before it sold again is no news.
            detail = {"balance": str(balance), "low": str(self._thresholds.low)}
            await self._book.raise_(Alert(key=kind.value, kind=kind, detail=detail))

    async def _about_waiting(
        self,
        pause: Pause | None,
        resting: Pause | None,
        jobs: Sequence[tuple[JobState, JobKind, int, int]],
        now: int,
    ) -> None:
        waited = max((now - oldest for state, _, _, oldest in jobs if state is JobState.QUEUED), default=0)
        backlog = Alert(key=AlertKind.BACKLOG.value, kind=AlertKind.BACKLOG, detail={"minutes": str(waited // MINUTE)})
        if waited >= WAITED_LONG and pause is None:
            await self._book.raise_(backlog)
        elif waited < WAITS_AGAIN_SHORTLY:
            await self._book.clear(backlog.key)
        await self._tell_members(resting, now)

    async def _tell_members(self, resting: Pause | None, now: int) -> None:
        """Let each server where somebody waits have one notice, in the channel of the longest wait."""
        if resting is None:
            for found in await self._open(AlertKind.OUTAGE):
                deliberate = found.alert.detail.get("reason") == FailureReason.PAUSED_BY_OWNER
                await self._book.clear(found.alert.key, 0 if deliberate else AlertKind.OUTAGE.calm)
            return
        for found in await self._open(AlertKind.OUTAGE):
            self._book.still(found.alert.key)
        if now - resting.since < OUTAGE_AFTER:
            return
        told: set[int] = set()
        for place in await self._store.waiting_places():
            if place.guild_id in told:
                continue
            told.add(place.guild_id)
            await self._book.raise_(
                Alert(
                    key=f"{OUTAGE_KEY}{place.guild_id}",
                    kind=AlertKind.OUTAGE,
                    subject=str(place.guild_id),
                    detail={"reason": resting.reason, "note": resting.note, "locale": place.locale},
                    channel_id=place.channel_id,
                )
            )

    async def _about_budget(self, now: int) -> None:
        ceiling, counter = self._thresholds.month, month_counter(now)
        key = f"{AlertKind.BUDGET.value}:{counter}"
        used = await self._store.used(counter)
        detail = {"used": str(used), "ceiling": str(ceiling or 0)}
        near = ceiling is not None and ceiling > 0 and used * 100 >= ceiling * _EIGHTY
        await self._book.stands(Alert(key=key, kind=AlertKind.BUDGET, detail=detail), on=near)
        for found in await self._open(AlertKind.BUDGET):
            if found.alert.key != key:
                await self._book.clear(found.alert.key)

    async def _about_jobs(self, now: int) -> None:
        for job_id, reason in (await self._store.untold_undeliverable(now - _MISSED_WITHIN)).items():
            await self._book.raise_(undeliverable(job_id, reason))
        for job_id, reason in (await self._store.untold_abandoned(now - _MISSED_WITHIN)).items():
            await self._book.raise_(abandoned(job_id, reason))
        checks: Mapping[AlertKind, Callable[[str], Awaitable[bool]]] = {
            AlertKind.UNDELIVERABLE: self._is_undeliverable,
            AlertKind.ABANDONED: self._is_abandoned,
        }
        for found in await self._store.open_alerts():
            check = checks.get(found.alert.kind)
            if check is None:
                continue
            if now - found.raised_at >= _MENDED_WITHIN or not await check(found.alert.subject):
                await self._book.clear(found.alert.key)

    async def _is_undeliverable(self, job_id: str) -> bool:
        job = await self._store.job(job_id)
        if job is None or job.removed_at is not None:
            return False
        states = {delivery.state for delivery in await self._store.deliveries(job_id)}
        return DeliveryState.UNDELIVERABLE in states

    async def _is_abandoned(self, job_id: str) -> bool:
        job = await self._store.job(job_id)
        return job is not None and job.state is JobState.ABANDONED

    async def _about_loops(self, now: int) -> None:
        stuck = set(self._stuck(STUCK_SECONDS))
        for name in sorted(stuck):
            key = f"{AlertKind.LOOP_STUCK.value}:{name}"
            await self._book.raise_(Alert(key=key, kind=AlertKind.LOOP_STUCK, subject=name))
        self._stuck_here |= stuck
        for found in await self._open(AlertKind.LOOP_STUCK):
            # What another process has raised since this one began is for that one to take back.
            known_here = found.alert.subject in self._stuck_here or found.raised_at <= self._began
            if found.alert.subject not in stuck and known_here:
                await self._book.clear(found.alert.key, AlertKind.LOOP_STUCK.calm)
        for found in await self._open(AlertKind.LOOP_DIED):
            if now - self._began >= DEAD_FOR:
                await self._book.clear(found.alert.key)

    async def _open(self, kind: AlertKind) -> Sequence[StoredAlert]:
        return [found for found in await self._store.open_alerts() if found.alert.kind is kind]


def _in_line(jobs: Sequence[tuple[JobState, JobKind, int, int]]) -> bool:
    return any(state in {JobState.QUEUED, JobState.SUBMITTING} for state, _, _, _ in jobs)


def _in_doubt(jobs: Sequence[tuple[JobState, JobKind, int, int]]) -> bool:
    return any(state is JobState.SUBMIT_UNKNOWN for state, _, _, _ in jobs)


def _reason(kind: AlertKind) -> str:
    return next(reason.value for reason, each in PAUSES.items() if each is kind)
