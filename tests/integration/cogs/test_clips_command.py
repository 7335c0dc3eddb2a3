"""/clips: one's own, in private, running ones first."""

from __future__ import annotations

from bot.jobs.failures import FailureReason
from bot.jobs.states import JobState
from tests.integration.cogs.cove import Cove


async def test_who_has_made_nothing_is_told_how_to_begin(cove: Cove) -> None:
    outcome = await cove.mira.run("clips")

    assert outcome.expect_message().ephemeral
    assert "/video" in outcome.expect_message().text


async def test_running_clips_come_first_and_past_ones_have_links(cove: Cove) -> None:
    done = await cove.finished_clip(cove.mira, "a red kite")
    await cove.mira.run("video", prompt="a lighthouse")
    running = await cove.only_job(cove.mira)
    (delivery,) = await cove.store.deliveries(done.id)

    outcome = await cove.mira.run("clips")

    answer = outcome.expect_message()
    assert answer.ephemeral
    assert answer.text.index(running.id) < answer.text.index(done.id)
    assert "next in line" in answer.text
    assert delivery.message is not None
    assert f"/{delivery.message.channel_id}/{delivery.message.message_id}" in answer.text


async def test_nobody_sees_anybody_elses(cove: Cove) -> None:
    await cove.finished_clip(cove.theo, "a grey gull")

    outcome = await cove.mira.run("clips")

    assert "gull" not in outcome.expect_message().text


async def test_a_running_clip_is_cancelled_from_the_list(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    job = await cove.only_job(cove.mira)
    listed = (await cove.mira.run("clips")).expect_message()

    outcome = await cove.mira.click(listed, f"Cancel #{job.id}")

    stored = await cove.store.job(job.id)
    assert stored is not None
    assert stored.state is JobState.CANCELLED
    assert outcome.expect_message().ephemeral
    assert "Nothing was charged." in outcome.expect_message().text


async def test_past_clips_offer_no_cancelling(cove: Cove) -> None:
    await cove.finished_clip(cove.mira)

    listed = (await cove.mira.run("clips")).expect_message()

    assert [button.label for button in listed.clickables if button.label.startswith("Cancel")] == []


async def test_failed_clips_are_listed_with_what_they_cost(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    await cove.world.settle()
    job = await cove.only_job(cove.mira)
    assert job.task_id is not None
    cove.world.provider.fail(job.task_id, FailureReason.MODERATED)
    await cove.store.nudge(job.hook_token, job.task_id, cove.world.clock.now())
    await cove.world.settle()

    listed = (await cove.mira.run("clips")).expect_message()

    assert "Failed" in listed.text
    assert "nothing charged" in listed.text


async def test_the_list_is_private_even_in_a_channel_the_bot_may_not_post_in(cove: Cove) -> None:
    channel = cove.discord.operations.channel("general")
    cove.discord.operations.set_overwrite(channel, "bot", 0, 1 << 11)

    outcome = await cove.mira.run("clips")

    assert "/video" in outcome.expect_message().text
