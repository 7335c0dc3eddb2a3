"""Cards follow their jobs by edits, as far as Discord lets them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import HOUR, MINUTE
from bot.jobs.ports import CardFacts, Pause, TryLater
from bot.jobs.states import JobState
from sandbox.discord.config import Bucket
from sandbox.discord.permissions import Permission
from tests.integration.delivery.quay import EDIT, EDIT_ROUTE, Quay


async def test_a_card_is_edited_by_the_bots_token(quay: Quay) -> None:
    job = await quay.post_card(quay.job(state=JobState.RUNNING, finished_at=None))

    assert await quay.sink.show_card(job, CardFacts())

    (card,) = await quay.seen()
    assert card.content.startswith("🎬 **Generating**")
    assert [button.label for button in card.clickables] == ["Cancel", "Details"]
    assert card.edited


async def test_buttons_go_when_there_is_nothing_left_to_cancel(quay: Quay) -> None:
    job = await quay.post_card(quay.job(state=JobState.RUNNING, finished_at=None))
    await quay.sink.show_card(job, CardFacts())

    await quay.sink.show_card(replace(job, state=JobState.CANCELLED), CardFacts())

    (card,) = await quay.seen()
    assert [button.label for button in card.clickables] == ["Details"]


async def test_an_edit_that_would_change_nothing_is_spared(quay: Quay) -> None:
    job = await quay.post_card(quay.job(state=JobState.QUEUED, finished_at=None))

    for position in (3, 3, 2):
        assert await quay.sink.show_card(job, CardFacts(position=position))

    assert len(quay.requests("PATCH", EDIT_ROUTE)) == 2


async def test_a_pause_that_is_over_is_not_shown(quay: Quay) -> None:
    job = await quay.post_card(quay.job(state=JobState.QUEUED, finished_at=None, created_at=0))
    now = quay.clock.now()

    await quay.sink.show_card(job, CardFacts(position=1, pause=Pause(now - MINUTE, "no_credit")))
    (over,) = await quay.seen()
    await quay.sink.show_card(job, CardFacts(position=1, pause=Pause(now + HOUR, "no_credit")))
    (under_way,) = await quay.seen()

    assert "run out of credit" not in over.content
    assert "run out of credit" in under_way.content


async def test_a_job_without_a_card_gets_none(quay: Quay) -> None:
    assert not await quay.sink.show_card(quay.job(card=None), CardFacts())
    assert await quay.seen() == []


async def test_a_deleted_card_is_gone_for_good(quay: Quay) -> None:
    job = await quay.post_card(quay.job())
    assert job.card is not None
    quay.sandbox.operations.delete_message(job.card.message_id)

    assert not await quay.sink.show_card(job, CardFacts())


async def test_a_card_in_a_channel_that_is_gone_is_gone(quay: Quay) -> None:
    job = await quay.post_card(quay.job())
    quay.sandbox.operations.delete_channel(quay.general)

    assert not await quay.sink.show_card(job, CardFacts())


async def test_a_card_out_of_sight_is_let_be(quay: Quay) -> None:
    job = await quay.post_card(quay.job())
    quay.forbid(Permission.VIEW_CHANNEL)

    assert not await quay.sink.show_card(job, CardFacts())


async def test_a_card_in_an_archived_thread_is_let_be(quay: Quay) -> None:
    question = await quay.person.send("let us talk about the fox")
    thread = quay.sandbox.operations.channel((await quay.person.start_thread(question, "fox")).channel)
    job = await quay.post_card(quay.job(thread))
    quay.sandbox.operations.set_thread_state(thread, archived=True, locked=False)

    assert not await quay.sink.show_card(job, CardFacts())


async def test_an_old_card_is_edited_as_slowly_as_discord_wants(quay: Quay) -> None:
    quay.sandbox.world.limits = replace(quay.sandbox.world.limits, old_edits=Bucket(1, 0.05))
    job = await quay.post_card(quay.job(state=JobState.QUEUED, finished_at=None))
    quay.sandbox.clock.advance(2 * HOUR)

    assert [await quay.sink.show_card(job, CardFacts(position=position)) for position in (3, 2)] == [True, True]


@pytest.mark.parametrize("kind", ["reset", "lost_reset"])
async def test_a_broken_connection_is_tried_later(quay: Quay, kind: str) -> None:
    job = await quay.post_card(quay.job())
    quay.fail(kind, method="PATCH", path=EDIT)  # type: ignore[arg-type]  # one of the sandbox's kinds

    with pytest.raises(TryLater):
        await quay.sink.show_card(job, CardFacts())


async def test_a_server_error_is_tried_later(quay: Quay) -> None:
    job = await quay.post_card(quay.job())
    quay.fail("status", method="PATCH", path=EDIT, status=503)

    with pytest.raises(TryLater):
        await quay.sink.show_card(job, CardFacts())


async def test_a_long_rate_limit_is_tried_later(quay: Quay) -> None:
    job = await quay.post_card(quay.job())
    quay.fail("rate_limit", method="PATCH", path=EDIT, retry_after=60)

    with pytest.raises(TryLater):
        await quay.sink.show_card(job, CardFacts())


async def test_a_filter_that_takes_offence_gets_the_card_without_the_words(quay: Quay) -> None:
    job = await quay.post_card(quay.job(state=JobState.RUNNING, finished_at=None))
    quay.refuse(200000, method="PATCH", path=EDIT)

    assert await quay.sink.show_card(job, CardFacts())

    (card,) = await quay.seen()
    assert "fox" not in card.content
    assert "Generating" in card.content


async def test_an_edit_that_hangs_is_not_overtaken(quay: Quay) -> None:
    """Ended late, it would put an old state over a new one."""
    job = await quay.post_card(quay.job(state=JobState.RUNNING, finished_at=None))
    quay.restart(edit_deadline=50)
    quay.fail("delay", method="PATCH", path=EDIT, seconds=3600)

    with pytest.raises(TryLater):
        await quay.sink.show_card(job, CardFacts())
    with pytest.raises(TryLater):
        await quay.sink.show_card(replace(job, state=JobState.OVERDUE), CardFacts())
    quay.sandbox.clock.advance(3_700_000)
    await quay.person.wait_until(lambda messages: any("Generating" in message.content for message in messages))

    assert len(quay.requests("PATCH", EDIT_ROUTE)) == 1
