"""The bot's history of an order in plain words, one line for each thing that happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.page.panel.bot_file import RESULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.page.panel.bot_file import Charge, Event, History, Order, Posting

_DISCORD_EPOCH: Final = 1_420_070_400_000
_MICRO: Final = 1_000_000

STATES: Final = {
    "queued": "Waiting in the bot's queue",
    "submitting": "Being ordered from the provider",
    "submit_unknown": "Ordered perhaps: the answer was lost, the bot is finding out",
    "running": "Being made by the provider",
    "overdue": "Taking longer than it should; the bot keeps asking",
    "abandoned": "Given up on, until it turns up",
    "succeeded": "Done",
    "failed": "Ended without a clip",
    "cancelled": "Cancelled",
}
"""The bot's states of an order."""
_CAUSES: Final = {
    "created": "The provider took the order and named its task",
    "found": "The task was found at the provider: it had been bought after all",
    "turned_up": "The task turned up after all",
    "completed": "The provider says that the clip is done",
    "cancelled": "Somebody cancelled it before anything was bought",
    "worker_gone": "The bot had died in the middle of ordering, so nobody knew whether it was bought",
    "grace_over": "No task was found in time; the owner is told",
    "restored": "It came out of a backup, so it may have been bought since",
    "deadline": "It takes longer than it should",
    "task_unknown": "The provider denies knowing the task",
    "forgotten": "The task never ended",
    "vanished": "The provider never knew the task again",
    "input": "What it is made from cannot be used",
    "queue_expired": "It waited in the queue for too long",
    "paused_too_long": "The provider took no orders for too long",
    "declined": "The provider refused",
    "failed": "The provider says that it failed",
    "no_output": "The provider never said where the clip is",
    "not_sent": "The order could not be sent",
    "unknown": "No answer came that can be read, so nobody knows yet whether it was bought",
}
_NOW: Final = {
    "queued": "Back in the bot's queue.",
    "overdue": "The bot keeps asking.",
    "abandoned": "Given up on, until it turns up.",
    "failed": "Ended without a clip.",
}
"""What follows from an event that does not say so itself, by the state it leads to."""
_REASONS: Final = {
    "moderated": "moderation",
    "no_face": "no face found",
    "image_rejected": "the picture was refused",
    "audio_rejected": "the recording was refused",
    "input_rejected": "the request was refused",
    "voice_unknown": "no such voice",
    "source_unavailable": "the clip it builds on is gone",
    "no_credit": "out of credit",
    "bad_key": "the key was refused",
    "plan": "the plan does not include it",
    "busy": "busy",
    "provider_down": "the provider was down",
    "provider_error": "the provider's own fault",
    "no_output": "no clip came of it",
    "vanished": "the task vanished",
    "queue_expired": "it waited too long",
    "paused_by_owner": "the bot's owner had paused it",
    "budget_gone": "the budget is used up",
    "input_lost": "what it is made from is lost",
    "unknown_outcome": "nobody knows what came of it",
    "cancelled_upstream": "cancelled at the provider",
    "cancelled_by_moderator": "cancelled by a moderator",
    "other": "another reason",
    "task_taken": "another order just like it has that task",
}
_PURPOSES: Final = {
    RESULT: "the clip",
    "failure": "the message that says why there is no clip",
    "abandoned": "the message that nobody knows what came of it",
}
_REPOST: Final = "the clip once more, as somebody asked"


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened.

    Attributes:
        at: Milliseconds since 1970.
        words: What, as a sentence.
    """

    at: int
    words: str


def told(history: History, channels: Mapping[int, str]) -> list[Line]:
    """Return an order's history, oldest first.

    Args:
        history: What the bot wrote down.
        channels: Names by id; others are direct messages.
    """
    lines = [Line(event.at, _event_words(event)) for event in history.events]
    for posting in history.order.postings:
        lines += _posted(posting, channels)
    lines += _paid(history.charge)
    return sorted(lines, key=lambda line: line.at)


def state_words(order: Order) -> str:
    """Return where an order stands, as people would say it."""
    if order.state == "succeeded":
        return _delivery_words(order)
    if order.state == "failed" and order.failure_reason:
        return f"{STATES['failed']}: {_reason_words(order.failure_reason)}"
    words = STATES.get(order.state, order.state)
    return f"{words}; somebody cancelled it" if order.cancel_requested and not order.settled else words


def _delivery_words(order: Order) -> str:
    state = next((posting.state for posting in order.postings if posting.purpose == RESULT), "pending")
    return {
        "pending": "Made; the clip is about to be posted",
        "sending": "Made; the clip is being posted",
        "delivered": "Done: the clip is posted",
        "undeliverable": "Made, but the clip could not be posted; the owner is told",
    }[state]


def _event_words(event: Event) -> str:
    if event.cause == "submit":
        if event.from_state is None:
            return "Somebody asked for it, and it was written down."
        return "The order to the provider is about to go out."
    head, _, detail = event.cause.partition(":")
    words = _CAUSES.get(head, head.replace("_", " "))
    if detail:
        words += f" ({_reason_words(detail)})"
    return f"{words}. {_NOW.get(event.to_state, '')}".rstrip()


def _reason_words(reason: str) -> str:
    return _REASONS.get(reason, reason.replace("_", " "))


def _posted(posting: Posting, channels: Mapping[int, str]) -> list[Line]:
    what = _REPOST if posting.purpose.startswith("repost:") else _PURPOSES.get(posting.purpose, posting.purpose)
    lines = [Line(posting.created_at, f"The channel is owed {what}.")]
    if posting.first_attempt_at is not None:
        lines.append(Line(posting.first_attempt_at, f"Posting {what} began."))
    last = lines[-1].at
    if posting.message_id is not None:
        where = channels.get(posting.message_channel_id or 0)
        place = f"in #{where}" if where else "in a direct message"
        again = f", at attempt {posting.attempts}" if posting.attempts > 1 else ""
        lines.append(Line(max(last, _made_at(posting.message_id)), f"Posted {what} {place}{again}."))
    elif posting.state == "undeliverable":
        lines.append(Line(last, f"Gave up posting {what}: {_reason_words(posting.reason) or 'refused'}."))
    return lines


def _made_at(snowflake: int) -> int:
    """Return when Discord made a message (platform notes §5)."""
    return (snowflake >> 22) + _DISCORD_EPOCH


def _paid(charge: Charge | None) -> list[Line]:
    if charge is None:
        return []
    lines = [Line(charge.opened_at, f"{_dollars(charge.reserved)} set aside.")]
    if charge.settled_at is not None and charge.consumed is not None:
        lines.append(Line(charge.settled_at, f"The provider charged {_dollars(charge.consumed)}."))
    return lines


def _dollars(micro: int) -> str:
    return f"${micro / _MICRO:.2f}"
