"""Two clicks of one person on one button within moments are one job."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.limits import Hold, person_day_counter
from bot.jobs.model import NewJob
from bot.jobs.ports import Accepted, Duplicate, SubmitResult
from bot.jobs.schedule import REPEAT_WINDOW
from bot.jobs.states import CANCEL_QUEUED
from storage.store import Store
from tests.contract.samples import GUILD, NOW, PERSON, Probe, holds_for, move, new_job, submitted

CLICK = f"reroll:{PERSON}:clip-1"


async def click(store: Store, at: int, repeat_key: str = CLICK) -> SubmitResult:
    new = new_job(repeat_key=repeat_key, created_at=at)
    return await store.submit(new, holds_for(new))


async def test_a_second_click_within_the_window_is_the_first_ones_job(store: Store, probe: Probe):
    first = await submitted(store, repeat_key=CLICK)
    assert await click(store, NOW + REPEAT_WINDOW) == Duplicate(first)
    assert await click(store, NOW - REPEAT_WINDOW) == Duplicate(first)
    assert await store.used(person_day_counter(GUILD, PERSON, NOW)) == 1
    assert await probe.value("SELECT COUNT(*) FROM jobs") == 1
    assert await probe.contradictions() == []


async def test_a_click_outside_the_window_is_a_job_of_its_own(store: Store):
    await submitted(store, repeat_key=CLICK)
    assert isinstance(await click(store, NOW + REPEAT_WINDOW + 1), Accepted)
    assert isinstance(await click(store, NOW - REPEAT_WINDOW - 1), Accepted)


async def test_the_newest_of_the_same_clicks_answers(store: Store):
    await submitted(store, repeat_key=CLICK)
    newest = await submitted(store, repeat_key=CLICK, created_at=NOW + REPEAT_WINDOW + 1)
    assert await click(store, NOW + REPEAT_WINDOW) == Duplicate(newest)


async def test_other_clicks_and_commands_are_jobs_of_their_own(store: Store):
    await submitted(store, repeat_key=CLICK)
    assert isinstance(await click(store, NOW, f"reroll:{PERSON + 1}:clip-1"), Accepted)
    assert isinstance(await click(store, NOW, ""), Accepted)
    assert isinstance(await click(store, NOW, ""), Accepted)


async def test_a_repeat_is_answered_with_the_job_as_it_is_now_and_at_a_full_ceiling_too(store: Store):
    first = await submitted(store, repeat_key=CLICK)
    cancelled = await store.apply(move(first, CANCEL_QUEUED, due_at=None))
    again = new_job(repeat_key=CLICK)
    assert cancelled is not None
    assert await store.submit(again, holds_for(again, day_ceiling=0)) == Duplicate(cancelled)


async def test_the_very_same_request_comes_before_a_newer_click(store: Store):
    old = await submitted(store, repeat_key=CLICK)
    await submitted(store, repeat_key=CLICK, created_at=NOW + REPEAT_WINDOW + 1)
    again = new_job(request_key=old.request_key, repeat_key=CLICK, created_at=NOW + REPEAT_WINDOW + 2)
    assert await store.submit(again, holds_for(again)) == Duplicate(old)


def no_holds(_new: NewJob) -> tuple[Hold, ...]:
    return ()


@pytest.mark.parametrize("holds", [holds_for, no_holds])
async def test_twenty_clicks_at_once_are_one_job(store: Store, probe: Probe, holds):
    for round_ in range(3):
        key = f"{CLICK}:{round_}"
        work = [new_job(repeat_key=key, created_at=NOW + number) for number in range(20)]
        answers = await asyncio.gather(*(store.submit(new, holds(new)) for new in work))
        (accepted,) = [answer for answer in answers if isinstance(answer, Accepted)]
        duplicates = [answer.job.id for answer in answers if isinstance(answer, Duplicate)]
        assert duplicates == [accepted.job.id] * 19
    assert await probe.value("SELECT COUNT(*) FROM jobs") == 3
    assert await probe.contradictions() == []
