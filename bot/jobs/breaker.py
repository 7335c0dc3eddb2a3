"""The circuit breaker: while the provider is unwell nothing is bought, and one job at a time finds out whether it is.

One rule for whatever may be wrong: submissions rest while a pause is on record. A refusal that only the operator can
mend opens one at once; failures that say that the provider is unwell open one when so many come in a row. When its time
is over it stays on record, half open: one job at a time, whichever process has it, first asks the provider something
free of charge, and only where that is answered is its purchase tried. A purchase that was begun after the pause and
works lifts it; one that fails renews it, for longer each time.

The pause and the count are stored, so that every process goes by the same ones, and a crash forgets neither.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.clock import SECOND
from bot.jobs import schedule
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.ports import GatewayUnavailable, Pause, TaskGateway
from bot.jobs.workshop import Workshop

_TURN: Final = schedule.REACH_DEADLINE + schedule.POST_LEASE
"""How long a try may take; then it is another job's turn."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Tells whether purchases may be made, and is told how they went; keeps nothing to itself."""

    shop: Workshop
    gateway: TaskGateway

    async def pause(self) -> Pause | None:
        """Return the pause that holds now; None where none does, or where one is over and waits to be tried."""
        pause = await self.shop.store.pause()
        return pause if pause is not None and _holds(pause, self.shop.clock.now()) else None

    async def is_wary(self) -> bool:
        """Tell whether purchases should be made one by one, since one has failed of late."""
        return await self.shop.store.pause() is not None or await self.shop.store.failed_purchases() > 0

    async def turn(self) -> int | None:
        """Return when the turn to buy ends, UTC milliseconds; 0 where all may buy, None where nobody, or another, may.

        Where a pause is over there is one turn at a time. A purchase whose answer gets lost may cost money, so the
        provider is asked something free of charge first.
        """
        now = self.shop.clock.now()
        pause = await self.shop.store.pause()
        if pause is None:
            return 0
        if _holds(pause, now):
            return None
        before = await self.shop.store.change_pause(
            lambda found: found if found is None or _holds(found, now) else replace(found, until=now + _TURN)
        )
        if before is None or _holds(before, now):
            # Somebody else has lifted the pause, or has the turn: what is in line is looked at again.
            return None
        try:
            async with asyncio.timeout(schedule.REACH_DEADLINE / SECOND):
                await self.gateway.reach()
        except (GatewayUnavailable, TimeoutError) as error:
            log.info("provider_unreached", reason=str(error) or type(error).__name__)
            await self._end(now + _TURN, at=self.shop.clock.now() + schedule.REACH_AGAIN)
            return None
        return now + _TURN

    async def give_back(self, turn: int) -> None:
        """Let the next job try at once: no purchase was made in this turn."""
        if turn:
            await self._end(turn, at=self.shop.clock.now())

    async def worked(self, began: int, *, bought: bool = True) -> None:
        """Note that the provider did what it was asked: the failures before it count no more.

        Args:
            began: when the purchase was begun; what was begun before a pause says nothing of how things stand since.
            bought: whether a task came of it. A proper refusal shows that the provider is well, and no more than that.
        """
        if await self.shop.store.failed_purchases():
            await self.shop.store.forget_failed_purchases()
        if await self.shop.store.pause() is None:
            return
        now = self.shop.clock.now()

        def mended(pause: Pause | None) -> Pause | None:
            if pause is None or not _begun_since(pause, began, now):
                return pause
            if bought or pause.reason == FailureReason.PROVIDER_DOWN:
                return None
            return replace(pause, until=now)

        before = await self.shop.store.change_pause(mended)
        if before is not None and mended(before) is None:
            log.info("submissions_go_on", reason=before.reason, rested_ms=now - before.since)
            self.shop.wakes.ring("submitter", "overseer")

    async def failed(self, began: int, *, at_risk: bool) -> int:
        """Note a purchase that failed for the provider's sake; return until when submissions rest, 0 where they go on.

        Args:
            began: when the purchase was begun.
            at_risk: whether it may have been made, and paid for.
        """
        failures = await self.shop.insist(self.shop.store.count_failed_purchase)
        now = self.shop.clock.now()

        def worse(pause: Pause | None) -> Pause | None:
            if pause is None:
                few = failures < schedule.FAILURES_IN_A_ROW
                return None if few else Pause(now + schedule.rest(0, at_risk=at_risk), FailureReason.PROVIDER_DOWN)
            if not _begun_since(pause, began, now):
                return pause
            tries = pause.tries + 1
            return replace(pause, until=now + schedule.rest(tries, at_risk=at_risk), tries=tries)

        before = await self.shop.insist(lambda: self.shop.store.change_pause(worse))
        after = worse(before)
        if before is None and after is not None:
            log.warning("submissions_rest", reason=after.reason, failures=failures)
            self.shop.wakes.ring("account", "overseer")
        return 0 if after is None else after.until

    async def refused(self, failure: Failure) -> bool:
        """Rest all submissions for what only the operator can mend; tell whether they did not rest for that before."""
        now = self.shop.clock.now()
        pause = Pause(now + schedule.PAUSE, failure.reason)
        before = await self.shop.store.change_pause(lambda _: pause)
        self.shop.wakes.ring("account", "overseer")
        return before is None or before.reason != failure.reason

    async def _end(self, turn: int, *, at: int) -> None:
        """Let the pause end at an instant, if the turn is still ours."""
        await self.shop.store.change_pause(
            lambda pause: pause if pause is None or pause.until != turn else replace(pause, until=at)
        )


def _holds(pause: Pause, now: int) -> bool:
    """Tell whether a pause is not over; an end further away than any was set by a clock that has jumped back since."""
    return pause.is_owners or now < pause.until <= now + schedule.LONGEST_REST


def _begun_since(pause: Pause, began: int, now: int) -> bool:
    """Tell whether a purchase was begun after the pause; one that begins in the future was set by another clock."""
    return began > pause.since or pause.since > now
