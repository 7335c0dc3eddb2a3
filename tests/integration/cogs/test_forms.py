"""Forms as people fill them in: what they show, what they cost, what becomes of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.catalog import Mode
from bot.clock import HOUR
from bot.jobs.model import AssetRole, Destination, ExtendInput, JobKind, LipsyncInput, VideoInput
from bot.jobs.preferences import Preferences
from bot.ui.custom_ids import Verb
from sandbox.person import LocalFile, RequestRefused
from tests.integration.cogs.cove import Cove, picture, recording
from tests.integration.cogs.forms_driver import (
    button,
    chosen,
    description,
    draft_id,
    modal,
    offered,
    opened,
    part,
)

KITE = "a red kite over the sea"


async def test_video_without_a_prompt_is_a_form_that_says_what_it_costs_and_that_sending_buys(cove: Cove) -> None:
    form = await cove.mira.run("video")

    assert form.kind == "modal"
    assert modal(form).title == "New video · $0.26 with these settings"
    assert "buys the clip at once" in description(form, "prompt")
    assert list(modal(form).fields) == ["prompt", "pictures", "settings", "avoid", "options"]
    assert await cove.nothing_stored()


async def test_a_form_that_is_sent_is_bought_once_and_its_card_is_a_message_of_its_own(cove: Cove) -> None:
    form = await cove.mira.run("video")

    answer = await cove.mira.submit(form, prompt=KITE, avoid="people")

    job = await cove.job_with_card(cove.mira)
    card = await cove.card(job, cove.mira)
    assert answer.expect_message().ephemeral
    assert job.id in answer.expect_message().text
    assert job.request_key == f"d:{draft_id(form)}"
    assert job.input == VideoInput(
        prompt=KITE, seconds=5, negative_prompt="people", cfg_scale=0.5, ratio="16:9", camera_axis="", camera_value=0
    )
    assert not card.ephemeral
    assert "interaction_metadata" not in card.raw


async def test_options_given_with_the_command_stand_in_the_form_and_reach_the_job(cove: Cove) -> None:
    form = await cove.mira.run("video", length=5, model="3.0", quality="std", sound=True, spoiler=True, image=picture())
    before = (modal(form).title, chosen(form, "options"), description(form, "pictures"))

    await cove.mira.submit(form, prompt="it opens")

    job = await cove.job_with_card(cove.mira)
    (asset,) = await cove.store.assets(job.id)
    assert before[0].startswith("New video · $")
    assert before[1] == ["spoiler"]
    assert "kept: kite.png" in before[2]
    assert (job.model, job.mode, job.spoiler) == ("3.0", "std", True)
    assert isinstance(job.input, VideoInput)
    assert (job.input.seconds, job.input.sound, job.input.ratio) == (5, True, None)
    assert (asset.role, asset.filename) == (AssetRole.IMAGE, "kite.png")


async def test_pictures_attached_to_the_form_are_the_first_and_the_last_frame(cove: Cove) -> None:
    form = await cove.mira.run("video", model="3.0", quality="pro")

    await cove.mira.submit(
        form,
        prompt="it opens",
        pictures=[picture(name="start.png"), picture(name="end.png")],
        settings="std|5|9:16|3.0",
    )

    job = await cove.job_with_card(cove.mira)
    assets = await cove.store.assets(job.id)
    assert [(asset.role, asset.filename) for asset in assets] == [
        (AssetRole.IMAGE, "start.png"),
        (AssetRole.END_IMAGE, "end.png"),
    ]
    assert isinstance(job.input, VideoInput)
    assert (job.mode, job.input.ratio, job.notes) == ("std", None, ())


@pytest.mark.parametrize("kind", ["image", "end_image"])
async def test_a_form_that_cannot_be_bought_as_it_stands_is_not_opened(cove: Cove, kind: str) -> None:
    options = {"image": {"image": picture(), "camera": "zoom-in-gentle"}, "end_image": {"end_image": picture()}}

    outcome = await cove.mira.run("video", options[kind])

    assert outcome.kind == "message"
    assert outcome.expect_message().ephemeral
    assert "Nothing was charged." in outcome.expect_message().text


async def test_a_dearer_choice_in_the_form_is_offered_with_its_price_before_it_is_bought(cove: Cove) -> None:
    form = await cove.mira.run("video")

    offer = (await cove.mira.submit(form, prompt=KITE, settings="pro|5|16:9|2.5-turbo")).expect_message()

    assert offer.ephemeral
    assert "$0.26" in offer.text
    assert "$0.28" in offer.text
    assert await cove.nothing_stored()
    await cove.mira.click(offer, "Run")
    job = await cove.job_with_card(cove.mira)
    assert (job.mode, job.price_microusd) == ("pro", 280_000)
    assert job.request_key == f"d:{draft_id(form)}"


async def test_a_dearer_choice_is_asked_about_even_where_the_person_is_asked_no_more(cove: Cove) -> None:
    await cove.world.service.set_preferences(cove.person_id(cove.mira), Preferences(asks_first=False))
    form = await cove.mira.run("video")

    offer = (await cove.mira.submit(form, prompt=KITE, settings="pro|5|16:9|2.5-turbo")).expect_message()

    assert [clickable.label for clickable in offer.clickables][:2] == ["Run", "No"]
    assert await cove.nothing_stored()


async def test_a_cheaper_choice_in_the_form_needs_no_second_yes(cove: Cove) -> None:
    form = await cove.mira.run("video", quality="pro")
    assert "$0.28" in modal(form).title

    await cove.mira.submit(form, prompt=KITE, settings="std|5||2.1")

    job = await cove.job_with_card(cove.mira)
    assert (job.model, job.price_microusd) == ("2.1", 260_000)


async def test_a_person_s_defaults_stand_in_the_form(cove: Cove) -> None:
    own = Preferences(model="3.0", mode=Mode.PRO, seconds=10, spoiler=True, destination=Destination.DIRECT)
    await cove.world.service.set_preferences(cove.person_id(cove.mira), own)
    cove.use_ceilings(job=None)

    form = await cove.theo.run("video")
    assert chosen(form, "options") == []
    mine = await cove.mira.run("video", length=5)

    assert "$0.75" in modal(mine).title
    assert chosen(mine, "options") == ["spoiler", "private"]


async def test_the_form_of_a_longer_clip_has_no_length_and_answers_the_clip(cove: Cove) -> None:
    source = await cove.finished_clip(cove.theo)
    under = await button(cove, Verb.EXTEND, source.id)
    form = await cove.mira.click(under, "Press")

    await cove.mira.submit(form, prompt="a storm rolls in")

    job = await cove.job_with_card(cove.mira)
    card = await cove.card(job, cove.mira)
    assert list(modal(form).fields) == ["prompt", "options"]
    assert modal(form).title == f"Extend #{source.id} · price not known yet"
    assert (job.kind, job.source_id, job.input) == (
        JobKind.EXTEND,
        source.id,
        ExtendInput(prompt="a storm rolls in"),
    )
    assert card.reference_id == under.id


async def test_words_voice_and_speed_of_the_form_reach_the_lip_sync(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira)
    form = await opened(cove, Verb.LIPSYNC, source)

    await cove.mira.submit(form, say="The tide comes in.", voice="Rock", speed="1.3")

    job = await cove.job_with_card(cove.mira)
    assert len(modal(form).fields) == 5
    assert len(offered(form, "voice")) == 25
    assert job.input == LipsyncInput(text="The tide comes in.", voice="Rock", speed=1.3)


async def test_a_recording_in_the_form_is_spoken(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira)
    form = await opened(cove, Verb.LIPSYNC, source)

    await cove.mira.submit(form, recording=recording(3, "hello.ogg"))

    job = await cove.job_with_card(cove.mira)
    (asset,) = await cove.store.assets(job.id)
    assert job.input == LipsyncInput()
    assert (asset.role, asset.filename) == (AssetRole.AUDIO, "hello.ogg")


async def test_people_get_voices_of_their_own_language_first(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira)
    await cove.mira.set_locale("zh-CN")

    form = await opened(cove, Verb.LIPSYNC, source)

    assert offered(form, "voice")[0] == "阳光少年"
    assert len(offered(form, "voice")) == 25
    assert "Melody" in offered(form, "voice")


async def test_edit_begins_from_everything_that_made_the_clip(cove: Cove) -> None:
    made = await cove.finished_clip(
        cove.theo, "a harbour at dawn", model="1.6", quality="std", ratio="9:16", avoid="people",
        follow="strictly", camera="zoom-in-gentle", spoiler=True,
    )  # fmt: skip
    form = await opened(cove, Verb.EDIT, made)
    before = (modal(form).title, dict(modal(form).values), chosen(form, "options"))

    await cove.mira.submit(form, prompt="a harbour at dusk")

    job = await cove.job_with_card(cove.mira)
    assert before == (
        f"Edit #{made.id} · $0.26 with these settings",
        {"prompt": "a harbour at dawn", "avoid": "people"},
        ["spoiler"],
    )
    assert isinstance(made.input, VideoInput)
    assert job.input == replace(made.input, prompt="a harbour at dusk")
    assert (job.made_from, job.requester_id, job.spoiler) == (made.id, cove.person_id(cove.mira), True)


async def test_edit_of_a_picture_s_clip_keeps_the_picture_by_name_until_another_replaces_it(cove: Cove) -> None:
    made = await cove.finished_clip(cove.mira, "it opens", image=picture(name="harbour.png"))
    kept, replaced, without = [await opened(cove, Verb.EDIT, made) for _ in range(3)]

    await cove.mira.submit(kept, prompt="it closes")
    await cove.mira.submit(replaced, prompt="it burns", pictures=picture(name="fire.png"))
    await cove.mira.submit(without, prompt="it is gone", options=["no-pictures"])

    await asyncio.wait_for(cove.client.commands_finished(), 5)
    jobs = {job.prompt: job for job in await cove.running(cove.mira)}
    names = {prompt: [asset.filename for asset in await cove.store.assets(job.id)] for prompt, job in jobs.items()}
    assert "kept: harbour.png" in description(kept, "pictures")
    assert names == {"it closes": ["harbour.png"], "it burns": ["fire.png"], "it is gone": []}


async def test_edit_of_a_lip_sync_has_its_words_and_a_recording_replaces_them(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira)
    await cove.mira.run("lipsync", video=source.id, say="Hello.", voice="Rock", speed=1.3)
    spoken = await cove.finish(await cove.only_job(cove.mira))
    form = await opened(cove, Verb.EDIT, spoken)
    before = (modal(form).values["say"], chosen(form, "voice"), chosen(form, "speed"))

    await cove.mira.submit(form, recording=recording(3))

    job = await cove.job_with_card(cove.mira)
    assert before == ("Hello.", ["Rock"], ["1.3"])
    assert (job.input, job.made_from, job.source_id) == (LipsyncInput(), spoken.id, source.id)


async def test_what_a_clip_cannot_take_is_said_before_anything_is_typed(cove: Cove) -> None:
    newer = await cove.finished_clip(cove.mira, "a gull", model="2.1")

    outcome = await opened(cove, Verb.EXTEND, newer)

    assert outcome.kind == "message"
    assert "1.6" in outcome.expect_message().text


async def test_clips_of_another_server_and_made_up_ids_open_nothing(cove: Cove) -> None:
    made = await cove.finished_clip(cove.mira)
    strand = cove.mira.in_channel("strand")

    elsewhere = await strand.click(await button(cove, Verb.EDIT, made.id, person=strand, channel="strand"), "Press")
    nowhere = await cove.mira.click(await button(cove, Verb.EXTEND, "zzzzzz"), "Press")

    for outcome in (elsewhere, nowhere):
        assert outcome.kind == "message"
        assert outcome.expect_message().ephemeral
        assert "Nothing was done." in outcome.expect_message().text


async def test_a_private_form_and_its_clip_stay_out_of_the_channel(cove: Cove) -> None:
    form = await cove.mira.run("video", private=True)

    answer = await cove.mira.submit(form, prompt=KITE)

    job = await cove.job_with_card(cove.mira)
    direct = cove.mira.in_channel("dm")
    assert chosen(form, "options") == ["private"]
    assert answer.expect_message().ephemeral
    assert job.place.destination is Destination.DIRECT
    assert [message.id for message in await direct.messages()] == [job.card.message_id if job.card else 0]
    assert await cove.theo.messages() == []


@pytest.mark.parametrize("command", ["video", "extend", "lipsync"])
async def test_private_with_closed_direct_messages_is_refused_before_buying_and_says_the_remedy(
    cove: Cove, command: str
) -> None:
    source = await cove.finished_clip(cove.theo)
    options = {
        "video": {"prompt": KITE},
        "extend": {"video": source.id},
        "lipsync": {"video": source.id, "say": "hello"},
    }
    seen = [message.id for message in await cove.theo.messages()]
    await cove.mira.take_direct_messages(takes=False)

    outcome = await cove.mira.run(command, {**options[command], "private": True})

    answer = outcome.expect_message()
    assert answer.ephemeral
    assert "Allow direct messages" in answer.text
    assert await cove.nothing_stored()
    assert [message.id for message in await cove.theo.messages()] == seen


@pytest.mark.parametrize("command", ["video", "extend", "lipsync"])
async def test_private_sends_the_card_to_the_person_alone(cove: Cove, command: str) -> None:
    source = await cove.finished_clip(cove.theo)
    options = {
        "video": {"prompt": KITE},
        "extend": {"video": source.id},
        "lipsync": {"video": source.id, "say": "hello"},
    }
    seen = [message.id for message in await cove.theo.messages()]

    outcome = await cove.mira.run(command, {**options[command], "private": True})

    job = await cove.job_with_card(cove.mira)
    assert outcome.expect_message().ephemeral
    assert job.place.destination is Destination.DIRECT
    assert [message.id for message in await cove.theo.messages()] == seen


@pytest.mark.parametrize("letter", ["漢", "🦊", "a"])
async def test_the_longest_prompt_and_file_name_fit_into_a_form(cove: Cove, letter: str) -> None:
    name = f"{'h' * 251}.png"
    made = await cove.finished_clip(cove.mira, letter * 2_500, image=picture(name=name), avoid=letter * 2_500)

    form = await opened(cove, Verb.EDIT, made)

    assert form.kind == "modal"
    assert len(description(form, "pictures").encode("utf-16-le")) // 2 <= 100
    assert ".png" in description(form, "pictures")
    if letter != "🦊":
        await cove.mira.submit(form)
        job = await cove.job_with_card(cove.mira)
        assert job.prompt == letter * 2_500


async def test_discord_itself_lets_nobody_attach_to_a_form_what_is_no_picture_or_recording(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira)
    video, speech = await cove.mira.run("video"), await opened(cove, Verb.LIPSYNC, source)

    with pytest.raises(RequestRefused, match="image"):
        await cove.mira.submit(video, prompt=KITE, pictures=LocalFile("kite.svg", b"x"))
    with pytest.raises(RequestRefused, match="audio"):
        await cove.mira.submit(speech, recording=picture())

    assert part(video, "pictures")["label"] == "Pictures"
    assert await cove.nothing_stored()


async def test_a_form_that_would_come_too_late_is_given_up_in_words(offline: Cove) -> None:
    async with offline.online(offline.new_client(patience=0)):
        outcome = await offline.mira.run("video")

    assert outcome.kind == "message"
    assert outcome.expect_message().ephemeral
    assert "could not be opened in time" in outcome.expect_message().text


async def test_a_form_opened_before_a_restart_is_bought_after_it(offline: Cove) -> None:
    async with offline.online(offline.client):
        source = await offline.finished_clip(offline.theo)
        video = await offline.mira.run("video", avoid="people")
        extension = await opened(offline, Verb.EXTEND, source)
    offline.world.start_process()

    async with offline.online(offline.new_client()):
        await offline.mira.submit(video, prompt=KITE)
        await offline.mira.submit(extension, prompt="a storm rolls in")

        await asyncio.wait_for(offline.client.commands_finished(), 5)
    assert {job.kind for job in await offline.running(offline.mira)} == {JobKind.VIDEO, JobKind.EXTEND}


async def test_a_form_that_has_expired_buys_nothing_and_says_so(cove: Cove) -> None:
    form = await cove.mira.run("video")
    cove.world.clock.advance(26 * HOUR)

    answer = await cove.mira.submit(form, prompt=KITE)

    assert "no longer there" in answer.expect_message().text
    assert await cove.nothing_stored()


async def test_a_server_that_may_not_spend_gets_no_form(cove: Cove) -> None:
    outcome = await cove.mira.in_channel("strand").run("video")

    assert outcome.kind == "message"
    assert outcome.expect_message().ephemeral
