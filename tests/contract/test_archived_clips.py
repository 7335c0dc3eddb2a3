"""A finished clip is brought once more for each request, and deleted once."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.model import Delivery, Job, MessageRef, Purpose, repost_purpose
from bot.jobs.ports import ArchivedFile
from bot.jobs.states import BEGIN_SEND, DELIVER, ENDED, SUCCEED, DeliveryState, JobState
from storage.store import Store
from tests.contract.samples import (
    CHANNEL,
    NOW,
    Probe,
    delivery_in,
    finished,
    job_in,
    move,
    send,
    submitted,
)

SOON = NOW + 60_000
LATER = NOW + 10_000
FILE = ArchivedFile("mp4", "video/mp4", 1, "b" * 64)


async def reposted(store: Store, job: Job, key: str = "press-1") -> Delivery:
    owed = await store.owe_repost(job.id, key, CHANNEL + 4, NOW + 50)
    assert owed is not None
    return owed


async def states(store: Store, job: Job) -> dict[str, tuple[DeliveryState, str]]:
    return {delivery.purpose: (delivery.state, delivery.reason) for delivery in await store.deliveries(job.id)}


# --- bringing a clip once more ----------------------------------------------------------------------------------------


async def test_a_repost_is_owed_to_the_channel_asked_for_and_due_at_once(store: Store):
    clip = await finished(store, NOW + 10)
    owed = await reposted(store, clip)
    assert (owed.purpose, owed.state, owed.channel_id, owed.due_at, owed.created_at) == (
        repost_purpose("press-1"),
        DeliveryState.PENDING,
        CHANNEL + 4,
        NOW + 50,
        NOW + 50,
    )
    assert await store.deliveries(clip.id) == [owed]
    assert await store.job(clip.id) == clip


async def test_the_same_request_owes_it_once_and_another_once_more(store: Store):
    clip = await finished(store, NOW + 10)
    first = await reposted(store, clip)
    done = await store.apply_delivery(send(first, DELIVER))
    assert await store.owe_repost(clip.id, "press-1", CHANNEL + 9, NOW + 99) == done
    second = await reposted(store, clip, "press-2")
    assert await store.deliveries(clip.id) == [done, second]


async def test_a_repost_pressed_ten_times_at_once_is_one(store: Store):
    clip = await finished(store, NOW + 10)
    owed = await asyncio.gather(*(store.owe_repost(clip.id, "press-1", CHANNEL, NOW) for _ in range(10)))
    assert len({delivery.id for delivery in owed if delivery is not None}) == 1
    assert None not in owed
    assert len(await store.deliveries(clip.id)) == 1


@pytest.mark.parametrize("state", JobState)
async def test_only_a_clip_that_was_made_is_brought_again(store: Store, state: JobState):
    job = await job_in(store, state)
    owed = await store.owe_repost(job.id, "press-1", CHANNEL, NOW)
    assert (owed is not None) is (state is JobState.SUCCEEDED)
    assert len(await store.deliveries(job.id)) == (state is JobState.SUCCEEDED)
    assert await store.owe_repost("nobody", "press-1", CHANNEL, NOW) is None


async def test_a_deleted_clip_is_not_brought_again_nor_is_what_was_owed_before(store: Store):
    clip = await finished(store, NOW + 10)
    await reposted(store, clip)
    await store.remove_clip(clip.id, NOW + 60)
    assert await store.owe_repost(clip.id, "press-1", CHANNEL, NOW + 70) is None
    assert await store.owe_repost(clip.id, "press-2", CHANNEL, NOW + 70) is None
    assert len(await store.deliveries(clip.id)) == 1


async def test_a_repost_waits_for_nothing(store: Store):
    job = await job_in(store, JobState.RUNNING)
    archiving = await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=SOON))
    assert archiving is not None
    owed = await reposted(store, archiving)
    ((claimed, of),) = await store.claim_deliveries(LATER, "lease-1", SOON, 5)
    assert (claimed.id, of) == (owed.id, archiving)


async def test_a_repost_leaves_the_card_as_it_is(store: Store):
    clip = await finished(store, NOW + 10)
    owed = await reposted(store, clip)
    assert await store.apply_delivery(send(owed, DELIVER)) is not None
    assert await store.job(clip.id) == clip


# --- deleting a clip --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", JobState)
async def test_an_ended_job_is_deleted_and_no_other(store: Store, state: JobState):
    job = await job_in(store, state)
    removed = await store.remove_clip(job.id, NOW + 90)
    assert (removed is not None) is (state in ENDED)
    assert removed == (await store.job(job.id) if state in ENDED else None)
    assert removed is None or (removed.removed_at, removed.state) == (NOW + 90, state)
    assert await store.remove_clip("nobody", NOW + 90) is None


async def test_a_clip_is_deleted_once_and_the_first_time_stays(store: Store):
    clip = await finished(store, NOW + 10)
    removed = await store.remove_clip(clip.id, NOW + 90)
    assert await store.remove_clip(clip.id, NOW + 99) is None
    assert await store.job(clip.id) == removed


async def test_a_deletion_is_to_be_shown_on_the_card(store: Store):
    clip = await finished(store, NOW + 10)
    await store.set_card(clip.id, MessageRef(CHANNEL, 11), clip.revision)
    assert await store.claim_cards(LATER, SOON, 5) == []
    removed = await store.remove_clip(clip.id, NOW + 90)
    assert removed is not None
    assert removed.revision == clip.revision + 1
    assert await store.claim_cards(LATER, SOON, 5) == [removed]


async def test_what_is_not_being_posted_yet_will_not_be_and_what_is_stays_a_fact(store: Store):
    delivered = await delivery_in(store, DeliveryState.DELIVERED)
    job = await store.job(delivered.job_id)
    assert job is not None
    sending, pending = [await reposted(store, job, f"press-{n}") for n in (1, 2)]
    await store.claim_deliveries(LATER, "lease-1", SOON, 5)
    await store.apply_delivery(send(sending, BEGIN_SEND, lease="lease-1", keep_lease_until=SOON))
    await store.remove_clip(job.id, NOW + 90)
    assert await states(store, job) == {
        delivered.purpose: (DeliveryState.DELIVERED, ""),
        sending.purpose: (DeliveryState.SENDING, ""),
        pending.purpose: (DeliveryState.UNDELIVERABLE, "removed"),
    }
    assert await store.apply_delivery(send(pending, BEGIN_SEND, lease="lease-1")) is None
    assert await store.apply_delivery(send(sending, DELIVER, lease="lease-1")) is not None
    assert await store.claim_deliveries(SOON, "lease-2", SOON + 9, 5) == []


async def test_other_jobs_messages_are_still_owed(store: Store):
    clip = await finished(store, NOW + 10)
    other = await finished(store, NOW + 10)
    owed = await reposted(store, other)
    await store.remove_clip(clip.id, NOW + 90)
    assert await store.deliveries(other.id) == [owed]


async def test_a_clip_deleted_before_it_was_archived_is_not_archived_any_more(store: Store):
    running = await job_in(store, JobState.RUNNING)
    job = await store.apply(move(running, SUCCEED, purpose=Purpose.RESULT, due_at=NOW))
    assert job is not None
    await store.claim_unarchived(NOW, "lease-1", SOON, 5)
    removed = await store.remove_clip(job.id, NOW + 90)
    assert removed is not None
    assert (removed.due_at, removed.lease, removed.lease_until) == (None, None, None)
    assert await store.record_result(job.id, "https://p.example/1", "asset-1", FILE, NOW) is False
    assert await store.release(job.id, "lease-1", NOW) is False
    assert await store.asset("asset-1") is None
    assert await store.job(job.id) == removed
    assert await store.claim_unarchived(SOON, "lease-2", SOON + 9, 5) == []


async def test_a_clip_is_brought_again_or_deleted_whoever_comes_first(store: Store, probe: Probe):
    for number in range(10):
        clip = await finished(store, NOW + 10)
        asked = [store.owe_repost(clip.id, f"press-{n}", CHANNEL, NOW) for n in range(3)]
        await asyncio.gather(*asked[: number % 3], store.remove_clip(clip.id, NOW + 90), *asked[number % 3 :])
    await submitted(store)
    pending = await probe.value("SELECT COUNT(*) FROM deliveries WHERE state = 'pending'")
    assert pending == 0
