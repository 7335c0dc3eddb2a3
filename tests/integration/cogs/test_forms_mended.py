"""Forms that were refused: they come back as they were typed, with the files kept, and buy one clip at most."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import HOUR
from bot.jobs.model import LipsyncInput, kept_file
from bot.jobs.ports import DraftKind
from bot.ui.custom_ids import Verb
from sandbox.person import LocalFile
from sandbox.seen import Outcome
from tests.integration.cogs.cove import Cove, picture, recording
from tests.integration.cogs.forms_driver import (
    button,
    chosen,
    description,
    draft_id,
    keeping_files,
    modal,
    opened,
)

KITE = "a red kite over the sea"
DEAR = "pro|10|16:9|3.0"
"""Over the ceiling of one dollar a clip."""


@pytest.fixture
async def bay(offline: Cove, tmp_path: Path) -> AsyncIterator[Cove]:
    """A server with Egret online, which can keep files."""
    async with keeping_files(offline, tmp_path), offline.online(offline.client):
        yield offline


async def refused(bay: Cove, **filled: object) -> Outcome:
    """Send a form that costs more than one clip may."""
    form = await bay.mira.run("video")
    return await bay.mira.submit(form, {"prompt": KITE, "settings": DEAR, **filled})


async def kept_names(bay: Cove, form: Outcome) -> list[str]:
    draft = await bay.world.drafts.find(draft_id(form), DraftKind.FORM)
    assert draft is not None
    return [file.filename for file in draft.files]


async def test_a_refused_form_says_why_and_opens_again_as_it_was_filled_in(bay: Cove) -> None:
    answer = (await refused(bay, avoid="people", options=["spoiler", "private"])).expect_message()

    again = await bay.mira.click(answer, "Fix it")

    assert answer.ephemeral
    assert "cannot be told what not to show" in answer.text
    assert "Nothing was charged." in answer.text
    assert modal(again).values == {"prompt": KITE, "avoid": "people"}
    assert chosen(again, "settings") == [DEAR]
    assert chosen(again, "options") == ["spoiler", "private"]
    assert "$" not in modal(again).title
    assert "asks before anything is bought" in description(again, "prompt")


async def test_files_of_a_refused_form_are_kept_and_used_after_their_address_has_died(bay: Cove) -> None:
    answer = (await refused(bay, pictures=picture(name="harbour.png"))).expect_message()
    bay.discord.clock.advance(25 * HOUR)

    answer_again = await bay.mira.click(answer, "Fix it")
    offer = (await bay.mira.submit(answer_again, settings="as-it-stands")).expect_message()
    await bay.mira.click(offer, "Run")

    job = await bay.job_with_card(bay.mira)
    (asset,) = await bay.store.assets(job.id)
    assert "Kept: “harbour.png”" in answer.text
    assert "kept: harbour.png" in description(answer_again, "pictures")
    assert asset.filename == "harbour.png"
    assert kept_file(asset.source_url) is not None
    assert job.request_key == f"d:{draft_id(answer_again)}"


async def test_files_given_with_the_command_are_kept_with_the_refused_form(bay: Cove) -> None:
    form = await bay.mira.run("video", image=picture(name="start.png"))

    answer = (await bay.mira.submit(form, prompt=KITE, settings="pro|10||3.0")).expect_message()
    again = await bay.mira.click(answer, "Fix it")

    assert "kept: start.png" in description(again, "pictures")
    assert await kept_names(bay, again) == ["start.png"]


async def test_a_new_file_takes_the_place_of_the_kept_one(bay: Cove) -> None:
    answer = (await refused(bay, pictures=picture(name="harbour.png"))).expect_message()
    again = await bay.mira.click(answer, "Fix it")

    offer = await bay.mira.submit(again, settings="as-it-stands", pictures=picture(name="fire.png"))
    await bay.mira.click(offer.expect_message(), "Run")

    job = await bay.job_with_card(bay.mira)
    assert [asset.filename for asset in await bay.store.assets(job.id)] == ["fire.png"]


async def test_a_picture_that_is_of_no_use_is_named_and_not_kept(bay: Cove) -> None:
    form = await bay.mira.run("video")

    answer = (await bay.mira.submit(form, prompt=KITE, pictures=picture(300, 640, "thin.png"))).expect_message()
    again = await bay.mira.click(answer, "Fix it")

    assert "300" in answer.text
    assert "Not kept, attach again: “thin.png”" in answer.text
    assert "kept" not in description(again, "pictures")
    await bay.mira.submit(again, pictures=picture(name="wide.png"))
    job = await bay.job_with_card(bay.mira)
    assert [asset.filename for asset in await bay.store.assets(job.id)] == ["wide.png"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (recording(61), "60"),
        (LocalFile("empty.mp3", b""), "`audio`"),
        pytest.param(
            LocalFile("huge.wav", bytes(20_000_000)),
            "20 MB",
            marks=pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning"),
        ),
    ],
)
async def test_a_recording_that_is_of_no_use_is_refused_and_the_rest_stays(
    bay: Cove, file: LocalFile, words: str
) -> None:
    bay.discord.operations.set_premium_tier(bay.guild, 3)
    source = await bay.finished_clip(bay.mira)
    form = await opened(bay, Verb.LIPSYNC, source)

    answer = (await bay.mira.submit(form, recording=file, options=["spoiler"])).expect_message()
    again = await bay.mira.click(answer, "Fix it")

    assert words in answer.text
    assert chosen(again, "options") == ["spoiler"]
    assert await bay.nothing_stored()


async def test_text_and_recording_together_are_refused_and_the_text_alone_can_be_sent_again(bay: Cove) -> None:
    source = await bay.finished_clip(bay.mira)
    form = await opened(bay, Verb.LIPSYNC, source)

    answer = (await bay.mira.submit(form, say="Hello.", voice="Rock", recording=recording(3))).expect_message()
    again = await bay.mira.click(answer, "Fix it")
    before = (modal(again).values["say"], chosen(again, "voice"), description(again, "recording"))
    await bay.mira.submit(again)

    job = await bay.job_with_card(bay.mira)
    assert before[:2] == ("Hello.", ["Rock"])
    assert "kept: hello.wav" in before[2]
    assert job.input == LipsyncInput(text="Hello.", voice="Rock", speed=1.0)


async def test_a_kept_recording_is_spoken_once_the_text_is_emptied(bay: Cove) -> None:
    source = await bay.finished_clip(bay.mira)
    form = await opened(bay, Verb.LIPSYNC, source)
    answer = (await bay.mira.submit(form, say="Hello.", recording=recording(3))).expect_message()

    await bay.mira.submit(await bay.mira.click(answer, "Fix it"), say="")

    job = await bay.job_with_card(bay.mira)
    (asset,) = await bay.store.assets(job.id)
    assert job.input == LipsyncInput()
    assert kept_file(asset.source_url) is not None


async def test_a_form_sent_twice_buys_one_clip(bay: Cove) -> None:
    source = await bay.finished_clip(bay.mira)
    form = await opened(bay, Verb.LIPSYNC, source)
    answer = (await bay.mira.submit(form)).expect_message()
    first, second = [await bay.mira.click(answer, "Fix it") for _ in range(2)]

    told = await asyncio.gather(bay.mira.submit(first, say="Hello."), bay.mira.submit(second, say="Hello again."))

    job = await bay.job_with_card(bay.mira)
    assert all(job.id in outcome.expect_message().text for outcome in told)
    assert sorted("asked for already" in outcome.expect_message().text for outcome in told) == [False, True]


async def test_a_form_that_became_an_offer_buys_nothing_beside_it(bay: Cove) -> None:
    answer = (await refused(bay)).expect_message()
    first, second = [await bay.mira.click(answer, "Fix it") for _ in range(2)]
    offer = (await bay.mira.submit(first, settings="pro|5|16:9|2.5-turbo")).expect_message()

    late = (await bay.mira.submit(second, settings="as-it-stands")).expect_message()
    await bay.mira.click(offer, "Run")

    assert "no longer there" in late.text
    assert (await bay.job_with_card(bay.mira)).mode == "pro"


async def test_a_refused_form_can_be_mended_after_a_restart(offline: Cove, tmp_path: Path) -> None:
    async with keeping_files(offline, tmp_path):
        async with offline.online(offline.client):
            answer = (await refused(offline, pictures=picture(name="harbour.png"))).expect_message()
        offline.new_client()

        async with offline.online(offline.client):
            again = await offline.mira.click(answer, "Fix it")

    assert modal(again).values["prompt"] == KITE
    assert "kept: harbour.png" in description(again, "pictures")


async def test_nobody_else_can_open_somebody_s_form(bay: Cove) -> None:
    form = await bay.mira.run("video")
    in_public = await button(bay, Verb.FIX, draft_id(form), person=bay.theo)

    outcome = await bay.theo.click(in_public, "Press")

    assert outcome.kind == "message"
    assert outcome.expect_message().ephemeral
    assert "Only the person" in outcome.expect_message().text


async def test_an_expired_form_is_not_opened_again(bay: Cove) -> None:
    answer = (await refused(bay)).expect_message()
    bay.world.clock.advance(26 * HOUR)

    outcome = await bay.mira.click(answer, "Fix it")

    assert "no longer there" in outcome.expect_message().text


async def test_closed_direct_messages_refuse_a_private_form_before_buying_and_keep_it(bay: Cove) -> None:
    form = await bay.mira.run("video", private=True)
    await bay.mira.take_direct_messages(takes=False)

    answer = (await bay.mira.submit(form, prompt=KITE)).expect_message()

    assert answer.ephemeral
    assert "Allow direct messages" in answer.text
    assert await bay.nothing_stored()
    assert await bay.theo.messages() == []
    again = await bay.mira.click(answer, "Fix it")
    await bay.mira.submit(again, options=[])
    assert not (await bay.job_with_card(bay.mira)).place.is_direct


async def test_a_picture_goes_into_a_dearer_offer_and_stays_there_when_its_address_dies(bay: Cove) -> None:
    form = await bay.mira.run("video", model="3.0", quality="std")
    offer = await bay.mira.submit(form, prompt=KITE, settings="pro|5|16:9|3.0", pictures=picture(name="harbour.png"))
    bay.discord.clock.advance(25 * HOUR)

    await bay.mira.click(offer.expect_message(), "Run")

    job = await bay.job_with_card(bay.mira)
    (asset,) = await bay.store.assets(job.id)
    assert (job.mode, asset.filename) == ("pro", "harbour.png")
    assert kept_file(asset.source_url) is not None
