"""What the bot has written down, read from its SQLite file behind its back: nothing is ever written there.

Each reading opens the file for itself, read-only, and closes it at once, so that the bot never waits for it. A killed
bot leaves a file that reads just as well.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME: Final = "egret.db"
"""The file in the bot's data directory, as its documentation has it."""
RESULT: Final = "result"
"""The purpose of the message that brings an order's clip."""
_PATIENCE: Final = 5.0
_ENDED: Final = frozenset({"succeeded", "failed", "cancelled"})
_TO_COME: Final = frozenset({"pending", "sending"})
_ORDERS: Final = """
    SELECT id, kind, state, input, hook_token, task_id, requester_id, channel_id, card_message_id, created_at,
        finished_at, failure_reason, cancel_requested_at
    FROM jobs ORDER BY number
"""
_POSTINGS: Final = """
    SELECT id, job_id, purpose, state, created_at, first_attempt_at, attempts, message_channel_id, message_id, reason
    FROM deliveries ORDER BY number
"""
_EVENTS: Final = "SELECT at, from_state, to_state, cause FROM job_events WHERE job_id = ? ORDER BY number"
_CHARGE: Final = """
    SELECT reserved_microusd, consumed_microusd, opened_at, settled_at FROM charges WHERE job_id = ?
"""


_Read = TypeVar("_Read")


class Unreadable(Exception):
    """The bot's file cannot be read; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A message that the bot owes a channel; times are milliseconds since 1970, None for "not yet".

    Attributes:
        id: What the bot calls it; the message's buttons name it.
        purpose: "result", "failure", "abandoned", or "repost:" and more.
        state: "pending", "sending", "delivered" or "undeliverable".
        message_id: The message, once the bot knows it.
        reason: Why it could not be posted, "" otherwise.
    """

    id: str
    purpose: str
    state: str
    created_at: int
    first_attempt_at: int | None
    attempts: int
    message_channel_id: int | None
    message_id: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Something that a person asked for, as the bot wrote it down; times are milliseconds since 1970.

    Attributes:
        id: Its short number.
        kind: "video", "extend" or "lipsync".
        state: The bot's word.
        words: Prompt or speech.
        hook_token: What its webhook address ends with: known to bot and provider alone, never to be shown.
        task_id: The provider's task, None before.
        card_id: The message that stands for it, None where there is none.
        cancel_requested: Whether somebody asked for its end.
    """

    id: str
    kind: str
    state: str
    words: str
    hook_token: str
    task_id: str | None
    requester_id: int
    channel_id: int
    card_id: int | None
    created_at: int
    finished_at: int | None
    failure_reason: str | None
    cancel_requested: bool
    postings: tuple[Posting, ...]

    @property
    def settled(self) -> bool:
        """Whether nothing is to come of it any more."""
        return self.state in _ENDED and not any(posting.state in _TO_COME for posting in self.postings)

    @property
    def owes_its_clip(self) -> bool:
        """Whether a message with its clip was ever owed, posted or not."""
        return any(posting.purpose == RESULT for posting in self.postings)

    @property
    def has_its_clip(self) -> bool:
        """Whether the bot says that its clip was posted."""
        return any((posting.purpose, posting.state) == (RESULT, "delivered") for posting in self.postings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A line of an order's history: from one state to another, and why; `at` in milliseconds since 1970."""

    at: int
    from_state: str | None
    to_state: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What an order costs, in micro-dollars, and when; times are milliseconds since 1970."""

    reserved: int
    consumed: int | None
    opened_at: int
    settled_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that the bot wrote down about one order."""

    order: Order
    events: tuple[Event, ...]
    charge: Charge | None


class BotFile:
    """Reads the bot's file; every method blocks, for milliseconds.

    Args:
        data: The bot's data directory.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / NAME

    def orders(self) -> tuple[Order, ...]:
        """Return every order, oldest first; none where the bot has not made its file yet.

        Raises:
            Unreadable: It cannot be read.
        """
        if not self._path.exists():
            return ()
        return self._reading(_orders)

    def history(self, order_id: str) -> History | None:
        """Return what is written about an order, None where there is no such order.

        Raises:
            Unreadable: It cannot be read.
        """
        order = next((one for one in self.orders() if one.id == order_id), None)
        if order is None:
            return None
        events, charge = self._reading(lambda file: (_events(file, order_id), _charge(file, order_id)))
        return History(order=order, events=events, charge=charge)

    def _reading(self, read: Callable[[sqlite3.Connection], _Read]) -> _Read:
        try:
            with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as file:
                file.row_factory = sqlite3.Row
                return read(file)
        except sqlite3.Error as error:
            raise Unreadable(f"The bot's file cannot be read: {error}.") from error


def _orders(file: sqlite3.Connection) -> tuple[Order, ...]:
    tables = {row["name"] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"jobs", "deliveries"} <= tables:
        return ()  # the bot is still making its tables
    file.execute("BEGIN")  # orders and postings of the same instant
    rows = file.execute(_ORDERS).fetchall()
    owed: dict[str, list[Posting]] = {}
    for row in file.execute(_POSTINGS):
        owed.setdefault(row["job_id"], []).append(_posting(row))
    return tuple(_order(row, tuple(owed.get(row["id"], ()))) for row in rows)


def _order(row: sqlite3.Row, postings: tuple[Posting, ...]) -> Order:
    asked = json.loads(row["input"])
    return Order(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        words=str(asked.get("prompt") or asked.get("text") or ""),
        hook_token=row["hook_token"],
        task_id=row["task_id"],
        requester_id=row["requester_id"],
        channel_id=row["channel_id"],
        card_id=row["card_message_id"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        failure_reason=row["failure_reason"],
        cancel_requested=row["cancel_requested_at"] is not None,
        postings=postings,
    )


def _posting(row: sqlite3.Row) -> Posting:
    return Posting(
        id=row["id"],
        purpose=row["purpose"],
        state=row["state"],
        created_at=row["created_at"],
        first_attempt_at=row["first_attempt_at"],
        attempts=row["attempts"],
        message_channel_id=row["message_channel_id"],
        message_id=row["message_id"],
        reason=row["reason"],
    )


def _events(file: sqlite3.Connection, order_id: str) -> tuple[Event, ...]:
    return tuple(
        Event(at=row["at"], from_state=row["from_state"], to_state=row["to_state"], cause=row["cause"])
        for row in file.execute(_EVENTS, (order_id,))
    )


def _charge(file: sqlite3.Connection, order_id: str) -> Charge | None:
    row = file.execute(_CHARGE, (order_id,)).fetchone()
    if row is None:
        return None
    return Charge(
        reserved=row["reserved_microusd"],
        consumed=row["consumed_microusd"],
        opened_at=row["opened_at"],
        settled_at=row["settled_at"],
    )
