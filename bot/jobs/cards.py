"""Keeps cards current: level-triggered, one edit per job in flight, drawn from the row at the time of the edit."""

from __future__ import annotations

from typing import Final

from bot.clock import SECOND, Clock
from bot.jobs import place_shown, schedule
from bot.jobs.forecast import Outlook
from bot.jobs.loops import each
from bot.jobs.model import Delivery, Job, Purpose
from bot.jobs.ports import CardFacts, JobStore, ResultSink, TryLater
from bot.jobs.states import DeliveryState, JobState
from bot.jobs.timing import Timing

_AT_ONCE: Final = 8


async def card_facts(store: JobStore, timing: Timing, job: Job) -> CardFacts:
    """Gather what a card shows beside its job."""
    queued = job.state is JobState.QUEUED
    endings = await _endings(store, job)
    outlook = await timing.outlook(job) if queued else Outlook(ready_at=await timing.ready_at(job))
    delivered = [row for row in endings if row.state is DeliveryState.DELIVERED]
    return CardFacts(
        position=outlook.position,
        more_than=outlook.more_than,
        ready_at=outlook.ready_at,
        pause=await store.pause() if queued else None,
        result=delivered[-1].message if delivered else None,
        undeliverable=bool(endings) and endings[-1].state is DeliveryState.UNDELIVERABLE,
        source=await store.job(job.source_id) if job.source_id else None,
    )


async def _endings(store: JobStore, job: Job) -> list[Delivery]:
    """Return the messages that told, or should tell, how the job ended; oldest first."""
    if job.finished_at is None and job.state is not JobState.ABANDONED:
        return []
    return [row for row in await store.deliveries(job.id) if row.purpose in set(Purpose)]


class CardKeeper:
    """Takes jobs whose card shows less than their row."""

    name: Final = "cards"
    interval: Final = SECOND
    workers: Final = 1
    batch: Final = _AT_ONCE

    def __init__(self, store: JobStore, sink: ResultSink, clock: Clock, timing: Timing) -> None:
        """Keep the collaborators."""
        self._store = store
        self._sink = sink
        self._clock = clock
        self._timing = timing
        self._positions_at = 0

    async def run_once(self) -> int:
        """Edit a few cards."""
        now = self._clock.now()
        if not now < self._positions_at <= now + place_shown.EVERY:
            # Their time has come, or the clock was put back.
            self._positions_at = now + place_shown.EVERY
            await self._store.touch_queue_cards((await self._timing.forecast()).misplaced(place_shown.AT_ONCE))
        jobs = await self._store.claim_cards(now, now + schedule.CARD_REST, _AT_ONCE)
        return await each(jobs, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)

    async def _take(self, job: Job) -> None:
        job, facts = await self._as_one(job)
        try:
            await self._sink.show_card(job, facts)
        except TryLater:
            # It rests as long as it was claimed for; the others go on.
            return
        # A card that is gone for good counts as shown: nobody waits for it.
        await self._store.card_shown(job.id, job.revision, facts.place, facts.ready_at)

    async def _as_one(self, job: Job) -> tuple[Job, CardFacts]:
        """Return what a card shows, with the row that it belongs to.

        A message that was posted since the row was read has grown the job's revision. Recorded as the older one, what
        is drawn now would be drawn once more, by a process that does not know what this one drew.
        """
        while True:
            facts = await card_facts(self._store, self._timing, job)
            if facts.result is None and not facts.undeliverable:
                return job, facts
            now = await self._store.job(job.id)
            if now is None or now.revision == job.revision:
                return job, facts
            job = now

    async def _put_off(self, job: Job) -> None:
        """A card is best effort: one that cannot be drawn must not be tried for ever.

        It counts as if it said what it should, so that it is tried again when that changes.
        """
        outlook = await self._timing.outlook(job) if job.state is JobState.QUEUED else Outlook()
        await self._store.card_shown(job.id, job.revision, outlook.place, outlook.ready_at)
