"""What the core needs from the world: Protocols that the edges implement."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.errors import EgretError
from bot.jobs.failures import Failure
from bot.jobs.limits import Hold
from bot.jobs.model import (
    Asset,
    AssetRole,
    Delivery,
    Job,
    JobEvent,
    JobInput,
    JobKind,
    JobNote,
    MessageRef,
    NewJob,
)
from bot.jobs.states import DeliveryState, JobState, Transition

# --- the store -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    """The job is stored and its holds are taken."""

    job: Job


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same request was stored before; nothing was taken again."""

    job: Job


@dataclass(frozen=True, slots=True)
class OverCeiling:
    """A ceiling would have been passed; nothing was stored.

    Attributes:
        used: what the counter of `hold` had reached.
    """

    hold: Hold
    used: int


@dataclass(frozen=True, slots=True)
class IdTaken:
    """The short id is in use: draw another and submit again; nothing was stored."""


SubmitResult = Accepted | Duplicate | OverCeiling | IdTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One guarded transition of a job with everything that commits together with it.

    The row changes only if its state is among the transition's sources and, where `lease` is given, if it still holds
    that lease. A field left None keeps its value, except `due_at` and `keep_lease_until`, which are set as given
    (None: nothing due; lease released).

    Attributes:
        cause: a short machine word for the event row.
        in_flight_ceiling: with SUBMIT, the most jobs that may be in flight afterwards; the change is refused beyond.
        settle_microusd: what the provider charged, now known: the ledger's reserve gives way to it (once).
        purpose: the message that this change owes the channel; stored pending and due at once, once per purpose.
    """

    job_id: str
    transition: Transition[JobState]
    at: int
    cause: str
    lease: str | None = None
    due_at: int | None = None
    keep_lease_until: int | None = None
    in_flight_ceiling: int | None = None
    sent: str | None = None
    post_started_at: int | None = None
    post_ended_at: int | None = None
    task_id: str | None = None
    deadline_at: int | None = None
    output_url: str | None = None
    consumed_microusd: int | None = None
    settle_microusd: int | None = None
    failure: Failure | None = None
    purpose: str | None = None


class StoreUnavailable(EgretError):
    """The database cannot be used right now (disk full, locked, connection lost): nothing was changed."""


class TaskIdTaken(EgretError):
    """Another job is bound to this task id already; nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChange:
    """One guarded transition of a delivery; fields as in `Change`.

    Attributes:
        channel_id: with BEGIN_SEND, the target of this attempt.
        message: with DELIVER, the message that now stands in the channel.
    """

    delivery_id: str
    transition: Transition[DeliveryState]
    at: int
    lease: str | None = None
    due_at: int | None = None
    keep_lease_until: int | None = None
    channel_id: int | None = None
    message: MessageRef | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """Facts of a file now in the archive; lengths in bytes, pixels and milliseconds."""

    extension: str
    content_type: str
    size: int
    sha256: str
    width: int = 0
    height: int = 0
    duration_ms: int = 0
    converted: bool = False


