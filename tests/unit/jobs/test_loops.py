"""Loops run side by side, stop together, and do not die in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.clock import SystemClock
from bot.jobs import loops as supervised
from bot.jobs.loops import LoopDied, Loops, Wakes, each
from bot.jobs.ports import StoreUnavailable


class Step:
    """Counts its turns, and does what it is told on each."""

    interval = 3_600_000

    def __init__(self, name: str, act=lambda turn: 0, *, workers: int = 1) -> None:
        self.name = name
        self.workers = workers
        self.turns = 0
        self.turned = asyncio.Event()
        self._act = act

    async def run_once(self) -> int:
        self.turns += 1
        self.turned.set()
        return self._act(self.turns)


class Batches(Step):
    """Takes up to eight items in a turn."""

    batch = 8


class Moved(SystemClock):
    """Stands until it is moved."""

    def __init__(self) -> None:
        self._now = 0
        self._moved = asyncio.Event()

    def now(self) -> int:
        return self._now

    async def sleep(self, milliseconds: int) -> None:
        until = self._now + milliseconds
        while self._now < until:
            await self._moved.wait()

    def advance(self, milliseconds: int) -> None:
        self._now += milliseconds
        self._moved.set()
        self._moved = asyncio.Event()


async def started(*steps: Step) -> tuple[Loops, Wakes, asyncio.Task[None]]:
    wakes = Wakes()
    loops = Loops(steps, wakes, SystemClock())
    running = asyncio.create_task(loops.run())
    for step in steps:
        await asyncio.wait_for(step.turned.wait(), 5)
    return loops, wakes, running


async def test_an_idle_loop_looks_again_when_its_bell_rings():
    step = Step("poller")
    loops, wakes, running = await started(step)
    step.turned.clear()
    wakes.ring("poller")
    await asyncio.wait_for(step.turned.wait(), 5)
    loops.stop()
    await asyncio.wait_for(running, 5)
    assert step.turns >= 2


async def test_one_ring_wakes_one_of_a_steps_workers():
    step = Step("poller", workers=3)
    loops, wakes, running = await started(step)
    for _ in range(20):
        await asyncio.sleep(0)
    assert step.turns == 3
    step.turned.clear()
    wakes.ring("poller")
    await asyncio.wait_for(step.turned.wait(), 5)
    for _ in range(20):
        await asyncio.sleep(0)
    woken = step.turns - 3
    loops.stop()
    await asyncio.wait_for(running, 5)
    assert (woken, step.turns) == (1, 4)


async def test_a_ring_while_every_worker_is_busy_is_heard_by_the_first_that_is_free():
    bell = Wakes().bell("poller")
    bell.ring()
    bell.ring()
    await asyncio.wait_for(bell.wait(), 5)
    waiting = asyncio.ensure_future(bell.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    bell.ring()
    await asyncio.wait_for(waiting, 5)


async def test_work_that_a_worker_here_is_free_for_is_called_out_to_nobody():
    calls: list[str] = []
    wakes = Wakes(call=calls.extend)
    waiting = asyncio.ensure_future(wakes.bell("poller").wait())
    await asyncio.sleep(0)
    wakes.ring("poller")
    await asyncio.wait_for(waiting, 5)
    assert calls == []


async def test_work_that_nobody_here_is_free_for_is_called_out_to_the_others():
    calls: list[str] = []
    wakes = Wakes(call=calls.extend)
    waiting = asyncio.ensure_future(wakes.bell("poller").wait())
    await asyncio.sleep(0)
    wakes.ring("poller", "archiver")
    await asyncio.wait_for(waiting, 5)
    wakes.ring("poller")
    assert calls == ["archiver", "poller"]


async def test_others_are_called_only_for_what_a_busy_worker_here_has_not_come_to(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervised, "_PATIENCE", 0.0)
    calls: list[str] = []
    called = asyncio.Event()

    def call(names: Sequence[str]) -> None:
        calls.extend(names)
        called.set()

    wakes = Wakes(call=call)
    Loops([Step("poller"), Step("archiver")], wakes, SystemClock())
    wakes.ring("poller", "archiver")
    wakes.ring("poller")
    assert calls == []
    wakes.bell("archiver").clear()
    await asyncio.wait_for(called.wait(), 5)
    assert calls == ["poller"]


async def test_a_call_from_outside_wakes_a_worker_and_is_not_passed_on():
    calls: list[str] = []
    wakes = Wakes(call=calls.extend)
    waiting = asyncio.ensure_future(wakes.bell("poller").wait())
    await asyncio.sleep(0)
    wakes.ring_here(["poller", "unheard of"])
    await asyncio.wait_for(waiting, 5)
    assert calls == []
    assert set(wakes.bells) == {"poller"}


async def test_a_loop_with_work_does_not_rest():
    step = Step("poller", lambda turn: 1 if turn < 100 else 0)
    loops, _, running = await started(step)
    async with asyncio.timeout(5):
        while step.turns < 100:
            step.turned.clear()
            await step.turned.wait()
    loops.stop()
    await asyncio.wait_for(running, 5)


async def test_a_loop_whose_look_took_all_there_was_rests_until_its_bell_rings():
    step = Batches("poller", lambda turn: (8, 8, 3)[min(turn, 3) - 1])
    loops, wakes, running = await started(step)
    for _ in range(20):
        await asyncio.sleep(0)
    assert step.turns == 3
    wakes.ring("poller")
    for _ in range(20):
        await asyncio.sleep(0)
    assert step.turns == 4
    loops.stop()
    await asyncio.wait_for(running, 5)


async def test_of_workers_that_rest_one_looks_for_all_of_them_at_each_interval():
    step = Step("poller", workers=3)
    clock = Moved()
    running = asyncio.create_task(Loops([step], Wakes(), clock).run())
    turns = []
    for _ in range(4):
        for _ in range(20):
            await asyncio.sleep(0)
        turns.append(step.turns)
        clock.advance(step.interval)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert turns == [3, 4, 5, 6]


async def test_a_worker_does_not_rest_because_another_has_its_hands_full():
    busy = asyncio.Event()

    class Held(Step):
        async def run_once(self) -> int:
            self.turns += 1
            if self.turns == 3:
                await busy.wait()
            return int(self.turns == 3)

    step = Held("poller", workers=2)
    clock, wakes = Moved(), Wakes()
    running = asyncio.create_task(Loops([step], wakes, clock).run())
    turns = []
    for _ in range(3):
        for _ in range(20):
            await asyncio.sleep(0)
        turns.append(step.turns)
        clock.advance(step.interval // 2)
        if step.turns == 2:
            wakes.ring("poller")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert turns == [2, 3, 4]


async def test_who_is_leaving_calls_others_at_once():
    called: list[Sequence[str]] = []
    wakes = Wakes(call=called.append)
    loops = Loops([Step("deliverer")], wakes, SystemClock())
    running = asyncio.create_task(loops.run())
    loops.stop()
    await asyncio.wait_for(running, 5)
    wakes.ring("deliverer")
    assert called == [["deliverer"]]


async def test_a_dying_loop_stops_the_others_and_is_named():
    def die(turn: int) -> int:
        raise RuntimeError("defect")

    healthy = Step("poller")
    loops = Loops([healthy, Step("archiver", die)], Wakes(), SystemClock())
    with pytest.raises(LoopDied, match="archiver"):
        await asyncio.wait_for(loops.run(), 5)


async def test_a_store_that_is_away_kills_no_loop():
    class NoRest(SystemClock):
        async def sleep(self, milliseconds: int) -> None:
            await asyncio.sleep(0)

    def away(turn: int) -> int:
        if turn < 3:
            raise StoreUnavailable("disk full")
        return 0

    step = Step("poller", away)
    loops = Loops([step], Wakes(), NoRest())
    running = asyncio.create_task(loops.run())
    async with asyncio.timeout(5):
        while step.turns < 4:
            step.turned.clear()
            await step.turned.wait()
    loops.stop()
    await asyncio.wait_for(running, 5)


async def test_one_spoilt_item_does_not_stop_its_neighbours():
    taken, put_off = [], []

    async def take(item: int) -> None:
        if item == 2:
            raise ValueError("poisoned")
        taken.append(item)

    async def spoilt(item: int) -> None:
        put_off.append(item)

    assert await each([1, 2, 3], take, spoilt, step="poller") == 3
    assert sorted(taken) == [1, 3]
    assert put_off == [2]


async def test_a_store_that_is_away_is_reported_by_the_batch():
    async def take(item: int) -> None:
        raise StoreUnavailable("locked")

    async def spoilt(item: int) -> None:
        raise AssertionError("not the item's fault")

    with pytest.raises(StoreUnavailable):
        await each([1], take, spoilt, step="poller")


async def test_steps_that_the_store_turns_away_are_named_until_it_takes_them_again():
    step = Turned()
    loops = Loops([step], Wakes(), SystemClock())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.jobs.loops._STORE_REST", 1)
        running = asyncio.create_task(loops.run())
        await asyncio.wait_for(step.turned_away.wait(), 5)
        assert list(loops.without_store()) == ["turned"]
        step.store_is_back = True
        await asyncio.wait_for(step.taken.wait(), 5)
        loops.stop()
        await running
    assert list(loops.without_store()) == []


class Turned:
    """Meets a store that is away, then one that is not."""

    name = "turned"
    interval = 1
    workers = 1

    def __init__(self) -> None:
        self.store_is_back = False
        self.turned_away = asyncio.Event()
        self.taken = asyncio.Event()
        self._turns = 0

    async def run_once(self) -> int:
        self._turns += 1
        if not self.store_is_back:
            if self._turns > 1:
                self.turned_away.set()
            raise StoreUnavailable("away")
        self.taken.set()
        return 0
