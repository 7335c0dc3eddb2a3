"""A caller who goes away stops waiting; what it asked for happens whole or not at all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.jobs.model import Purpose
from bot.jobs.states import BIND, FAIL, SUBMIT, SUCCEED, JobState
from storage.statements import Statements
from storage.store import Store
from tests.contract.samples import NOW, Probe, holds_for, job_in, move, new_job, submitted

MOST_STATEMENTS = 40
PATIENCE = 20.0


class Interruption:
    """Runs something just before the n-th statement, wherever that runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.left = 0
        self.act: Callable[[], object] | None = None
        for name in ("rows", "run", "many"):
            self._watch(monkeypatch, name, getattr(Statements, name))

    def _watch(self, monkeypatch: pytest.MonkeyPatch, name: str, real: Callable[..., Awaitable[Any]]) -> None:
        async def watched(statements: Statements, connection: object, statement: str, values: object) -> Any:
            self.left -= 1
            if self.left == 0 and self.act is not None:
                await self._interrupt(self.act)
            return await real(statements, connection, statement, values)

        monkeypatch.setattr(Statements, name, watched)

    async def _interrupt(self, act: Callable[[], object]) -> None:
        if threading.current_thread() is threading.main_thread():
            act()
            await asyncio.sleep(0)
            return
        # SQLite's statements run in the connection's thread: the loop is let take notice before they go on.
        noticed = threading.Event()

        def on_loop() -> None:
            act()
            self._loop.call_soon(noticed.set)

        self._loop.call_soon_threadsafe(on_loop)
        assert noticed.wait(PATIENCE)


@pytest.fixture
async def interruption(monkeypatch: pytest.MonkeyPatch) -> Interruption:
    return Interruption(monkeypatch, asyncio.get_running_loop())


def own_tasks(store: Store) -> tuple[asyncio.Task[Any], ...]:
    return tuple(store._database._database._tasks._tasks)  # type: ignore[attr-defined]


async def settled(store: Store) -> None:
    """Wait for what goes on without its caller, in the connection's thread too."""
    while tasks := own_tasks(store):
        await asyncio.wait(tasks)
    await store._database.ping()


def goes_on(engine: str, victim: str) -> bool:
    """Tell whether a transaction that was interrupted is committed: SQLite's thread finishes what it has begun."""
    return victim == "caller" or engine == "sqlite"


async def each_statement(
    store: Store, interruption: Interruption, ask: Callable[[], Awaitable[object]], *, victim: str
) -> list[str]:
    """Ask again and again, cancelling the caller (or the store's own task) before the first statement, then the second.

    Returns how each ended, up to the one that was not interrupted any more.
    """
    ended: list[str] = []
    for number in range(1, MOST_STATEMENTS):
        caller = asyncio.ensure_future(ask())

        def cancel(caller: asyncio.Future[object] = caller) -> None:
            for task in (caller,) if victim == "caller" else own_tasks(store):
                task.cancel()

        interruption.left, interruption.act = number, cancel
        await asyncio.wait([caller])
        await settled(store)
        interruption.act = None
        ended.append("cancelled" if caller.cancelled() else "answered")
        if ended[-1] == "answered":
            return ended
    raise AssertionError("more statements than expected")


@pytest.mark.parametrize("victim", ["caller", "store"])
async def test_a_submission_happens_whole_or_not_at_all(
    store: Store, probe: Probe, interruption: Interruption, engine: str, victim: str
):
    made: list[str] = []

    def ask() -> Awaitable[object]:
        new = new_job()
        made.append(new.id)
        return store.submit(new, holds_for(new))

    ended = await each_statement(store, interruption, ask, victim=victim)
    assert len(ended) > 4
    assert await probe.contradictions() == []
    stored = {job_id for (job_id,) in await probe.rows("SELECT id FROM jobs")}
    assert stored == (set(made) if goes_on(engine, victim) else {made[-1]})
    for table in ("job_events", "charges", "holds"):
        assert await probe.value(f"SELECT COUNT(*) FROM {table}") == len(stored)  # noqa: S608


@pytest.mark.parametrize("victim", ["caller", "store"])
async def test_an_ending_happens_whole_or_not_at_all(
    store: Store, probe: Probe, interruption: Interruption, engine: str, victim: str
):
    jobs = [await job_in(store, JobState.RUNNING) for _ in range(15)]
    waiting = iter(jobs)

    def ask() -> Awaitable[object]:
        return store.apply(move(next(waiting), FAIL, settle_microusd=0, purpose=Purpose.FAILURE))

    ended = await each_statement(store, interruption, ask, victim=victim)
    assert len(ended) > 6
    assert await probe.contradictions() == []
    failed = len(ended) if goes_on(engine, victim) else 1
    assert await probe.value("SELECT COUNT(*) FROM jobs WHERE state = 'failed'") == failed
    assert await probe.value("SELECT COUNT(*) FROM deliveries") == failed
    assert await probe.value("SELECT COUNT(*) FROM charges WHERE settled_at IS NOT NULL") == failed


@pytest.mark.parametrize("victim", ["caller", "store"])
async def test_the_store_goes_on_after_every_interruption(
    store: Store, probe: Probe, interruption: Interruption, victim: str
):
    job = await submitted(store)
    await store.apply(move(job, SUBMIT))
    tokens = iter([job.hook_token] * 50)
    await each_statement(store, interruption, lambda: store.nudge(next(tokens), "task-1", NOW), victim=victim)
    await each_statement(store, interruption, lambda: store.job(job.id), victim=victim)
    await each_statement(store, interruption, lambda: store.claim_deliveries(NOW, "lease-1", NOW + 1, 1), victim=victim)
    assert await store.apply(move(job, BIND)) is not None
    assert await store.apply(move(job, SUCCEED)) is not None
    assert await probe.contradictions() == []


async def test_neighbours_in_a_burst_do_not_notice_who_left(store: Store, probe: Probe):
    work = [new_job() for _ in range(12)]
    asked = [asyncio.ensure_future(store.submit(new, holds_for(new))) for new in work]
    await asyncio.sleep(0)
    for number in (0, 5, 11):
        asked[number].cancel()
    await asyncio.wait(asked)
    assert [task.cancelled() for task in asked] == [number in (0, 5, 11) for number in range(12)]
    await settled(store)
    assert await probe.value("SELECT COUNT(*) FROM jobs") == 12
    assert await probe.contradictions() == []
