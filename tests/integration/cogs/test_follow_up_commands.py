"""/extend and /lipsync: which clip, what of it, and what is refused."""

from __future__ import annotations

import pytest

from bot.jobs.model import AssetRole, ExtendInput, Job, JobKind, LipsyncInput, MessageRef
from sandbox.person import LocalFile, RequestRefused
from tests.integration.cogs.cove import Cove, picture, recording


def link(cove: Cove, message: MessageRef | None, host: str = "discord.com") -> str:
    assert message is not None
    return f"https://{host}/channels/{cove.guild.id}/{message.channel_id}/{message.message_id}"


async def result_of(cove: Cove, job: Job) -> MessageRef | None:
    (delivery,) = await cove.store.deliveries(job.id)
    return delivery.message


async def test_an_extension_of_a_picked_clip_is_stored_and_shown(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira, "a red kite")
    (choice,) = await cove.mira.autocomplete("extend", "video", "kite")

    outcome = await cove.mira.run("extend", {"video": choice.value, "prompt": "a storm rolls in"})

    job = await cove.only_job(cove.mira)
    assert (job.kind, job.source_id) == (JobKind.EXTEND, source.id)
    assert job.input == ExtendInput(prompt="a storm rolls in")
    assert not outcome.expect_message().ephemeral
    assert f"#{source.id}" in outcome.expect_message().text
    assert job.card is not None
    assert job.card.message_id == outcome.expect_message().id


@pytest.mark.parametrize("named_by", ["id", "sign and id", "result", "card", "test client", "copied message id"])
async def test_a_clip_may_be_named_in_every_way_people_have_at_hand(cove: Cove, named_by: str) -> None:
    source = await cove.finished_clip(cove.theo)
    posted = await result_of(cove, source)
    names = {
        "id": source.id,
        "sign and id": f"#{source.id.upper()}",
        "result": link(cove, posted),
        "card": f"<{link(cove, source.card)}>",
        "test client": link(cove, posted, "canary.discord.com"),
        "copied message id": str(posted.message_id) if posted else "",
    }

    await cove.mira.run("extend", video=names[named_by])

    job = await cove.only_job(cove.mira)
    assert (job.source_id, job.input) == (source.id, ExtendInput())


async def test_a_link_into_another_server_is_refused_even_where_the_message_is_known(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira)
    elsewhere = link(cove, source.card).replace(str(cove.guild.id), "1234567890123456789")

    outcome = await cove.mira.run("extend", video=elsewhere)

    assert outcome.expect_message().ephemeral
    assert await cove.nothing_stored()


@pytest.mark.parametrize("command", ["extend", "lipsync"])
@pytest.mark.parametrize("text", ["zzzzzz", "what?", "1234567890123456789", "https://discord.com/channels/1/2/3"])
async def test_what_names_no_clip_is_refused_in_private(cove: Cove, command: str, text: str) -> None:
    options = {"video": text} if command == "extend" else {"video": text, "say": "hello"}

    outcome = await cove.mira.run(command, dict(options))

    assert outcome.expect_message().ephemeral
    assert await cove.nothing_stored()


async def test_a_person_s_message_is_no_clip(cove: Cove) -> None:
    message = await cove.mira.send("look at this")

    outcome = await cove.mira.run("extend", video=link(cove, MessageRef(message.channel_id, message.id)))

    assert outcome.expect_message().ephemeral


async def test_a_clip_that_is_not_ready_or_cannot_go_on_is_refused_by_name(cove: Cove) -> None:
    newer = await cove.finished_clip(cove.mira, "a gull", model="2.1")
    await cove.mira.run("video", prompt="a red kite")
    unfinished = await cove.only_job(cove.mira)

    not_ready = await cove.mira.run("extend", video=unfinished.id)
    not_extendable = await cove.mira.run("extend", video=newer.id)

    assert not_ready.expect_message().ephemeral
    assert unfinished.id in not_ready.expect_message().text
    assert not_extendable.expect_message().ephemeral
    assert "1.6" in not_extendable.expect_message().text
    assert (await cove.only_job(cove.mira)).id == unfinished.id


async def test_a_clip_older_than_the_provider_remembers_is_refused(cove: Cove) -> None:
    old = await cove.finished_clip(cove.mira)
    cove.world.clock.advance(31 * 86_400_000)

    outcome = await cove.mira.run("extend", video=old.id)

    assert outcome.expect_message().ephemeral
    assert "30 days" in outcome.expect_message().text
    assert await cove.mira.autocomplete("extend", "video") == []


async def test_words_voice_and_speed_reach_the_lip_sync(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira)

    await cove.mira.run("lipsync", video=source.id, say="The tide comes in.", voice="Rock", speed=1.3)

    job = await cove.only_job(cove.mira)
    assert (job.kind, job.source_id) == (JobKind.LIPSYNC, source.id)
    assert job.input == LipsyncInput(text="The tide comes in.", voice="Rock", speed=1.3)


@pytest.mark.parametrize("name", ["hello.wav", "voice-message.ogg", "memo.m4a"])
async def test_a_recording_reaches_the_lip_sync(cove: Cove, name: str) -> None:
    source = await cove.finished_clip(cove.mira)
    sound = recording(3, name)

    await cove.mira.run("lipsync", video=source.id, audio=sound)

    job = await cove.only_job(cove.mira)
    (asset,) = await cove.store.assets(job.id)
    assert job.input == LipsyncInput()
    assert (asset.role, asset.filename, asset.size) == (AssetRole.AUDIO, name, len(sound.data))


async def test_speech_longer_than_the_clip_is_noted_on_the_card(cove: Cove) -> None:
    source = await cove.finished_clip(cove.mira)

    long_text = await cove.mira.run("lipsync", video=source.id, say="word " * 24, speed=0.8)
    long_sound = await cove.mira.run("lipsync", video=source.id, audio=recording(9))

    assert "longer to say than the clip" in long_text.expect_message().text
    assert "its end is cut off" in long_sound.expect_message().text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "nothing to say"),
        ({"say": "hello", "audio": recording(1)}, "`audio`"),
        ({"audio": recording(1), "voice": "Rock"}, "`voice`"),
        ({"audio": recording(1), "speed": 1.2}, "`speed`"),
        ({"audio": recording(61)}, "60"),
        ({"audio": LocalFile("empty.mp3", b"")}, "`audio`"),
        pytest.param(
            {"audio": LocalFile("huge.wav", bytes(20_000_000))},
            "20 MB",
            marks=pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning"),
        ),
        ({"say": "hello", "voice": "Rok"}, "Rock"),
    ],
)
async def test_a_lip_sync_that_cannot_be_is_refused_in_private(cove: Cove, options, words: str) -> None:
    cove.discord.operations.set_premium_tier(cove.guild, 3)
    source = await cove.finished_clip(cove.mira)

    outcome = await cove.mira.run("lipsync", {"video": source.id, **options})

    assert outcome.expect_message().ephemeral
    assert words in outcome.expect_message().text
    assert await cove.nothing_stored()


@pytest.mark.parametrize(
    "options",
    [{"say": "x" * 121}, {"say": "hello", "speed": 0.7}, {"say": "hello", "speed": 2.1}, {"audio": picture()}],
)
async def test_discord_itself_holds_people_to_the_catalogues_limits(cove: Cove, options) -> None:
    with pytest.raises(RequestRefused):
        await cove.mira.run("lipsync", {"video": "k3f9x2", **options})
