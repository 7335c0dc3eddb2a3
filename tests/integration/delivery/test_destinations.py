"""Where a clip goes by its person's choice: a thread of its own, or direct messages and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.clock import MINUTE
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Destination, Job, MessageRef, Purpose
from bot.jobs.ports import CardFacts, MaybePosted, TargetRefused, TryLater
from bot.jobs.states import JobState
from sandbox.discord.permissions import Permission
from sandbox.discord.state import Channel
from tests.integration.delivery.quay import MIB, POST_ROUTE, Quay
from tests.unit.ui.job_samples import video

POST = "/channels/*/messages"
START = "/channels/*/messages/*/threads"
START_ROUTE = "/channels/{channel_id}/messages/{message_id}/threads"


async def with_thread(quay: Quay, **changes: Any) -> Job:
    """A job with a card, whose clip is to have a thread."""
    job = quay.job(**changes)
    return await quay.post_card(replace(job, place=replace(job.place, destination=Destination.THREAD)))


def private(quay: Quay, **changes: Any) -> Job:
    """A job of a server whose card and clip belong into direct messages."""
    job = quay.job(quay.direct(), **changes)
    return replace(job, place=replace(job.place, destination=Destination.DIRECT))


def thread_from_card(quay: Quay, job: Job) -> Channel:
    assert job.card is not None
    return quay.sandbox.operations.channel(str(job.card.message_id))


async def test_a_clip_gets_a_thread_from_its_card_and_its_card_leads_there(quay: Quay, clip: Path) -> None:
    job = await with_thread(quay, input=video(prompt="a red fox\nruns " + "far " * 60))
    assert job.card is not None

    posted = await quay.deliver(job, await quay.keep_clip(clip))
    await quay.sink.show_card(job, CardFacts(result=posted))

    thread = thread_from_card(quay, job)
    (card,) = await quay.seen()
    (result,) = await quay.seen(str(thread.id))
    assert posted == MessageRef(job.card.message_id, result.id)
    assert result.attachments
    assert result.reference_id is None
    assert thread.name.startswith("a red fox runs far far")
    assert thread.name.endswith("… · #k3f9x2")
    assert len(thread.name) <= 100
    assert thread.thread is not None
    assert thread.thread.auto_archive_minutes == 24 * 60
    assert f"[see the clip](https://discord.com/channels/{quay.guild.id}/{thread.id}/{result.id})" in card.content


async def test_a_thread_that_was_made_before_is_used_again(either_quay: Quay, clip: Path) -> None:
    quay = either_quay
    job = await with_thread(quay)
    asset = await quay.keep_clip(clip)
    quay.fail("reset", path=POST)
    with pytest.raises(MaybePosted):
        await quay.deliver(job, asset)
    quay.restart()

    posted = await quay.deliver(job, asset)

    assert posted.channel_id == thread_from_card(quay, job).id
    assert len(await quay.seen(str(posted.channel_id))) == 1


async def test_a_result_whose_answer_was_lost_is_found_in_its_thread(quay: Quay, clip: Path) -> None:
    job, delivery = await with_thread(quay), quay.delivery()
    asset = await quay.keep_clip(clip)
    quay.fail("lost_reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(job, asset, delivery)
    quay.restart()

    found = await quay.sink.find(delivery, job, thread_from_card(quay, job).id, delivery.created_at - MINUTE)

    (result,) = await quay.seen(str(thread_from_card(quay, job).id))
    assert found == MessageRef(thread_from_card(quay, job).id, result.id)


async def test_a_lost_answer_to_the_threads_making_makes_no_second_one(quay: Quay, clip: Path) -> None:
    job = await with_thread(quay)
    asset = await quay.keep_clip(clip)
    quay.fail("lost_reset", path=START)
    with pytest.raises(TryLater):
        await quay.deliver(job, asset)

    posted = await quay.deliver(job, asset)

    assert posted.channel_id == thread_from_card(quay, job).id


async def test_a_thread_somebody_deleted_is_not_used(quay: Quay, clip: Path) -> None:
    job = await with_thread(quay)
    assert job.card is not None
    quay.refuse(160004, path=START)

    posted = await quay.deliver(job, await quay.keep_clip(clip))

    assert posted.channel_id == quay.general.id
    assert (await quay.seen())[1].reference_id == job.card.message_id


async def test_an_archived_thread_of_a_clip_is_opened_by_the_clip(quay: Quay, clip: Path) -> None:
    job = await with_thread(quay)
    asset = await quay.keep_clip(clip)
    quay.fail("reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(job, asset)
    thread = thread_from_card(quay, job)
    quay.sandbox.operations.set_thread_state(thread, archived=True, locked=False)

    posted = await quay.deliver(job, asset)

    assert posted.channel_id == thread.id
    assert thread.thread is not None
    assert not thread.thread.archived


async def test_a_locked_thread_sends_the_clip_to_the_channel(quay: Quay, clip: Path) -> None:
    job = await with_thread(quay)
    asset = await quay.keep_clip(clip)
    quay.fail("reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(job, asset)
    quay.sandbox.operations.set_thread_state(thread_from_card(quay, job), archived=True, locked=True)

    assert (await quay.deliver(job, asset)).channel_id == quay.general.id


@pytest.mark.parametrize("right", [Permission.CREATE_PUBLIC_THREADS, Permission.SEND_MESSAGES_IN_THREADS])
async def test_without_a_right_to_threads_the_clip_comes_to_the_channel(
    either_quay: Quay, right: Permission, clip: Path
) -> None:
    quay = either_quay
    job = await with_thread(quay)
    quay.forbid(right)
    if quay.watches:
        await quay.client.wait_for("guild_channel_update", timeout=10)

    posted = await quay.deliver(job, await quay.keep_clip(clip))

    assert posted.channel_id == quay.general.id
    assert job.card is not None
    assert (await quay.seen())[1].reference_id == job.card.message_id
    if quay.watches:
        assert quay.requests("POST", START_ROUTE) == []


async def test_a_filter_that_takes_offence_at_the_threads_name_gets_one_without_the_words(
    quay: Quay, clip: Path
) -> None:
    job = await with_thread(quay, input=video(prompt="a rude fox"))
    quay.refuse(200001, path=START)

    await quay.deliver(job, await quay.keep_clip(clip))

    assert thread_from_card(quay, job).name == "Video · #k3f9x2"


async def test_a_job_without_a_card_has_no_thread(quay: Quay, clip: Path) -> None:
    job = await with_thread(quay)

    posted = await quay.deliver(replace(job, card=None), await quay.keep_clip(clip))

    assert posted.channel_id == quay.general.id


async def test_a_failure_makes_no_thread(quay: Quay) -> None:
    job = await with_thread(quay, state=JobState.FAILED, failure=Failure(FailureReason.BUSY), consumed_microusd=0)

    posted = await quay.deliver(job, None, quay.delivery(purpose=Purpose.FAILURE))

    assert posted.channel_id == quay.general.id
    assert quay.requests("POST", START_ROUTE) == []


async def test_a_deleted_channel_takes_its_thread_along_and_the_clip_goes_to_its_person(quay: Quay, clip: Path) -> None:
    job = await with_thread(quay)
    quay.sandbox.operations.delete_channel(quay.general)

    assert (await quay.deliver(job, await quay.keep_clip(clip))).channel_id == quay.direct().id


async def test_a_private_clip_and_its_card_stand_in_direct_messages_alone(
    quay: Quay, clip: Path, large_clip: Path
) -> None:
    job = await quay.post_card(private(quay))
    quay.sandbox.operations.set_premium_tier(quay.guild, 3)

    posted = await quay.deliver(job, await quay.keep_clip(large_clip))
    await quay.sink.show_card(job, CardFacts(result=posted))

    card, result = await quay.seen("dm")
    assert posted == MessageRef(quay.direct().id, result.id)
    assert result.reference_id == card.id
    assert result.attachments[0].size < 10 * MIB
    assert f"[see the clip](https://discord.com/channels/@me/{quay.direct().id}/{result.id})" in card.content
    assert await quay.seen() == []


async def test_a_private_clip_never_falls_back_to_the_server(quay: Quay, clip: Path) -> None:
    job = await quay.post_card(private(quay))
    quay.sandbox.operations.set_takes_direct_messages("mira", takes=False)
    before = len(quay.requests("POST", POST_ROUTE))

    with pytest.raises(TargetRefused) as refused:
        await quay.deliver(job, await quay.keep_clip(clip))
    await quay.sink.show_card(job, CardFacts(undeliverable=True))

    (card,) = await quay.seen("dm")
    assert refused.value.reason == "discord_50007"
    assert await quay.seen() == []
    assert len(quay.requests("POST", POST_ROUTE)) == before + 1
    assert "Discord does not let me post it here." in card.content
