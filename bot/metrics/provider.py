"""Measures the provider: wraps a `bot.jobs.ports.TaskGateway`, changes nothing that passes through it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Final, assert_never

from bot.jobs.ports import (
    Bound,
    CreateOutcome,
    Declined,
    GatewayUnavailable,
    Glance,
    HistoryTask,
    NotSent,
    PreparedTask,
    TaskGateway,
    TaskOrder,
    TaskReport,
    TaskUnknown,
    Unknowable,
)
from bot.metrics.instruments import Instruments

_HTTP: Final = re.compile(r"http_([1-9])\d\d")
_WORDS: Final = (
    ("timeout", re.compile(r"time_?out", re.IGNORECASE)),
    ("connection", re.compile(r"connect|network|protocol|readerror|writeerror|closeerror", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class MeasuredGateway:
    """Times every request and counts what came of it."""

    inner: TaskGateway
    instruments: Instruments

    @property
    def key_fingerprint(self) -> str:
        """Return what names the account in use."""
        return self.inner.key_fingerprint

    @property
    def service_mode(self) -> str:
        """Return who pays the provider's upstream account."""
        return self.inner.service_mode

    def prepare(self, order: TaskOrder) -> PreparedTask:
        """Make the request, without sending it."""
        return self.inner.prepare(order)

    def is_same(self, sent: str, report: TaskReport) -> bool:
        """Tell whether `report` is of a task made by the request `sent`."""
        return self.inner.is_same(sent, report)

    async def create(self, task: PreparedTask) -> CreateOutcome:
        """Send the one POST."""
        began = perf_counter()
        outcome = await self.inner.create(task)
        self._note("create", _word(outcome), began)
        if isinstance(outcome, (NotSent, Unknowable)):
            self._error("create", outcome.cause)
        return outcome

    async def reach(self) -> None:
        """Ask whether the provider answers."""
        with self._measured("reach"):
            await self.inner.reach()

    async def report(self, task_id: str) -> TaskReport:
        """Ask for a task."""
        with self._measured("report"):
            return await self.inner.report(task_id)

    async def cancel(self, task_id: str) -> None:
        """Ask the provider to cancel a task."""
        with self._measured("cancel"):
            await self.inner.cancel(task_id)

    async def history(self, since: int, until: int, glance: Glance | None = None) -> AsyncIterator[HistoryTask]:
        """Yield the account's tasks; all pages that are read are one measurement, without what is done between them."""
        tasks = aiter(self.inner.history(since, until, glance))
        waited, outcome = 0.0, ""
        try:
            while True:
                began, outcome = perf_counter(), ""
                try:
                    task = await anext(tasks, None)
                except GatewayUnavailable as error:
                    outcome = "unavailable"
                    self._error("history", str(error))
                    raise
                finally:
                    waited += perf_counter() - began
                outcome = "ok"
                if task is None:
                    return
                yield task
        finally:
            # Whoever has found its task reads no further: that is an answer too.
            if outcome:
                self.instruments.provider_requests.labels(operation="history", outcome=outcome).observe(waited)

    @contextmanager
    def _measured(self, operation: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        except TaskUnknown:
            self._note(operation, "task_unknown", began)
            raise
        except GatewayUnavailable as error:
            self._note(operation, "unavailable", began)
            self._error(operation, str(error))
            raise
        self._note(operation, "ok", began)

    def _note(self, operation: str, outcome: str, began: float) -> None:
        self.instruments.provider_requests.labels(operation=operation, outcome=outcome).observe(perf_counter() - began)

    def _error(self, operation: str, cause: str) -> None:
        self.instruments.provider_errors.labels(operation=operation, cause=cause_class(cause)).inc()


def cause_class(cause: str) -> str:
    """Return one of a few words for whatever an error says of itself."""
    status = _HTTP.fullmatch(cause)
    if status is not None:
        return f"http_{status[1]}xx"
    return next((word for word, pattern in _WORDS if pattern.search(cause)), "other")


def _word(outcome: CreateOutcome) -> str:
    match outcome:
        case Bound():
            return "created"
        case Declined():
            return f"declined_{outcome.failure.reason.kind.value}"
        case NotSent():
            return "not_sent"
        case Unknowable():
            return "unknown"
        case _:
            assert_never(outcome)
