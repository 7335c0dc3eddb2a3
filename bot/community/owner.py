"""The owner's hand: what whoever runs the bot can see and do, from Discord and from the command line alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bot.clock import Clock
from bot.community.alerts import ABANDONED_KEY, AlertKind, AlertStore, StoredAlert
from bot.community.ports import AuditLine
from bot.errors import Refusal, Refused
from bot.jobs.credit import AccountSays, AccountWatch
from bot.jobs.deliverer import REMOVED
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.limits import IN_FLIGHT_COUNTER, month_counter
from bot.jobs.loops import Wakes
from bot.jobs.model import Delivery, Job, JobKind, Purpose
from bot.jobs.ports import (
    Change,
    DeliveryChange,
    GatewayUnavailable,
    Pause,
    TaskGateway,
    TaskIdTaken,
    TaskReport,
    TaskUnknown,
)
from bot.jobs.resolver import bound_late
from bot.jobs.states import ABANDON, REDELIVER, DeliveryState, JobState

COMMAND_LINE: Final = 0
"""In place of a person's id: whoever may open the bot's socket on its machine."""
NOTE_LIMIT: Final = 200
"""Characters of what the owner says of a pause; it stands on every card in line."""


class OwnerStore(AlertStore, Protocol):
    """What the owner looks at, and acts on."""

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present; the owner's own first."""
        ...

    async def pause_for_owner(self, note: str, audit: Sequence[AuditLine], now: int) -> bool:
        """Let submissions rest until the owner says otherwise; False where they did so already."""
        ...

    async def resume_for_owner(self, audit: Sequence[AuditLine], now: int) -> bool:
        """End the owner's pause; False where there was none."""
        ...

    async def open_jobs(self) -> Sequence[tuple[JobState, JobKind, int, int]]:
        """Return state, kind, number and the oldest one's time of jobs that have not ended."""
        ...

    async def used(self, counter: str) -> int:
        """Return what a counter stands at."""
        ...

    async def job(self, job_id: str) -> Job | None:
        """Return a job by its short id."""
        ...

    async def job_by_task(self, task_id: str) -> Job | None:
        """Return the job bound to a provider task."""
        ...

    async def apply(self, change: Change) -> Job | None:
        """Apply a transition; None if the race was lost."""
        ...

    async def deliveries(self, job_id: str) -> Sequence[Delivery]:
        """Return a job's deliveries, oldest first."""
        ...

    async def apply_delivery(self, change: DeliveryChange) -> Delivery | None:
        """Apply a delivery's transition; None if the race was lost."""
        ...

    async def audit(self, lines: Sequence[AuditLine]) -> None:
        """Remember what somebody did."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFacts:
    """What only the process itself knows.

    Attributes:
        version: "" where the code runs without being installed.
        started_at: UTC milliseconds.
        connected: whether the gateway is.
        latency_ms: of the gateway; None while it is not known.
        servers: how many the bot is in.
        stuck: the loops that have been at one batch for too long.
    """

    version: str
    started_at: int
    connected: bool
    latency_ms: int | None
    servers: int
    stuck: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How things stand; amounts in micro-dollars, times in UTC milliseconds.

    Attributes:
        queued: how many jobs are in line.
        oldest_queued: since when the first waits; None where nobody does.
        in_flight: how many places at the provider are taken, of `in_flight_limit`.
        unknown: purchases of which nobody knows whether they were made.
        abandoned: those that were given up on.
        pause: why submissions rest; None where they do not.
        balance: what is known of it; None where nothing fresh is.
        month_used: what is spent and reserved this month, of `month_ceiling` (None for none).
        alerts: what is open.
    """

    process: ProcessFacts
    now: int
    queued: int
    oldest_queued: int | None
    in_flight: int
    in_flight_limit: int
    unknown: int
    abandoned: int
    pause: Pause | None
    balance: int | None
    month_used: int
    month_ceiling: int | None
    alerts: tuple[StoredAlert, ...]


@dataclass(frozen=True, kw_only=True)
class NotTheOwner(Refusal):
    """Only the application's owner, or those who develop it, may do this."""


@dataclass(frozen=True, kw_only=True)
class NoSuchJob(Refusal):
    """There is no job of this number."""

    job_id: str


@dataclass(frozen=True, kw_only=True)
class NothingUndelivered(Refusal):
    """Every message about the job stands where it belongs, or is on its way, or its clip was deleted."""

    job_id: str


