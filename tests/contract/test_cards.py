"""Cards follow their jobs."""

from __future__ import annotations

import pytest

from bot.jobs import schedule
from bot.jobs.model import Job, MessageRef, Purpose
from bot.jobs.ports import DeliveryChange
from bot.jobs.states import BEGIN_SEND, BIND, DELIVER, SUBMIT, SUCCEED, JobState, Transition
from storage.store import Store
from tests.contract.samples import CHANNEL, NOW, Probe, job_in, move, submitted

CHANGED = NOW + 1_000
"""When `move` changes a job."""
SETTLED = CHANGED + schedule.CARD_SETTLES
"""When that is drawn, whatever may follow it."""


async def moved(store: Store, job: Job, transition: Transition[JobState], **facts: object) -> Job:
    after = await store.apply(move(job, transition, **facts))
    assert after is not None
    return after


async def with_card(store: Store, job: Job, message_id: int) -> Job:
    await store.set_card(job.id, MessageRef(CHANNEL, message_id), job.revision)
    carded = await store.job(job.id)
    assert carded is not None
    return carded


async def test_the_first_card_stays(store: Store):
    job = await submitted(store)
    await store.set_card(job.id, MessageRef(CHANNEL, 11), 1)
    await store.set_card(job.id, MessageRef(CHANNEL, 12), 7)
    after = await store.job(job.id)
    assert after is not None
    assert (after.card, after.card_shown, after.revision) == (MessageRef(CHANNEL, 11), 1, job.revision)
    assert await store.job_by_message(11) == after
    assert await store.job_by_message(12) is None


async def test_a_card_that_shows_less_than_its_job_is_stale(store: Store):
    current = await with_card(store, await submitted(store), 11)
    without = await submitted(store)
    stale = await with_card(store, await submitted(store), 12)
    moved = await store.apply(move(stale, SUBMIT))
    await store.apply(move(without, SUBMIT))
    assert await store.claim_cards(SETTLED, SETTLED + 90, 5) == [moved]
    assert moved is not None
    await store.card_shown(stale.id, moved.revision)
    assert await store.claim_cards(SETTLED + 1_000, SETTLED + 1_090, 5) == []
    assert await store.job(current.id) == current


async def test_a_card_is_drawn_by_one_at_a_time_and_again_once_it_is_shown_or_has_rested(store: Store):
    stale = await with_card(store, await submitted(store), 11)
    moved = await store.apply(move(stale, SUBMIT))
    assert moved is not None
    assert await store.claim_cards(SETTLED, SETTLED + 90, 5) == [moved]
    assert await store.claim_cards(SETTLED + 89, SETTLED + 180, 5) == []
    assert await store.claim_cards(SETTLED + 90, SETTLED + 180, 5) == [moved]
    await store.card_shown(stale.id, stale.revision)
    assert await store.claim_cards(SETTLED + 91, SETTLED + 180, 5) == [moved]


async def test_a_purchase_on_the_wire_is_drawn_only_if_it_takes_long(store: Store):
    job = await with_card(store, await submitted(store), 11)
    on_the_wire = await store.apply(move(job, SUBMIT))
    assert on_the_wire is not None
    assert await store.claim_cards(SETTLED - 1, SETTLED + 90, 5) == []

    running = await store.apply(move(on_the_wire, BIND, task_id="t1"))
    assert await store.claim_cards(CHANGED, CHANGED + 90, 5) == [running]


async def test_a_task_that_was_spoken_of_or_is_asked_for_is_drawn_only_if_that_takes_long(store: Store):
    job = await with_card(store, await submitted(store), 11)
    running = await moved(store, await moved(store, job, SUBMIT), BIND, task_id="t1", due_at=SETTLED)
    assert await store.claim_cards(SETTLED - 1, SETTLED - 1, 5) == [running]
    await store.nudge(running.hook_token, None, SETTLED)
    assert await store.claim_cards(SETTLED - 1, SETTLED - 1, 5) == []
    assert await store.claim((JobState.RUNNING,), SETTLED, "a", SETTLED + 90, 5)
    assert await store.claim_cards(SETTLED - 1, SETTLED - 1, 5) == []
    assert [each.id for each in await store.claim_cards(SETTLED, SETTLED + 90, 5)] == [job.id]


