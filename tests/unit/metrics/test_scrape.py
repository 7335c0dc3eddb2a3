"""A scrape asks the store little, seldom, and never shows old figures as today's."""

from __future__ import annotations

import asyncio
import math

from prometheus_client.parser import text_string_to_metric_families

from bot.jobs.model import JobKind
from bot.jobs.ports import Pause, StoreUnavailable
from bot.jobs.states import DeliveryState, JobState
from bot.metrics.instruments import Instruments
from bot.metrics.pulse import BALANCE_EVERY, Pulse
from bot.metrics.scrape import REST, Scrape

NOW = 1_780_000_000_000


class Clock:
    def __init__(self) -> None:
        self.at = NOW
        self.sleeps: asyncio.Queue[int] = asyncio.Queue()
        self.wake = asyncio.Semaphore(0)

    def now(self) -> int:
        return self.at

    async def sleep(self, milliseconds: int) -> None:
        self.sleeps.put_nowait(milliseconds)
        await self.wake.acquire()


class Work:
    """A store with work left in it, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False

    async def open_jobs(self):
        self.asked += 1
        if self.away:
            raise StoreUnavailable("away")
        return [
            (JobState.QUEUED, JobKind.VIDEO, 2, NOW - 90_000),
            (JobState.RUNNING, JobKind.LIPSYNC, 1, NOW - 900_000),
        ]

    async def open_messages(self):
        return [(DeliveryState.PENDING, 3, NOW - 4_000), (DeliveryState.SENDING, 1, NOW - 7_000)]

    async def pause(self):
        return Pause(NOW + 60_000, "no_credit")

    async def used(self, counter: str) -> int:
        return 4


def values(text: bytes) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(text.decode())
    return {(one.name, tuple(one.labels.values())): one.value for family in families for one in family.samples}


async def test_what_is_left_to_do_is_told_as_it_is():
    scrape = Scrape(Instruments("1.0"), Work(), Clock(), 5, lambda: 0.08)
    told = values(await scrape.exposition())
    assert told["egret_jobs", ("video", "queued")] == 2
    assert told["egret_jobs", ("lipsync", "running")] == 1
    assert told["egret_jobs", ("video", "abandoned")] == 0
    assert told["egret_queue_oldest_age_seconds", ()] == 90
    assert told["egret_messages_open", ("pending",)] == 3
    assert told["egret_messages_oldest_age_seconds", ()] == 7
    assert (told["egret_jobs_in_flight", ()], told["egret_jobs_in_flight_limit", ()]) == (4, 5)
    assert told["egret_submissions_paused", ("no_credit",)] == 1
    assert told["egret_submissions_paused", ("bad_key",)] == 0
    assert told["egret_gateway_latency_seconds", ()] == 0.08
    assert math.isnan(told["egret_provider_balance_dollars", ()])


async def test_many_scrapes_at_once_and_in_a_row_ask_the_store_once():
    work, clock = Work(), Clock()
    scrape = Scrape(Instruments(), work, clock, 5, lambda: math.inf)
    await asyncio.gather(*(scrape.exposition() for _ in range(50)))
    clock.at += REST - 1
    await scrape.exposition()
    assert work.asked == 1
    clock.at += 1
    await scrape.exposition()
    assert work.asked == 2


async def test_a_clock_that_is_set_back_does_not_freeze_the_figures():
    work, clock = Work(), Clock()
    scrape = Scrape(Instruments(), work, clock, 5, lambda: math.inf)
    await scrape.exposition()
    clock.at -= 3_600_000
    await scrape.exposition()
    assert work.asked == 2


async def test_while_the_store_is_away_nothing_old_is_shown():
    work, clock = Work(), Clock()
    scrape = Scrape(Instruments(), work, clock, 5, lambda: math.nan)
    await scrape.exposition()
    work.away = True
    clock.at += REST
    told = values(await scrape.exposition())
    assert told["egret_database_up", ()] == 0
    assert math.isnan(told["egret_queue_oldest_age_seconds", ()])
    assert math.isnan(told["egret_gateway_latency_seconds", ()])
    assert not [name for name, _ in told if name in {"egret_jobs", "egret_messages_open", "egret_submissions_paused"}]


async def test_the_balance_is_asked_for_now_and_then_and_unknown_when_it_cannot_be_had():
    clock, instruments = Clock(), Instruments()
    answers = iter([12_340_000, None])
    asked = 0

    async def ask() -> int | None:
        nonlocal asked
        asked += 1
        return next(answers)

    pulse = asyncio.create_task(Pulse(instruments, clock, ask).run())
    assert await clock.sleeps.get() == BALANCE_EVERY
    assert values(instruments.exposition())["egret_provider_balance_dollars", ()] == 12.34
    clock.wake.release()
    await clock.sleeps.get()
    assert math.isnan(values(instruments.exposition())["egret_provider_balance_dollars", ()])
    assert asked == 2
    pulse.cancel()
    await asyncio.gather(pulse, return_exceptions=True)
