"""Reading keeps to one pace, whoever asks; a refusal halves it, and purchases are never held up."""

from __future__ import annotations

import asyncio
import heapq
import itertools

import pytest

from bot.clock import HOUR, MINUTE, SECOND
from bot.piapi.pace import AT_ONCE, LEAST_PER_SECOND, PER_SECOND, ReadingPace
from bot.piapi.requests import CreateRequest, VideoGenerationInput
from tests.integration.piapi.conftest import Step, Steps

GAP = round(SECOND / PER_SECOND)


TASK = {"code": 200, "data": {"task_id": "t1", "status": "processing"}}
REQUEST = CreateRequest(
    model="kling",
    task_type="video_generation",
    input=VideoGenerationInput(prompt="egrets", duration=5, mode="std", version="1.6"),
)


def busy(steps: type[Steps]) -> Step:
    return steps.answer(429, {"code": 429, "message": "too many requests"}, Retry_After="5")


class Standstill:
    """A clock that stands; sleeping notes how long it would have taken."""

    def __init__(self) -> None:
        self.at = 1_700_000_000_000
        self.waits: list[int] = []

    def now(self) -> int:
        return self.at

    async def sleep(self, milliseconds: int) -> None:
        self.waits.append(milliseconds)


@pytest.fixture
def time() -> Standstill:
    return Standstill()


@pytest.fixture
def pace(time: Standstill) -> ReadingPace:
    return ReadingPace(time.now, time.sleep)


async def turns(pace: ReadingPace, number: int) -> None:
    await asyncio.gather(*(pace.turn() for _ in range(number)))


async def test_after_a_quiet_while_a_few_are_sent_at_once_and_the_rest_at_the_pace(time, pace):
    await turns(pace, AT_ONCE + 3)

    assert time.waits == [round(number * SECOND / PER_SECOND) for number in (1, 2, 3)]


async def test_a_long_silence_saves_up_no_more_than_a_few(time, pace):
    await turns(pace, AT_ONCE)
    time.at += HOUR

    await turns(pace, AT_ONCE + 1)

    assert time.waits == [GAP]


async def test_what_is_asked_slowly_never_waits(time, pace):
    for _ in range(10 * AT_ONCE):
        await pace.turn()
        time.at += GAP

    assert time.waits == []


async def test_a_refusal_halves_the_pace_and_answers_bring_it_back(time, pace):
    pace.refused(0)
    assert pace.per_second == PER_SECOND / 2

    for _ in range(1_000):
        pace.answered()
    assert pace.per_second == PER_SECOND


async def test_refusals_of_reads_that_were_under_way_together_are_one(time, pace):
    for _ in range(AT_ONCE):
        pace.refused(0)
    assert pace.per_second == PER_SECOND / 2

    time.at += 2 * SECOND
    pace.refused(0)
    assert pace.per_second == PER_SECOND / 4


async def test_however_often_it_is_refused_something_is_still_asked(time, pace):
    for _ in range(100):
        time.at += MINUTE
        pace.refused(0)

    assert pace.per_second == LEAST_PER_SECOND


async def test_everybody_waits_as_long_as_the_provider_asks_one_to(time, pace):
    pace.refused(3 * SECOND)

    await turns(pace, 1)

    assert time.waits == [3 * SECOND]


async def test_nobody_waits_for_a_time_that_was_never_true(time, pace):
    time.at += HOUR
    pace.refused(8 * SECOND)
    time.at -= HOUR

    await turns(pace, 1)

    assert time.waits == []


async def test_status_and_balance_share_one_pace(provider, steps, make_client, clock):
    provider.script = [steps.answer(200, TASK)] * AT_ONCE + [
        steps.answer(200, {"code": 200, "data": {"account_id": "a"}})
    ]
    client = make_client(provider.url)
    for _ in range(AT_ONCE):
        await client.get_task("t1")
    assert clock.slept == []

    await client.account()

    assert clock.slept == [GAP]


