"""Saying once that one may use a picture or a recording: wherever a purchase begins, and kept for good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.community.record import Level, RuleKey
from bot.jobs.drafts import Drafts
from bot.jobs.house import ConsentKind
from bot.jobs.model import AssetRole, Job
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove, picture, recording
from tests.integration.cogs.test_spending import Keeping, result_of

ASKED = "By **I may use it** you say"
AGREE = "I may use it"


@pytest.fixture
def keeping() -> Keeping:
    return Keeping()


@pytest.fixture
async def house(offline: Cove, keeping: Keeping) -> AsyncIterator[Cove]:
    """A server whose rules hold, and which nobody has said anything to yet."""
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    offline.use_house()
    offline.world.drafts = Drafts(offline.store, keeping, offline.world.clock)
    async with offline.online(offline.new_client()):
        yield offline


async def settled(cove: Cove) -> None:
    await asyncio.wait_for(cove.client.commands_finished(), 5)


async def asks_nothing_first(cove: Cove, person: Person) -> None:
    chosen = await cove.world.service.preferences(cove.person_id(person))
    await cove.world.service.set_preferences(cove.person_id(person), replace(chosen, asks_first=False))


async def agreed(cove: Cove, person: Person, question: SeenMessage) -> None:
    await person.click(question, AGREE)
    await settled(cove)


async def consents(cove: Cove, person: Person) -> set[ConsentKind]:
    return set(await cove.store.consents(cove.person_id(person)))


async def roles_of(cove: Cove, job: Job) -> list[AssetRole]:
    return [asset.role for asset in await cove.store.assets(job.id)]


async def test_the_first_picture_is_asked_about_in_private_and_bought_at_once_after_yes(house: Cove) -> None:
    question = (await house.mira.run("video", prompt="a red kite", image=picture())).expect_message()

    assert question.ephemeral
    assert ASKED in question.text
    assert "$0.26" in question.text
    assert "seen in them" in question.text
    assert await house.nothing_stored()

    await agreed(house, house.mira, question)

    job = await house.only_job(house.mira)
    assert job.prompt == "a red kite"
    assert await roles_of(house, job) == [AssetRole.IMAGE]
    assert await consents(house, house.mira) == {ConsentKind.PICTURE}
    card = await house.card(job, house.theo)
    assert not card.ephemeral
    assert "On its way" in (await house.mira.message(question)).text


async def test_it_is_asked_once_and_of_each_person(house: Cove) -> None:
    question = (await house.mira.run("video", prompt="one", image=picture())).expect_message()
    await agreed(house, house.mira, question)

    second = (await house.mira.run("video", prompt="two", image=picture())).expect_message()
    others = (await house.theo.run("video", prompt="three", image=picture())).expect_message()

    assert not second.ephemeral
    assert len(await house.running(house.mira)) == 2
    assert ASKED in others.text
    assert await house.running(house.theo) == []


async def test_yes_pressed_twice_buys_once(house: Cove) -> None:
    question = (await house.mira.run("video", prompt="a red kite", image=picture())).expect_message()

    await asyncio.gather(agreed(house, house.mira, question), agreed(house, house.mira, question))

    assert len(await house.running(house.mira)) == 1


async def test_no_buys_nothing_keeps_no_word_and_lets_the_file_go(house: Cove, keeping: Keeping) -> None:
    question = (await house.mira.run("video", prompt="a red kite", image=picture())).expect_message()

    await house.mira.click(question, "No")
    await settled(house)

    assert await house.nothing_stored()
    assert await consents(house, house.mira) == set()
    assert keeping.deleted == ["held-1"]


async def test_a_yes_after_a_restart_buys_the_same(offline: Cove, keeping: Keeping) -> None:
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    offline.use_house()

    offline.world.drafts = Drafts(offline.store, keeping, offline.world.clock)
    async with offline.online(offline.new_client()):
        question = (await offline.mira.run("video", prompt="a red kite", image=picture())).expect_message()
    offline.world.start_process()
    offline.world.drafts = Drafts(offline.store, keeping, offline.world.clock)

    async with offline.online(offline.new_client()):
        await agreed(offline, offline.mira, question)

        assert (await offline.only_job(offline.mira)).prompt == "a red kite"


async def test_the_first_recording_is_asked_about_apart_from_pictures(house: Cove) -> None:
    await house.store.give_consent(house.person_id(house.mira), ConsentKind.PICTURE, 1)
    clip = await house.finished_clip(house.mira)

    question = (await house.mira.run("lipsync", video=clip.id, audio=recording(3))).expect_message()
    await agreed(house, house.mira, question)

    assert "heard in them" in question.text
    job = await house.only_job(house.mira)
    assert await roles_of(house, job) == [AssetRole.AUDIO]
    assert await consents(house, house.mira) == {ConsentKind.PICTURE, ConsentKind.VOICE}


async def test_words_alone_need_no_word(house: Cove) -> None:
    clip = await house.finished_clip(house.mira)

    card = (await house.mira.run("lipsync", video=clip.id, say="hello there")).expect_message()

    assert ASKED not in card.text
    assert len(await house.running(house.mira)) == 1


@pytest.mark.parametrize("asks_first", [True, False])
async def test_a_recording_in_a_reply_is_asked_about_below_it(house: Cove, asks_first: bool) -> None:
    clip = await house.finished_clip(house.mira)
    if not asks_first:
        await asks_nothing_first(house, house.mira)
    result = await result_of(house, clip)

    reply = await house.mira.reply(result, "lipsync", files=[recording(3)])
    question = await house.mira.wait_for(lambda one: one.reference_id == reply.id and one.from_bot)

    assert ASKED in question.text
    assert await house.running(house.mira) == []
    await agreed(house, house.mira, question)
    assert await roles_of(house, await house.only_job(house.mira)) == [AssetRole.AUDIO]


@pytest.mark.parametrize("asks_first", [True, False])
async def test_another_take_of_somebodys_picture_asks_who_takes_it(house: Cove, asks_first: bool) -> None:
    await house.store.give_consent(house.person_id(house.mira), ConsentKind.PICTURE, 1)
    clip = await house.finished_clip(house.mira, image=picture())
    if not asks_first:
        await asks_nothing_first(house, house.theo)
    result = await result_of(house, clip)

    reply = await house.theo.reply(result, "again")
    question = await house.theo.wait_for(lambda one: one.reference_id == reply.id and one.from_bot)
    await agreed(house, house.theo, question)

    assert ASKED in question.text
    assert (await house.only_job(house.theo)).made_from == clip.id


async def test_nobody_answers_for_somebody_else(house: Cove) -> None:
    clip = await house.finished_clip(house.mira)
    reply = await house.mira.reply(await result_of(house, clip), "lipsync", files=[recording(3)])
    question = await house.mira.wait_for(lambda one: one.reference_id == reply.id and one.from_bot)

    await house.theo.click(question, AGREE)
    await settled(house)

    assert await house.nothing_stored()
    assert await consents(house, house.theo) == set()
    assert await consents(house, house.mira) == set()


async def test_a_form_with_a_picture_asks_once_it_is_sent(house: Cove) -> None:
    form = await house.mira.run("video", image=picture())

    question = (await house.mira.submit(form, prompt="a red kite")).expect_message()
    await agreed(house, house.mira, question)

    assert ASKED in question.text
    assert "costs more" not in question.text
    job = await house.only_job(house.mira)
    assert await roles_of(house, job) == [AssetRole.IMAGE]


async def test_the_button_re_roll_asks_who_presses_it(house: Cove) -> None:
    await house.store.give_consent(house.person_id(house.mira), ConsentKind.PICTURE, 1)
    clip = await house.finished_clip(house.mira, image=picture())

    question = (await house.theo.click(await result_of(house, clip), "Re-roll")).expect_message()
    await agreed(house, house.theo, question)

    assert ASKED in question.text
    assert (await house.only_job(house.theo)).made_from == clip.id


async def test_a_refusal_comes_before_the_question(house: Cove) -> None:
    switched_off = {RuleKey(Level.SERVER, house.guild.id, "pictures"): "off"}
    await house.store.change_rules(house.guild.id, switched_off, [], by=1, at=1)

    refused = (await house.mira.run("video", prompt="a red kite", image=picture())).expect_message()

    assert refused.ephemeral
    assert "pictures are not taken" in refused.text
    assert ASKED not in refused.text
