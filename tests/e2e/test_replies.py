"""Replies that spend: what each buys for whom, and that nothing is bought twice."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from sandbox.piapi.scenarios import Scenario
from tests.e2e.community import (
    KITE,
    Community,
    answer_to,
    ask,
    card_that_says,
    nothing_bought,
    spending,
)
from tests.e2e.files import recording
from tests.e2e.replying import (
    Made,
    answered,
    at,
    make,
    redeliver,
    run,
    settled,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"servers": "all"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kite(shared: Community) -> Made:
    """Mira's clip, five seconds of 1.6."""
    return await make(shared, shared.mira.in_channel(shared.room()))


async def test_extend_with_words_offers_the_price_and_run_makes_the_offer_the_card(place: Community, kite: Made):
    async with nothing_bought(place):
        offer = await answered(place.theo, kite.result, "Extend a storm rolls in")
    assert f"Extend `#{kite.job.id}`: “a storm rolls in” — **price not known yet**" in offer.text

    async with spending(place) as spent:
        job, task = await run(place, at(place.theo, kite.result), offer)

    assert task.task_type == "extend_video"
    assert task.input == {"origin_task_id": kite.job.task_id, "prompt": "a storm rolls in"}
    assert job.requester_id == place.person_id(place.theo)
    assert (spent.creates, spent.tasks) == (1, 1)
    assert sum(1 for name in spent.quotas if str(place.person_id(place.theo)) in name) == 1
    result = await answer_to(at(place.theo, kite.result), offer)
    assert place.person_id(place.theo) in result.pinged


@pytest.mark.parametrize("words", ["continue", "LONGER!", "más largo", "もっと長く"])
async def test_a_word_alone_extends_without_words(place: Community, kite: Made, words: str):
    offer = await answered(place.mira, kite.result, words)
    _, task = await run(place, at(place.mira, kite.result), offer)
    assert task.input == {"origin_task_id": kite.job.task_id}


async def test_say_with_phone_punctuation_makes_the_clip_speak(place: Community, kite: Made):
    offer = await answered(place.mira, kite.result, "say “the tide is in” —voice rock —speed 1,2 —spoiler")
    job, task = await run(place, at(place.mira, kite.result), offer)

    assert task.task_type == "lip_sync"
    assert task.input == {
        "origin_task_id": kite.job.task_id,
        "tts_text": "the tide is in",
        "tts_timbre": "Rock",
        "tts_speed": 1.2,
    }
    result = await answer_to(at(place.mira, kite.result), offer)
    assert result.attachments[0].spoiler
    assert job.spoiler


async def test_a_voice_message_makes_the_clip_speak_even_when_it_is_deleted_before_run(place: Community, kite: Made):
    mira = at(place.mira, kite.result)
    reply = await mira.voice_reply(kite.result, recording("voice-message.ogg", 3))
    offer = await answer_to(mira, reply)
    await mira.delete(reply)

    _, task = await run(place, mira, offer)

    assert set(task.input) == {"origin_task_id", "local_dubbing_url"}
    assert task.input["origin_task_id"] == kite.job.task_id


async def test_an_audio_file_with_dub_makes_the_clip_speak(place: Community, kite: Made):
    offer = await answered(place.mira, kite.result, "dub", files=(recording("hello.mp3", 3),))
    assert "with your recording" in offer.text
    _, task = await run(place, at(place.mira, kite.result), offer)
    assert "local_dubbing_url" in task.input


async def test_again_makes_a_new_take_for_whoever_replies(place: Community, kite: Made):
    offer = await answered(place.theo, kite.result, "nochmal")
    job, task = await run(place, at(place.theo, kite.result), offer)
    assert (job.made_from, job.requester_id) == (kite.job.id, place.person_id(place.theo))
    assert task.input["prompt"] == KITE


async def test_again_with_changes_changes_only_these(place: Community, kite: Made):
    offer = await answered(place.mira, kite.result, "again --length 10s --avoid “rain, fog” --quality Pro --spoiler")
    job, task = await run(place, at(place.mira, kite.result), offer)
    assert (task.input["prompt"], task.input["duration"], task.input["negative_prompt"]) == (KITE, 10, "rain, fog")
    assert task.input["mode"] == "pro"
    assert (job.spoiler, job.made_from) == (1, kite.job.id)


async def test_retry_under_a_failure_makes_it_once_more(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.FAILS)
    card = await ask(mira)
    failure = await answer_to(mira, card)
    failed = await place.job_of(card, needs="finished_at")

    offer = await answered(mira, failure, "retry")
    job, _ = await run(place, mira, offer)

    assert job.made_from == failed.id
    assert (await answer_to(mira, offer)).attachments


async def test_the_card_of_a_reply_can_be_replied_to(place: Community, kite: Made):
    offer = await answered(place.mira, kite.result, "again")
    job, _ = await run(place, at(place.mira, kite.result), offer)

    info = await answered(place.theo, offer, "info")

    assert f"#{job.id}" in info.text


async def test_whoever_wants_no_questions_gets_the_card_at_once_and_words_still_only_an_offer(place: Community):
    juno = place.juno.in_channel(place.room())
    own = await make(place, juno)
    offer = await answered(juno, own.result, "again")
    await run(place, juno, offer, "Run, and don't ask again")

    async with spending(place) as spent:
        reply = await juno.reply(own.result, "say hello")
        card = await answer_to(juno, reply)
        await answer_to(juno, card)
    async with nothing_bought(place):
        proposal = await answered(juno, own.result, "wow nice")

    assert spent.tasks == 1
    assert (await place.job_of(card)).requester_id == place.person_id(juno)
    assert [button.label for button in proposal.clickables] == ["Run", "No"]


async def test_only_its_author_can_take_an_offer_up_or_turn_it_down(place: Community, kite: Made):
    offer = await answered(place.mira, kite.result, "extend")
    theo = at(place.theo, kite.result)

    async with nothing_bought(place):
        for button in ("Run", "No", "Run, and don't ask again"):
            said = (await theo.click(offer, button)).expect_message()
            assert said.ephemeral
            assert "Only the person this was offered to" in said.text
        standing = await theo.message(offer)
        await at(place.mira, kite.result).click(offer, "No")

    assert standing.text == offer.text
    assert offer.id not in [message.id for message in await theo.messages()]


async def test_a_double_press_is_one_job_with_one_card(place: Community, kite: Made):
    mira = at(place.mira, kite.result)
    offer = await answered(mira, kite.result, "continue")

    async with spending(place) as spent:
        first, second = await asyncio.gather(mira.click(offer, "Run"), mira.click(offer, "Run"))
        await card_that_says(mira, offer, "Done")
        job = await place.job_of(offer)

    assert (first.failed, second.failed) == (False, False)
    assert spent.tasks == 1
    assert [row.id for row in place.books.jobs() if row.request_key == job.request_key] == [job.id]


async def test_an_event_that_comes_twice_offers_once_and_buys_once(place: Community, kite: Made):
    mira = at(place.mira, kite.result)
    reply = await mira.reply(kite.result, "continue")
    offer = await answer_to(mira, reply)

    redeliver(place, reply)
    await settled(place, mira, kite.result)
    job, _ = await run(place, mira, offer)
    redeliver(place, reply)
    await settled(place, mira, kite.result)

    posted = await place.operator.messages(str(kite.result.channel_id))
    assert [message.id for message in posted if message.reference_id == reply.id] == [offer.id]
    assert [row.id for row in place.books.jobs() if row.request_key == job.request_key] == [job.id]
