from __future__ import annotations

import pytest

from bot.jobs.model import AssetRole, VideoInput
from bot.jobs.states import JobState
from sandbox.person import LocalFile, RequestRefused
from tests.integration.cogs.cove import Cove, picture

SILENT = 1 << 12


async def test_a_command_is_answered_with_a_public_silent_card_and_stored_once(cove: Cove) -> None:
    outcome = await cove.mira.run("video", prompt="a red kite over the sea")

    card = outcome.expect_message()
    job = await cove.only_job(cove.mira)
    assert outcome.kind == "message"
    assert not card.ephemeral
    assert card.flags & SILENT
    assert card.pinged == ()
    assert "a red kite over the sea" in card.text
    assert job.id in card.text
    assert job.state is JobState.QUEUED
    assert job.request_key == f"i:{outcome.interaction_id}"
    assert job.requester_id == cove.person_id(cove.mira)
    assert (job.place.guild_id, job.place.channel_id) == (cove.guild.id, cove.channel_id("general"))
    assert job.card is not None
    assert (job.card.channel_id, job.card.message_id) == (cove.channel_id("general"), card.id)


async def test_every_option_reaches_the_job(cove: Cove) -> None:
    await cove.mira.run(
        "video",
        prompt="a harbour at dawn",
        length=10,
        quality="pro",
        ratio="9:16",
        model="1.6",
        avoid="people",
        follow="strictly",
        camera="zoom-in-gentle",
        spoiler=True,
    )

    job = await cove.only_job(cove.mira)
    assert (job.model, job.mode, job.spoiler) == ("1.6", "pro", True)
    assert job.input == VideoInput(
        prompt="a harbour at dawn",
        seconds=10,
        negative_prompt="people",
        cfg_scale=0.8,
        ratio="9:16",
        camera_axis="zoom",
        camera_value=-3,
    )


async def test_sound_reaches_the_job(cove: Cove) -> None:
    await cove.mira.run("video", prompt="rain on a roof", sound=True)

    job = await cove.only_job(cove.mira)
    assert isinstance(job.input, VideoInput)
    assert job.input.sound is True


async def test_pictures_are_stored_as_discord_declares_them(cove: Cove) -> None:
    start, end = picture(640, 480, "start.png"), picture(640, 480, "end.png")

    await cove.mira.run("video", prompt="it opens", image=start, end_image=end, quality="pro", ratio="1:1")

    job = await cove.only_job(cove.mira)
    assets = await cove.store.assets(job.id)
    assert [(a.role, a.filename, a.content_type, a.size, a.option) for a in assets] == [
        (AssetRole.IMAGE, "start.png", "image/png", len(start.data), "image"),
        (AssetRole.END_IMAGE, "end.png", "image/png", len(end.data), "end_image"),
    ]
    assert all(asset.source_url.startswith(cove.discord.cdn_origin) for asset in assets)
    assert not job.inputs_ready
    card = await cove.card(job, cove.mira)
    assert "`ratio` was ignored" in card.text


async def test_the_place_keeps_the_servers_limit_and_the_persons_language(cove: Cove) -> None:
    cove.discord.operations.set_premium_tier(cove.guild, 2)
    await cove.mira.request("POST", "/person/mira/settings", {"locale": "de"})

    await cove.mira.run("video", prompt="a lighthouse")

    job = await cove.only_job(cove.mira)
    assert job.place.upload_limit == 50 * 1024 * 1024
    assert job.place.locale == "de"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"end_image": picture()}, "`end_image`"),
        ({"image": picture(), "camera": "zoom-in-gentle"}, "`camera`"),
        ({"image": picture(300, 640)}, "300"),
        ({"image": picture(2000, 400)}, "`image`"),
        ({"model": "1.6", "length": 7}, "`length`"),
        ({"model": "2.5-turbo", "quality": "std"}, "`quality`"),
        ({"model": "1.6", "sound": True}, "3.0"),
        ({"model": "9.9"}, "9.9"),
        ({"model": "3.0", "quality": "pro", "length": 15, "sound": True}, "$3"),
    ],
)
async def test_a_refusal_is_private_and_stores_nothing(cove: Cove, options, words: str) -> None:
    outcome = await cove.mira.run("video", prompt="a red kite", **options)

    answer = outcome.expect_message()
    assert answer.ephemeral
    assert words in answer.text
    assert await cove.nothing_stored()
    assert await cove.theo.messages() == []


@pytest.mark.parametrize("name", ["kite.svg", "kite.mp4", "kite"])
async def test_discord_itself_lets_nobody_attach_what_is_no_picture(cove: Cove, name: str) -> None:
    with pytest.raises(RequestRefused, match="image"):
        await cove.mira.run("video", prompt="a red kite", image=LocalFile(name, b"x"))

    assert await cove.nothing_stored()


@pytest.mark.parametrize("name", ["phone.heic", "phone.avif", "loop.gif", "photo.webp"])
async def test_what_phones_make_is_taken_to_be_converted(cove: Cove, name: str) -> None:
    await cove.mira.run("video", prompt="a red kite", image=picture(name=name))

    job = await cove.only_job(cove.mira)
    (asset,) = await cove.store.assets(job.id)
    assert asset.filename == name


async def test_a_server_that_may_not_spend_is_told_so_in_private(cove: Cove) -> None:
    outcome = await cove.mira.in_channel("strand").run("video", prompt="a red kite")

    elsewhere = next(g for g in cove.discord.world.guilds.values() if g.name == "Elsewhere")
    assert outcome.expect_message().ephemeral
    assert str(elsewhere.id) in outcome.expect_message().text
    assert not await cove.store.running_clips(cove.person_id(cove.mira), elsewhere.id, 10)


async def test_a_ceiling_is_told_in_private_and_the_refused_command_takes_nothing(offline: Cove) -> None:
    offline.use_ceilings(day=1)
    async with offline.online(offline.client):
        await offline.mira.run("video", prompt="the first")

        second = await offline.mira.run("video", prompt="the second")
        others = await offline.theo.run("video", prompt="somebody else's")

        assert second.expect_message().ephemeral
        assert not others.expect_message().ephemeral
        assert (await offline.only_job(offline.mira)).prompt == "the first"


async def test_one_that_costs_more_than_one_clip_may_is_refused(cove: Cove) -> None:
    outcome = await cove.mira.run("video", prompt="a red kite", model="2.0", length=10)

    assert outcome.expect_message().ephemeral
    assert "$1.92" in outcome.expect_message().text
    assert await cove.nothing_stored()
