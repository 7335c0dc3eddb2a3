"""The card's buttons, clicked by different people, and after a restart."""

from __future__ import annotations

from bot.jobs.states import JobState
from tests.integration.cogs.cove import Cove


async def test_a_cards_buttons_still_work_after_a_restart(offline: Cove) -> None:
    async with offline.online(offline.client):
        await offline.mira.run("video", prompt="a red kite")
    job = await offline.only_job(offline.mira)

    async with offline.online(offline.new_client()):
        card = await offline.card(job, offline.mira)
        details = await offline.theo.click(card, "Details")
        by_another = await offline.theo.click(card, "Cancel")
        by_its_owner = await offline.mira.click(card, "Cancel")

    stored = await offline.store.job(job.id)
    assert details.expect_message().ephemeral
    assert job.id in details.expect_message().text
    assert "not yours" in by_another.expect_message().text
    assert "cancelled" in by_its_owner.expect_message().text
    assert stored is not None
    assert stored.state is JobState.CANCELLED


async def test_a_moderator_may_cancel_for_others(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    job = await cove.only_job(cove.mira)

    await cove.juno.click(await cove.card(job, cove.juno), "Cancel")

    stored = await cove.store.job(job.id)
    assert stored is not None
    assert stored.state is JobState.CANCELLED
