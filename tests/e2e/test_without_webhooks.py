"""Without a public address everything works by asking, and mended files travel by the card."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from tests.e2e.community import Community, answer_to, card_that_says
from tests.e2e.files import download, picture, played, recording

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"public_url": ""}
KITE = "a red kite over the sea"


async def test_a_clip_arrives_by_asking_alone(place: Community, tmp_path: Path):
    mira = place.mira.in_channel(place.room())

    card = (await mira.run("video", prompt=KITE)).expect_message()
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
    source = (await mira.run("video", prompt=KITE)).expect_message()
    await place.while_time_passes(answer_to(mira, source))

    spoken = await mira.run("lipsync", video=place.link(source), audio=recording("memo.m4a", 3))
    answer = await place.while_time_passes(answer_to(mira, spoken.expect_message()))

    sent = str((await place.task_of(spoken.expect_message())).input["local_dubbing_url"])
    assert sent.startswith(place.discord.cdn_origin)
    assert "audio.mp3" in sent
    assert answer.attachments
