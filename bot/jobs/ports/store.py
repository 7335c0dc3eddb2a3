"""What the core needs of a store: durable jobs, each method one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.errors import EgretError, Refusal
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.limits import Hold
from bot.jobs.model import Asset, Delivery, Job, JobEvent, JobKind, JobNote, MessageRef, NewJob
from bot.jobs.states import DeliveryState, JobState, Transition
from bot.jobs.trouble import NotWritable, PerhapsWritten, Trouble


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
        took_ms: how long the task took by the provider's clock, which is what estimates learn from.
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
    took_ms: int | None = None
    settle_microusd: int | None = None
    failure: Failure | None = None
    purpose: str | None = None


class StoreUnavailable(EgretError):
    """The database cannot be used right now (disk full, locked, connection lost): nothing was changed.

    Attributes:
        trouble: what is the matter.
    """

    def __init__(self, message: str, trouble: Trouble = Trouble.AWAY) -> None:
        """Keep what is the matter; the message is for logs."""
        super().__init__(message)
        self.trouble = trouble


def not_written(error: StoreUnavailable, *, perhaps: bool) -> Refusal:
    """Return what a person is told of it.

    Args:
        error: what kept something from being written down.
        perhaps: whether it may have been, all the same.
    """
    return PerhapsWritten(trouble=error.trouble) if perhaps else NotWritable(trouble=error.trouble)


class TaskIdTaken(EgretError):
    """Another job is bound to this task id already; nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChange:
    """One guarded transition of a delivery; fields as in `Change`.

    Attributes:
        channel_id: with BEGIN_SEND, the target of this attempt.
        message: with DELIVER, the message that now stands in the channel.
        stalled_since: set as given.
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
    stalled_since: int | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """A job that waits, or that holds a place at the provider, as far as the line is concerned.

    Attributes:
        line: the server's id; 0 for none.
        person: who asked for it.
        number: in order of arrival.
        turn: when it came by the queue's clock, or when it was last started.
        person_served: when a job of that person was last started in that line; 0 for never.
        line_served: the same for the whole line.
        seconds: 0 but for VIDEO.
        began_at: when its task was begun, UTC milliseconds; None where it was not.
        has_card: a card tells of it.
        card_behind: it shows less than there is to show, and will be drawn as soon as it can be.
        card_place: the position that the card shows; below 0, how many it says go first at least; 0 for neither.
        card_ready_at: the time that it shows, UTC milliseconds; None for none.
    """

    job_id: str
    state: JobState
    line: int
    person: int
    number: int
    turn: int
    person_served: int
    line_served: int
    kind: JobKind
    model: str
    mode: str
    seconds: int
    began_at: int | None = None
    has_card: bool = False
    card_behind: bool = False
    card_place: int = 0
    card_ready_at: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Submissions rest until `until` (UTC milliseconds) because of `reason`.

    Attributes:
        since: when they began to rest, whatever the reason was then, UTC milliseconds; the store knows it.
        note: what the owner said of a pause of theirs, "" where nothing or where it is none of theirs.
        tries: how many purchases begun after it have failed, too.
    """

    until: int
    reason: str
    since: int = field(default=0, compare=False)
    note: str = ""
    tries: int = field(default=0, compare=False)

    @property
    def is_owners(self) -> bool:
        """Tell whether the bot's owner has paused submissions, and ends that."""
        return self.reason == FailureReason.PAUSED_BY_OWNER


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
        """Lease up to `limit` due jobs in these states: those that somebody spoke of, then oldest `due_at` first.

        A job is due when `due_at` <= now and no other lease is running. Leases nothing twice, whichever process asks.
        """
        ...

    async def claim_unprepared(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease QUEUED jobs whose inputs are not in the archive yet, whoever's turn it is (same rule of being due)."""
        ...

    async def claim_ready(
        self, now: int, lease: str, lease_until: int, limit: int, places: int | None = None
    ) -> Sequence[Job]:
        """Lease QUEUED jobs whose inputs are ready, whoever's turn it is: `bot.jobs.line` has the rule.

        `places` is how many tasks may be at the provider at once, which servers share; None for no shares.
        """
        ...

    async def claim_unarchived(self, now: int, lease: str, lease_until: int, limit: int) -> Sequence[Job]:
        """Lease SUCCEEDED jobs whose clip is not in the archive and that have a `due_at`."""
        ...

    async def release(self, job_id: str, lease: str, due_at: int | None, stalled_since: int | None = None) -> bool:
        """Give a lease back, set when the job is due next and since when it stalls; False if the lease was lost."""
        ...

    async def renew(self, job_id: str, lease: str, lease_until: int) -> bool:
        """Keep a lease for longer; False if it was lost."""
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

    async def nudge(self, hook_token: str, task_id: str | None, now: int) -> str | None:
        """Note that a webhook spoke of a job: due now, and `task_id` as candidate where none is bound.

        Returns the job's id; None for an unknown token. An ended job is left alone. In QUEUED and SUBMITTING only the
        candidate is kept: a webhook never brings a purchase forward.
        Many nudges may commit together.
        """
        ...

    async def request_cancel(self, job_id: str, by: int, now: int) -> Job | None:
        """Note a person's wish on a job that left QUEUED and has not ended; due now. None if it cannot be cancelled."""
        ...

    async def mark_cancel_sent(self, job_id: str, now: int) -> None:
        """Note that the provider was asked to cancel."""
        ...

    async def set_card(
        self, job_id: str, card: MessageRef, revision: int, place: int = 0, ready_at: int | None = None
    ) -> None:
        """Record the card that shows `revision`, and what place in line and time it shows; the first one stays."""
        ...

    async def claim_cards(self, now: int, rest_until: int, limit: int) -> Sequence[Job]:
        """Take jobs whose card shows less than their revision, oldest change first.

        Nobody else is given them before `rest_until`, or before `card_shown`.
        """
        ...

    async def card_shown(self, job_id: str, revision: int, place: int = 0, ready_at: int | None = None) -> None:
        """Record what a card shows now (it never goes back), and let it be drawn again."""
        ...

    async def touch_queue_cards(self, job_ids: Sequence[str]) -> None:
        """Grow the revision of these jobs, as far as they are QUEUED: what their cards say of the line has changed."""
        ...

    async def line(self, places: int) -> Sequence[InLine]:
        """Return who waits and who holds a place at the provider, in order of arrival; nothing where nobody waits.

        Args:
            places: how many there are; where they are enough for all, nobody is named who holds one.
        """
        ...

    async def running_clips(self, requester_id: int, guild_id: int | None, limit: int) -> Sequence[Job]:
        """Return a person's unended jobs here, oldest first."""
        ...

    async def source_clips(
        self, requester_id: int, guild_id: int | None, channel_id: int, since: int, limit: int
    ) -> Sequence[Job]:
        """Return SUCCEEDED jobs finished since then: the person's in this guild first, then the channel's."""
        ...

    async def quantiles(self, kind: JobKind, model: str, mode: str, seconds: int) -> Quantiles | None:
        """Return how long jobs of this kind take that began before all under way; None below a handful.

        `seconds` is 0 but for VIDEO.
        """
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

    async def release_delivery(
        self, delivery_id: str, lease: str, due_at: int, stalled_since: int | None = None
    ) -> bool:
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

    async def bring_forward(self, now: int, furthest: int) -> int:
        """Make due now what is due later than `furthest`; return how much that was: jobs, and messages owed."""
        ...

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present; the owner's own first."""
        ...

    async def set_pause(self, pause: Pause | None) -> Pause | None:
        """Pause submissions, or lift the pause; return what stood there before, in one transaction.

        The owner's own pause is another, and stays.
        """
        ...

    async def change_pause(self, change: Callable[[Pause | None], Pause | None]) -> Pause | None:
        """Change the pause by what it is now; return what it was, in one transaction.

        Lifting it forgets the failures that led to it, and makes what rests in line due. The owner's own is another.

        Args:
            change: gives the pause that is to be, None for none; nothing is written where it gives back its argument.
        """
        ...

    async def failed_purchases(self) -> int:
        """Return how many purchases in a row have failed for the provider's sake."""
        ...

    async def count_failed_purchase(self) -> int:
        """Count one more; return how many there are now."""
        ...

    async def forget_failed_purchases(self) -> None:
        """Begin the count anew: the provider has done what it was asked."""
        ...

    async def used(self, counter: str) -> int:
        """Return what a counter stands at."""
        ...
