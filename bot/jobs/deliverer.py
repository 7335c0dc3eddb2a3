"""Puts each owed message into its channel once, whatever crashes between deciding and knowing.

The target and the attempt's start are committed before each send, every attempt carries the same nonce, and an attempt
that may have gone through is looked for in the channel before another is made.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from bot.catalog import PossibleActions
from bot.clock import MINUTE, SECOND
from bot.jobs import schedule
from bot.jobs.failures import FailureReason
from bot.jobs.loops import each
from bot.jobs.model import Delivery, Job, MessageRef, Purpose
from bot.jobs.ports import (
    DefinitelyNotPosted,
    DeliveryChange,
    HistoryUnreadable,
    MaybePosted,
    MessageFacts,
    PreparedMessage,
    ResultSink,
    TargetRefused,
    TryLater,
)
from bot.jobs.restored import Restored, posted_since
from bot.jobs.states import BEGIN_SEND, DELIVER, GIVE_UP, POSTPONE, DeliveryState
from bot.jobs.workshop import Workshop

_AT_ONCE: Final = 4
_LOOK_BACK: Final = MINUTE
"""Discord's clock may be behind ours by this much when a resumed attempt looks for its message."""

REMOVED: Final = "removed"
"""Why a clip that somebody deleted before it was posted is not delivered: nobody is needed for that."""

Owed = tuple[Delivery, Job]


