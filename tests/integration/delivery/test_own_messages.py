"""Messages whose answer was lost are known once the gateway has shown them, whatever became of them."""

from __future__ import annotations

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