@dataclass(frozen=True, slots=True)
class Quantiles:
    """How long such jobs took from the task's start to its end here, in milliseconds."""

    p10: int
    p50: int
    p90: int
    samples: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Submissions rest until `until` (UTC milliseconds) because of `reason`."""

    until: int
    reason: str


class JobStore(Protocol):
    """Durable jobs. Each method is one transaction; cancelling a caller never tears one."""

    async def submit(self, new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
        """Store a job, its assets, its first event and its holds, or nothing.

        A hold on Scope.PROCESS_MONTH_USD becomes the job's row in the ledger; the others are the person's quota.
        """
        ...

    async def job(self, job_id: str) -> Job | None:
        """Return a job by its short id."""
        ...

    async def job_by_request(self, request_key: str) -> Job | None:
        """Return the job that a request made."""
        ...

    async def job_by_task(self, task_id: str) -> Job | None:
        """Return the job bound to a provider task."""
        ...

    async def job_by_message(self, message_id: int) -> Job | None:
        """Return the job whose card or delivered message this is."""
        ...

    async def events(self, job_id: str) -> Sequence[JobEvent]:
        """Return a job's history, oldest first."""
        ...

    async def apply(self, change: Change) -> Job | None:
        """Apply a transition; None if the race was lost (state, lease, or in-flight ceiling).

        In the same transaction: the event row; the in-flight counter whenever the job enters or leaves
        states.IN_FLIGHT; the person's quota given back, once, on entering states.REFUNDED; the ledger; the delivery.

        Raises:
            TaskIdTaken: another job has this task id.
        """
        ...

    async def claim(
        self, states: Sequence[JobState], now: int, lease: str, lease_until: int, limit: int
    ) -> Sequence[Job]:
        """Lease up to `limit` due jobs in these states, oldest `due_at` first (then oldest job).

        A job is due when `due_at` <= now and no other lease is running. Leases nothing twice, whichever process asks.
        """
        ...

    async def claim_unprepared(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease QUEUED jobs whose inputs are not in the archive yet (same rule of being due)."""
        ...

    async def claim_ready(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease QUEUED jobs whose inputs are ready, in queue order."""
        ...

    async def claim_unarchived(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease SUCCEEDED jobs whose clip is not in the archive and that have a `due_at`."""
        ...

    async def release(self, job_id: str, lease: str, due_at: int | None, stalled_since: int | None = None) -> bool:
        """Give a lease back, set when the job is due next and since when it stalls; False if the lease was lost."""
        ...

    async def expire_submitting(self, now: int, every: bool) -> Sequence[Job]:
        """Return SUBMITTING jobs whose lease ran out (or all of them, `every`), for the sweep to doubt."""
        ...

    async def mark_inputs_ready(
        self, job_id: str, lease: str, files: Mapping[str, ArchivedFile], notes: Sequence[JobNote], now: int
    ) -> bool:
        """Record prepared inputs by asset id, add notes, release the lease and make the job due now."""
        ...

    async def record_result(self, job_id: str, source_url: str, asset_id: str, file: ArchivedFile, now: int) -> bool:
        """Record a SUCCEEDED job's clip in the archive; False if one was recorded before. Clears `due_at`."""
        ...

    async def set_output_url(self, job_id: str, url: str) -> None:
        """Replace the provider's address of a clip that is not archived yet."""
        ...

    async def assets(self, job_id: str) -> Sequence[Asset]:
        """Return a job's files, inputs first."""
        ...

    async def asset(self, asset_id: str) -> Asset | None:
        """Return one file's row."""
        ...

    async def nudge(self, hook_token: str, task_id: str | None, now: int) -> bool:
        """Note that a webhook spoke of a job: due now, and `task_id` as candidate where none is bound.

        False for an unknown token. An ended job is left alone (True). In SUBMITTING only the candidate is kept.
        Many nudges may commit together.
        """
        ...

    async def request_cancel(self, job_id: str, now: int) -> Job | None:
        """Note the wish on a job that has left QUEUED and has not ended; due now. None if it cannot be cancelled."""
        ...

    async def mark_cancel_sent(self, job_id: str, now: int) -> None:
        """Note that the provider was asked to cancel."""
        ...

    async def set_card(self, job_id: str, card: MessageRef, revision: int) -> None:
        """Record the card that shows `revision`; the first one stays."""
        ...

    async def stale_cards(self, limit: int) -> Sequence[Job]:
        """Return jobs whose card shows less than their revision, oldest change first."""
        ...

    async def card_shown(self, job_id: str, revision: int) -> None:
        """Record what a card shows now (it never goes back)."""
        ...

    async def touch_queue_cards(self, limit: int) -> None:
        """Grow the revision of the first `limit` queued jobs with a card: their position changed."""
        ...

    async def queue_position(self, job_id: str) -> int:
        """Return how many queued jobs go first, plus one; 0 if the job is not queued."""
        ...

    async def running_clips(self, requester_id: int, guild_id: int | None, limit: int) -> Sequence[Job]:
        """Return a person's unended jobs here, oldest first."""
        ...

    async def past_clips(
        self, requester_id: int, guild_id: int | None, limit: int
    ) -> Sequence[tuple[Job, MessageRef | None]]:
        """Return a person's ended jobs here, newest first, with where the result stands."""
        ...

    async def source_clips(
        self, requester_id: int, guild_id: int | None, channel_id: int, since: int, limit: int
    ) -> Sequence[Job]:
        """Return SUCCEEDED jobs finished since then: the person's in this guild first, then the channel's."""
        ...

    async def quantiles(self, kind: JobKind, model: str, mode: str, seconds: int) -> Quantiles | None:
        """Return what past jobs of this kind teach; None below a handful of samples. `seconds` is 0 but for VIDEO."""
        ...

    async def claim_deliveries(
        self, now: int, lease: str, lease_until: int, limit: int
    ) -> Sequence[tuple[Delivery, Job]]:
        """Lease due deliveries (pending, or sending with an expired lease).

        A `result` waits until the clip is archived, or until its job has no `due_at` left (archiving was given up).
        """
        ...

    async def apply_delivery(self, change: DeliveryChange) -> Delivery | None:
        """Apply a delivery's transition; None if the race was lost."""
        ...

    async def release_delivery(self, delivery_id: str, lease: str, due_at: int) -> bool:
        """Give a delivery's lease back in the state it has, due again then; False if the lease was lost."""
        ...

    async def deliveries(self, job_id: str) -> Sequence[Delivery]:
        """Return a job's deliveries, oldest first."""
        ...

    async def expire_leases(self) -> None:
        """Forget every lease: called at start where one process owns the store (SQLite)."""
        ...

    async def hasten(self, now: int) -> None:
        """Make every job in SUBMIT_UNKNOWN, RUNNING and OVERDUE due now: called at start: webhooks were missed."""
        ...

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present."""
        ...

    async def set_pause(self, pause: Pause | None) -> None:
        """Pause submissions, or lift the pause."""
        ...

    async def used(self, counter: str) -> int:
        """Return what a counter stands at."""
        ...


# --- the provider ----------------------------------------------------------------------------------------------------


class RemoteStatus(StrEnum):
    """A task's status in our terms; an unknown word is RUNNING."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReport:
    """What the provider says of a task.

    Attributes:
        output_url: the finished clip, None while there is none.
        consumed_microusd: what was charged; None where the provider does not say, or while the task has not ended.
        created_at: by the provider's clock, UTC milliseconds.
        hook_token: our token, where the provider echoes the webhook's address.
        request: the echoed request as canonical JSON, comparable by `TaskGateway.is_same`.
    """

    task_id: str
    status: RemoteStatus
    output_url: str | None = None
    consumed_microusd: int | None = None
    created_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    failure: Failure | None = None
    hook_token: str | None = field(default=None, repr=False)
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOrder:
    """What to buy.

    Attributes:
        source_task_id: of an extension or a lip-sync.
        urls: where the provider fetches each input file.
    """

    kind: JobKind
    model: str
    mode: str
    input: JobInput
    service_mode: str
    hook_token: str = field(repr=False)
    source_task_id: str | None = None
    urls: Mapping[AssetRole, str] | None = None


@dataclass(frozen=True, slots=True)
class PreparedTask:
    """A request ready to be sent; `sent` is what the job keeps of it (no endpoint, no secret)."""

    sent: str
    order: TaskOrder


@dataclass(frozen=True, slots=True)
class Bound:
    """A task exists."""

    report: TaskReport


@dataclass(frozen=True, slots=True)
class Declined:
    """The provider definitely did not take it.

    Attributes:
        retry_after_ms: when it asked to be left alone for that long.
    """

    failure: Failure
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request certainly never reached the provider."""

    cause: str


@dataclass(frozen=True, slots=True)
class Unknowable:
    """Nobody can tell whether a task exists."""

    cause: str


CreateOutcome = Bound | Declined | NotSent | Unknowable


@dataclass(frozen=True, slots=True)
class HistoryTask:
    """A row of the account's task list; `created_at` in UTC milliseconds by the provider's clock."""

    task_id: str
    created_at: int


class GatewayUnavailable(EgretError):
    """The provider cannot be asked right now; ask again later."""


class TaskUnknown(EgretError):
    """The provider says that it does not know this task."""


class TaskGateway(Protocol):
    """The provider, seen from the core."""

    @property
    def key_fingerprint(self) -> str:
        """Return what names the account in use; not a secret."""
        ...

    @property
    def service_mode(self) -> str:
        """Return "public", "private" or "" (the workspace's default)."""
        ...

    def prepare(self, order: TaskOrder) -> PreparedTask:
        """Make the request, without sending it."""
        ...

    async def create(self, task: PreparedTask) -> CreateOutcome:
        """Send the one POST. Never raises for what the network or the provider does; never sends twice."""
        ...

    async def report(self, task_id: str) -> TaskReport:
        """Ask for a task.

        Raises:
            GatewayUnavailable: no answer to be had now.
            TaskUnknown: the provider does not know the task.
        """
        ...

    async def cancel(self, task_id: str) -> None:
        """Ask the provider to cancel a task; that it may refuse is no error.

        Raises:
            GatewayUnavailable: no answer to be had now.
        """
        ...

    def history(self, since: int, until: int) -> AsyncIterator[HistoryTask]:
        """Yield the account's Kling tasks created between two instants (UTC milliseconds), all pages.

        Raises:
            GatewayUnavailable: no answer to be had now.
        """
        ...

    def is_same(self, sent: str, report: TaskReport) -> bool:
        """Tell whether `report` is of a task made by the request `sent`: every field sent is equal."""
        ...


# --- inputs and results ----------------------------------------------------------------------------------------------


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


class ClipArchive(Protocol):
    """Keeps finished clips."""

    async def fetch(self, asset_id: str, url: str) -> ArchivedFile:
        """Download a clip into the archive.

        Raises:
            ClipUnavailable: this address is no use.
            TryLater: not now.
        """
        ...


# --- the channel -----------------------------------------------------------------------------------------------------


class DefinitelyNotPosted(EgretError):
    """No message was posted; another attempt may be made.

    Attributes:
        retry_after_ms: how long to wait, None for the core's own backoff.
    """

    def __init__(self, reason: str, retry_after_ms: int | None = None) -> None:
        """Keep why."""
        super().__init__(reason)
        self.reason = reason
        self.retry_after_ms = retry_after_ms


class TargetRefused(EgretError):
    """This channel will not take the message, ever: gone, forbidden. Another target may."""

    def __init__(self, reason: str) -> None:
        """Keep why."""
        super().__init__(reason)
        self.reason = reason


class MaybePosted(EgretError):
    """Nobody can tell whether a message was posted: look before the next attempt."""


class HistoryUnreadable(EgretError):
    """The target cannot be searched for our message, so another attempt might post it twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What a card shows beside its job.

    Attributes:
        position: in the queue, from 1; 0 if not queued.
        ready_at: when such jobs are usually done, UTC milliseconds; None where unknown.
        pause: submissions rest.
        uploading: a delivery of the result is under way.
    """

    position: int = 0
    ready_at: int | None = None
    pause: Pause | None = None
    result: MessageRef | None = None
    source: Job | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What a result or a failure message shows beside its job."""

    result: Asset | None = None
    source: Job | None = None


class PreparedMessage(Protocol):
    """A message fitted to its target (a file re-encoded, a poster made), ready to be sent more than once."""

    async def discard(self) -> None:
        """Delete what was made for it."""
        ...


class ResultSink(Protocol):
    """Puts messages and cards where people see them."""

    async def show_card(self, job: Job, facts: CardFacts) -> bool:
        """Edit a job's card; False if it is gone for good.

        Raises:
            TryLater: not now.
        """
        ...

    async def targets(self, delivery: Delivery, job: Job) -> Sequence[int]:
        """Return the channels to try, in order: the job's, then the requester's direct messages.

        Raises:
            TryLater: not now.
        """
        ...

    async def prepare(self, delivery: Delivery, job: Job, facts: MessageFacts, channel_id: int) -> PreparedMessage:
        """Make the message for this target.

        Raises:
            TargetRefused: the channel is gone or closed to us.
            TryLater: not now.
        """
        ...

    async def find(self, delivery: Delivery, job: Job, channel_id: int, since: int) -> MessageRef | None:
        """Search a channel for our message of this delivery.

        Raises:
            HistoryUnreadable: it cannot be searched, and will not be soon.
            TryLater: not now.
        """
        ...

    async def send(self, message: PreparedMessage, delivery: Delivery) -> MessageRef:
        """Send with the delivery's nonce.

        Raises:
            DefinitelyNotPosted: refused for now.
            TargetRefused: refused for good.
            MaybePosted: the answer was lost.
        """
        ...


class OwnerAlerts(Protocol):
    """Tells whoever runs the bot that something needs them."""

    async def alert(self, job: Job | None, word: str) -> None:
        """Say it once: log at error level, and to the alert channel where one is set."""
        ...
