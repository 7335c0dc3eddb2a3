"""Buttons on messages that have outlived whoever posted them, and on messages where they have no business."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.model import Job, MessageRef
from bot.jobs.ports import StoreUnavailable
from bot.jobs.states import JobState
from bot.jobs.trouble import Trouble
from bot.ui import cards
from bot.ui.message import Button, Message
from sandbox.discord import Fault
from sandbox.seen import SeenMessage
from tests.integration.cogs.conftest import cove as cove
from tests.integration.cogs.conftest import discords_own_addresses as discords_own_addresses
from tests.integration.cogs.conftest import migrated as migrated
from tests.integration.cogs.conftest import offline as offline
from tests.integration.cogs.cove import Cove

NOT_HERE = "This button belongs to no clip of this server. Nothing was done."


async def post(cove: Cove, channel_id: int, *posted: Button) -> MessageRef:
    channel = cove.client.get_partial_messageable(channel_id)
    message = await channel.send(**Message(content="look", buttons=posted).send())
    return MessageRef(channel_id, message.id)


async def order(cove: Cove) -> Job:
    await cove.mira.run("video", prompt="a red kite")
    return await cove.only_job(cove.mira)


async def state_of(cove: Cove, job: Job) -> JobState:
    stored = await cove.store.job(job.id)
    assert stored is not None
    return stored.state


@pytest.mark.parametrize("custom_id", ["egret:cancel:zzzzzz", "egret:details:zzzzzz", "egret:details:zzzzzz:d1"])
async def test_a_button_of_no_job_does_nothing_and_says_so(cove: Cove, custom_id: str) -> None:
    message = await post(cove, cove.channel_id(), Button(custom_id, "Press", "✖️"))

    outcome = await cove.mira.click(await cove.mira.message(message.message_id), "Press")

    assert outcome.expect_message().content == NOT_HERE
    assert outcome.expect_message().ephemeral


async def test_a_job_of_another_server_can_neither_be_cancelled_nor_read(cove: Cove) -> None:
    job = await order(cove)
    elsewhere = cove.mira.in_channel("strand")
    message = await post(cove, cove.channel_id("strand"), cards.cancel_button(job), cards.details_button(job))
    seen = await elsewhere.message(message.message_id)

    cancel = await elsewhere.click(seen, "Cancel")
    details = await elsewhere.click(seen, "Details")

    assert cancel.expect_message().content == NOT_HERE
    assert details.expect_message().content == NOT_HERE
    assert await state_of(cove, job) is JobState.QUEUED


async def test_in_direct_messages_the_buttons_are_the_requesters(cove: Cove) -> None:
    job = await order(cove)
    texts: list[str] = []
    for person in (cove.mira, cove.theo):
        direct = cove.discord.world.direct_channel(cove.person_id(person))
        message = await post(cove, direct.id, cards.details_button(job, "d1"))
        there = person.in_channel("dm")
        outcome = await there.click(await there.message(message.message_id), "Details")
        texts.append(outcome.expect_message().text)

    assert f"#{job.id}" in texts[0]
    assert texts[1] == NOT_HERE


async def test_details_show_the_prompt_in_full(cove: Cove) -> None:
    prompt = "a red kite over " + "the sea, " * 150
    await cove.mira.run("video", prompt=prompt)
    job = await cove.only_job(cove.mira)

    outcome = await cove.theo.click(await cove.card(job, cove.theo), "Details")

    assert prompt.strip() in outcome.expect_message().text


async def test_a_very_long_prompt_comes_with_its_details_as_a_file(cove: Cove) -> None:
    prompt = "🦊" * 1_600
    await cove.mira.run("video", prompt=prompt)
    job = await cove.only_job(cove.mira)

    outcome = await cove.mira.click(await cove.card(job, cove.mira), "Details")

    (attachment,) = outcome.expect_message().attachments
    assert (await cove.mira.download(attachment)).decode().strip() == prompt


async def test_a_click_that_goes_wrong_is_answered_with_a_number(cove: Cove, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await order(cove)

    async def broken(job_id: str) -> Job | None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(cove.world.clip_service, "of_id", broken)
    outcome = await cove.mira.click(await cove.card(job, cove.mira), "Cancel")

    text = outcome.expect_message().content
    assert text.startswith("Something went wrong in the bot.")
    assert "charged" not in text
    assert "secret" not in text
    assert await state_of(cove, job) is JobState.QUEUED


async def test_a_click_that_cannot_be_written_down_is_answered_in_words(
    cove: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await order(cove)

    async def locked(job_id: str) -> Job | None:
        raise StoreUnavailable("a secret", Trouble.LOCKED)

    monkeypatch.setattr(cove.world.clip_service, "of_id", locked)
    outcome = await cove.mira.click(await cove.card(job, cove.mira), "Cancel")

    text = outcome.expect_message().content
    assert text.startswith("Another program has locked the bot's database.")
    assert "charged" not in text
    assert "secret" not in text


@pytest.mark.parametrize("lost", [False, True], ids=["deferral heard", "answer to the deferral lost"])
async def test_a_slow_click_is_deferred_and_answered(
    offline: Cove, monkeypatch: pytest.MonkeyPatch, *, lost: bool
) -> None:
    clips, thinking = offline.world.clip_service, asyncio.Event()
    look_up = clips.of_id

    async def slow(job_id: str) -> Job | None:
        await thinking.wait()
        return await look_up(job_id)

    async with offline.online(offline.new_client(patience=0.05)):
        await order(offline)
        job = await offline.job_with_card(offline.mira)
        card = await offline.card(job, offline.mira)
        monkeypatch.setattr(clips, "of_id", slow)
        if lost:
            offline.discord.faults.add(Fault(kind="lost_reset", method="POST", path="/interactions/*/*/callback"))
        clicking = asyncio.ensure_future(offline.mira.click(card, "Cancel"))
        await offline.mira.wait_until(any_loading)
        thinking.set()
        await clicking
        answered = await offline.mira.wait_until(
            lambda messages: any("is cancelled" in one.content for one in messages)
        )

    assert [one.ephemeral for one in answered if "is cancelled" in one.content] == [True]
    assert await state_of(offline, job) is JobState.CANCELLED


def any_loading(messages: list[SeenMessage]) -> bool:
    return any(message.loading for message in messages)
