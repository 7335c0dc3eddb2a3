"""What the answer to a create means: the one place that decides whether something was bought.

| answer | outcome |
|---|---|
| name resolution, connection or TLS failed; no connection free in time | `NeverSent` |
| an envelope with a task id, at any HTTP status | `TaskCreated` |
| an envelope with another code than 200 and no task id, at any HTTP status | `CreateRefused` |
| 429 | `CreateRefused`, rate-limited |
| anything else: timeout, reset, 408, 5xx or a page without an envelope, a broken body | `OutcomeUnknown` |

A doubt is resolved towards `OutcomeUnknown`: the core then looks for the task and never buys a second one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import httpx

from bot.jobs.failures import FailureKind, FailureReason
from bot.piapi import wire
from bot.piapi.failures import reason_of_refusal, reason_of_text, says_too_fast
from bot.piapi.snapshot import TaskSnapshot, task_snapshot

_RATE_LIMITED: Final = 429
_GATEWAY_TIMEOUTS: Final = frozenset({408, 502, 504, 524})
_TIMEOUT_WORDS: Final = re.compile(r"time[d]?.?out|deadline exceeded|bad gateway|connection reset", re.IGNORECASE)


class RefusalKind(StrEnum):
    """Who can do something about a refusal, and when."""

    USER = "user"
    OPERATOR = "operator"
    BUSY = "busy"
    RATE_LIMITED = "rate_limited"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TaskCreated:
    """A task exists, and may already have failed."""

    task: TaskSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRefused:
    """Definitely no task.

    Attributes:
        kind: who can do something about it.
        reason: what it means.
        retry_after_ms: how long the provider wants to be left alone, None where it does not say.
        code: the envelope's code, or the HTTP status where there was no envelope.
        text: the provider's words; may echo secrets, so neither logged nor shown.
    """

    kind: RefusalKind
    reason: FailureReason
    retry_after_ms: int | None = None
    code: int = 0
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NeverSent:
    """The request certainly never reached the provider; `reason` is a short machine word."""

    reason: str


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """Nobody can tell whether a task exists; `reason` is a short machine word."""

    reason: str


CreateOutcome = TaskCreated | CreateRefused | NeverSent | OutcomeUnknown


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An HTTP answer read to its end.

    Attributes:
        status: the HTTP status.
        body: the decoded body.
        retry_after_ms: from the Retry-After header.
        clock_ahead: the sender's clock minus ours in milliseconds, by the Date header; None where there is none.
    """

    status: int
    body: bytes = field(repr=False)
    retry_after_ms: int | None = None
    clock_ahead: int | None = None


def classify(answer: RawAnswer | BaseException) -> CreateOutcome:
    """Return what a create's answer, or the exception in its place, means."""
    if isinstance(answer, BaseException):
        return _classify_exception(answer)
    envelope = wire.read_envelope(answer.body)
    if envelope is None:
        return _without_envelope(answer)
    task = task_snapshot(envelope.data)
    if task is not None:
        return TaskCreated(task)
    if wire.as_mapping(envelope.data).get("task_id"):
        return OutcomeUnknown("odd_task_id")  # an id that cannot be one is still a sign that something was made
    if envelope.code is None or not envelope.is_error:
        return _without_envelope(answer)
    if _timed_out(answer, envelope, envelope.code):
        # Words of a gateway that gave up waiting: what it waited for may have been done, and paid.
        return OutcomeUnknown("upstream_timeout")
    return _refused(answer, envelope, envelope.code)


def _classify_exception(error: BaseException) -> NeverSent | OutcomeUnknown:
    """Only what fails before the first byte of the request is on the wire was certainly not sent."""
    match error:
        case httpx.ConnectTimeout():
            return NeverSent("connect_timeout")
        case httpx.ConnectError():
            return NeverSent("connect_failed")
        case httpx.PoolTimeout():
            return NeverSent("no_connection_free")
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return NeverSent("bad_address")
        case httpx.TimeoutException() | TimeoutError():
            return OutcomeUnknown("timeout")
        case httpx.NetworkError():
            return OutcomeUnknown("connection_lost")
        case _:
            return OutcomeUnknown("broken_answer")


def _without_envelope(answer: RawAnswer) -> CreateRefused | OutcomeUnknown:
    if answer.status == _RATE_LIMITED:
        return CreateRefused(
            kind=RefusalKind.RATE_LIMITED,
            reason=FailureReason.BUSY,
            retry_after_ms=answer.retry_after_ms,
            code=_RATE_LIMITED,
        )
    return OutcomeUnknown(f"http_{answer.status}")


def _timed_out(answer: RawAnswer, envelope: wire.Envelope, code: int) -> bool:
    """Tell whether an error is a gateway's that gave up waiting; words that refuse for a reason count as a refusal."""
    error = wire.Task.model_validate(envelope.data).error
    texts = (envelope.message, error.raw_message, error.message)
    if any(_TIMEOUT_WORDS.search(text) for text in texts):
        return True
    return bool({answer.status, code} & _GATEWAY_TIMEOUTS) and reason_of_text(*texts) is FailureReason.OTHER


def _refused(answer: RawAnswer, envelope: wire.Envelope, code: int) -> CreateRefused:
    error = wire.Task.model_validate(envelope.data).error
    texts = (envelope.message, error.raw_message, error.message)
    reason = reason_of_refusal(answer.status, code, *texts)
    kind = _kind(reason)
    if kind is RefusalKind.BUSY and (_RATE_LIMITED in (answer.status, code) or says_too_fast(*texts)):
        kind = RefusalKind.RATE_LIMITED
    return CreateRefused(
        kind=kind,
        reason=reason,
        retry_after_ms=answer.retry_after_ms,
        code=code,
        text=max(envelope.message, error.text, key=len),
    )


def _kind(reason: FailureReason) -> RefusalKind:
    match reason.kind:
        case FailureKind.PERSON:
            return RefusalKind.USER
        case FailureKind.OPERATOR:
            return RefusalKind.OPERATOR
        case FailureKind.TRANSIENT:
            return RefusalKind.BUSY
        case FailureKind.UNKNOWN:
            return RefusalKind.OTHER
