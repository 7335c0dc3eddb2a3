"""Why a job ended without a clip, in terms that outlive any provider's wording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FailureKind(StrEnum):
    """Who can do something about a failure."""

    PERSON = "person"
    """The person can change the request and try again."""
    OPERATOR = "operator"
    """Only whoever runs the bot can act: credit, key, plan."""
    TRANSIENT = "transient"
    """Nobody needs to act; the same request may work later."""
    UNKNOWN = "unknown"
    """The provider said something that fits no known case."""


class FailureReason(StrEnum):
    """What happened; stored with the job, worded by `bot.ui.wording`."""

    MODERATED = "moderated"
    NO_FACE = "no_face"
    IMAGE_REJECTED = "image_rejected"
    AUDIO_REJECTED = "audio_rejected"
    INPUT_REJECTED = "input_rejected"
    VOICE_UNKNOWN = "voice_unknown"
    SOURCE_UNAVAILABLE = "source_unavailable"
    NO_CREDIT = "no_credit"
    BAD_KEY = "bad_key"
    PLAN = "plan"
    BUSY = "busy"
    PROVIDER_ERROR = "provider_error"
    PROVIDER_DOWN = "provider_down"
    NO_OUTPUT = "no_output"
    VANISHED = "vanished"
    QUEUE_EXPIRED = "queue_expired"
    BUDGET_GONE = "budget_gone"
    PAUSED_BY_OWNER = "paused_by_owner"
    INPUT_LOST = "input_lost"
    UNKNOWN_OUTCOME = "unknown_outcome"
    CANCELLED_UPSTREAM = "cancelled_upstream"
    CANCELLED_BY_MODERATOR = "cancelled_by_moderator"
    OTHER = "other"

    @property
    def kind(self) -> FailureKind:
        """Return who can act on this reason."""
        return _KINDS[self]


_KINDS = {
    FailureReason.MODERATED: FailureKind.PERSON,
    FailureReason.NO_FACE: FailureKind.PERSON,
    FailureReason.IMAGE_REJECTED: FailureKind.PERSON,
    FailureReason.AUDIO_REJECTED: FailureKind.PERSON,
    FailureReason.INPUT_REJECTED: FailureKind.PERSON,
    FailureReason.VOICE_UNKNOWN: FailureKind.PERSON,
    FailureReason.SOURCE_UNAVAILABLE: FailureKind.PERSON,
    FailureReason.INPUT_LOST: FailureKind.PERSON,
    FailureReason.NO_CREDIT: FailureKind.OPERATOR,
    FailureReason.BAD_KEY: FailureKind.OPERATOR,
    FailureReason.PLAN: FailureKind.OPERATOR,
    FailureReason.BUDGET_GONE: FailureKind.OPERATOR,
    FailureReason.PAUSED_BY_OWNER: FailureKind.OPERATOR,
    FailureReason.BUSY: FailureKind.TRANSIENT,
    FailureReason.PROVIDER_ERROR: FailureKind.TRANSIENT,
    FailureReason.PROVIDER_DOWN: FailureKind.TRANSIENT,
    FailureReason.NO_OUTPUT: FailureKind.TRANSIENT,
    FailureReason.QUEUE_EXPIRED: FailureKind.TRANSIENT,
    FailureReason.VANISHED: FailureKind.UNKNOWN,
    FailureReason.UNKNOWN_OUTCOME: FailureKind.UNKNOWN,
    FailureReason.CANCELLED_UPSTREAM: FailureKind.UNKNOWN,
    FailureReason.CANCELLED_BY_MODERATOR: FailureKind.UNKNOWN,
    FailureReason.OTHER: FailureKind.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as kept with its job.

    Attributes:
        reason: what happened.
        detail: a refusal as JSON (`bot.errors.refusal_to_json`) where one of our own rules found the fault, else "".
            Never the provider's text: it may echo secrets and is not for people.
    """

    reason: FailureReason
    detail: str = ""


CANCELLED_BY_MODERATOR: Final = Failure(FailureReason.CANCELLED_BY_MODERATOR)
"""Kept with a job that somebody else had cancelled."""