async def test_a_task_that_is_due_is_drawn_only_if_it_is_not_asked_for(store: Store):
    job = await with_card(store, await submitted(store), 11)
    running = await moved(store, await moved(store, job, SUBMIT), BIND, task_id="t1", due_at=CHANGED + 1)
    assert await store.claim_cards(CHANGED, CHANGED, 5) == [running]
    assert await store.claim_cards(CHANGED + 1, CHANGED + 1, 5) == []
    assert await store.claim_cards(SETTLED, SETTLED + 90, 5) == [running]


async def test_a_purchase_that_takes_long_is_drawn(store: Store):
    job = await with_card(store, await submitted(store), 11)
    on_the_wire = await store.apply(move(job, SUBMIT))
    assert await store.claim_cards(SETTLED, SETTLED + 90, 5) == [on_the_wire]


async def test_what_a_clock_that_was_ahead_changed_is_drawn_at_once(store: Store):
    job = await with_card(store, await submitted(store), 11)
    on_the_wire = await store.apply(move(job, SUBMIT, at=NOW + 10**6))
    assert await store.claim_cards(NOW, NOW + 90, 5) == [on_the_wire]


@pytest.mark.parametrize("begun", [False, True])
async def test_an_end_is_drawn_together_with_its_message(store: Store, begun: bool):
    job = await with_card(store, await job_in(store, JobState.RUNNING), 11)
    ended = await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=None))
    assert ended is not None
    (delivery,) = await store.deliveries(job.id)
    if begun:
        await store.apply_delivery(
            DeliveryChange(delivery_id=delivery.id, transition=BEGIN_SEND, at=NOW, channel_id=CHANNEL)
        )
    assert await store.claim_cards(SETTLED - 1, SETTLED + 90, 5) == []

    posted = MessageRef(CHANNEL, 99)
    await store.apply_delivery(DeliveryChange(delivery_id=delivery.id, transition=DELIVER, at=NOW, message=posted))
    assert [each.id for each in await store.claim_cards(CHANGED, CHANGED + 90, 5)] == [job.id]


async def test_an_end_whose_message_takes_long_is_drawn(store: Store):
    job = await with_card(store, await job_in(store, JobState.RUNNING), 11)
    ended = await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=None))
    assert await store.claim_cards(SETTLED, SETTLED + 90, 5) == [ended]


async def test_the_oldest_change_is_shown_first_and_the_limit_is_kept(store: Store):
    jobs = [await with_card(store, await submitted(store), 11 + number) for number in range(3)]
    for job, at in zip(jobs, (NOW + 30, NOW + 10, NOW + 20), strict=True):
        await store.apply(move(job, SUBMIT, at=at))
    assert [job.id for job in await store.claim_cards(NOW + 10**6, NOW + 10**6, 2)] == [jobs[1].id, jobs[2].id]


async def test_what_a_card_shows_never_goes_back(store: Store):
    job = await with_card(store, await submitted(store), 11)
    await store.card_shown(job.id, 5)
    await store.card_shown(job.id, 4)
    after = await store.job(job.id)
    assert after is not None
    assert after.card_shown == 5


async def test_only_those_in_line_have_their_cards_made_stale(store: Store):
    jobs = {}
    for number, state in enumerate(JobState):
        jobs[state] = await with_card(store, await job_in(store, state), 11 + number)
    await store.touch_queue_cards([job.id for job in jobs.values()])
    await store.touch_queue_cards([])
    for state, job in jobs.items():
        after = await store.job(job.id)
        assert after is not None
        assert after.revision - job.revision == int(state is JobState.QUEUED), state


async def test_a_card_that_is_stale_already_is_not_made_so_once_more(store: Store):
    job = await with_card(store, await submitted(store), 11)
    await store.touch_queue_cards([job.id])
    await store.touch_queue_cards([job.id])
    (stale,) = await store.claim_cards(SETTLED, SETTLED + 90, 5)
    assert stale.revision == job.revision + 1


async def test_what_a_card_shows_is_kept_with_it(store: Store, probe: Probe):
    job = await submitted(store)
    shown = f"SELECT card_place, card_ready_at FROM jobs WHERE id = '{job.id}'"  # noqa: S608 - an id of our own
    await store.set_card(job.id, MessageRef(CHANNEL, 11), 1, 3, NOW)
    assert await probe.rows(shown) == [(3, NOW)]
    await store.card_shown(job.id, 2, 2, NOW + 1)
    assert await probe.rows(shown) == [(2, NOW + 1)]
    await store.card_shown(job.id, 3)
    assert await probe.rows(shown) == [(0, None)]
