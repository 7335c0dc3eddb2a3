"""The states of a job and of a delivery, and the only transitions between them.

Nothing else names a transition. A store applies one as compare-and-swap: the row changes only while its state is among
the transition's sources; no row changed means that the race was lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar


class JobState(StrEnum):
    """Where a job is between command and clip.

    Invariants:
        RUNNING, OVERDUE and SUCCEEDED have a task id.
        An ended row (SUCCEEDED, FAILED, CANCELLED) has `finished_at`.
        An ending makes exactly one delivery, except CANCELLED, which only changes the card.
        At most one POST per job is ever made whose acceptance is possible.
    """

    QUEUED = "queued"
    """Stored, nothing sent."""
    SUBMITTING = "submitting"
    """The POST may be on the wire."""
    SUBMIT_UNKNOWN = "submit_unknown"
    """The POST's outcome is unknown: maybe paid."""
    RUNNING = "running"
    """The provider's task id is known."""
    OVERDUE = "overdue"
    """Past the local deadline, still polled."""
    ABANDONED = "abandoned"
    """Given up on; the money is still open."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """Where a message about a job is between decision and channel.

    Invariants:
        SENDING has a target channel and the start of its first attempt, committed before the send.
        DELIVERED has a message id.
    """

    PENDING = "pending"
    SENDING = "sending"
    """A send may be on the wire, or may have been when the process died."""
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"


S = TypeVar("S", JobState, DeliveryState)


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """A named move from any of `sources` to `target`."""

    name: str
    sources: frozenset[S]
    target: S


def _move(name: str, sources: set[S], target: S) -> Transition[S]:
    return Transition(name, frozenset(sources), target)


_J = JobState
SUBMIT: Final = _move("submit", {_J.QUEUED}, _J.SUBMITTING)
"""The POST is about to be made."""
BIND: Final = _move("bind", {_J.QUEUED, _J.SUBMITTING, _J.SUBMIT_UNKNOWN, _J.ABANDONED}, _J.RUNNING)
"""A task id came back, or was found: a fact, recorded whatever the lease says. In the queue too: a provider that
refused in so many words may have made the task all the same, and its webhook tells."""
REQUEUE: Final = _move("requeue", {_J.SUBMITTING, _J.SUBMIT_UNKNOWN}, _J.QUEUED)
"""Certainly not accepted, worth another try."""
REFUSE: Final = _move("refuse", {_J.QUEUED, _J.SUBMITTING, _J.SUBMIT_UNKNOWN}, _J.FAILED)
"""Certainly not accepted, and no use trying again."""
DOUBT: Final = _move("doubt", {_J.SUBMITTING}, _J.SUBMIT_UNKNOWN)
"""The POST's outcome cannot be told."""
DISTRUST: Final = _move("distrust", {_J.QUEUED, _J.SUBMITTING, _J.SUBMIT_UNKNOWN}, _J.SUBMIT_UNKNOWN)
"""The row comes out of a backup: what it says was not bought yet may have been bought since, so it never is again."""
SUCCEED: Final = _move("succeed", {_J.RUNNING, _J.OVERDUE}, _J.SUCCEEDED)
FAIL: Final = _move("fail", {_J.RUNNING, _J.OVERDUE}, _J.FAILED)
CANCEL_QUEUED: Final = _move("cancel_queued", {_J.QUEUED}, _J.CANCELLED)
"""Nothing was sent, so nothing is owed."""
CANCEL: Final = _move("cancel", {_J.RUNNING, _J.OVERDUE}, _J.CANCELLED)
"""Asked for earlier; the provider's last word was not a clip."""
PASS_DEADLINE: Final = _move("pass_deadline", {_J.RUNNING}, _J.OVERDUE)
ABANDON: Final = _move("abandon", {_J.SUBMIT_UNKNOWN, _J.OVERDUE}, _J.ABANDONED)

JOB_TRANSITIONS: Final = (
    SUBMIT, BIND, REQUEUE, REFUSE, DOUBT, DISTRUST, SUCCEED, FAIL, CANCEL_QUEUED, CANCEL, PASS_DEADLINE, ABANDON,
)  # fmt: skip

_D = DeliveryState
BEGIN_SEND: Final = _move("begin_send", {_D.PENDING, _D.SENDING}, _D.SENDING)
"""The next attempt's target and start, committed before the send."""
POSTPONE: Final = _move("postpone", {_D.PENDING, _D.SENDING}, _D.PENDING)
"""Definitely not posted; another attempt later."""
DELIVER: Final = _move("deliver", {_D.PENDING, _D.SENDING, _D.UNDELIVERABLE}, _D.DELIVERED)
"""A message id came back, or our message was found: a fact, recorded whatever the lease says."""
GIVE_UP: Final = _move("give_up", {_D.PENDING, _D.SENDING}, _D.UNDELIVERABLE)
REDELIVER: Final = _move("redeliver", {_D.UNDELIVERABLE}, _D.PENDING)
"""The owner's decision."""

DELIVERY_TRANSITIONS: Final = (BEGIN_SEND, POSTPONE, DELIVER, GIVE_UP, REDELIVER)

ENDED: Final = frozenset({_J.SUCCEEDED, _J.FAILED, _J.CANCELLED})
"""Terminal: nothing leaves these."""
AT_REST: Final = ENDED | {_J.ABANDONED}
"""Nothing is under way: the person may order the next. What was given up on may still turn up."""
IN_FLIGHT: Final = frozenset({_J.SUBMITTING, _J.SUBMIT_UNKNOWN, _J.RUNNING, _J.OVERDUE})
"""May occupy one of the account's concurrent tasks; counts against MAX_IN_FLIGHT."""
WITH_TASK: Final = frozenset({_J.RUNNING, _J.OVERDUE, _J.SUCCEEDED})
"""Never without a task id."""
REFUNDED: Final = frozenset({_J.FAILED, _J.CANCELLED, _J.ABANDONED})
"""Entering one of these without a clip gives the person's quota back, once."""
