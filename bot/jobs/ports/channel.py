"""What the core needs of a chat: cards that are kept current, messages that are posted once."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol

from bot.catalog import PossibleActions
from bot.errors import EgretError
from bot.jobs.model import Asset, Delivery, Job, MessageRef
from bot.jobs.ports.store import Pause


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
        position: in the queue, from 1; 0 if not queued, or if it changes too often to be told.
        more_than: in place of a position: more than so many go first.
        ready_at: when such jobs are usually done, UTC milliseconds; None where unknown.
        pause: submissions rest.
        result: where the message that ended the job stands.
        undeliverable: the clip is there, but no channel takes it.
    """

    position: int = 0
    ready_at: int | None = None
    pause: Pause | None = None
    result: MessageRef | None = None
    undeliverable: bool = False
    source: Job | None = None
    more_than: int = 0

    @property
    def place(self) -> int:
        """Return what is told of the place in line as one number, as it is stored with the card."""
        return self.position or -self.more_than


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What a result or a failure message shows beside its job.

    Attributes:
        pinged: another message notified the person of this job already, or may have.
        actions: what can be done next, and what stands in the way of the rest.
        rests_until: when the person may ask again after too many refusals, UTC milliseconds; None where they may now.
    """

    result: Asset | None = None
    source: Job | None = None
    pinged: bool = False
    actions: PossibleActions = field(default_factory=PossibleActions)
    rests_until: int | None = None


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

    def targets(self, delivery: Delivery, job: Job) -> AsyncGenerator[int, None]:
        """Yield the channels to try, in order; another is asked for only once the one before has refused for good.

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
            HistoryUnreadable: it was posted before, and somebody deleted it: it must not be posted again.
        """
        ...


class OwnerAlerts(Protocol):
    """Tells whoever runs the bot that something needs them."""

    async def alert(self, job: Job | None, word: str) -> None:
        """Say it once, at error level; `word` is what happened and, after a colon, why: our word, or a person's."""
        ...
