"""However a job ends, its person reads it in one new message, or on the card where they ended it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.person import LocalFile, Person
from sandbox.piapi.faults import Fault
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.e2e.community import KITE, Community, answer_to, ask, card_that_says, community, free_port, spending, until
from tests.e2e.files import download, played

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING = "Nothing was charged."


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
    briefly: str = "nothing charged"


ENDINGS = {
    "refused by moderation at once": Ending(
        Scenario.REFUSED_AS_TASK, ("safety filter refused this prompt", "say it differently")
    ),
    "removed by moderation later": Ending(
        Scenario.MODERATED, ("safety filter refused this prompt", "say it differently")
    ),
    "a passing failure": Ending(Scenario.FAILS, ("failed at the provider", "the same request may work")),
    "failed at once": Ending(Scenario.FAILS_AT_ONCE, ("did not work out",)),
    "failed and charged all the same": Ending(
        Scenario.FAILS_CHARGED, ("failed at the provider",), "The provider charged $0.26.", "$0.26 charged"
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
    card = await card_that_says(mira, card, "see why")
    assert ending.briefly in card.text
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

    card = await ask(mira, model="2.6")
    answer = await only_answer(place, mira, card)

    assert "price not known yet" in card.text
    assert "$0.20" in answer.text


async def test_a_clip_that_cannot_be_fetched_at_once_is_fetched_a_little_later(place: Community, tmp_path: Path):
    mira = place.mira.in_channel(place.room())
    await place.provider.spoil("output", Fault.UNAVAILABLE)

    card = await ask(mira)
    await card_that_says(mira, card, "Uploading")
    answer = await place.while_time_passes(only_answer(place, mira, card))

    assert played(await download(mira, answer, tmp_path)).seconds == pytest.approx(5, abs=0.3)


async def test_a_clip_that_cannot_be_had_is_posted_as_a_link(place: Community):
    mira = place.mira.in_channel(place.room())
    cards = []
    for scenario in (
        Scenario.OUTPUT_EXPIRED,
        Scenario.OUTPUT_WRONG_TYPE,
        Scenario.OUTPUT_OVERSIZE_DECLARED,
        Scenario.OUTPUT_REDIRECT_AWAY,
    ):
        await place.provider.play(scenario)
        cards.append(await ask(mira))
        await place.task_of(cards[-1])

    for card in cards:
        answer = await place.while_time_passes(answer_to(mira, card), step=30)

        assert answer.attachments == ()
        assert "could not be copied here" in answer.text
        assert (await place.task_of(card)).output_url in answer.text
        assert "$0.26" in answer.text
    await place.idle()
    assert [len(await place.answers_to(card)) for card in cards] == [1] * len(cards)


@pytest.mark.parametrize("scenario", [Scenario.OUTPUT_REDIRECT, Scenario.OUTPUT_WORKS_ONLY])
async def test_every_way_in_which_the_provider_hands_over_a_clip_is_understood(place: Community, scenario: Scenario):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(scenario)

    assert (await only_answer(place, mira, await ask(mira))).attachments


async def test_a_provider_that_is_busy_is_asked_again_and_buys_once(place: Community):
    mira = place.mira.in_channel(place.room())
    for scenario in (Scenario.BUSY, Scenario.OVERLOADED, Scenario.RATE_LIMITED, Scenario.RATE_LIMITED_BARE):
        await place.provider.play(scenario)

    async with spending(place) as spent:
        answer = await place.while_time_passes(only_answer(place, mira, await ask(mira)))

    assert answer.attachments
    assert (spent.creates, spent.tasks) == (5, 1)


async def test_a_clip_that_never_reached_the_provider_is_given_back_once_that_has_lasted_an_hour(tmp_path: Path):
    async with community(tmp_path, piapi_base_url=f"http://127.0.0.1:{free_port()}") as place:
        await place.start()
        card = await ask(place.mira)
        await place.job_of(card, needs="attempts")

        answer = await place.while_time_passes(only_answer(place, place.mira, card), step=600)

        for words in ("The provider cannot be used right now.", NOTHING):
            assert words in answer.text
        assert place.books.quotas() == {}


async def test_a_task_that_the_provider_no_longer_knows_is_given_up_after_a_day(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.VANISHES)

    async with spending(place) as spent:
        card = await ask(mira)
        await place.task_of(card)
        answer = await place.while_time_passes(answer_to(mira, card), step=1_800)

    for words in ("lost on the way", "no longer knows about it", "not known yet", "will be posted here"):
        assert words in answer.text
    assert (spent.creates, list(spent.quotas.values())) == (1, [260_000])


async def test_a_task_that_completes_without_a_clip_is_given_ten_minutes_and_then_told_with_its_cost(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.NO_URL)
    card = await ask(mira)
    await place.job_of(card, needs="stalled_since")

    await place.advance(300)
    gets = (await place.task_of(card)).gets
    await until(lambda: asked_again(place, card, gets), "the provider to be asked again")
    assert await place.answers_to(card) == []
    await place.advance(301)
    answer = await only_answer(place, mira, card)

    for words in ("handed over no clip", "The provider charged $0.26."):
        assert words in answer.text


async def asked_again(place: Community, card: SeenMessage, gets: int) -> bool:
    return (await place.task_of(card)).gets > gets


async def test_without_credit_clips_wait_say_why_and_go_on_when_there_is_credit_again(place: Community):
    mira, theo = place.mira.in_channel(place.room()), place.theo.in_channel(place.room())
    await place.provider.play(Scenario.OUT_OF_CREDIT)

    async with spending(place) as spent:
        card = await ask(mira)
        waiting = await card_that_says(mira, card, "has run out of credit")
        other = await ask(theo)
        await card_that_says(theo, other, "Trying again")
        assert "nothing is lost" in waiting.text
        await place.advance(301)
        results = [await answer_to(mira, card), await answer_to(theo, other)]

    assert all(result.attachments for result in results)
    assert (spent.creates, spent.tasks) == (3, 2)


async def test_what_waited_an_hour_for_credit_is_given_back_with_its_quota(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.OUT_OF_CREDIT_402, times=None)

    async with spending(place) as spent:
        card = await ask(mira)
        await card_that_says(mira, card, "has run out of credit")
        await place.advance(3_601)
        answer = await only_answer(place, mira, card)
    await place.provider.clear_scenarios()
    await place.advance(301)

    for words in ("has run out of credit", "Whoever runs the bot has been told", NOTHING):
        assert words in answer.text
    assert (spent.tasks, spent.quotas) == (0, {})


async def test_what_the_provider_stops_in_time_is_cancelled_on_the_card_alone(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.set_speed(None, 0.05)

    async with spending(place) as spent:
        card = await ask(mira)
        await place.task_of(card)
        told = (await mira.click(card, "Cancel")).expect_message()
        cancelled = await card_that_says(mira, card, "Cancelled")
    await place.provider.set_speed(0.0, 0.05)

    assert "asked to stop" in told.text
    assert NOTHING in cancelled.text
    assert await place.answers_to(card) == []
    assert (await place.task_of(card)).status == "cancelled"
    assert spent.quotas == {}


async def test_what_the_provider_does_not_stop_in_time_is_posted_all_the_same(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.STUCK)
    card = await ask(mira)
    task = await place.task_of(card)

    await mira.click(card, "Cancel")
    await card_that_says(mira, card, "Cancelling")
    await place.job_of(card, needs="cancel_sent_at")
    await place.provider.finish(task.task_id)
    answer = await only_answer(place, mira, card)

    assert answer.attachments
    assert "$0.26" in answer.text
