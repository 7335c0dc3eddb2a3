"""The lists people choose from, and what past clips teach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Destination, Job, JobKind, LipsyncInput, MessageRef, Place, VideoInput
from bot.jobs.ports import Quantiles
from bot.jobs.states import BIND, CANCEL, DELIVER, ENDED, FAIL, SUBMIT, SUCCEED, DeliveryState, JobState
from storage.store import Store
from tests.contract.samples import CHANNEL, GUILD, NOW, PERSON, delivery_in, finished, job_in, move, send, submitted

ELSEWHERE = Place(guild_id=GUILD + 1, channel_id=CHANNEL + 50, upload_limit=1)
PRIVATE = Place(guild_id=None, channel_id=CHANNEL + 60, upload_limit=1)
NEXT_DOOR = Place(guild_id=GUILD, channel_id=CHANNEL + 1, upload_limit=1)
UNSEEN = Place(guild_id=GUILD, channel_id=CHANNEL, upload_limit=1, destination=Destination.DIRECT)


async def test_a_persons_running_clips_are_those_here_that_have_not_ended(store: Store):
    open_jobs = [
        await job_in(store, state, created_at=NOW + number)
        for number, state in enumerate(state for state in JobState if state not in ENDED)
    ]
    for state in ENDED:
        await job_in(store, state)
    await submitted(store, requester_id=PERSON + 1)
    await submitted(store, place=ELSEWHERE)
    assert await store.running_clips(PERSON, GUILD, 50) == open_jobs
    assert await store.running_clips(PERSON, GUILD, 2) == open_jobs[:2]


async def test_direct_messages_are_a_place_of_their_own(store: Store):
    await submitted(store)
    private = await submitted(store, place=PRIVATE)
    assert await store.running_clips(PERSON, None, 5) == [private]
    ended = await finished(store, NOW + 9, place=PRIVATE)
    public = await finished(store, NOW + 8)
    assert await store.source_clips(PERSON, None, 1, NOW, 5) == [ended]
    assert await store.source_clips(PERSON, GUILD, CHANNEL, NOW, 5) == [public]


async def test_clips_to_follow_up_are_the_persons_here_and_then_the_channels(store: Store):
    others_new = await finished(store, NOW + 90, requester_id=PERSON + 1)
    mine_old = await finished(store, NOW + 10)
    mine_next_door = await finished(store, NOW + 20, place=NEXT_DOOR)
    await finished(store, NOW + 30, place=NEXT_DOOR, requester_id=PERSON + 1)
    await finished(store, NOW + 30, place=ELSEWHERE)
    await finished(store, NOW + 4)
    for state in JobState:
        if state is not JobState.SUCCEEDED:
            await job_in(store, state)
            await job_in(store, state, requester_id=PERSON + 1)
    found = await store.source_clips(PERSON, GUILD, CHANNEL, NOW + 5, 50)
    assert found[:3] == [mine_next_door, mine_old, others_new]
    assert {job.state for job in found} == {JobState.SUCCEEDED}
    assert len(found) == 3
    assert await store.source_clips(PERSON, GUILD, CHANNEL, NOW + 5, 2) == found[:2]


async def test_another_persons_private_clips_are_not_to_be_followed_up_and_ones_own_are(store: Store):
    mine = await finished(store, NOW + 10, place=UNSEEN)
    in_a_thread = replace(UNSEEN, destination=Destination.THREAD)
    threaded = await finished(store, NOW + 20, place=in_a_thread, requester_id=PERSON + 1)
    await finished(store, NOW + 30, place=UNSEEN, requester_id=PERSON + 1)
    assert await store.source_clips(PERSON, GUILD, CHANNEL, NOW, 5) == [mine, threaded]


async def test_a_deleted_clip_is_not_to_be_followed_up(store: Store):
    kept, gone, others = [await finished(store, NOW + n, requester_id=PERSON + n // 3) for n in (1, 2, 3)]
    await store.remove_clip(gone.id, NOW + 9)
    await store.remove_clip(others.id, NOW + 9)
    assert await store.source_clips(PERSON, GUILD, CHANNEL, NOW, 5) == [kept]


async def test_what_came_of_a_clip_is_listed_once_each_newest_first(store: Store):
    clip = await finished(store, NOW + 10)
    other = await finished(store, NOW + 10)
    longer = await submitted(store, source_id=clip.id, created_at=NOW + 20)
    spoken = await submitted(store, source_id=clip.id, created_at=NOW + 30)
    again = await submitted(store, made_from=clip.id, created_at=NOW + 30)
    both = await submitted(store, source_id=clip.id, made_from=clip.id, created_at=NOW + 25)
    await submitted(store, source_id=longer.id, made_from=other.id, created_at=NOW + 40)
    assert await store.children(clip.id, 50) == [again, spoken, both, longer]
    assert await store.children(clip.id, 2) == [again, spoken]
    assert await store.children(again.id, 50) == []


async def test_a_persons_failures_for_one_reason_are_told_by_their_times(store: Store):
    refused = Failure(FailureReason.MODERATED)

    async def fails(at: int, failure: Failure = refused, person: int = PERSON) -> None:
        job = await job_in(store, JobState.RUNNING, requester_id=person)
        assert await store.apply(move(job, FAIL, at=at, failure=failure)) is not None

    for at in (NOW + 50, NOW + 70, NOW + 60, NOW + 49):
        await fails(at)
    await fails(NOW + 80, Failure(FailureReason.OTHER))
    await fails(NOW + 80, person=PERSON + 1)
    cancelled = await job_in(store, JobState.RUNNING)
    assert await store.apply(move(cancelled, CANCEL, at=NOW + 80, failure=refused)) is not None
    found = await store.failures_since(PERSON, FailureReason.MODERATED, NOW + 50)
    assert found == [NOW + 70, NOW + 60, NOW + 50]


async def test_every_message_that_brings_a_clip_leads_to_its_job(store: Store):
    delivery = await delivery_in(store, DeliveryState.DELIVERED)
    reposts = [await store.owe_repost(delivery.job_id, f"press-{n}", CHANNEL + n, NOW) for n in (1, 2)]
    for number, owed in enumerate(reposts):
        assert owed is not None
        await store.apply_delivery(send(owed, DELIVER, message=MessageRef(owed.channel_id, 80 + number)))
    job = await store.job(delivery.job_id)
    assert delivery.message is not None
    assert [await store.job_by_message(message) for message in (delivery.message.message_id, 80, 81)] == [job] * 3


async def test_a_card_or_a_delivered_message_leads_to_its_job(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    await store.apply_delivery(send(delivery, DELIVER, message=MessageRef(CHANNEL, 77)))
    await store.set_card(delivery.job_id, MessageRef(CHANNEL, 78), 1)
    job = await store.job(delivery.job_id)
    assert await store.job_by_message(77) == job
    assert await store.job_by_message(78) == job
    assert await store.job_by_message(79) is None


# --- how long clips take ----------------------------------------------------------------------------------------------


async def took(store: Store, milliseconds: int, at: int = NOW, **changes: object) -> Job:
    job = await submitted(store, **changes)
    await store.apply(move(job, SUBMIT))
    await store.apply(move(job, BIND, at=at))
    ended = await store.apply(move(job, SUCCEED, at=at + milliseconds, took_ms=milliseconds))
    assert ended is not None
    return ended


async def test_a_handful_of_clips_teach_nothing_yet(store: Store):
    for _ in range(4):
        await took(store, 100)
    assert await store.quantiles(JobKind.VIDEO, "1.6", "std", 5) is None
    await took(store, 100)
    assert await store.quantiles(JobKind.VIDEO, "1.6", "std", 5) == Quantiles(100, 100, 100, samples=5)


async def test_times_are_ranked(store: Store):
    for milliseconds in (1_000, 700, 300, 900, 500, 100, 800, 200, 600, 400):
        await took(store, milliseconds)
    assert await store.quantiles(JobKind.VIDEO, "1.6", "std", 5) == Quantiles(100, 500, 900, samples=10)


async def test_clips_begun_beside_one_that_is_still_made_teach_nothing_yet(store: Store):
    for number in range(5):
        await took(store, 9_000, at=NOW + number)
    slow = await submitted(store)
    await store.apply(move(slow, SUBMIT))
    running = await store.apply(move(slow, BIND, at=NOW + 5))
    assert running is not None
    for number in range(5):
        await took(store, 100, at=NOW + 5 + number)
    assert await store.quantiles(JobKind.VIDEO, "1.6", "std", 5) == Quantiles(9_000, 9_000, 9_000, samples=5)

    await store.apply(move(running, SUCCEED, at=NOW + 99_000, took_ms=98_995))

    learnt = Quantiles(100, 9_000, 9_000, samples=11)
    assert await store.quantiles(JobKind.VIDEO, "1.6", "std", 5) == learnt


async def test_only_clips_of_the_same_making_teach(store: Store):
    for _ in range(5):
        await took(store, 100)
        await took(store, 9_999, model="2.0")
        await took(store, 9_999, mode="pro")
        await took(store, 9_999, input=VideoInput(prompt="x", seconds=10))
        await took(store, 700, kind=JobKind.LIPSYNC, input=LipsyncInput(text="hello"))
        await job_in(store, JobState.FAILED)
    assert await store.quantiles(JobKind.VIDEO, "1.6", "std", 5) == Quantiles(100, 100, 100, samples=5)
    assert await store.quantiles(JobKind.LIPSYNC, "1.6", "std", 0) == Quantiles(700, 700, 700, samples=5)
    assert await store.quantiles(JobKind.EXTEND, "1.6", "std", 0) is None


async def test_only_the_last_clips_teach(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("storage.repositories.jobs._SAMPLES", 5)
    for number in range(5):
        await took(store, 9_000, at=NOW + number)
    for number in range(5):
        await took(store, 100, at=NOW + 50_000 + number)
    assert await store.quantiles(JobKind.VIDEO, "1.6", "std", 5) == Quantiles(100, 100, 100, samples=5)
