"""Reading the account's history is timed by the waits for the provider alone, and counted however it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import pytest

from bot.jobs.ports import GatewayUnavailable, HistoryTask, TaskGateway
from bot.metrics import provider
from bot.metrics.instruments import Instruments
from bot.metrics.provider import MeasuredGateway


class History:
    """An account's history; each page takes a second, and the last one may not come."""

    def __init__(self, clock: Seconds, *, breaks: bool) -> None:
        self._clock = clock
        self._breaks = breaks

    async def history(self, since: int, until: int, glance: object = None) -> AsyncIterator[HistoryTask]:
        for number in range(3):
            self._clock.at += 1.0
            yield HistoryTask(f"task-{number}", since)
        self._clock.at += 1.0
        if self._breaks:
            raise GatewayUnavailable("http_503")


class Seconds:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    seconds = Seconds()
    monkeypatch.setattr(provider, "perf_counter", seconds)
    return seconds


def told(instruments: Instruments, outcome: str) -> tuple[float | None, float | None]:
    """Return how many readings ended so, and the seconds that they took."""
    labels = {"operation": "history", "outcome": outcome}
    name = "egret_provider_request_seconds"
    values = [instruments.registry.get_sample_value(f"{name}_{part}", labels) for part in ("count", "sum")]
    return values[0], values[1]


async def read(clock: Seconds, *, most: int = 9) -> Instruments:
    """Read up to `most` tasks, with a minute of other work after each."""
    instruments = Instruments()
    inner = cast("TaskGateway", History(clock, breaks=False))
    tasks = cast("Any", MeasuredGateway(inner, instruments).history(0, 1))
    async with aclosing(tasks):
        async for _ in tasks:
            clock.at += 60.0
            most -= 1
            if not most:
                break
    return instruments


async def test_what_is_done_between_the_pages_is_not_the_providers_time(clock: Seconds):
    assert told(await read(clock), "ok") == (1, 4.0)


async def test_a_reading_that_ends_with_a_find_counts(clock: Seconds):
    assert told(await read(clock, most=2), "ok") == (1, 2.0)


async def test_a_history_that_breaks_off_is_told_as_such(clock: Seconds):
    instruments = Instruments()
    gateway = MeasuredGateway(cast("TaskGateway", History(clock, breaks=True)), instruments)
    with pytest.raises(GatewayUnavailable):
        _ = [task async for task in gateway.history(0, 1)]
    assert told(instruments, "unavailable") == (1, 4.0)
    assert told(instruments, "ok") == (None, None)
    errors = {"operation": "history", "cause": "http_5xx"}
    assert instruments.registry.get_sample_value("egret_provider_errors_total", errors) == 1
