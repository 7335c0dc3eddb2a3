"""/video: what a person asks for is what the provider is asked for, and the clip in the channel says what it is."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from sandbox.piapi.scenarios import Scenario
from tests.e2e.community import KITE, Community, answer_to, card_that_says
from tests.e2e.files import download, picture, played

pytestmark = pytest.mark.asyncio(loop_scope="module")

STILL_CAMERA = dict.fromkeys(("horizontal", "vertical", "pan", "tilt", "roll", "zoom"), 0)


async def test_a_command_becomes_a_clip_in_reply_to_its_card(place: Community, tmp_path: Path):
    mira = place.mira.in_channel(place.room())

    outcome = await mira.run("video", prompt=KITE)
    card = outcome.expect_message()
    result = await answer_to(mira, card)

    assert outcome.kind == "message"
    assert not card.ephemeral
    assert card.pinged == ()
    assert result.pinged == (place.person_id(mira),)
    assert "interaction_metadata" not in result.raw
    facts = played(await download(mira, result, tmp_path))
    assert facts.seconds == pytest.approx(5, abs=0.3)
    assert facts.width / facts.height == pytest.approx(16 / 9, rel=0.02)


async def test_the_result_says_what_it_is_what_it_cost_and_how_to_name_it(place: Community):
    mira = place.mira.in_channel(place.room())

    card = (await mira.run("video", prompt=KITE)).expect_message()
    result = await answer_to(mira, card)

    job = await place.job_of(card)
    (file,) = result.attachments
    assert file.content_type == "video/mp4"
    assert file.filename == f"egret-{job.id}.mp4"
    assert file.description == f"AI-generated video: {KITE}"
    for told in ("your clip is ready", KITE, "AI-generated", "$0.26", f"#{job.id}"):
        assert told in result.text
    assert job.consumed_microusd == 260_000
    done = await card_that_says(mira, card, "Done")
    assert place.link(result) in done.text
    assert [button.label for button in done.clickables] == ["Details"]
    assert [button.label for button in result.clickables] == ["Extend", "Lip-sync", "Re-roll", "Edit", "More"]


async def test_the_card_moves_with_its_job_and_tells_when_it_will_be_done(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.STUCK, Scenario.OUTPUT_SLOW)

    card = (await mira.run("video", prompt=KITE)).expect_message()
    assert "Queued" in card.text
    generating = await card_that_says(mira, card, "Generating")
    await place.provider.finish((await place.task_of(card)).task_id)
    uploading = await card_that_says(mira, card, "Uploading")
    await place.while_time_passes(answer_to(mira, card))
    done = await card_that_says(mira, card, "Done")

    assert re.search(r"started <t:\d+:R>, usually ready <t:\d+:R>", generating.text)
    assert [button.label for button in generating.clickables] == ["Cancel", "Details"]
    assert [button.label for button in uploading.clickables] == ["Details"]
    assert {seen.pinged for seen in (card, generating, uploading, done)} == {()}


ASKED = {
    "nothing but words": ({}, "kling", {"version": "1.6", "mode": "std", "duration": 5, "aspect_ratio": "16:9"}, ()),
    "everything 1.6 takes": (
        {
            "quality": "pro",
            "ratio": "Tall 9:16",
            "model": "1.6",
            "avoid": "people",
            "follow": "Strictly",
            "camera": "Zoom in, gentle",
        },
        "kling",
        {
            "version": "1.6",
            "mode": "pro",
            "duration": 5,
            "aspect_ratio": "9:16",
            "negative_prompt": "people",
            "cfg_scale": 0.8,
            "camera_control": {"type": "simple", "config": STILL_CAMERA | {"zoom": -3}},
        },
        ("Pro 1080p", "Tall 9:16", "Strictly", "Zoom in, gentle", "avoids “people”"),
    ),
    "sound": (
        {"sound": True, "length": 3, "ratio": "Square 1:1"},
        "kling",
        {"version": "3.0", "mode": "std", "duration": 3, "aspect_ratio": "1:1", "enable_audio": True},
        ("Kling 3.0", "with sound", "Square 1:1", "$0.45"),
    ),
    "the turbo model": (
        {"model": "2.5-turbo", "avoid": "rain"},
        "kling-turbo",
        {"version": "2.5-turbo", "mode": "pro", "duration": 5, "aspect_ratio": "16:9", "negative_prompt": "rain"},
        ("Kling 2.5 Turbo", "avoids “rain”", "$0.28"),
    ),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_options_reach_the_provider_and_nothing_else_does(place: Community, tmp_path: Path, asked: str):
    options, model, sent, told = ASKED[asked]
    mira = place.mira.in_channel(place.room())

    card = (await mira.run("video", {"prompt": KITE, **options})).expect_message()
    result = await answer_to(mira, card)

    task = await place.task_of(card)
    usual = {"prompt": KITE} | ({"cfg_scale": 0.5} if sent["version"] == "1.6" else {})
    assert (task.model, task.task_type, task.service_mode) == (model, "video_generation", "public")
    assert task.input == usual | sent
    assert [words for words in told if words not in result.text] == []
    facts = played(await download(mira, result, tmp_path))
    across, down = map(int, sent["aspect_ratio"].split(":"))
    assert facts.seconds == pytest.approx(sent["duration"], abs=0.3)
    assert facts.width / facts.height == pytest.approx(across / down, rel=0.02)
    assert facts.has_sound == sent.get("enable_audio", False)
    assert (await place.provider.summary()).problems == []


async def test_pictures_to_start_and_to_end_with_go_to_the_provider_as_discord_keeps_them(
    place: Community, tmp_path: Path
):
    mira = place.mira.in_channel(place.room())
    start, end = picture("start.png", width=600, height=800), picture("end.jpg", width=600, height=800, colour="navy")

    card = (
        await mira.run("video", prompt="it closes", image=start, end_image=end, length=3, ratio="16:9")
    ).expect_message()
    result = await answer_to(mira, card)

    sent = (await place.task_of(card)).input
    assert await bytes_at(str(sent["image_url"])) == start.data
    assert await bytes_at(str(sent["image_tail_url"])) == end.data
    assert str(sent["image_url"]).startswith(place.discord.cdn_origin)
    assert (sent["version"], sent["duration"]) == ("3.0", 3)
    assert "aspect_ratio" not in sent
    assert "`ratio` was ignored" in card.text
    facts = played(await download(mira, result, tmp_path))
    assert facts.width / facts.height == pytest.approx(600 / 800, rel=0.02)


@pytest.mark.parametrize("name", ["IMG_0042.heic", "photo.webp", "loop.gif"])
async def test_what_phones_and_web_sites_make_is_converted_and_the_card_says_so(place: Community, name: str):
    mira = place.mira.in_channel(place.room())
    words = {"loop.gif": "Only the first frame"}.get(name, "converted to JPEG")

    card = (await mira.run("video", prompt="it moves", image=picture(name))).expect_message()
    result = await answer_to(mira, card)

    sent = str((await place.task_of(card)).input["image_url"])
    assert sent.startswith(f"http://127.0.0.1:{place.port}/files/")
    with Image.open(BytesIO(await bytes_at(sent))) as image:
        assert (image.format, image.size) == ("JPEG", (640, 480))
        assert near(image.convert("RGB").getpixel((320, 240)), (0, 128, 128))
    assert words in result.text
    assert any(words in version for version in place.chronicle.of(card))


async def test_a_photo_taken_upright_is_sent_upright_and_without_what_the_camera_wrote(
    place: Community, tmp_path: Path
):
    mira = place.mira.in_channel(place.room())

    card = (await mira.run("video", prompt="it moves", image=picture("photo.jpg", turned=True))).expect_message()
    result = await answer_to(mira, card)

    with Image.open(BytesIO(await bytes_at(str((await place.task_of(card)).input["image_url"])))) as image:
        assert image.size == (480, 640)
        assert dict(image.getexif()) == {}
    facts = played(await download(mira, result, tmp_path))
    assert facts.width < facts.height


async def test_a_spoiler_is_blurred_until_it_is_clicked(place: Community):
    mira = place.mira.in_channel(place.room())

    card = (await mira.run("video", prompt=KITE, spoiler=True)).expect_message()
    result = await answer_to(mira, card)

    assert result.attachments[0].spoiler


async def test_words_in_a_prompt_ping_nobody_and_are_shown_as_they_were_typed(place: Community):
    mira = place.mira.in_channel(place.room())
    words = f"@everyone <@{place.person_id(place.theo)}> **look** at `this`"

    card = (await mira.run("video", prompt=words)).expect_message()
    result = await answer_to(mira, card)

    assert (await place.task_of(card)).input["prompt"] == words
    assert card.pinged == ()
    assert result.pinged == (place.person_id(mira),)
    assert "\\*\\*look\\*\\* at \\`this\\`" in result.text


async def bytes_at(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        return await answer.read()


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) <= 12 for one, other in zip(found, wanted, strict=True))
