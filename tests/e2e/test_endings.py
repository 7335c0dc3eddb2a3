"""However a job ends, its person reads it in one new message, or on the card where they ended it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.person import LocalFile, Person
from sandbox.piapi import Options
from sandbox.piapi.faults import Fault
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.e2e.community import WHEN_TOLD, Community, answer_to, card_that_says, community, free_port, until
from tests.e2e.files import download, played

pytestmark = pytest.mark.asyncio(loop_scope="module")

KITE = "a red kite over the sea"
NOTHING = "Nothing was charged."
PENDING = Options(pending_seconds=None, processing_seconds=0.0)
"""A provider whose tasks wait in line there."""


async def ask(person: Person, prompt: str = KITE, **options: str | int) -> SeenMessage:
    """Run /video and return the card."""
    return (await person.run("video", {"prompt": prompt, **options})).expect_message()


async def only_answer(place: Community, person: Person, card: SeenMessage) -> SeenMessage:
    """Return the one message that ended a card's job: new, in reply to the card, to its requester alone."""
    answer = await answer_to(person, card)
    await place.idle()
    (only,) = await place.answers_to(card)
    assert only.id == answer.id
    assert not answer.ephemeral
    assert answer.pinged == (place.person_id(person),)
    return answer


@dataclass(frozen=True)
class Ending:
    """What goes wrong at the provider, and what its person has to read."""

    scenario: Scenario
    words: tuple[str, ...]
    charged: str = NOTHING


ENDINGS = {
    "refused by moderation at once": Ending(
        Scenario.REFUSED_AS_TASK, ("safety filter refused this prompt", "Say it differently")
    ),
    "removed by moderation later": Ending(
        Scenario.MODERATED, ("safety filter refused this prompt", "Say it differently")
    ),
    "a passing failure": Ending(Scenario.FAILS, ("failed at the provider", "the same request may work")),
    "failed at once": Ending(Scenario.FAILS_AT_ONCE, ("did not work out",)),
    "failed and charged all the same": Ending(
        Scenario.FAILS_CHARGED, ("failed at the provider",), "The provider charged $0.26."
    ),
}


@pytest.mark.parametrize("how", ENDINGS)
async def test_a_failure_is_one_message_that_says_what_happened_what_it_cost_and_what_to_do(place: Community, how: str):
    ending = ENDINGS[how]
    mira = place.mira.in_channel(place.room())
    await place.provider.play(ending.scenario)

    card = await ask(mira)
    answer = await only_answer(place, mira, card)

    assert answer.attachments == ()
    assert [words for words in (*ending.words, ending.charged, KITE) if words not in answer.text] == []
    card = await card_that_says(mira, card, "Failed")
    assert ending.charged in card.text
    assert "Cancel" not in [button.label for button in card.clickables]


async def test_a_clip_without_a_face_cannot_speak_and_its_person_is_told_which_can(place: Community):
    mira = place.mira.in_channel(place.room())
    source = await ask(mira)
    await answer_to(mira, source)
    await place.provider.play(Scenario.NO_FACE, task_type="lip_sync")

    card = (await mira.run("lipsync", video=place.link(source), say="Hello")).expect_message()
    answer = await only_answer(place, mira, card)

    for words in ("found no face", "one face is seen clearly", NOTHING):
        assert words in answer.text


async def test_a_file_that_is_not_what_its_name_says_ends_the_job_before_anything_is_bought(place: Community):
    mira = place.mira.in_channel(place.room())
    creates = await place.creates()

    outcome = await mira.run("video", prompt=KITE, image=LocalFile("kite.png", b"no picture at all"))
    answer = await only_answer(place, mira, outcome.expect_message())

    for words in ("`image`", "cannot be read", NOTHING):
        assert words in answer.text
    assert await place.creates() == creates


async def test_a_price_that_is_not_known_is_never_shown_as_nothing(place: Community):
    mira = place.mira.in_channel(place.room())

    card = await ask(mira, model="1.6", quality="pro")
    answer = await only_answer(place, mira, card)

    assert "price not known yet" in card.text
    assert "$0.46" in answer.text


