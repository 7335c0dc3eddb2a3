"""Where nobody can tell whether a clip was posted, it is not posted again, and its requester is told."""

from __future__ import annotations

import pytest

from bot.clock import MINUTE
from bot.jobs.model import Job, Purpose, repost_purpose
from bot.jobs.ports import HistoryUnreadable, TryLater
from sandbox.discord.permissions import Permission
from sandbox.seen import SeenMessage
from tests.integration.delivery.quay import Quay


async def looked_for(quay: Quay, job: Job, **changes: str) -> list[SeenMessage]:
    """Look for a clip where that is forbidden; returns what the person was told in private."""
    delivery = quay.delivery(**changes)
    quay.forbid(Permission.VIEW_CHANNEL)
    with pytest.raises(HistoryUnreadable):
        await quay.sink.find(delivery, job, quay.general.id, delivery.created_at - MINUTE)
    return await quay.seen("dm")


async def test_the_requester_is_told_in_private_what_it_cost_and_how_to_get_it(quay: Quay) -> None:
    job = quay.job(consumed_microusd=260_000)

    (told,) = await looked_for(quay, job)

    assert f"<#{quay.general.id}>" in told.text
    assert ("$0.26" in told.text, job.id in told.text) == (True, True)
    assert told.pinged == (quay.mira.id,)
    assert [button.label for button in told.clickables] == ["Repost"]


async def test_told_again_it_is_the_same_message(quay: Quay) -> None:
    job = quay.job()

    first = await looked_for(quay, job)
    again = await looked_for(quay, job)

    assert [message.id for message in again] == [message.id for message in first]


async def test_who_takes_no_direct_messages_is_not_told(quay: Quay) -> None:
    quay.sandbox.operations.set_takes_direct_messages("mira", takes=False)

    assert await looked_for(quay, quay.job()) == []


@pytest.mark.parametrize("purpose", [Purpose.FAILURE, repost_purpose("i:1")])
async def test_failures_and_reposts_are_no_clips_that_went_missing(quay: Quay, purpose: str) -> None:
    assert await looked_for(quay, quay.job(), purpose=purpose) == []


async def test_while_discord_is_away_the_word_waits(quay: Quay) -> None:
    quay.fail("status", path="/users/@me/channels", status=503)
    delivery = quay.delivery()
    quay.forbid(Permission.VIEW_CHANNEL)

    with pytest.raises(TryLater):
        await quay.sink.find(delivery, quay.job(), quay.general.id, delivery.created_at - MINUTE)
