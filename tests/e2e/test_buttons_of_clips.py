"""The buttons under clips and failures, pressed as people press them: after restarts, weeks later, twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.discord import Fault
from sandbox.discord.json_types import JsonObject
from sandbox.person import Person, RequestRefused
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.e2e.books import Row
from tests.e2e.community import (
    KITE,
    Community,
    answer_to,
    ask,
    card_that_says,
    nothing_bought,
    spending,
)
from tests.e2e.files import download, played

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"servers": "all"}
DAY = 24 * 3600
MIB = 1024 * 1024
TOO_LARGE: JsonObject = {"message": "Request entity too large", "code": 40005}
ROW = ["Extend", "Lip-sync", "Re-roll", "Edit", "More"]


@dataclass(frozen=True)
class Made:
    """A clip that somebody has."""

    card: SeenMessage
    result: SeenMessage
    job: Row


async def make(place: Community, person: Person, prompt: str = KITE, **options: str) -> Made:
    card = await ask(person, prompt, **options)
    result = await answer_to(person, card)
    await card_that_says(person, card, "Done")
    return Made(card, result, await place.job_of(card))


def labels(message: SeenMessage) -> list[str]:
    return [button.label for button in message.clickables]


async def card_of(person: Person, under: SeenMessage) -> SeenMessage:
    """Wait for the card that stands in reply to a message."""
    return await answer_to(person, under)


async def more_of(person: Person, clip: SeenMessage) -> SeenMessage:
    return (await person.click(clip, "More")).expect_message()


async def gone(person: Person, message: SeenMessage) -> bool:
    try:
        return (await person.message(message)).deleted
    except RequestRefused:
        return True


async def test_a_new_take_is_offered_bought_and_posted_with_buttons_of_its_own(place: Community):
    room = place.room()
    kite = await make(place, place.mira.in_channel(room))
    theo = place.theo.in_channel(room)

    async with spending(place) as spent:
        offer = (await theo.click(kite.result, "Re-roll")).expect_message()
        await theo.click(offer, "Run")
        card = await card_of(theo, kite.result)
        taken = await answer_to(theo, card)

    assert (offer.ephemeral, card.ephemeral) == (True, False)
    assert "$0.26" in offer.text
    assert labels(taken) == ROW
    assert taken.pinged == (place.person_id(place.theo),)
    assert spent.tasks == 1
    charged = {name for name, number in spent.quotas.items() if number == 1}
    assert [str(place.person_id(place.theo)) in name for name in charged] == [True]
    job = await place.job_of(card)
    assert job.requester_id == place.person_id(place.theo)
    assert job.made_from == kite.job.id


async def test_a_double_click_is_one_job(place: Community):
    mira = place.mira.in_channel(place.room())
    kite = await make(place, mira)

    async with spending(place) as spent:
        offers = await asyncio.gather(*(mira.click(kite.result, "Re-roll") for _ in range(2)))
        await asyncio.gather(
            *(mira.click(offer.expect_message(), "Run") for offer in offers for _ in range(2)), return_exceptions=True
        )
        await answer_to(mira, await card_of(mira, kite.result))

    assert spent.tasks == 1


@pytest.mark.parametrize("restarted", [False, True], ids=["the same process", "another process"])
async def test_weeks_later_a_clip_is_posted_again_and_made_again_from_what_is_kept(
    place: Community, tmp_path: Path, *, restarted: bool
):
    room = place.room()
    mira = place.mira.in_channel(room)
    kite = await make(place, mira)
    await place.advance(40 * DAY)  # every address of Discord's and of the provider's has died by now
    if restarted:
        await place.restart()

    shown = await more_of(mira, kite.result)
    answer = (await mira.click(shown, "Repost")).expect_message()
    await mira.click(shown, "Repost")
    again = await mira.wait_for(lambda message: "Repost of" in message.text, timeout_seconds=30)
    offer = (await mira.click(again, "Re-roll")).expect_message()
    await mira.click(offer, "Run")
    taken = await answer_to(mira, await card_of(mira, again))

    assert answer.ephemeral
    assert "posted again" in answer.text
    assert played(await download(mira, again, tmp_path)).seconds == pytest.approx(5, abs=0.3)
    assert taken.attachments
    assert labels(again) == ["Re-roll", "Edit", "More"]
    await place.idle()
    reposts = [one for one in await place.operator.messages(room) if "Repost of" in one.text]
    assert len(reposts) == 1
    details = (await mira.click(shown, "Details")).expect_message()
    assert "Extend: This clip is 40 days old" in details.text


async def test_a_deleted_clip_is_gone_from_the_channel_and_from_the_disk(place: Community):
    mira = place.mira.in_channel(place.room())
    kite = await make(place, mira)
    shown = await more_of(mira, kite.result)
    await mira.click(shown, "Repost")
    again = await mira.wait_for(lambda message: "Repost of" in message.text, timeout_seconds=30)
    await place.idle()
    kept = list((place.directory / "files").rglob("*.mp4"))

    question = (await mira.click(shown, "Delete")).expect_message()
    await mira.click(question, "Delete")
    card = await card_that_says(mira, kite.card, "Deleted")

    assert "for good" in question.text
    assert [await gone(mira, message) for message in (kite.result, again)] == [True, True]
    assert labels(card) == ["Details"]
    assert len([path for path in kept if not path.exists()]) == 1
    answer = (await mira.click(shown, "Repost")).expect_message()
    assert "was deleted" in answer.text


async def test_the_original_is_handed_over_where_a_smaller_copy_was_posted(place: Community, tmp_path: Path):
    room = place.room()
    mira = place.mira.in_channel(room)
    await place.provider.play(Scenario.STUCK, Scenario.WEBHOOK_OFF)
    card = await ask(mira)
    finished = await place.provider.finish((await place.task_of(card)).task_id)
    fill_up(place.output(finished), 9 * MIB)
    whole = place.output(finished).read_bytes()
    post_fails(place, room)
    await place.provider.send_webhook(finished.task_id)
    copy = await place.while_time_passes(answer_to(mira, card), step=1)
    assert copy.attachments[0].size < 8 * MIB

    shown = await more_of(mira, copy)
    await mira.click(shown, "Original")
    original = await mira.wait_for(lambda message: "as the provider made it" in message.text, timeout_seconds=30)

    assert original.ephemeral
    (file,) = original.attachments
    handed = await mira.download(file)
    assert handed.startswith(whole)
    assert b"trainedAlgorithmicMedia" in handed[len(whole) :]


async def test_where_the_original_was_posted_it_is_not_offered_again(place: Community):
    mira = place.mira.in_channel(place.room())
    kite = await make(place, mira)

    assert "Original" not in labels(await more_of(mira, kite.result))


async def test_a_passing_failure_is_tried_again(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.FAILS)
    card = await ask(mira)
    failure = await answer_to(mira, card)

    offer = (await mira.click(failure, "Retry")).expect_message()
    await mira.click(offer, "Run")
    taken = await answer_to(mira, await card_of(mira, failure))

    assert labels(failure) == ["Retry", "Details"]
    for words in ("Nothing was charged.", "Press **Retry**"):
        assert words in failure.text
    assert taken.attachments


async def test_what_has_to_be_paid_for_by_the_owner_is_not_offered_again(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.FAILS_OUT_OF_CREDIT)
    failure = await answer_to(mira, await ask(mira))

    assert labels(failure) == ["Details"]
    assert "Whoever runs the bot has been told" in failure.text


async def test_a_third_refusal_within_an_hour_lets_a_person_rest(place: Community):
    juno = place.juno.in_channel(place.room())
    await place.advance(3_700)

    failures = [await answer_to(juno, await ask(juno, f"a forbidden dance {number}")) for number in range(3)]

    assert [labels(failure) for failure in failures] == [["Edit", "Details"]] * 3
    resting = ["refused 3 of your requests within an hour" in failure.text for failure in failures]
    assert resting == [False, False, True]
    async with nothing_bought(place):
        refused = (await juno.run("video", prompt="a grey gull")).expect_message()
        assert refused.ephemeral
        assert "Nothing was charged." in refused.text
    other = await make(place, place.theo.in_channel(juno.channel))
    again = (await juno.click(other.result, "Re-roll")).expect_message()
    assert "Run" not in labels(again)
    await place.advance(3_700)
    offer = (await juno.click(other.result, "Re-roll")).expect_message()
    assert "Run" in labels(offer)


def post_fails(place: Community, room: str) -> None:
    """Let Discord refuse the next message with a file as too large."""
    path = f"/channels/{place.channel(room).id}/messages"
    place.discord.faults.add(Fault(kind="status", method="POST", path=path, status=413, body=TOO_LARGE))


def fill_up(clip: Path, size: int) -> None:
    """Make an MP4 larger by a box of free space (ISO/IEC 14496-12 §8.1.2)."""
    free = size - clip.stat().st_size
    with clip.open("ab") as file:
        file.write(free.to_bytes(4) + b"free" + bytes(free - 8))
