"""/extend and /lipsync: what is made of a finished clip, however the clip is named, and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.clips import read_facts
from sandbox.person import LocalFile, Person
from sandbox.piapi.control_views import TaskView
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import Outcome, SeenMessage
from sandbox.tour import clip_checks
from tests.e2e.books import Row
from tests.e2e.community import KITE, Community, answer_to, card_that_says, community, nothing_bought
from tests.e2e.files import download, played, recording

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"servers": "all"}


@dataclass(frozen=True)
class Made:
    """A clip that somebody has."""

    card: SeenMessage
    result: SeenMessage
    job: Row
    task: TaskView


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kite(shared: Community) -> Made:
    """Mira's clip, five seconds of 1.6."""
    return await make(shared, shared.mira.in_channel(shared.room()))


async def make(place: Community, person: Person, command: str = "video", **options: str) -> Made:
    """Let somebody make a clip, and wait until it is posted and the bot knows where."""
    asked = {"prompt": KITE} if command == "video" else {}
    card = (await person.run(command, {**asked, **options})).expect_message()
    result = await answer_to(person, card)
    await card_that_says(person, card, "Done")
    return Made(card, result, await place.job_of(card), await place.task_of(card))


def refusal(outcome: Outcome) -> str:
    answer = outcome.expect_message()
    assert answer.ephemeral
    assert "Nothing was charged." in answer.text
    return answer.text


async def test_a_clip_picked_from_the_list_goes_on_where_it_ended_and_again(
    place: Community, kite: Made, tmp_path: Path
):
    mira = place.mira.in_channel(place.room())

    (choice, *_) = await mira.autocomplete("extend", "video", "red kite")
    longer = await make(place, mira, "extend", video=str(choice.value), prompt="a storm rolls in")
    longest = await make(place, mira, "extend", video=place.link(longer.result))

    assert choice.name.startswith(f"#{kite.job.id}")
    assert longer.task.task_type == "extend_video"
    assert longer.task.input == {"origin_task_id": kite.task.task_id, "prompt": "a storm rolls in"}
    assert longest.task.input == {"origin_task_id": longer.task.task_id}
    assert f"from #{kite.job.id}" in longer.result.text
    clips = [await download(mira, made.result, tmp_path) for made in (kite, longer, longest)]
    assert clip_checks.wrong_extension(clips[1], clips[0]) == ""
    assert clip_checks.wrong_beginning(clips[2], clips[0]) == ""
    assert read_facts(clips[2]).seconds == pytest.approx(14, abs=0.3)


async def test_a_clip_is_named_in_whatever_way_is_at_hand(place: Community, kite: Made):
    theo = place.theo.in_channel(place.room())
    names = {
        "the result's link": place.link(kite.result),
        "the card's link": place.link(kite.card),
        "its id": kite.job.id,
        "its id as shown": f"#{kite.job.id}",
    }

    await place.provider.play(Scenario.FAILS, times=4)  # which clip it was is all that matters here

    cards = [(await theo.run("lipsync", video=name, say="Hello")).expect_message() for name in names.values()]

    jobs = [await place.job_of(card, needs="finished_at") for card in cards]
    assert [job.source_id for job in jobs] == [kite.job.id] * 4
    tasks = [await place.task_of(card) for card in cards]
    assert [task.input["origin_task_id"] for task in tasks] == [kite.task.task_id] * 4


async def test_the_list_offers_ones_own_clips_first_and_then_the_channels(place: Community):
    room = place.room()
    theirs = await make(place, place.theo.in_channel(room))
    own = await make(place, place.juno.in_channel(place.room()))

    choices = await place.juno.in_channel(room).autocomplete("lipsync", "video", "red kite")

    assert [choice.value for choice in choices] == [own.job.id, theirs.job.id]


async def test_a_clip_speaks_a_text_with_a_voice_from_the_list(place: Community, kite: Made, tmp_path: Path):
    mira = place.mira.in_channel(place.room())

    (voice, *_) = await mira.autocomplete("lipsync", "voice", "roc")
    card = (
        await mira.run("lipsync", video=kite.job.id, say="The tide comes in.", voice=voice.value, speed=1.2)
    ).expect_message()
    result = await answer_to(mira, card)

    task = await place.task_of(card)
    assert voice.name == "Rock (English)"
    assert task.task_type == "lip_sync"
    assert task.input == {
        "origin_task_id": kite.task.task_id,
        "tts_text": "The tide comes in.",
        "tts_timbre": "Rock",
        "tts_speed": 1.2,
    }
    assert [told for told in ("speaks now", "voice Rock", "speed 1.2×", "$0.10") if told not in result.text] == []
    assert result.attachments[0].description == "AI-generated video of somebody saying: The tide comes in."
    clip = await download(mira, result, tmp_path)
    assert clip_checks.wrong_speech(clip) == ""
    assert played(clip).seconds == pytest.approx(5, abs=0.3)


RECORDINGS = {
    "an MP3": (recording("hello.mp3", 3), None),
    "a phone's recording": (recording("memo.m4a", 3), "The recording was converted to MP3."),
    "a voice message": (recording("voice-message.ogg", 3), None),
    "one second": (recording("hey.wav", 1), "The recording was short, so silence was added"),
    "longer than the clip": (recording("song.mp3", 8), "longer than the clip, so its end is cut off"),
}


