"""A source that is used: a picture or a recording that somebody posted, and what is made from it."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
import pytest

from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.e2e.community import Community, answer_to, ask, nothing_bought, until
from tests.e2e.files import picture, recording

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUR = 3600
SPEAK = "Make a clip speak with it: which one?"
LONG_NAME = "a-picture-of-the-harbour-" * 9 + ".png"


@dataclass(frozen=True)
class Room:
    """A channel of a test's own with two people in it."""

    mira: Person
    theo: Person


@pytest.fixture
def room(place: Community) -> Room:
    name = place.room()
    return Room(place.mira.in_channel(name), place.theo.in_channel(name))


async def chosen(person: Person, message: SeenMessage) -> SeenMessage:
    answer = (await person.run_on(message, "Use as source")).expect_message()
    assert answer.ephemeral
    return answer


async def served(url: object) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(str(url)) as answer:
        assert answer.status == 200
        return await answer.read()


async def new_card(person: Person, *known: SeenMessage) -> SeenMessage:
    ids = {message.id for message in known}
    return await person.wait_for(lambda one: one.from_bot and not one.ephemeral and one.id not in ids)


def held_files(place: Community) -> list[str]:
    return [path.name for path in (place.directory / "files").rglob("held-*") if path.is_file()]


async def words_of(person: Person, **options: bool | str) -> str:
    return (await person.run("video", **options)).expect_message().text


async def test_a_picture_that_somebody_posted_becomes_a_clip_after_it_was_deleted_and_the_bot_restarted(
    place: Community, room: Room
):
    start = picture("harbour.png")
    posted = await room.theo.send("look", files=(start,))
    answer = await chosen(room.mira, posted)
    await room.theo.delete(posted)
    await place.restart()

    form = await room.mira.click(answer, "Make a video from it")
    await room.mira.submit(form, prompt="a storm rolls in")
    card = await new_card(room.mira)
    result = await answer_to(room.mira, card)

    assert "“harbour.png” is chosen" in answer.text
    assert result.attachments
    assert await served((await place.task_of(card)).input["image_url"]) == start.data
    assert "nothing is chosen" in await words_of(room.mira, prompt="another", use_source=True)


async def test_the_command_takes_the_picture_where_it_is_told_to_and_never_by_itself(place: Community, room: Room):
    start = picture("harbour.png")
    await chosen(room.mira, await room.mira.send(files=(start,)))

    without = await ask(room.mira, "a red kite")
    card = (await room.mira.run("video", prompt="a storm rolls in", use_source=True)).expect_message()
    await answer_to(room.mira, card)

    assert "image_url" not in (await place.task_of(without)).input
    assert await served((await place.task_of(card)).input["image_url"]) == start.data
    assert "nothing is chosen" in await words_of(room.mira, prompt="another", use_source=True)


async def test_a_form_that_is_dismissed_leaves_the_picture_chosen(place: Community, room: Room):
    answer = await chosen(room.mira, await room.mira.send(files=(picture(),)))

    async with nothing_bought(place):
        await room.mira.click(answer, "Make a video from it")
    form = await room.mira.run("video", use_source=True)
    await room.mira.submit(form, prompt="a storm rolls in")
    card = await new_card(room.mira)
    await answer_to(room.mira, card)

    assert "image_url" in (await place.task_of(card)).input


async def test_one_persons_choice_is_nobody_elses_and_stays_on_its_server(place: Community, room: Room):
    await chosen(room.mira, await room.theo.send(files=(picture(),)))

    async with nothing_bought(place):
        theos = await words_of(room.theo, prompt="mine", use_source=True)
        elsewhere = await words_of(place.mira.in_channel("strand"), prompt="mine", use_source=True)

    assert "nothing is chosen" in theos
    assert "nothing is chosen" in elsewhere or "not enabled" in elsewhere


@pytest.mark.parametrize("voice", [False, True], ids=["a file", "a voice message"])
async def test_a_recording_is_spoken_by_the_clip_that_is_picked(place: Community, room: Room, *, voice: bool):
    face = await ask(room.mira, "a face")
    clip = await answer_to(room.mira, face)
    said = recording("hello.ogg", 3)
    posted = await room.theo.send_voice(said) if voice else await room.theo.send(files=(said,))

    answer = await chosen(room.mira, posted)
    await room.theo.delete(posted)
    await place.restart()
    offer = (await room.mira.choose(answer, SPEAK, (await place.job_of(face)).id)).expect_message()
    await room.mira.click(offer, "Run")
    card = await new_card(room.mira, face, clip, posted)
    spoken = await answer_to(room.mira, card)

    assert "speak with your recording" in offer.text
    assert spoken.attachments
    assert await served((await place.task_of(card)).input["local_dubbing_url"]) == said.data
    again = (await room.mira.run("lipsync", video=place.link(clip), use_source=True)).expect_message()
    assert "nothing is chosen" in again.text


async def test_a_recording_chosen_before_there_is_a_clip_serves_the_command(place: Community, room: Room):
    said = recording("hello.mp3", 3)
    answer = await chosen(room.theo, await room.theo.send(files=(said,)))
    clip = await answer_to(room.theo, await ask(room.theo, "a face"))

    card = (await room.theo.run("lipsync", video=place.link(clip), use_source=True)).expect_message()
    await answer_to(room.theo, card)

    assert "“hello.mp3” is chosen" in answer.text
    assert await served((await place.task_of(card)).input["local_dubbing_url"]) == said.data


async def test_what_is_forgotten_is_deleted(place: Community, room: Room):
    before = set(held_files(place))
    answer = await chosen(room.mira, await room.mira.send(files=(picture(),)))
    kept = set(held_files(place)) - before

    forgotten = (await room.mira.click(answer, "Forget it")).expect_message()

    assert len(kept) == 1
    assert "nothing is chosen now" in forgotten.text
    assert not kept & set(held_files(place))
    assert "nothing is chosen" in await words_of(room.mira, prompt="late", use_source=True)


async def test_after_a_day_a_choice_is_gone_with_its_file(place: Community, room: Room):
    before = set(held_files(place))
    answer = await chosen(room.mira, await room.mira.send(files=(picture(),)))
    kept = set(held_files(place)) - before

    await place.advance(26 * HOUR)

    assert "no longer there" in (await room.mira.click(answer, "Make a video from it")).expect_message().text
    assert "nothing is chosen" in await words_of(room.mira, prompt="late", use_source=True)
    await place.restart()
    swept = until(lambda: not kept & set(held_files(place)), "the file to be deleted")
    await place.while_time_passes(swept)


async def test_a_later_choice_takes_the_place_of_the_earlier_one(place: Community, room: Room):
    first = await chosen(room.mira, await room.mira.send(files=(picture("first.png"),)))
    later = picture("later.png", colour="navy")
    await chosen(room.mira, await room.mira.send(files=(later,)))

    stale = (await room.mira.click(first, "Make a video from it")).expect_message()
    card = (await room.mira.run("video", prompt="a storm rolls in", use_source=True)).expect_message()
    await answer_to(room.mira, card)

    assert "no longer there" in stale.text
    assert await served((await place.task_of(card)).input["image_url"]) == later.data


async def test_the_first_file_that_can_be_used_is_taken_and_that_is_said(place: Community, room: Room):
    posted = await room.theo.send(files=(picture(LONG_NAME), picture("second.png")))

    answer = await chosen(room.mira, posted)

    assert "“a-picture-of-the-harbour-a" in answer.text
    assert "the first that can be used" in answer.text