async def test_each_try_of_a_read_waits_for_its_turn_and_every_reader_for_the_refused_ones_rest(
    provider, steps, make_client, clock
):
    provider.script = [busy(steps), steps.answer(200, TASK)]
    client = make_client(provider.url)
    await client.get_task("t1")
    assert clock.slept == [5 * SECOND]
    clock.slept.clear()

    for _ in range(AT_ONCE):
        await client.get_task("t1")

    # Half the pace, but for what the answers have given back; and nothing is saved up of the time before.
    assert len(clock.slept) == AT_ONCE
    assert all(GAP < waited <= 2 * GAP + 1 for waited in clock.slept)


async def test_a_purchase_is_not_held_up_by_what_is_read(provider, steps, make_client, clock):
    provider.script = [busy(steps), steps.answer(200, TASK)]
    client = make_client(provider.url)
    await client.get_task("t1")
    for _ in range(3 * AT_ONCE):
        await client.get_task("t1")
    before = list(clock.slept)

    await client.create_task(REQUEST)
    await client.cancel_task("t1")

    assert clock.slept == before


class Played:
    """A clock that goes on to the next moment somebody waits for, once everybody waits."""

    def __init__(self) -> None:
        self.at = 1_700_000_000_000
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = itertools.count()

    def now(self) -> int:
        return self.at

    async def sleep(self, milliseconds: int) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.at + milliseconds, next(self._number), woken))
        await woken

    async def until(self, done: asyncio.Task[None]) -> None:
        while not done.done():
            self.at, _, woken = heapq.heappop(self._waiting)
            woken.set_result(None)
            for _ in range(5):
                await asyncio.sleep(0)


async def test_a_hundred_pages_are_read_while_everybody_polls_as_fast_as_they_are_answered():
    clock, answer, polls = Played(), 100, 0
    pace = ReadingPace(clock.now, clock.sleep)
    began = clock.now()

    async def poll() -> None:
        nonlocal polls
        while True:
            await pace.turn()
            await clock.sleep(answer)
            polls += 1

    async def read() -> None:
        for _ in range(100):
            await pace.turn(first=True)
            await clock.sleep(answer)

    pollers = [asyncio.create_task(poll()) for _ in range(16)]
    reader = asyncio.create_task(read())
    await asyncio.sleep(0)
    await clock.until(reader)
    took = clock.now() - began
    for poller in pollers:
        poller.cancel()
    await asyncio.gather(*pollers, return_exceptions=True)

    assert took == 100 * answer
    assert polls + 100 <= PER_SECOND * took / SECOND + 2 * AT_ONCE
    assert polls >= PER_SECOND * took / SECOND - 100 - AT_ONCE


async def test_what_goes_first_keeps_to_the_pace_too(time, pace):
    await asyncio.gather(*(pace.turn(first=True) for _ in range(AT_ONCE + 2)))

    assert time.waits == [GAP, round(2 * SECOND / PER_SECOND)]


async def test_what_goes_first_waits_as_long_as_the_provider_asks_one_to(time, pace):
    pace.refused(3 * SECOND)

    await pace.turn(first=True)

    assert time.waits == [3 * SECOND]


async def test_fifteen_clips_a_second_and_as_many_other_reads_never_wait_for_the_pace(time, pace):
    for _ in range(30 * 60):
        await pace.turn()
        time.at += 34

    assert time.waits == []


async def test_a_page_of_the_history_does_not_wait_behind_polls(provider, steps, make_client, clock):
    provider.script = [steps.answer(200, TASK)] * (AT_ONCE + 5) + [steps.answer(200, {"code": 200, "data": []})]
    client = make_client(provider.url)
    for _ in range(AT_ONCE + 5):
        await client.get_task("t1")
    clock.slept.clear()

    assert [row async for row in client.history("kling", 0, 1)] == []

    assert clock.slept == []
