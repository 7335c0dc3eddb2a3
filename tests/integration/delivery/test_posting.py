"""What a delivered message looks like, and that it stands once whatever happens to its answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import MINUTE
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Purpose
from bot.jobs.ports import (
    DefinitelyNotPosted,
    HistoryUnreadable,
    MaybePosted,
    MessageFacts,
    TryLater,
)
from bot.jobs.states import JobState
from sandbox.discord.permissions import Permission
from tests.integration.delivery.quay import POST_ROUTE, Quay
from tests.unit.ui.job_samples import video


async def test_a_result_is_a_new_message_with_the_clip_in_reply_to_the_card(
    quay: Quay, clip: Path, clip_bytes: bytes
) -> None:
    job = await quay.post_card(quay.job(input=video(prompt="@everyone a *fox*", ratio="9:16")))
    asset = await quay.keep_clip(clip)

    posted = await quay.deliver(job, asset)

    _card, result = await quay.seen()
    assert posted.message_id == result.id
    assert job.card is not None
    assert result.reference_id == job.card.message_id
    assert result.content == (
        f"<@{quay.mira.id}> your clip is ready: “@\u200beveryone a \\*fox\\*”\n"
        "-# AI-generated · 5 s · Tall 9:16 · $0.26 · #k3f9x2\n"
        "-# Reply `extend …` or `say …` with the @ on, or press a button."
    )
    assert result.pinged == (quay.mira.id,)
    (attachment,) = result.attachments
    assert attachment.filename == "egret-k3f9x2.mp4"
    assert attachment.description == "AI-generated video: @everyone a *fox*"
    assert not attachment.spoiler
    assert await quay.person.download(attachment) == clip_bytes
    assert [button.custom_id for button in result.clickables] == [
        "egret:extend:k3f9x2",
        "egret:lipsync:k3f9x2",
        "egret:again:k3f9x2",
        "egret:edit:k3f9x2",
        "egret:more:k3f9x2:dq7w2m4k8t",
    ]
    (first, second) = quay.requests("POST", POST_ROUTE)
    assert isinstance(second.request, dict)
    assert second.request["nonce"] == "egret-dq7w2m4k8t"
    assert second.request["enforce_nonce"] is True
    assert first is not second


async def test_a_spoiler_is_hidden(quay: Quay, clip: Path) -> None:
    await quay.deliver(quay.job(spoiler=True), await quay.keep_clip(clip))

    (result,) = await quay.seen()
    assert result.attachments[0].spoiler


async def test_a_failure_is_a_new_message_without_a_file(quay: Quay) -> None:
    failed = quay.job(state=JobState.FAILED, failure=Failure(FailureReason.MODERATED), consumed_microusd=0)
    job = await quay.post_card(failed)

    await quay.deliver(job, None, quay.delivery(purpose=Purpose.FAILURE))

    _card, message = await quay.seen()
    assert "Nothing was charged." in message.content
    assert message.pinged == (quay.mira.id,)
    assert message.attachments == ()


async def test_a_deleted_card_does_not_keep_the_result_back(quay: Quay, clip: Path) -> None:
    job = await quay.post_card(quay.job())
    assert job.card is not None
    quay.sandbox.operations.delete_message(job.card.message_id)

    await quay.deliver(job, await quay.keep_clip(clip))

    (result,) = await quay.seen()
    assert result.attachments


async def test_without_the_right_to_read_history_the_result_comes_without_a_reference(quay: Quay, clip: Path) -> None:
    job = await quay.post_card(quay.job())
    asset = await quay.keep_clip(clip)
    quay.forbid(Permission.READ_MESSAGE_HISTORY)

    await quay.deliver(job, asset)

    _card, result = await quay.seen()
    assert result.reference_id is None
    assert result.attachments


async def test_the_archived_clip_stays_where_it_is(quay: Quay, clip: Path, clip_bytes: bytes) -> None:
    asset = await quay.keep_clip(clip)

    await quay.deliver(quay.job(), asset)

    assert quay.archive.path(asset.id, "mp4").read_bytes() == clip_bytes
    assert list(quay.archive.incoming.iterdir()) == []


@pytest.mark.parametrize("kind", ["lost_reset", "reset"])
async def test_a_lost_answer_is_never_called_a_refusal(quay: Quay, clip: Path, kind: str) -> None:
    asset = await quay.keep_clip(clip)
    quay.fail(kind)  # type: ignore[arg-type]  # one of the sandbox's kinds

    with pytest.raises(MaybePosted):
        await quay.deliver(quay.job(), asset)


async def test_a_message_whose_answer_was_lost_is_found_again(quay: Quay, clip: Path) -> None:
    job, delivery = quay.job(), quay.delivery()
    asset = await quay.keep_clip(clip)
    quay.fail("lost_reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(job, asset, delivery)
    quay.restart()

    found = await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE)

    (result,) = await quay.seen()
    assert found is not None
    assert found.message_id == result.id


async def test_a_second_send_inside_the_nonces_window_posts_nothing(quay: Quay, clip: Path) -> None:
    job, delivery = quay.job(), quay.delivery()
    asset = await quay.keep_clip(clip)
    quay.fail("lost_reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(job, asset, delivery)

    again = await quay.deliver(job, asset, delivery)

    (result,) = await quay.seen()
    assert again.message_id == result.id


async def test_while_an_earlier_send_hangs_no_other_is_made(quay: Quay, clip: Path) -> None:
    """Cancelled, it could close discord.py's global lock for ever; overtaken, it could post a second time."""
    job, delivery = quay.job(), quay.delivery()
    asset = await quay.keep_clip(clip)
    quay.restart(send_deadline=50)
    quay.fail("delay", seconds=3600)

    for _ in range(2):
        with pytest.raises(MaybePosted):
            await quay.deliver(job, asset, delivery)
    quay.sandbox.clock.advance(3_700_000)
    await quay.person.wait_until(lambda messages: any(message.from_bot for message in messages))
    found = await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE)

    (result,) = await quay.seen()
    assert found is not None
    assert found.message_id == result.id
    assert result.attachments
    assert len(quay.requests("POST", POST_ROUTE)) == 1


