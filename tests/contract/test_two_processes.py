"""Two stores on one PostgreSQL database, as two processes have them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.jobs.model import Purpose
from bot.jobs.ports import Accepted, Duplicate, OverCeiling
from bot.jobs.states import SUBMIT, SUCCEED, JobState
from storage.store import Store, open_store
from tests.contract.samples import NOW, PRICE, ManualClock, Probe, holds_for, job_in, move, new_job, submitted

SOON = NOW + 60_000


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture
async def other(url: str, tmp_path: Path, store: Store) -> AsyncIterator[Store]:
    """The second process's store."""
    async with open_store(url, tmp_path, ManualClock()) as opened:
        yield opened


async def test_no_job_is_leased_by_both(store: Store, other: Store):
    jobs = [await submitted(store) for _ in range(60)]
    claims = await asyncio.gather(
        *(each.claim_ready(NOW, f"lease-{n}", SOON, 4) for n in range(20) for each in (store, other))
    )
    leased = [job.id for claim in claims for job in claim]
    leased += [job.id for job in await other.claim_ready(NOW, "lease-last", SOON, 60)]
    assert sorted(leased) == sorted(job.id for job in jobs)


async def test_no_delivery_is_leased_by_both(store: Store, other: Store):
    for _ in range(20):
        job = await job_in(store, JobState.RUNNING)
        await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=None))
    claims = await asyncio.gather(
        *(each.claim_deliveries(NOW + 9_000, f"lease-{n}", SOON, 3) for n in range(8) for each in (store, other))
    )
    leased = [delivery.id for claim in claims for delivery, _ in claim]
    assert len(leased) == len(set(leased)) == 20


async def test_a_hundred_submissions_to_both_never_pass_a_ceiling(store: Store, other: Store, probe: Probe):
    work = [new_job(requester_id=1 + number % 3) for number in range(100)]
    answers = await asyncio.gather(
        *(
            (store, other)[number % 2].submit(new, holds_for(new, month_ceiling=40 * PRICE, day_ceiling=15))
            for number, new in enumerate(work)
        )
    )
    assert sum(isinstance(answer, Accepted) for answer in answers) == 40
    assert all(isinstance(answer, Accepted | OverCeiling) for answer in answers)
    assert await probe.contradictions() == []


async def test_one_request_to_both_is_one_job(store: Store, other: Store, probe: Probe):
    work = [new_job(request_key="the-same") for _ in range(20)]
    answers = await asyncio.gather(
        *((store, other)[number % 2].submit(new, holds_for(new)) for number, new in enumerate(work))
    )
    assert sum(isinstance(answer, Accepted) for answer in answers) == 1
    assert sum(isinstance(answer, Duplicate) for answer in answers) == 19
    assert await probe.contradictions() == []


async def test_one_request_without_any_hold_is_one_job_too(store: Store, other: Store):
    work = [new_job(request_key="the-same") for _ in range(10)]
    answers = await asyncio.gather(*((store, other)[number % 2].submit(new, []) for number, new in enumerate(work)))
    assert sum(isinstance(answer, Accepted) for answer in answers) == 1
    assert sum(isinstance(answer, Duplicate) for answer in answers) == 9


async def test_both_never_pass_the_in_flight_ceiling(store: Store, other: Store, probe: Probe):
    jobs = [await submitted(store) for _ in range(30)]
    moved = await asyncio.gather(
        *((store, other)[n % 2].apply(move(job, SUBMIT, in_flight_ceiling=7)) for n, job in enumerate(jobs))
    )
    assert sum(job is not None for job in moved) == 7
    assert await probe.contradictions() == []


async def test_holds_in_opposite_orders_do_not_wait_for_each_other_for_ever(store: Store, other: Store, probe: Probe):
    people = [1, 2]
    work = [new_job(requester_id=people[number % 2]) for number in range(40)]
    async with asyncio.timeout(30):
        answers = await asyncio.gather(
            *(
                (store, other)[number % 2].submit(new, holds_for(new)[:: 1 if number % 3 else -1])
                for number, new in enumerate(work)
            )
        )
    assert all(isinstance(answer, Accepted) for answer in answers)
    assert await probe.contradictions() == []