class Afterwards(Protocol):
    """Knows what people can do once a job has ended."""

    async def possible_actions(self, job: Job) -> PossibleActions:
        """Return what can be done with an ended job, and what stands in the way of the rest."""
        ...

    async def rests_until(self, person_id: int) -> int | None:
        """Return when a person may ask again after too many refusals; None where they may now."""
        ...


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Takes due deliveries.

    Attributes:
        restorations: those that the database went through; what its jobs were owed may have been posted since the
            backup.
    """

    name: ClassVar[str] = "deliverer"
    interval: ClassVar[int] = SECOND
    workers: ClassVar[int] = 2
    batch: ClassVar[int] = _AT_ONCE

    shop: Workshop
    sink: ResultSink
    afterwards: Afterwards
    restorations: Sequence[Restored] = ()

    async def run_once(self) -> int:
        """Deliver a few messages."""
        now = self.shop.clock.now()
        lease = self.shop.leases.draw(now, schedule.UPLOAD_LEASE)
        owed = await self.shop.store.claim_deliveries(now, lease.token, lease.until, _AT_ONCE)
        taken = await each(owed, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)
        if taken:
            self.shop.wakes.ring("cards")
        return taken

    async def _take(self, owed: Owed) -> None:
        delivery, job = owed
        now = self.shop.clock.now()
        if job.card is None and delivery.attempts == 0 and abs(now - job.created_at) < schedule.CARD_PATIENCE:
            # The card is still on its way to the channel, and this message is a reply to it.
            await self.shop.store.release_delivery(delivery.id, delivery.lease or "", now + SECOND)
            return
        # After a redelivery too: what was given up on for lack of an answer may stand there all the same.
        doubtful = delivery.state is DeliveryState.SENDING or (delivery.stalled_since is None and delivery.attempts > 0)
        try:
            if doubtful and await self._found(delivery, job):
                return
            if await self._found_since_backup(delivery, job):
                return
            if job.removed_at is not None and _brings_clip(delivery):
                # Whoever deleted it before it was posted needs no alarm.
                await self._close(delivery, REMOVED)
                return
            await self._attempt(delivery, job)
        except HistoryUnreadable:
            await self._give_up(delivery, job, "history_unreadable")
        except TryLater:
            await self._later(delivery, job)
        except DefinitelyNotPosted as error:
            await self._postpone(delivery, job, error, doubtful=doubtful)
        except MaybePosted:
            # Still "sending": the next attempt begins by looking for the message.
            await self._later(delivery, job)

    async def _found(self, delivery: Delivery, job: Job) -> bool:
        since = delivery.first_attempt_at or delivery.created_at
        return await self._found_in(delivery.channel_id, since, delivery, job)

    async def _found_since_backup(self, delivery: Delivery, job: Job) -> bool:
        """Look for the message of a job out of a backup wherever it may have been posted in the meantime."""
        since = posted_since(self.restorations, delivery, job)
        if since is None:
            return False
        if await self._found_in(delivery.channel_id, since, delivery, job):
            return True
        async with contextlib.aclosing(self.sink.targets(delivery, job)) as targets:
            async for channel_id in targets:
                if channel_id != delivery.channel_id and await self._found_in(channel_id, since, delivery, job):
                    return True
        return False

    async def _found_in(self, channel_id: int, since: int, delivery: Delivery, job: Job) -> bool:
        message = await self.sink.find(delivery, job, channel_id, since - _LOOK_BACK)
        if message is None:
            return False
        await self._delivered(delivery, message)
        return True

    async def _attempt(self, delivery: Delivery, job: Job) -> None:
        facts = await self._facts(delivery, job)
        refusal = "no_target"
        async with contextlib.aclosing(self.sink.targets(delivery, job)) as targets:
            async for channel_id in targets:
                try:
                    posted = await self._send_to(channel_id, delivery, job, facts)
                except TargetRefused as error:
                    refusal = error.reason
                    continue
                if posted is not None:
                    await self._delivered(delivery, posted)
                return
        await self._give_up(delivery, job, refusal)

    async def _send_to(self, channel_id: int, delivery: Delivery, job: Job, facts: MessageFacts) -> MessageRef | None:
        """Send to one target; None where the delivery is somebody else's by now."""
        message = await self.sink.prepare(delivery, job, facts, channel_id)
        async with contextlib.aclosing(_Discarding(message)):
            if not await self._begin(delivery, channel_id):
                return None
            return await self.sink.send(message, delivery)

    async def _facts(self, delivery: Delivery, job: Job) -> MessageFacts:
        result = await self.shop.store.asset(job.result_asset_id) if job.result_asset_id else None
        source = await self.shop.store.job(job.source_id) if job.source_id else None
        pinged = any(_notified(row) for row in await self.shop.store.deliveries(job.id) if row.id != delivery.id)
        actions = await self.afterwards.possible_actions(job)
        rests = await self.afterwards.rests_until(job.requester_id) if _was_refused(job) else None
        return MessageFacts(result=result, source=source, pinged=pinged, actions=actions, rests_until=rests)

    async def _begin(self, delivery: Delivery, channel_id: int) -> bool:
        now = self.shop.clock.now()
        begun = await self.shop.store.apply_delivery(
            DeliveryChange(
                delivery_id=delivery.id,
                transition=BEGIN_SEND,
                at=now,
                lease=delivery.lease,
                due_at=now,
                keep_lease_until=now + schedule.UPLOAD_LEASE,
                channel_id=channel_id,
                stalled_since=delivery.stalled_since,
            )
        )
        return begun is not None

    async def _delivered(self, delivery: Delivery, message: MessageRef) -> None:
        change = DeliveryChange(delivery_id=delivery.id, transition=DELIVER, at=self.shop.clock.now(), message=message)
        await self.shop.record_delivery(change)

    async def _postpone(self, delivery: Delivery, job: Job, error: DefinitelyNotPosted, *, doubtful: bool) -> None:
        """Try again when the refusal has passed, and look first where an earlier attempt is in doubt.

        That this attempt posted nothing says nothing of one whose request may still be on its way.
        """
        now = self.shop.clock.now()
        since = delivery.stalled_since or now
        if now - since >= schedule.DELIVERY_GRACE:
            await self._give_up(delivery, job, error.reason)
            return
        wait = error.retry_after_ms or schedule.backoff(delivery.attempts + 1, most=10 * MINUTE)
        if doubtful:
            await self.shop.store.release_delivery(delivery.id, delivery.lease or "", now + wait, stalled_since=since)
            return
        change = DeliveryChange(
            delivery_id=delivery.id,
            transition=POSTPONE,
            at=now,
            lease=delivery.lease,
            due_at=now + wait,
            reason=error.reason,
            stalled_since=since,
        )
        await self.shop.store.apply_delivery(change)

    async def _give_up(self, delivery: Delivery, job: Job, reason: str) -> None:
        if await self._close(delivery, reason):
            await self.shop.alerts.alert(job, f"undeliverable:{reason}")

    async def _close(self, delivery: Delivery, reason: str) -> bool:
        change = DeliveryChange(
            delivery_id=delivery.id,
            transition=GIVE_UP,
            at=self.shop.clock.now(),
            lease=delivery.lease,
            reason=reason,
        )
        return await self.shop.store.apply_delivery(change) is not None

    async def _later(self, delivery: Delivery, job: Job) -> None:
        """Try again later, until trouble has lasted for a day: what went before a restart does not count."""
        now = self.shop.clock.now()
        since = delivery.stalled_since or now
        if now - since >= schedule.DELIVERY_GRACE:
            await self._give_up(delivery, job, "unreachable")
            return
        wait = schedule.backoff(delivery.attempts + 1, first=10 * SECOND)
        await self.shop.store.release_delivery(delivery.id, delivery.lease or "", now + wait, stalled_since=since)

    async def _put_off(self, owed: Owed) -> None:
        await self._later(*owed)


class _Discarding:
    """Lets `aclosing` throw away what was made for a message, however its attempt ends."""

    def __init__(self, message: PreparedMessage) -> None:
        self._message = message

    async def aclose(self) -> None:
        await self._message.discard()


def _brings_clip(delivery: Delivery) -> bool:
    return delivery.purpose not in {Purpose.FAILURE, Purpose.ABANDONED}


def _was_refused(job: Job) -> bool:
    return job.failure is not None and job.failure.reason is FailureReason.MODERATED


def _notified(delivery: Delivery) -> bool:
    """Tell whether a message about its job's end has notified the person, or may have."""
    return delivery.purpose in set(Purpose) and delivery.attempts > 0 and delivery.state is not DeliveryState.PENDING
