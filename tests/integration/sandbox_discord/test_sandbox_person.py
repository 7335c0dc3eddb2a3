from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import discord
import pytest

from sandbox.discord import DiscordConfig, DiscordSandbox, GuildConfig, PersonConfig
from sandbox.person import LocalFile, Person, RequestRefused

if TYPE_CHECKING:
    from sandbox.discord.state import Channel
    from tests.integration.sandbox_discord.conftest import Bot, Running


async def test_the_default_world_is_one_server_with_three_people_and_a_bot(
    bot: Bot, running: Running, mira: Person
) -> None:
    before: Any = await mira.request("GET", "/person/world")
    async with running(bot):
        world: Any = await mira.request("GET", "/person/world")

    assert [server["name"] for server in world["servers"]] == ["Egret Cove"]
    assert [c["name"] for c in world["servers"][0]["channels"]] == ["general", "clips", "off-topic"]
    assert [person["username"] for person in world["people"]] == ["juno", "mira", "theo"]
    assert (before["bot"]["online"], world["bot"]["online"]) == (False, True)
    assert world["servers"][0]["upload_limit"] == 10 * 1024 * 1024


async def test_a_world_can_be_configured() -> None:
    config = DiscordConfig(
        people=(
            PersonConfig(username="ada", global_name="Ada", moderator=True, locale="fr"),
            PersonConfig(username="bo", global_name="Bo"),
        ),
        application_owner="ada",
        guilds=(
            GuildConfig(name="Heron Bay", owner="ada", channels=("lobby",), people=("ada", "bo"), premium_tier=2),
            GuildConfig(name="Elsewhere", owner="ada", channels=("hall",), people=("ada",), with_bot=False),
        ),
    )
    async with DiscordSandbox(config) as sandbox, Person(sandbox.person_url, "bo", channel="lobby") as bo:
        spoken = await bo.send("hello")
        with pytest.raises(RequestRefused):
            await bo.in_channel("hall").messages()
        world: Any = await bo.request("GET", "/person/world")

    assert spoken.author == "Bo"
    assert [server["premium_tier"] for server in world["servers"]] == [2, 0]
    assert world["people"][0]["locale"] == "fr"


async def test_waiting_ends_with_the_change_and_not_before(mira: Person, theo: Person) -> None:
    waiting = asyncio.create_task(mira.wait_for(lambda message: message.content == "now"))
    await theo.send("not yet")
    early = waiting.done()
    await theo.send("now")

    assert not early
    assert (await waiting).author == "Theo"


async def test_waiting_in_vain_says_what_the_channel_held(mira: Person, theo: Person) -> None:
    await theo.send("something else")

    with pytest.raises(TimeoutError, match="Theo: something else"):
        await mira.wait_for(lambda message: message.content == "now", timeout_seconds=0.05)


async def test_changes_tell_what_a_person_can_notice_and_nothing_else(
    local: DiscordSandbox, mira: Person, theo: Person, general: Channel
) -> None:
    seq = await mira.seq()
    spoken = await theo.send("hello")
    await mira.react(spoken, "❤")
    await theo.edit(spoken, "hello again")
    await theo.in_channel("dm").send("in private")
    await theo.delete(spoken)

    _, changes = await mira.changes(seq, 0)
    nothing = await mira.changes(await mira.seq(), 0)

    assert [change["kind"] for change in changes] == [
        "message_created",
        "reaction",
        "message_updated",
        "message_deleted",
    ]
    assert {change["channel_id"] for change in changes} == {str(general.id)}
    assert nothing[1] == []


async def test_people_edit_their_own_messages_and_nobody_elses(mira: Person, theo: Person) -> None:
    spoken = await theo.send("hullo")
    edited = await theo.edit(spoken, "hello")
    with pytest.raises(RequestRefused) as refused:
        await mira.edit(spoken, "goodbye")

    assert (edited.content, edited.edited) == ("hello", True)
    assert refused.value.code == 50005


async def test_a_person_sends_files_with_alt_text_and_others_download_them(
    mira: Person, theo: Person, picture: LocalFile
) -> None:
    sent = await mira.send(
        "look", files=[LocalFile("SPOILER_harbour at night.png", picture.data, description="a harbour")]
    )
    seen = (await theo.messages())[0]

    assert sent.id == seen.id
    file = seen.attachments[0]
    assert (file.filename, file.description, file.spoiler) == ("SPOILER_harbour_at_night.png", "a harbour", True)
    assert (file.width, file.height, file.content_type) == (400, 300, "image/png")
    assert await theo.download(file) == picture.data


async def test_something_that_is_no_recording_is_no_voice_message(mira: Person) -> None:
    with pytest.raises(RequestRefused, match="not a recording"):
        await mira.send_voice(LocalFile("voice.ogg", b"silence"))


async def test_an_ephemeral_message_can_be_dismissed_and_not_replied_to(
    bot: Bot, running: Running, mira: Person
) -> None:
    @bot.tree.command(description="Whisper")
    async def whisper(interaction: discord.Interaction[discord.Client]) -> None:
        await interaction.response.send_message("psst", ephemeral=True)

    async with running(bot):
        told = (await mira.run("whisper")).expect_message()
        with pytest.raises(RequestRefused, match="cannot be replied to"):
            await mira.reply(told, "what?")
        await mira.delete(told)

    assert await mira.messages() == []


async def test_a_transcript_line_reads_as_the_message_looks(bot: Bot, running: Running, mira: Person) -> None:
    @bot.tree.command(description="Slow")
    async def slow(interaction: discord.Interaction[discord.Client]) -> None:
        await interaction.response.defer(ephemeral=True)

    async with running(bot):
        thinking = (await mira.run("slow")).expect_message()
        await bot.text_channel("general").send(
            "done", embed=discord.Embed(title="Storm"), file=discord.File(io.BytesIO(b"x"), "clip.mp4")
        )
        lines = [message.line() for message in await mira.messages()]

    assert thinking.line() == "Egret: is thinking… (only you can see this)"
    assert lines[1] == "Egret: done\nStorm [clip.mp4]"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/person/nobody/channels/general/messages", {"content": "x"}),
        ("/person/mira/channels/nowhere/messages", {"content": "x"}),
        ("/person/mira/channels/general/messages", {"content": "x", "colour": "red"}),
        ("/person/mira/channels/general/messages", {"content": "x", "reply_to": "first"}),
        ("/person/mira/channels/general/messages", {"files": [{"filename": "a.png", "data": "%%%"}]}),
        ("/person/mira/messages/1/component", {"custom_id": "x"}),
        ("/person/mira/interactions/1/modal", {"values": {}}),
        ("/admin/servers/Nowhere", {"premium_tier": 1}),
        ("/admin/faults", {"kind": "meteor"}),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused_with_a_sentence(
    mira: Person, path: str, body: dict[str, Any]
) -> None:
    with pytest.raises(RequestRefused) as refused:
        await mira.request("POST", path, body)

    assert 400 <= refused.value.status < 500
    assert refused.value.reason
