"""Where the provider is given one clip at a time, the others wait, and whoever waits can see and leave the line."""

from __future__ import annotations

import pytest

from sandbox.piapi.scenarios import Scenario
from tests.e2e.community import Community, answer_to, ask, card_that_says, spending

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"max_in_flight": "1"}


async def test_who_waits_sees_their_place_and_can_leave_at_no_cost(place: Community):
    room = place.room()
    mira, theo = place.mira.in_channel(room), place.theo.in_channel(room)
    await place.provider.play(Scenario.STUCK)

    async with spending(place) as spent:
        first = await ask(mira, "the first")
        task = await place.task_of(first)
        second, third = await ask(mira, "the second"), await ask(mira, "the third")
        await card_that_says(mira, second, "next in line")
        await card_that_says(mira, third, "2nd in line")

        denied = (await theo.click(second, "Cancel")).expect_message()
        told = (await mira.click(second, "Cancel")).expect_message()
        cancelled = await card_that_says(mira, second, "Cancelled")
        await place.advance(15)
        await card_that_says(mira, third, "next in line")
        await place.provider.finish(task.task_id)
        for card in (first, third):
            assert (await answer_to(mira, card)).attachments

    assert denied.ephemeral
    assert "is not yours" in denied.text
    assert told.ephemeral
    assert "Nothing was charged." in told.text
    assert "Nothing was charged." in cancelled.text
    assert await place.answers_to(second) == []
    assert (spent.creates, spent.tasks) == (2, 2)


async def test_the_list_of_ones_clips_has_what_runs_first_and_lets_one_cancel_there(place: Community):
    juno = place.juno.in_channel(place.room())
    done = await ask(juno)
    result = await answer_to(juno, done)
    await place.provider.play(Scenario.STUCK)
    running, waiting = await ask(juno), await ask(juno)
    task = await place.task_of(running)
    jobs = [await place.job_of(card) for card in (running, waiting, done)]

    listed = (await juno.run("clips")).expect_message()

    assert listed.ephemeral
    places = [listed.text.index(f"#{job.id}") for job in jobs]
    assert places == sorted(places)
    assert [words for words in ("Generating", "next in line", place.link(result)) if words not in listed.text] == []
    cancels = [button.label for button in listed.clickables if button.label.startswith("Cancel")]
    assert cancels == [f"Cancel #{job.id}" for job in jobs[:2]]
    await juno.click(listed, f"Cancel #{jobs[1].id}")
    await card_that_says(juno, waiting, "Cancelled")
    await place.provider.finish(task.task_id)
    await place.idle()


async def test_a_moderator_may_cancel_what_somebody_else_asked_for(place: Community):
    room = place.room()
    mira, juno = place.mira.in_channel(room), place.juno.in_channel(room)
    await place.provider.play(Scenario.STUCK)
    card = await ask(mira)
    task = await place.task_of(card)

    told = (await juno.click(card, "Cancel")).expect_message()

    assert told.ephemeral
    assert "asked to stop" in told.text
    await card_that_says(mira, card, "Cancelling")
    await place.provider.finish(task.task_id)
    await place.idle()
