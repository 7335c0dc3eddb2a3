"""Measures what is put into channels: wraps a `bot.jobs.ports.ResultSink`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from bot.jobs.model import Delivery, Job, MessageRef
from bot.jobs.ports import (
    CardFacts,
    DefinitelyNotPosted,
    MaybePosted,
    MessageFacts,
    PreparedMessage,
    ResultSink,
    TargetRefused,
    TryLater,
)
from bot.metrics.instruments import Instruments


@dataclass(frozen=True, slots=True)
class MeasuredSink:
    """Counts what came of every send and every card."""

    inner: ResultSink
    instruments: Instruments

    async def show_card(self, job: Job, facts: CardFacts) -> bool:
        """Edit a job's card."""
        outcome = "failed"
        try:
            shown = await self.inner.show_card(job, facts)
            outcome = "shown" if shown else "gone"
        except TryLater:
            outcome = "put_off"
            raise
        finally:
            self.instruments.card_edits.labels(outcome=outcome).inc()
        return shown

    def targets(self, delivery: Delivery, job: Job) -> AsyncGenerator[int, None]:
        """Yield the channels to try, in order."""
        return self.inner.targets(delivery, job)

    async def prepare(self, delivery: Delivery, job: Job, facts: MessageFacts, channel_id: int) -> PreparedMessage:
        """Make the message for this target."""
        return await self.inner.prepare(delivery, job, facts, channel_id)

    async def find(self, delivery: Delivery, job: Job, channel_id: int, since: int) -> MessageRef | None:
        """Search a channel for our message of this delivery."""
        return await self.inner.find(delivery, job, channel_id, since)

    async def send(self, message: PreparedMessage, delivery: Delivery) -> MessageRef:
        """Send with the delivery's nonce."""
        outcome = "failed"
        try:
            posted = await self.inner.send(message, delivery)
            outcome = "posted"
        except DefinitelyNotPosted:
            outcome = "refused_for_now"
            raise
        except TargetRefused:
            outcome = "target_refused"
            raise
        except MaybePosted:
            outcome = "answer_lost"
            raise
        finally:
            self.instruments.delivery_attempts.labels(outcome=outcome).inc()
        return posted
