"""What is asked at a scrape rather than counted all along; asked again only after a rest, however many scrape."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from bot.clock import SECOND, Clock
from bot.jobs.failures import FailureKind, FailureReason
from bot.jobs.limits import IN_FLIGHT_COUNTER
from bot.jobs.model import JobKind
from bot.jobs.ports import Pause, StoreUnavailable
from bot.jobs.states import ENDED, DeliveryState, JobState
from bot.metrics.instruments import UNKNOWN, Instruments

REST: Final = 10 * SECOND
"""How old an answer of the database may be."""
_PATIENCE: Final = 5.0
_OPEN_STATES: Final = tuple(state for state in JobState if state not in ENDED)
_OWED_STATES: Final = (DeliveryState.PENDING, DeliveryState.SENDING)
_PAUSES: Final = tuple(reason for reason in FailureReason if reason.kind is FailureKind.OPERATOR)


class Workload(Protocol):
    """What the store tells of the work that is left."""

    async def open_jobs(self) -> Sequence[tuple[JobState, JobKind, int, int]]:
        """Return state, kind, number and the oldest one's time of jobs that have not ended."""
        ...

    async def open_messages(self) -> Sequence[tuple[DeliveryState, int, int]]:
        """Return state, number and the oldest one's time of messages that channels are owed."""
        ...

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present."""
        ...

    async def used(self, counter: str) -> int:
        """Return what a counter stands at."""
        ...


@dataclass(slots=True)
class Scrape:
    """Answers scrapes.

    Attributes:
        latency: of the gateway, in seconds; infinite or NaN while not connected.
    """

    instruments: Instruments
    store: Workload
    clock: Clock
    max_in_flight: int
    latency: Callable[[], float]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked_at: int | None = None

    async def exposition(self) -> bytes:
        """Return every value in Prometheus's text format; the database's are at most `REST` old."""
        async with self._turn:
            now = self.clock.now()
            if self._asked_at is None or not 0 <= now - self._asked_at < REST:
                await self._ask(now)
                self._asked_at = now
        latency = self.latency()
        self.instruments.gateway_latency.set(latency if latency < float("inf") else UNKNOWN)
        return self.instruments.exposition()

    async def _ask(self, now: int) -> None:
        self.instruments.in_flight_limit.set(self.max_in_flight)
        try:
            async with asyncio.timeout(_PATIENCE):
                jobs = await self.store.open_jobs()
                messages = await self.store.open_messages()
                pause = await self.store.pause()
                in_flight = await self.store.used(IN_FLIGHT_COUNTER)
        except (StoreUnavailable, TimeoutError):
            self._know_nothing()
            return
        self.instruments.database_up.set(1)
        self.instruments.in_flight.set(in_flight)
        self._tell_jobs(jobs, now)
        self._tell_messages(messages, now)
        paused = pause.reason if pause is not None and pause.until > now else ""
        for reason in _PAUSES:
            self.instruments.paused.labels(reason=reason.value).set(paused == reason.value)

    def _tell_jobs(self, jobs: Sequence[tuple[JobState, JobKind, int, int]], now: int) -> None:
        counted: Mapping[tuple[JobState, JobKind], int] = {(state, kind): number for state, kind, number, _ in jobs}
        for state in _OPEN_STATES:
            for kind in JobKind:
                self.instruments.jobs.labels(state=state.value, kind=kind.value).set(counted.get((state, kind), 0))
        queued = [oldest for state, _, _, oldest in jobs if state is JobState.QUEUED]
        self.instruments.queue_age.set(_age(queued, now))

    def _tell_messages(self, messages: Sequence[tuple[DeliveryState, int, int]], now: int) -> None:
        counted = {state: number for state, number, _ in messages}
        for state in _OWED_STATES:
            self.instruments.messages_open.labels(state=state.value).set(counted.get(state, 0))
        self.instruments.message_age.set(_age([oldest for _, _, oldest in messages], now))

    def _know_nothing(self) -> None:
        """Show no old figure as if it were today's."""
        told = self.instruments
        told.database_up.set(0)
        for gauge in (told.queue_age, told.message_age, told.in_flight):
            gauge.set(UNKNOWN)
        for labelled in (told.jobs, told.messages_open, told.paused):
            labelled.clear()


def _age(instants: Sequence[int], now: int) -> float:
    return max(0, now - min(instants)) / SECOND if instants else 0.0