@dataclass(frozen=True, kw_only=True)
class NotUnresolved(Refusal):
    """The job's outcome is known: there is nothing to be decided about it.

    Attributes:
        state: a word of `JobState`.
    """

    job_id: str
    state: str


@dataclass(frozen=True, kw_only=True)
class TaskNotKnown(Refusal):
    """The provider does not know this task, under this key."""

    task_id: str


@dataclass(frozen=True, kw_only=True)
class TaskIsAnothers(Refusal):
    """The task belongs to another job.

    Attributes:
        holder: that job's id.
    """

    task_id: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class TaskNotOurs(Refusal):
    """The task was not made by this job: its token or its request says otherwise."""

    task_id: str
    job_id: str


@dataclass(frozen=True, kw_only=True)
class ProviderSilent(Refusal):
    """The provider gives no usable answer now."""


class OwnerService:
    """Everything that the owner can do; each deed is in the audit log of the whole bot."""

    def __init__(
        self,
        store: OwnerStore,
        gateway: TaskGateway,
        account: AccountWatch,
        clock: Clock,
        wakes: Wakes,
        *,
        in_flight_limit: int,
        month_ceiling: int | None,
        process: Callable[[], ProcessFacts],
        sync: Callable[[], Awaitable[int]],
    ) -> None:
        """Keep the collaborators.

        Args:
            store: what is looked at and acted on.
            gateway: asked for tasks.
            account: what is known of the account that pays.
            clock: tells the time.
            wakes: rings the loops.
            in_flight_limit: how many places there are at the provider.
            month_ceiling: of the whole bot's spending, in micro-dollars; None for none.
            process: tells what only the process knows.
            sync: tells Discord of every command anew; returns how many there are.
        """
        self._store = store
        self._gateway = gateway
        self._account = account
        self._clock = clock
        self._wakes = wakes
        self._in_flight_limit = in_flight_limit
        self._month_ceiling = month_ceiling
        self._process = process
        self._sync = sync

    async def status(self) -> Status:
        """Return how things stand."""
        now = self._clock.now()
        jobs = await self._store.open_jobs()
        pause = await self._store.pause()
        return Status(
            process=self._process(),
            now=now,
            queued=sum(number for state, _, number, _ in jobs if state is JobState.QUEUED),
            oldest_queued=min((oldest for state, _, _, oldest in jobs if state is JobState.QUEUED), default=None),
            in_flight=await self._store.used(IN_FLIGHT_COUNTER),
            in_flight_limit=self._in_flight_limit,
            unknown=sum(number for state, _, number, _ in jobs if state is JobState.SUBMIT_UNKNOWN),
            abandoned=sum(number for state, _, number, _ in jobs if state is JobState.ABANDONED),
            pause=pause if pause is not None and pause.until > now else None,
            balance=self._account.balance,
            month_used=await self._store.used(month_counter(now)),
            month_ceiling=self._month_ceiling,
            alerts=tuple(found for found in await self._store.open_alerts() if found.alert.channel_id is None),
        )

    async def balance(self) -> AccountSays:
        """Ask the provider for the account.

        Raises:
            Refused: no usable answer came.
        """
        said = await self._account.ask(older_than=0)
        if said is None:
            raise Refused(ProviderSilent())
        return said

    async def pause(self, actor_id: int, note: str) -> bool:
        """Let submissions rest until `resume`; False where they did so already, and only the note is new."""
        kept = note.strip()[:NOTE_LIMIT]
        fresh = await self._store.pause_for_owner(kept, [self._line(actor_id, "pause", "", kept)], self._clock.now())
        self._wakes.ring("overseer", "cards")
        return fresh

    async def resume(self, actor_id: int) -> bool:
        """End the owner's pause; False where there was none."""
        ended = await self._store.resume_for_owner([self._line(actor_id, "resume", "")], self._clock.now())
        self._wakes.ring("overseer", "submitter", "cards")
        return ended

    async def redeliver(self, actor_id: int, job_id: str) -> int:
        """Try every message about a job again that no channel took; return how many those are.

        Raises:
            Refused: there are none.
        """
        job = await self._known(job_id)
        owed = [
            delivery
            for delivery in await self._store.deliveries(job.id)
            if delivery.state is DeliveryState.UNDELIVERABLE and delivery.reason != REMOVED
        ]
        if not owed or job.removed_at is not None:
            raise Refused(NothingUndelivered(job_id=job.id))
        now = self._clock.now()
        await self._store.audit([self._line(actor_id, "redeliver", job.id)])
        moved = [
            await self._store.apply_delivery(
                DeliveryChange(delivery_id=delivery.id, transition=REDELIVER, at=now, due_at=now)
            )
            for delivery in owed
        ]
        self._wakes.ring("deliverer", "cards")
        return sum(delivery is not None for delivery in moved)

    async def bind(self, actor_id: int, job_id: str, task_id: str) -> None:
        """Say which of the provider's tasks a job's purchase made; the provider is asked whether that can be.

        Raises:
            Refused: the job's outcome is known, or the task is not the job's.
        """
        job = await self._unresolved(job_id)
        task_id = task_id.strip()
        holder = await self._store.job_by_task(task_id)
        if holder is not None and holder.id != job.id:
            raise Refused(TaskIsAnothers(task_id=task_id, holder=holder.id))
        report = await self._report(task_id)
        ours = (
            self._gateway.is_same(job.sent, report)
            if report.hook_token is None
            else report.hook_token == job.hook_token
        )
        if not ours:
            raise Refused(TaskNotOurs(task_id=task_id, job_id=job.id))
        await self._store.audit([self._line(actor_id, "bind", job.id, task_id)])
        change = bound_late(job.id, report.task_id, cause="by_owner", at=self._clock.now())
        try:
            bound = await self._store.apply(change)
        except TaskIdTaken:
            raise Refused(TaskIsAnothers(task_id=task_id, holder="")) from None
        if bound is None:
            raise await self._settled_meanwhile(job.id)
        self._wakes.ring("poller", "cards", "overseer")

    async def abandon(self, actor_id: int, job_id: str) -> None:
        """Give up on a purchase of which nobody knows whether it was made; the person's quota comes back.

        One that was given up on already counts as dealt with.

        Raises:
            Refused: the job's outcome is known.
        """
        job = await self._unresolved(job_id)
        now = self._clock.now()
        await self._store.audit([self._line(actor_id, "abandon", job.id)])
        await self._store.settle_alert(f"{ABANDONED_KEY}{job.id}", AlertKind.ABANDONED, job.id, now)
        if job.state is JobState.ABANDONED:
            return
        change = Change(
            job_id=job.id,
            transition=ABANDON,
            at=now,
            cause="by_owner",
            failure=Failure(FailureReason.UNKNOWN_OUTCOME),
            purpose=Purpose.ABANDONED,
        )
        if await self._store.apply(change) is None:
            raise await self._settled_meanwhile(job.id)
        self._wakes.ring("deliverer", "cards", "submitter")

    async def sync(self, actor_id: int) -> int:
        """Tell Discord of every command anew; return how many there are."""
        await self._store.audit([self._line(actor_id, "sync", "")])
        return await self._sync()

    async def jobs_to_resolve(self) -> Sequence[str]:
        """Return jobs that were given up on and that an open alert tells of."""
        return await self._subjects(AlertKind.ABANDONED)

    async def jobs_to_redeliver(self) -> Sequence[str]:
        """Return jobs whose clip no channel took, and that an open alert tells of."""
        return await self._subjects(AlertKind.UNDELIVERABLE)

    async def _subjects(self, kind: AlertKind) -> Sequence[str]:
        return [found.alert.subject for found in await self._store.open_alerts() if found.alert.kind is kind]

    async def _report(self, task_id: str) -> TaskReport:
        try:
            return await self._gateway.report(task_id)
        except TaskUnknown:
            raise Refused(TaskNotKnown(task_id=task_id)) from None
        except GatewayUnavailable:
            raise Refused(ProviderSilent()) from None

    async def _known(self, job_id: str) -> Job:
        asked = job_id.strip().lstrip("#").lower()
        job = await self._store.job(asked)
        if job is None:
            raise Refused(NoSuchJob(job_id=asked))
        return job

    async def _unresolved(self, job_id: str) -> Job:
        job = await self._known(job_id)
        if job.state not in {JobState.SUBMIT_UNKNOWN, JobState.ABANDONED}:
            raise Refused(NotUnresolved(job_id=job.id, state=job.state.value))
        return job

    async def _settled_meanwhile(self, job_id: str) -> Refused:
        job = await self._known(job_id)
        return Refused(NotUnresolved(job_id=job.id, state=job.state.value))

    def _line(self, actor_id: int, action: str, subject: str, detail: str = "") -> AuditLine:
        return AuditLine(
            guild_id=None, at=self._clock.now(), actor_id=actor_id, action=action, subject=subject, detail=detail
        )
