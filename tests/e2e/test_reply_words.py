"""Replies that do not spend: words, pictures, questions, mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.discord.permissions import Permission
from sandbox.person import LocalFile
from sandbox.piapi.scenarios import Scenario
from tests.e2e.community import (
    KITE,
    Community,
    answer_to,
    ask,
    community,
    nothing_bought,
    until,
)
from tests.e2e.files import picture
from tests.e2e.replying import (
    Made,
    answered,
    at,
    is_deleted,
    make,
    run,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"servers": "all"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kite(shared: Community) -> Made:
    """Mira's clip, five seconds of 1.6."""
    return await make(shared, shared.mira.in_channel(shared.room()))


async def test_words_get_an_offer_that_goes_by_itself_with_its_buttons(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        own = await make(place, place.mira)
        kept = await answered(place.mira, own.result, "a gull flies by")
        gone = await answered(place.mira, own.result, "and it rains")
        assert "Nothing is bought unless you press Run." in gone.text
        await run(place, place.mira, kept)
        await place.idle()

        await place.while_time_passes(until(lambda: is_deleted(place, gone), "the offer taken away"), step=60)

        assert "Done" in (await place.mira.message(kept)).text
        assert len(place.books.jobs()) == 2


async def test_what_nobody_takes_up_goes_by_itself(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        own = await make(place, place.mira)
        question = await answered(place.mira, own.result, "delete")
        await place.operator.set_overwrite("general", "bot", deny=int(Permission.ATTACH_FILES))
        refusal = await answered(place.theo, own.result, "wow nice")
        assert "for good" in question.text
        assert "Attach Files" in refusal.text

        for answer in (question, refusal):
            await place.while_time_passes(until(lambda it=answer: is_deleted(place, it), "taken away"), step=60)

        assert not await is_deleted(place, own.result)


async def test_words_for_a_clip_that_cannot_go_on_get_one_line(place: Community):
    mira = place.mira.in_channel(place.room())
    own = await make(place, mira, model="2.1")
    async with nothing_bought(place):
        line = await answered(mira, own.result, "wow nice")
    assert line.text == (
        "This clip cannot be extended. Reply `say …`, `again` or `edit`, or `help` for everything. Nothing was charged."
    )
    assert line.clickables == ()


async def test_a_picture_proposes_a_clip_from_it_with_the_words_beside_it_or_the_clips_own(
    place: Community, kite: Made
):
    mira = at(place.mira, kite.result)
    for words, prompt in (("", KITE), ("a teal boat", "a teal boat")):
        offer = await answered(mira, kite.result, words, files=(picture("boat.png"),))
        assert [button.label for button in offer.clickables] == ["Run", "No"]
        job, task = await run(place, mira, offer)
        assert task.input["prompt"] == prompt
        assert "image_url" in task.input
        assert job.kind == "video"


async def test_other_files_and_bad_files_are_answered_in_words(place: Community, kite: Made):
    async with nothing_bought(place):
        other = await answered(place.mira, kite.result, files=(LocalFile("notes.txt", b"notes"),))
        tiny = await answered(place.mira, kite.result, files=(picture("dot.png", width=50, height=50),))
    assert "Nothing can be made of this file." in other.text
    assert "`image`" in tiny.text


async def test_info_says_little_and_leaves_the_rest_to_a_button(place: Community, kite: Made):
    info = await answered(place.theo, kite.result, "info")
    assert f"#{kite.job.id}" in info.text
    assert "$0.26" in info.text
    details = (await at(place.theo, kite.result).click(info, "Details")).expect_message()
    assert details.ephemeral


async def test_edit_leads_to_the_form(place: Community, kite: Made):
    answer = await answered(place.theo, kite.result, "edit --length 10")
    assert [button.custom_id for button in answer.clickables] == [f"egret:edit:{kite.job.id}"]
    assert "Put your changes into the form." in answer.text


async def test_delete_asks_once_and_only_those_who_may(place: Community, kite: Made):
    own = await answered(place.mira, kite.result, "delete")
    moderators = await answered(place.juno, kite.result, "delete")
    others = await answered(place.theo, kite.result, "delete")

    assert [button.custom_id for button in own.clickables] == [
        f"egret:remove:{kite.job.id}",
        f"egret:keep:{kite.job.id}",
    ]
    assert moderators.clickables == own.clickables
    assert others.clickables == ()
    assert "is not yours" in others.text


async def test_help_is_in_the_servers_language_and_names_every_verb(place: Community, kite: Made):
    answer = await answered(place.theo, kite.result, "help")
    verbs = ("extend …", "continue", "say …", "again", "edit", "info", "cancel", "delete", "help")
    assert [verb for verb in verbs if f"`{verb}`" not in answer.text] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("extend a storm --length 10", "an extension adds 4 to 5 seconds"),
        ("say hello --sped 1.2", "There is no `--sped`. Did you mean `--speed`?"),
        ("say hello --speed fast", "`--speed` cannot be “fast”. Write it like `--speed 1.2`."),
        ("say hello --speed 9", "`speed` is 9, and must be from"),
        ("say hello --voice Nobody", "there is no voice called “Nobody”"),
        ("again --voice Rock", "`--voice` does not go with `again`. `again` takes `--spoiler`"),
        ("again --length 7", "makes clips of 5 or 10 seconds, not of 7"),
        ("say", "There is nothing to say."),
    ],
)
async def test_a_wrong_reply_names_what_is_wrong_and_what_is_right(place: Community, kite: Made, words: str, said: str):
    async with nothing_bought(place):
        answer = await answered(place.mira, kite.result, words)
    assert said in answer.text
    assert "Nothing was charged." in answer.text


async def test_an_extension_made_again_takes_no_length(place: Community, kite: Made):
    mira = at(place.mira, kite.result)
    offer = await answered(mira, kite.result, "continue")
    await run(place, mira, offer)
    longer = await answer_to(mira, offer)

    refused = await answered(mira, longer, "again --length 10")
    hidden = await answered(mira, longer, "again --spoiler")
    job, _ = await run(place, mira, hidden)

    assert "an extension adds 4 to 5 seconds" in refused.text
    assert (job.kind, job.spoiler) == ("extend", 1)


async def test_cancel_is_for_its_owner_and_for_moderators(tmp_path: Path):
    async with community(tmp_path, max_in_flight="1") as place:
        await place.start()
        own = await make(place, place.mira)
        await place.provider.play(Scenario.STUCK)
        running = await ask(place.mira)
        task = await place.task_of(running)
        offers = [await answered(place.mira, own.result, "again") for _ in range(2)]
        for offer in offers:
            await place.mira.click(offer, "Run")
            await place.job_of(offer)

        others = await answered(place.theo, offers[0], "cancel")
        moderators = await answered(place.juno, offers[0], "cancel")
        owners = await answered(place.mira, offers[1], "abbrechen")

        assert "is not yours" in others.text
        for told in (moderators, owners):
            assert "is cancelled. Nothing was charged." in told.text
        await place.provider.finish(task.task_id)
        await place.idle()
        assert await place.creates() == 2
