"""Forms from opening to the posted clip, with the whole bot: under clips, after restarts, with files, in private."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from sandbox.person import LocalFile
from sandbox.seen import Outcome
from tests.e2e.community import (
    KITE,
    Community,
    answer_to,
    ask,
    card_that_says,
    nothing_bought,
    spending,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"max_usd_per_job": "1"}
TOO_DEAR = "pro|10||3.0"
AFFORDABLE = "std|5||3.0"
DAY = 24 * 3600


def picture(name: str) -> LocalFile:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), "navy").save(buffer, "PNG")
    return LocalFile(name, buffer.getvalue())


def titled(form: Outcome) -> str:
    assert form.modal is not None, form
    return form.modal.title


async def test_the_form_under_a_clip_makes_a_longer_one_after_a_restart(place: Community):
    room = place.room()
    mira, theo = place.mira.in_channel(room), place.theo.in_channel(room)
    kite = await answer_to(mira, await ask(mira))
    form = await theo.click(kite, "Extend")
    await place.restart()

    async with spending(place) as spent:
        await theo.submit(form, prompt="a storm rolls in")
        card = await answer_to(theo, kite)
        longer = await answer_to(theo, card)

    assert titled(form).startswith("Extend #")
    assert spent.tasks == 1
    assert longer.attachments
    assert longer.pinged == (place.person_id(place.theo),)


async def test_a_clip_speaks_and_is_made_once_more_with_other_words(place: Community):
    mira = place.mira.in_channel(place.room())
    kite = await answer_to(mira, await ask(mira))

    await mira.submit(await mira.click(kite, "Lip-sync"), say="The tide comes in.", voice="Rock", speed="1.2")
    spoken = await answer_to(mira, await answer_to(mira, kite))
    edit = await mira.click(spoken, "Edit")
    await mira.submit(edit, say="The tide goes out.")
    again = await answer_to(mira, await answer_to(mira, spoken))

    first, second = [job for job in place.books.jobs() if job.kind == "lipsync"][-2:]
    assert edit.modal is not None
    assert edit.modal.values["say"] == "The tide comes in."
    assert spoken.attachments
    assert again.attachments
    assert second.made_from == first.id


async def test_a_picture_kept_with_a_refused_form_becomes_a_clip_when_its_address_has_died(place: Community):
    mira = place.mira.in_channel(place.room())
    form = await mira.run("video", image=picture("harbour.png"))

    async with nothing_bought(place):
        refused = (await mira.submit(form, prompt=KITE, settings=TOO_DEAR)).expect_message()
    await place.advance(DAY + 60)
    await place.restart()
    again = await mira.click(refused, "Fix it")
    offer = (await mira.submit(again, settings=AFFORDABLE)).expect_message()
    await mira.click(offer, "Run")

    card = await card_that_says(mira, await mira.wait_for(lambda one: "Done" in one.text), "Done")
    clip = await answer_to(mira, card)
    assert "Kept: “harbour.png”" in refused.text
    assert clip.attachments
    assert "image_url" in (await place.task_of(card)).input


async def test_a_private_form_posts_card_and_clip_into_direct_messages_alone(place: Community):
    room = place.room()
    mira, direct = place.mira.in_channel(room), place.mira.in_channel("dm")
    before = {message.id for message in await direct.messages()}

    await mira.submit(await mira.run("video", private=True, image=picture("harbour.png")), prompt=KITE)
    clip = await direct.wait_for(lambda one: bool(one.attachments) and one.id not in before, timeout_seconds=30)

    assert clip.attachments
    assert await place.theo.in_channel(room).messages() == []


async def test_what_the_provider_refused_is_edited_from_the_failure(place: Community):
    mira = place.mira.in_channel(place.room())
    card = await ask(mira, "[moderated] a red kite")
    failure = await answer_to(mira, card)

    await mira.submit(await mira.click(failure, "Edit"), prompt="a blue kite")

    assert (await answer_to(mira, await answer_to(mira, failure))).attachments
