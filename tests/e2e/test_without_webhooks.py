"""Without a public address everything works by asking, and mended files travel by the card."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from sandbox.piapi.scenarios import Scenario
from tests.e2e.community import Community, answer_to, ask, card_that_says, spending
from tests.e2e.files import download, picture, played, recording

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"public_url": ""}


async def test_a_clip_arrives_by_asking_alone(place: Community, tmp_path: Path):
    mira = place.mira.in_channel(place.room())

    card = await ask(mira)
    answer = await place.while_time_passes(answer_to(mira, card))

    task = await place.task_of(card)
    assert played(await download(mira, answer, tmp_path)).seconds == pytest.approx(5, abs=0.3)
    assert (task.endpoint, task.webhook_calls) == ("", [])
    assert task.gets >= 1


async def test_a_mended_picture_is_fetched_from_the_card(place: Community):
    mira = place.mira.in_channel(place.room())

    card = (await mira.run("video", prompt="it moves", image=picture("IMG_0042.heic"))).expect_message()
    answer = await place.while_time_passes(answer_to(mira, card))

    sent = str((await place.task_of(card)).input["image_url"])
    assert sent.startswith(place.discord.cdn_origin)
    async with aiohttp.ClientSession() as session, session.get(sent) as response:
        with Image.open(BytesIO(await response.read())) as image:
            assert (image.format, image.size) == ("JPEG", (640, 480))
    assert answer.attachments
    shown = await card_that_says(mira, card, "Done")
    assert [file.filename for file in shown.attachments] == ["image.jpg"]


async def test_a_mended_recording_is_fetched_from_the_card(place: Community):
    mira = place.mira.in_channel(place.room())
    source = await ask(mira)
    await place.while_time_passes(answer_to(mira, source))

    spoken = await mira.run("lipsync", video=place.link(source), audio=recording("memo.m4a", 3))
    answer = await place.while_time_passes(answer_to(mira, spoken.expect_message()))

    sent = str((await place.task_of(spoken.expect_message())).input["local_dubbing_url"])
    assert sent.startswith(place.discord.cdn_origin)
    assert "audio.mp3" in sent
    assert answer.attachments


async def test_a_purchase_whose_answer_was_lost_is_found_in_the_history_and_equal_ones_bind_once_each(
    place: Community,
):
    room = place.room()
    people = [place.mira.in_channel(room), place.theo.in_channel(room)]
    await place.provider.play(Scenario.CREATED_DROPPED)
    await place.provider.play(Scenario.CREATED_500, Scenario.HISTORY_DELAYED)

    async with spending(place) as spent:
        cards = [await ask(person) for person in people]
        for person, card in zip(people, cards, strict=True):
            await card_that_says(person, card, "You will not be charged twice")
        answers = asyncio.gather(*(answer_to(person, card) for person, card in zip(people, cards, strict=True)))
        assert all(answer.attachments for answer in await place.while_time_passes(answers))

    assert (spent.creates, spent.tasks) == (2, 2)
    tasks = [(await place.task_of(card)).task_id for card in cards]
    assert sorted(tasks) == sorted(task.task_id for task in (await place.provider.tasks())[-2:])


async def test_a_purchase_that_nobody_can_find_is_given_up_told_and_never_made_again(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.RESET_BEFORE)

    async with spending(place) as spent:
        card = await ask(mira)
        answer = await place.while_time_passes(answer_to(mira, card), step=60)

    for words in ("lost on the way", "could not be found out", "not known yet", "Whoever runs the bot"):
        assert words in answer.text
    charge = place.books.charges()[-1]
    assert (charge.reserved_microusd, charge.consumed_microusd) == (260_000, None)
    assert list(spent.quotas.values()) == [260_000]  # the money stays set aside, the person's clip is given back
    assert (spent.creates, spent.tasks) == (1, 0)
