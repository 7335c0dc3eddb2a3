"""Messages whose answer was lost are known once the gateway has shown them, whatever became of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord
import pytest

from bot.clock import MINUTE
from bot.delivery.own_messages import OwnMessages
from bot.jobs.model import Delivery, Job, MessageRef
from bot.jobs.ports import HistoryUnreadable, MaybePosted
from sandbox.discord.permissions import Permission
from tests.integration.delivery.quay import Quay


async def posted_unknowingly(quay: Quay, clip: Path, delivery: Delivery) -> tuple[Job, discord.Message]:
    """Let a message be posted whose answer is lost; returns it as the gateway would show it."""
    job = quay.job()
    quay.fail("lost_reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(job, await quay.keep_clip(clip), delivery)
    (stands,) = quay.general.messages
    return job, await quay.client.get_partial_messageable(quay.general.id).fetch_message(stands)


async def test_a_message_that_the_gateway_has_shown_is_known_without_a_look(quay: Quay, clip: Path) -> None:
    delivery = quay.delivery()
    job, shown = await posted_unknowingly(quay, clip, delivery)
    quay.forbid(Permission.READ_MESSAGE_HISTORY)
    since = delivery.created_at - MINUTE
    with pytest.raises(HistoryUnreadable):
        await quay.sink.find(delivery, job, quay.general.id, since)

    quay.own.note(shown)

    assert await quay.sink.find(delivery, job, quay.general.id, since) == MessageRef(quay.general.id, shown.id)


async def test_a_message_that_was_deleted_meanwhile_is_known_all_the_same(quay: Quay, clip: Path) -> None:
    delivery = quay.delivery()
    job, shown = await posted_unknowingly(quay, clip, delivery)
    quay.own.note(shown)
    quay.sandbox.operations.delete_message(shown.id)

    found = await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE)

    assert found == MessageRef(quay.general.id, shown.id)


async def test_another_delivery_or_another_channel_is_not_meant(quay: Quay, clip: Path) -> None:
    delivery = quay.delivery()
    job, shown = await posted_unknowingly(quay, clip, delivery)
    quay.own.note(shown)

    assert quay.own.of(quay.delivery(id="another"), job) is None
    assert await quay.sink.find(delivery, job, quay.direct().id, delivery.created_at - MINUTE) is None


async def test_only_so_many_are_remembered(quay: Quay, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = quay.delivery()
    job, shown = await posted_unknowingly(quay, clip, delivery)
    monkeypatch.setattr("bot.delivery.own_messages._REMEMBERED", 0)
    own = OwnMessages()

    own.note(shown)

    assert own.of(delivery, job) is None


async def test_a_message_whose_answer_never_comes_is_delivered_as_soon_as_it_is_shown(
    quay: Quay, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.sink._FOLLOWS", 0.05)
    quay.fail("lost_hang")
    sending = asyncio.create_task(quay.deliver(quay.job(), await quay.keep_clip(clip)))
    await quay.person.wait_until(lambda messages: any(message.from_bot for message in messages))
    (stands,) = quay.general.messages
    shown = await quay.client.get_partial_messageable(quay.general.id).fetch_message(stands)

    quay.own.note(shown)

    assert await asyncio.wait_for(sending, 5) == MessageRef(quay.general.id, shown.id)


async def test_an_answer_that_follows_what_was_shown_is_waited_for(
    quay: Quay, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.sink._FOLLOWS", 3600)
    job, delivery = quay.job(), quay.delivery()
    asset = await quay.keep_clip(clip)
    quay.fail("lost_reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(job, asset, delivery)
    (stands,) = quay.general.messages
    quay.fail("delay", seconds=60)
    sending = asyncio.create_task(quay.deliver(job, asset, delivery))
    shown = await quay.client.get_partial_messageable(quay.general.id).fetch_message(stands)

    while quay.sandbox.faults.pending:
        await quay.client.fetch_user(quay.mira.id)
    quay.own.note(shown)
    quay.sandbox.clock.advance(60_000)

    assert (await asyncio.wait_for(sending, 5)).message_id == stands