async def test_a_proxys_refusal_is_not_the_channels(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(0, 403)

    with pytest.raises(DefinitelyNotPosted):
        await quay.deliver(quay.job(), asset, quay.delivery(attempts=3))


async def test_what_was_never_posted_is_not_found(quay: Quay, clip: Path) -> None:
    job, delivery = quay.job(), quay.delivery()
    asset = await quay.keep_clip(clip)
    await quay.deliver(quay.job(id="ab2cd3"), asset, quay.delivery(id="another", job_id="ab2cd3"))

    assert await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE) is None


async def test_another_bots_copy_of_our_button_is_not_our_message(quay: Quay, clip: Path) -> None:
    job, delivery = quay.job(), quay.delivery()
    posted = await quay.deliver(job, await quay.keep_clip(clip), delivery)
    copied = quay.sandbox.world.find_message(posted.message_id)
    assert copied is not None
    copied.author_id = quay.sandbox.world.person_named("theo").id

    assert await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE) is None


async def test_a_message_is_found_behind_hundreds_of_others(quay: Quay, clip: Path) -> None:
    job, delivery = quay.job(), quay.delivery()
    for number in range(230):
        await quay.person.send(f"chatter {number}")
    posted = await quay.deliver(job, await quay.keep_clip(clip), delivery)

    assert await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE) == posted


async def test_an_unreadable_history_is_not_an_empty_one(quay: Quay, clip: Path) -> None:
    job, delivery = quay.job(), quay.delivery()
    await quay.deliver(job, await quay.keep_clip(clip), delivery)
    quay.forbid(Permission.READ_MESSAGE_HISTORY)

    with pytest.raises(HistoryUnreadable):
        await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE)


async def test_a_channel_out_of_sight_has_no_readable_history(quay: Quay) -> None:
    job, delivery = quay.job(), quay.delivery()
    quay.forbid(Permission.VIEW_CHANNEL)

    with pytest.raises(HistoryUnreadable):
        await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE)


async def test_an_empty_history_that_can_be_read_holds_nothing(quay: Quay) -> None:
    job, delivery = quay.job(), quay.delivery()

    assert await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE) is None


async def test_a_channel_that_is_gone_holds_nothing(quay: Quay) -> None:
    job, delivery = quay.job(), quay.delivery()
    quay.sandbox.operations.delete_channel(quay.general)

    assert await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE) is None


async def test_a_history_that_cannot_be_had_now_is_asked_for_later(quay: Quay) -> None:
    job, delivery = quay.job(), quay.delivery()
    quay.fail("status", method="GET", status=503)

    with pytest.raises(TryLater):
        await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE)


@pytest.mark.parametrize("status", [503, 599])
async def test_a_server_error_may_have_posted(quay: Quay, clip: Path, status: int) -> None:
    asset = await quay.keep_clip(clip)
    quay.fail("status", status=status)

    with pytest.raises(MaybePosted):
        await quay.deliver(quay.job(), asset)


async def test_a_long_rate_limit_posted_nothing(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.fail("rate_limit", retry_after=60)

    with pytest.raises(DefinitelyNotPosted) as waiting:
        await quay.deliver(quay.job(), asset)
    assert waiting.value.retry_after_ms == 60_000
    assert await quay.seen() == []


async def test_a_short_rate_limit_is_waited_out(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.fail("rate_limit", retry_after=0.05)

    await quay.deliver(quay.job(), asset)

    assert len(await quay.seen()) == 1


async def test_a_refused_token_is_not_the_channels_fault(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(0, 401)

    with pytest.raises(DefinitelyNotPosted) as waiting:
        await quay.deliver(quay.job(), asset)
    assert waiting.value.retry_after_ms == 5 * MINUTE


async def test_a_message_that_somebody_deleted_is_not_posted_again(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(10008, 404)

    with pytest.raises(HistoryUnreadable):
        await quay.deliver(quay.job(), asset)


async def test_a_clip_that_vanishes_before_its_upload_is_tried_again(quay: Quay, clip: Path) -> None:
    job, delivery = quay.job(), quay.delivery()
    asset = await quay.keep_clip(clip)
    prepared = await quay.sink.prepare(delivery, job, MessageFacts(result=asset), quay.general.id)
    quay.archive.path(asset.id, "mp4").unlink()

    with pytest.raises(DefinitelyNotPosted):
        await quay.sink.send(prepared, delivery)
    await prepared.discard()