@pytest.mark.parametrize("kind", RECORDINGS)
async def test_a_clip_carries_a_recording(place: Community, kite: Made, tmp_path: Path, kind: str):
    sound, note = RECORDINGS[kind]
    mira = place.mira.in_channel(place.room())

    card = (await mira.run("lipsync", video=kite.job.id, audio=sound)).expect_message()
    result = await answer_to(mira, card)

    sent = (await place.task_of(card)).input
    assert set(sent) == {"origin_task_id", "local_dubbing_url"}
    mended = str(sent["local_dubbing_url"]).startswith(f"http://127.0.0.1:{place.port}/files/")
    assert mended == (note is not None)
    assert (note or "from a recording") in result.text
    assert any((note or "Lip-sync") in version for version in place.chronicle.of(card))
    original = tmp_path / sound.name
    original.write_bytes(sound.data)
    clip = await download(mira, result, tmp_path)
    assert clip_checks.wrong_recording(clip, original) == ""
    assert played(clip).seconds == pytest.approx(5, abs=0.3)


async def test_speech_that_may_not_fit_is_a_warning_and_no_refusal(place: Community, kite: Made):
    mira = place.mira.in_channel(place.room())

    card = (await mira.run("lipsync", video=kite.job.id, say="word " * 24, speed=0.8)).expect_message()

    assert not card.ephemeral
    assert "takes longer to say than the clip lasts" in card.text
    assert "⚠️" in (await answer_to(mira, card)).text


async def test_a_clip_of_a_model_that_cannot_be_extended_is_refused_naming_those_that_can(place: Community):
    mira = place.mira.in_channel(place.room())
    source = await make(place, mira, model="2.1")

    async with nothing_bought(place):
        outcome = await mira.run("extend", video=source.job.id)

    words = refusal(outcome)
    assert "clips of Kling 2.1 cannot be extended" in words
    assert "1.6" in words
    assert source.job.id not in [choice.value for choice in await mira.autocomplete("extend", "video")]


async def test_a_clip_that_speaks_cannot_be_extended(place: Community, kite: Made):
    mira = place.mira.in_channel(place.room())
    spoken = await make(place, mira, "lipsync", video=kite.job.id, say="Hello")

    async with nothing_bought(place):
        outcome = await mira.run("extend", video=spoken.job.id)

    words = refusal(outcome)
    assert "made to speak cannot be extended" in words
    assert "Extend the clip from before the lip-sync instead." in words


async def test_a_clip_of_another_server_is_not_to_be_had(place: Community, kite: Made):
    elsewhere = place.mira.in_channel("strand")

    async with nothing_bought(place):
        by_id = await elsewhere.run("extend", video=kite.job.id)
        by_link = await elsewhere.run("lipsync", video=place.link(kite.result), say="Hello")

    assert "no clip" in refusal(by_id)
    assert "no clip" in refusal(by_link)
    assert KITE not in [choice.name for choice in await elsewhere.autocomplete("extend", "video")]


async def test_a_clip_that_is_still_being_made_cannot_be_gone_on_from(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.STUCK)
    card = (await mira.run("video", prompt=KITE)).expect_message()
    job, task = await place.job_of(card), await place.task_of(card)

    async with nothing_bought(place):
        outcome = await mira.run("extend", video=job.id)

    assert f"clip #{job.id} is not finished yet" in refusal(outcome)
    await place.provider.finish(task.task_id)
    assert (await answer_to(mira, card)).attachments


async def test_what_names_no_clip_is_refused(place: Community):
    mira = place.mira.in_channel(place.room())
    message = await mira.send("look at this")

    async with nothing_bought(place):
        for text in ("zzzzzz", place.link(message), "https://example.org/clip.mp4"):
            assert "no clip" in refusal(await mira.run("extend", video=text))


SPOKEN_WRONGLY = {
    "text and a recording": ({"say": "hello", "audio": recording("a.mp3", 3)}, ("`say` and `audio`",)),
    "neither": ({}, ("nothing to say", "attach a recording")),
    "a voice for a recording": ({"audio": recording("a.mp3", 3), "voice": "Rock"}, ("`voice`", "`say` only")),
    "a voice that is not there": ({"say": "hello", "voice": "Rok"}, ("`voice`", "“Rok”", "Rock")),
    "a recording of a minute": (
        {"audio": recording("long.ogg", 61)},
        ("`audio`", "must be shorter than 60 seconds", "lasts 61"),
    ),
    "no sound at all": ({"audio": LocalFile("empty.mp3", b"")}, ("`audio`", "cannot be read")),
}


@pytest.mark.parametrize("wrong", SPOKEN_WRONGLY)
async def test_a_wrong_way_to_speak_is_refused_naming_the_option_and_the_rule(place: Community, kite: Made, wrong: str):
    options, words = SPOKEN_WRONGLY[wrong]
    mira = place.mira.in_channel(place.room())

    async with nothing_bought(place):
        outcome = await mira.run("lipsync", {"video": kite.job.id, **options})

    said = refusal(outcome)
    assert [word for word in words if word not in said] == []


async def test_a_clip_older_than_the_provider_remembers_is_refused_and_not_offered(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        source = await make(place, place.mira)
        await place.advance(31 * 86_400)

        async with nothing_bought(place):
            extended = await place.mira.run("extend", video=source.job.id)
            spoken = await place.mira.run("lipsync", video=source.job.id, say="hello")

        assert "31 days old, and the provider keeps clips for 30 days" in refusal(extended)
        assert "30 days" in refusal(spoken)
        assert await place.mira.autocomplete("extend", "video") == []