async def test_a_clip_that_cannot_be_fetched_at_once_is_fetched_a_little_later(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        await place.provider.spoil("output", Fault.UNAVAILABLE)
        card = await ask(place.mira)
        job = await place.job_of(card, needs="finished_at")
        await until(lambda: place.books.job().due_at > job.finished_at, "another try to be due")

        await place.advance(10)
        answer = await only_answer(place, place.mira, card)

        assert played(await download(place.mira, answer, tmp_path)).seconds == pytest.approx(5, abs=0.3)


async def test_a_clip_that_cannot_be_had_is_posted_as_a_link_where_there_is_one(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        marks = ("output-expired", "output-wrong-type", "output-oversize-declared", "output-redirect-away")
        cards = [await ask(place.mira, f"{KITE} [{mark}]") for mark in marks]
        for card in cards:
            await place.job_of(card, needs="finished_at")

        for card in cards:
            answer = await place.while_time_passes(answer_to(place.mira, card), step=30)

            assert answer.attachments == ()
            assert "could not be copied here" in answer.text
            assert (await place.task_of(card)).output_url in answer.text
            assert "$0.26" in answer.text
        await place.idle()
        assert [len(await place.answers_to(card)) for card in cards] == [1] * len(cards)


async def test_every_way_in_which_the_provider_hands_over_a_clip_is_understood(place: Community):
    mira = place.mira.in_channel(place.room())

    cards = [await ask(mira, f"{KITE} [{mark}]") for mark in ("output-redirect", "output-works-only")]

    for card in cards:
        assert (await answer_to(mira, card)).attachments


async def test_a_provider_that_is_busy_is_asked_again_and_buys_once(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        for scenario in (Scenario.BUSY, Scenario.OVERLOADED, Scenario.RATE_LIMITED, Scenario.RATE_LIMITED_BARE):
            await place.provider.play(scenario)

        card = await ask(place.mira)
        answer = await place.while_time_passes(only_answer(place, place.mira, card))

        assert answer.attachments
        assert (await place.provider.summary()).tasks_created == 1
        assert await place.creates() == 5


async def test_a_clip_that_never_reached_the_provider_is_given_back_after_a_day(tmp_path: Path):
    async with community(tmp_path, piapi_base_url=f"http://127.0.0.1:{free_port()}") as place:
        await place.start()
        card = await ask(place.mira)
        await place.job_of(card, needs="attempts")

        answer = await place.while_time_passes(only_answer(place, place.mira, card), step=3_600)

        for words in ("waited too long in line and was never sent", NOTHING):
            assert words in answer.text
        assert place.books.quotas() == {}


async def test_a_task_that_the_provider_no_longer_knows_is_given_up_after_a_day(tmp_path: Path):
    async with community(tmp_path, options=WHEN_TOLD) as place:
        await place.start()
        await place.provider.play(Scenario.VANISHES)
        card = await ask(place.mira)
        await place.task_of(card)

        answer = await place.while_time_passes(answer_to(place.mira, card), step=1_800)

        for words in ("lost on the way", "no longer knows about it", "not known yet", "will be posted here"):
            assert words in answer.text
        assert place.books.job().state == "abandoned"
        assert await place.creates() == 1


async def test_a_task_that_completes_without_a_clip_is_given_ten_minutes_and_then_told_with_its_cost(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        await place.provider.play(Scenario.NO_URL)
        card = await ask(place.mira)
        await place.job_of(card, needs="stalled_since")

        await place.advance(300)
        gets = (await place.task_of(card)).gets
        await until(lambda: asked_again(place, card, gets), "the provider to be asked again")
        assert await place.answers_to(card) == []
        await place.advance(301)
        answer = await only_answer(place, place.mira, card)

        for words in ("handed over no clip", "The provider charged $0.26."):
            assert words in answer.text


async def asked_again(place: Community, card: SeenMessage, gets: int) -> bool:
    return (await place.task_of(card)).gets > gets


async def test_without_credit_clips_wait_say_why_and_go_on_when_there_is_credit_again(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        await place.provider.play(Scenario.OUT_OF_CREDIT)
        card = await ask(place.mira)
        waiting = await card_that_says(place.mira, card, "has run out of credit")
        other = await ask(place.theo, "a heron in the reeds")
        await card_that_says(place.theo, other, "Trying again")

        assert "nothing is lost" in waiting.text
        assert await place.creates() == 1
        await place.advance(301)
        results = [await answer_to(place.mira, card), await answer_to(place.theo, other)]

        assert all(result.attachments for result in results)
        await place.idle()
        assert (await place.provider.summary()).tasks_created == 2


async def test_what_waited_an_hour_for_credit_is_given_back_with_its_quota(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        await place.provider.play(Scenario.OUT_OF_CREDIT_402, times=None)
        card = await ask(place.mira)
        await card_that_says(place.mira, card, "has run out of credit")

        await place.advance(3_601)
        answer = await only_answer(place, place.mira, card)

        for words in ("has run out of credit", "Whoever runs the bot has been told", NOTHING):
            assert words in answer.text
        assert place.books.quotas() == {}


async def test_who_waits_sees_their_place_and_can_leave_the_line_at_no_cost(tmp_path: Path):
    async with community(tmp_path, options=WHEN_TOLD, max_in_flight="1") as place:
        await place.start()
        first = await ask(place.mira, "the first")
        task = await place.task_of(first)
        second, third = await ask(place.mira, "the second"), await ask(place.mira, "the third")
        await card_that_says(place.mira, second, "next in line")
        await card_that_says(place.mira, third, "2nd in line")

        denied = (await place.theo.click(second, "Cancel")).expect_message()
        cancelled = (await place.mira.click(second, "Cancel")).expect_message()

        assert denied.ephemeral
        assert "is not yours" in denied.text
        assert cancelled.ephemeral
        assert NOTHING in cancelled.text
        assert NOTHING in (await card_that_says(place.mira, second, "Cancelled")).text
        await place.advance(15)
        await card_that_says(place.mira, third, "next in line")
        await place.provider.finish(task.task_id)
        await answer_to(place.mira, first)
        await place.provider.finish((await place.task_of(third)).task_id)
        await answer_to(place.mira, third)
        await place.idle()
        assert await place.answers_to(second) == []
        assert await place.creates() == 2


async def test_the_list_of_ones_clips_has_what_runs_first_and_lets_a_moderator_not_others_cancel(tmp_path: Path):
    async with community(tmp_path, options=WHEN_TOLD, max_in_flight="1") as place:
        await place.start()
        done = await ask(place.mira, "the first")
        await place.provider.finish((await place.task_of(done)).task_id)
        result = await answer_to(place.mira, done)
        running, waiting = await ask(place.mira, "the second"), await ask(place.mira, "the third")
        await place.task_of(running)
        jobs = [await place.job_of(card) for card in (running, waiting, done)]

        listed = (await place.mira.run("clips")).expect_message()

        assert listed.ephemeral
        shown = listed.text
        places = [shown.index(f"#{job.id}") for job in jobs]
        assert places == sorted(places)
        assert [words for words in ("Generating", "next in line", place.link(result)) if words not in shown] == []
        assert [button.label for button in listed.clickables] == [f"Cancel #{job.id}" for job in jobs[:2]]
        await place.mira.click(listed, f"Cancel #{jobs[1].id}")
        await card_that_says(place.mira, waiting, "Cancelled")
        assert "asked to stop" in (await place.juno.click(running, "Cancel")).expect_message().text
        await card_that_says(place.mira, running, "Cancelling")


async def test_what_the_provider_stops_in_time_is_cancelled_on_the_card_alone(tmp_path: Path):
    async with community(tmp_path, options=PENDING) as place:
        await place.start()
        card = await ask(place.mira)
        await place.task_of(card)

        told = (await place.mira.click(card, "Cancel")).expect_message()
        cancelled = await card_that_says(place.mira, card, "Cancelled")

        assert "asked to stop" in told.text
        assert NOTHING in cancelled.text
        await place.idle()
        assert await place.answers_to(card) == []
        assert (await place.task_of(card)).status == "cancelled"
        assert place.books.quotas() == {}


async def test_what_the_provider_does_not_stop_in_time_is_posted_all_the_same(tmp_path: Path):
    async with community(tmp_path, options=WHEN_TOLD) as place:
        await place.start()
        card = await ask(place.mira)
        task = await place.task_of(card)

        await place.mira.click(card, "Cancel")
        await card_that_says(place.mira, card, "Cancelling")
        await place.job_of(card, needs="cancel_sent_at")
        await place.provider.finish(task.task_id)
        answer = await only_answer(place, place.mira, card)

        assert answer.attachments
        assert "$0.26" in answer.text
