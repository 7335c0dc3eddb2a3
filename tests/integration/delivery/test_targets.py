"""Where a message goes when its channel will not have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import MessageRef, Purpose, repost_purpose
from bot.jobs.ports import DefinitelyNotPosted, MaybePosted, MessageFacts, TargetRefused, TryLater
from bot.jobs.states import JobState
from sandbox.discord.permissions import Permission
from tests.integration.delivery.quay import POST_ROUTE, Quay

OPEN_DIRECT = "/users/@me/channels"


async def test_direct_messages_are_not_opened_while_the_channel_has_not_refused(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    for kind in ("reset", "lost_reset"):
        quay.fail(kind)  # type: ignore[arg-type]  # one of the sandbox's kinds
        with pytest.raises(MaybePosted):
            await quay.deliver(quay.job(), asset, quay.delivery(attempts=3, reason="discord_50013"))
    quay.fail("rate_limit", retry_after=60)
    with pytest.raises(DefinitelyNotPosted):
        await quay.deliver(quay.job(), asset, quay.delivery(id="later", attempts=3))

    assert quay.requests("POST", OPEN_DIRECT) == []


async def test_a_deleted_channel_is_given_up_for_direct_messages(quay: Quay, clip: Path) -> None:
    job = await quay.post_card(quay.job())
    asset = await quay.keep_clip(clip)
    quay.sandbox.operations.delete_channel(quay.general)

    posted = await quay.deliver(job, asset)

    assert posted.channel_id == quay.direct().id
    (result,) = await quay.seen("dm")
    assert result.attachments
    assert result.reference_id is None


async def test_a_server_that_threw_us_out_leaves_nobody_to_tell(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.sandbox.operations.remove_bot(quay.guild)

    with pytest.raises(TargetRefused) as refused:
        await quay.deliver(quay.job(), asset)
    assert refused.value.reason == "discord_50278"


async def test_a_refusal_on_sending_brings_direct_messages_in_at_once(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.forbid(Permission.SEND_MESSAGES)

    posted = await quay.deliver(quay.job(), asset)

    (result,) = await quay.seen("dm")
    assert posted == MessageRef(quay.direct().id, result.id)
    assert await quay.seen() == []
    assert len(quay.requests("POST", OPEN_DIRECT)) == 1


async def test_closed_direct_messages_are_a_refusal(quay: Quay, clip: Path) -> None:
    job = quay.job()
    asset = await quay.keep_clip(clip)
    quay.sandbox.operations.delete_channel(quay.general)
    quay.sandbox.operations.set_takes_direct_messages("mira", takes=False)

    with pytest.raises(TargetRefused) as refused:
        await quay.deliver(job, asset)
    assert refused.value.reason == "discord_50007"


async def test_a_job_from_direct_messages_goes_back_there(quay: Quay, clip: Path) -> None:
    direct = quay.direct()
    job = quay.job(direct)
    job = await quay.post_card(replace(job, place=replace(job.place, guild_id=None)))

    await quay.deliver(job, await quay.keep_clip(clip))

    _card, result = await quay.seen("dm")
    assert result.reference_id == (job.card.message_id if job.card else None)


async def test_nobody_is_left_where_discord_opens_no_direct_messages(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.sandbox.operations.delete_channel(quay.general)
    quay.refuse(50007, 403, path=OPEN_DIRECT)

    with pytest.raises(TargetRefused) as refused:
        await quay.deliver(quay.job(), asset)
    assert refused.value.reason == "discord_10003"


async def test_a_jobs_own_channel_is_not_asked_for_where_no_gateway_shows_it(quay: Quay, clip: Path) -> None:
    posted = await quay.deliver(quay.job(), await quay.keep_clip(clip))

    assert posted.channel_id == quay.general.id
    assert quay.requests("GET", "/channels/{channel_id}") == []


async def test_a_channel_of_a_repost_that_cannot_be_looked_at_now_is_looked_at_later(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.fail("status", method="GET", path="/channels/*", status=503)

    with pytest.raises(TryLater):
        await quay.deliver(quay.job(), asset, quay.delivery(purpose=repost_purpose("i:77"), channel_id=quay.general.id))


async def test_direct_messages_opened_too_fast_wait(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.sandbox.operations.delete_channel(quay.general)
    quay.refuse(40003, 400, path=OPEN_DIRECT)

    with pytest.raises(TryLater):
        await quay.deliver(quay.job(), asset)


async def test_an_archived_thread_is_opened_again(quay: Quay, clip: Path) -> None:
    question = await quay.person.send("let us talk about the fox")
    thread_person = await quay.person.start_thread(question, "fox")
    thread = quay.sandbox.operations.channel(thread_person.channel)
    job = quay.job(thread)
    quay.sandbox.operations.set_thread_state(thread, archived=True, locked=False)

    posted = await quay.deliver(job, await quay.keep_clip(clip))

    assert posted.channel_id == thread.id
    assert thread.thread is not None
    assert not thread.thread.archived


async def test_a_locked_thread_is_given_up_for_direct_messages(quay: Quay, clip: Path) -> None:
    question = await quay.person.send("let us talk about the fox")
    thread = quay.sandbox.operations.channel((await quay.person.start_thread(question, "fox")).channel)
    quay.sandbox.operations.set_thread_state(thread, archived=True, locked=True)

    posted = await quay.deliver(quay.job(thread), await quay.keep_clip(clip))

    assert posted.channel_id == quay.direct().id


async def test_a_gateway_tells_of_missing_permissions_before_anything_is_sent(watching_quay: Quay, clip: Path) -> None:
    quay = watching_quay
    quay.forbid(Permission.ATTACH_FILES)
    await quay.client.wait_for("guild_channel_update", timeout=10)

    posted = await quay.deliver(quay.job(), await quay.keep_clip(clip))

    assert posted.channel_id == quay.direct().id
    assert len(quay.requests("POST", POST_ROUTE)) == 1


async def test_a_failure_needs_no_right_to_attach_files(watching_quay: Quay) -> None:
    quay = watching_quay
    quay.forbid(Permission.ATTACH_FILES)
    await quay.client.wait_for("guild_channel_update", timeout=10)
    failed = quay.job(state=JobState.FAILED, failure=Failure(FailureReason.BUSY), consumed_microusd=0)

    posted = await quay.deliver(failed, None, quay.delivery(purpose=Purpose.FAILURE))

    assert posted.channel_id == quay.general.id


async def test_with_a_gateway_nothing_is_asked_that_is_known(watching_quay: Quay, clip: Path) -> None:
    await watching_quay.deliver(watching_quay.job(), await watching_quay.keep_clip(clip))

    assert watching_quay.requests("GET", "/channels/{channel_id}") == []
    assert watching_quay.requests("GET", "/guilds/{guild_id}") == []


async def test_a_refused_right_is_told_apart_from_a_refused_file(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.forbid(Permission.ATTACH_FILES)

    with pytest.raises(TargetRefused) as refused:
        await quay.send_to(quay.general.id, quay.delivery(), quay.job(), MessageFacts(result=asset))
    assert refused.value.reason == "discord_50013"
