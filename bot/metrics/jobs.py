"""Counts what the store commits: a `bot.jobs.ports.Observer`."""

from __future__ import annotations

from bot.catalog import MICRO
from bot.clock import SECOND
from bot.jobs.model import Delivery, Job
from bot.jobs.states import ENDED, DeliveryState, JobState
from bot.metrics.instruments import Instruments


class JobFigures:
    """Counts jobs, messages and money as they move."""

    def __init__(self, instruments: Instruments) -> None:
        """Count into these."""
        self._to = instruments

    def stored(self, job: Job) -> None:
        """Count a job taken in."""
        self._to.jobs_stored.labels(kind=job.kind.value).inc()

    def moved(self, job: Job, charged_microusd: int | None) -> None:
        """Count an ending, a doubt, and what was charged."""
        kind = job.kind.value
        if charged_microusd is not None:
            self._to.charged.labels(kind=kind).inc(max(0, charged_microusd) / MICRO)
        if job.state in ENDED:
            self._to.jobs_ended.labels(state=job.state.value, kind=kind).inc()
        elif job.state is JobState.SUBMIT_UNKNOWN:
            self._to.jobs_doubted.labels(kind=kind).inc()
        elif job.state is JobState.ABANDONED:
            self._to.jobs_abandoned.labels(kind=kind).inc()
        if job.state is JobState.FAILED and job.failure is not None:
            self._to.failures.labels(reason=job.failure.reason.value).inc()

    def message_moved(self, delivery: Delivery, at: int) -> None:
        """Count a message's move, and how long it was owed."""
        self._to.messages.labels(state=delivery.state.value).inc()
        if delivery.state is DeliveryState.DELIVERED:
            self._to.delivery_delay.observe(max(0, at - delivery.created_at) / SECOND)

    def polled(self, late_ms: int) -> None:
        """Note how late a poll begins."""
        self._to.poll_delay.observe(late_ms / SECOND)

    def detected(self, late_ms: int) -> None:
        """Note how late the end of a task is known."""
        self._to.detection_delay.observe(late_ms / SECOND)
