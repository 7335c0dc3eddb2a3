from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
import pytest

from sandbox.discord.clock import HOUR, MINUTE, SECOND
from sandbox.person import LocalFile, Person, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord import DiscordSandbox
    from sandbox.discord.state import Channel, Message
    from tests.integration.sandbox_discord.conftest import Bot, Raw, Running


def clip(data: bytes = b"clip") -> discord.File:
    return discord.File(io.BytesIO(data), "clip.mp4", description="AI video: a storm")


async def test_a_file_is_posted_described_and_downloaded(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    async with running(bot):
        sent = await bot.text_channel("clips").send("done", file=clip())
        shown = await mira.in_channel("clips").wait_for(lambda message: bool(message.attachments))
        data = await mira.download(shown.attachments[0])

    assert data == b"clip"
    assert sent.attachments[0].description == shown.attachments[0].description == "AI video: a storm"
    assert (shown.attachments[0].content_type, shown.attachments[0].size) == ("video/mp4", 4)
    assert sent.attachments[0].url.startswith(local.cdn_origin)
    assert local.problems == []


async def test_an_enforced_nonce_returns_the_first_message_within_its_window(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel
) -> None:
    async with running(bot):
        channel = bot.text_channel("general")
        first = await channel.send("once", file=clip(), nonce="r1")
        again = await channel.send("once", file=clip(), nonce="r1")
        other = await channel.send("twice", nonce="r2")
        local.clock.advance(5 * MINUTE)
        later = await channel.send("once more", nonce="r1")

    assert again.id == first.id
    assert len({first.id, other.id, later.id}) == 3
    assert len(general.messages) == 3


async def test_two_sends_with_one_nonce_at_the_same_time_make_one_message(raw: Raw, general: Channel) -> None:
    body = {"content": "once", "nonce": "r1", "enforce_nonce": True, "attachments": [{"id": 0}]}
    path = f"/channels/{general.id}/messages"

    answers = await asyncio.gather(*(raw("POST", path, body, files={"files[0]": b"x"}) for _ in range(5)))

    assert len({answer["id"] for _, answer in answers}) == 1
    assert len(general.messages) == 1


async def test_a_nonce_that_is_not_enforced_repeats(raw: Raw, general: Channel) -> None:
    for _ in range(2):
        await raw("POST", f"/channels/{general.id}/messages", {"content": "x", "nonce": "r1"})

    assert len(general.messages) == 2


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        (discord.AllowedMentions.none(), set()),
        (discord.AllowedMentions(users=True, roles=False, everyone=False), {"mira", "theo"}),
        (discord.AllowedMentions(users=False, roles=True, everyone=False), {"juno"}),
        (discord.AllowedMentions(users=False, roles=False, everyone=True), set()),
    ],
)
async def test_a_message_pings_those_whom_it_names_and_may_ping(
    bot: Bot,
    running: Running,
    local: DiscordSandbox,
    stored: Callable[[int], Message],
    allowed: discord.AllowedMentions,
    pinged: set[str],
) -> None:
    people = {name: local.world.person_named(name).id for name in ("mira", "theo", "juno")}
    role = next(r for r in local.operations.guild("Egret Cove").roles.values() if r.name == "Moderators")
    text = f"<@{people['mira']}> <@{people['theo']}> `<@{people['juno']}>` <@&{role.id}> @everyone"
    async with running(bot):
        sent = await bot.text_channel("general").send(text, allowed_mentions=allowed)
        silent = await bot.text_channel("general").send(text, allowed_mentions=allowed, silent=True)
        await sent.edit(content=text + "!", allowed_mentions=discord.AllowedMentions.all())

    assert set(stored(sent.id).pinged) == {people[name] for name in pinged}
    assert stored(silent.id).pinged == ()
    assert not sent.mention_everyone


async def test_only_the_named_requester_is_pinged(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    me = local.world.person_named("mira")
    other = local.world.person_named("theo")
    async with running(bot):
        await bot.text_channel("general").send(
            f"<@{me.id}> made what <@{other.id}> asked for",
            allowed_mentions=discord.AllowedMentions(users=[discord.Object(me.id)], replied_user=False),
        )
        shown = await mira.wait_for(lambda message: message.from_bot)

    assert shown.pinged == (me.id,)


async def test_a_reply_points_at_its_message_or_goes_without(
    bot: Bot, running: Running, general: Channel, mira: Person
) -> None:
    async with running(bot):
        channel = bot.text_channel("general")
        card = await channel.send("queued")
        answer = await channel.send("done", reference=card)
        await card.delete()
        orphan = await channel.send(
            "done",
            reference=discord.MessageReference(message_id=card.id, channel_id=channel.id, fail_if_not_exists=False),
        )
        with pytest.raises(discord.HTTPException) as refused:
            await channel.send("done", reference=card.to_reference(fail_if_not_exists=True))

    shown = await mira.messages()
    assert [message.reference_id for message in shown] == [card.id, None]
    assert (answer.type, orphan.type) == (discord.MessageType.reply, discord.MessageType.default)
    assert shown[0].raw["referenced_message"] is None
    assert refused.value.code == 50035


async def test_message_content_is_withheld_as_discord_withholds_it(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, raw: Raw
) -> None:
    me = bot

    @bot.tree.command(description="Answer")
    async def answer(interaction: discord.Interaction[discord.Client]) -> None:
        await interaction.response.send_message("an interaction's response")

    heard: dict[str, str] = {}

    async def say(name: str, sending: Any) -> Any:
        spoken = await sending
        heard[name] = (await me.heard.get()).content
        return spoken

    async with running(bot):
        regular = await bot.text_channel("general").send("a regular message")
        card = await mira.wait_for(lambda message: message.id == regular.id)
        response = (await mira.run("answer")).expect_message()
        plain = await say("plain", mira.send("plain"))
        await say("mention", mira.send(f"<@{bot.application_id}> mention"))
        await say("reply with ping", mira.reply(card, "reply with ping"))
        await say("reply without ping", mira.reply(card, "reply without ping", ping=False))
        await say("reply to a response", mira.reply(response, "reply to a response"))
        await say("reply to a person", mira.reply(plain, "reply to a person"))
        await say("direct", mira.in_channel("dm").send("direct"))

    assert {name for name, content in heard.items() if content} == {"mention", "reply with ping", "direct"}
    _, listed = await raw("GET", f"/channels/{plain.channel_id}/messages?limit=10")
    readable = [message["content"] for message in listed if message["content"]]
    assert "plain" not in readable
    assert "a regular message" in readable
    assert [m.content for m in await mira.messages() if m.content == "plain"] == ["plain"]


async def test_a_voice_message_arrives_with_its_duration(
    bot: Bot, running: Running, mira: Person, recording: LocalFile
) -> None:
    async with running(bot):
        regular = await bot.text_channel("general").send("a clip")
        card = await mira.wait_for(lambda message: message.id == regular.id)
        spoken = await mira.voice_reply(card, recording)
        heard = await bot.heard.get()

    assert spoken.reference_id == card.id
    assert heard.flags.voice
    assert heard.attachments[0].is_voice_message()
    assert heard.attachments[0].duration == 3.0
    assert heard.attachments[0].content_type == "audio/x-wav"


async def test_history_is_paged_before_after_and_around(bot: Bot, running: Running, raw: Raw, general: Channel) -> None:
    async with running(bot):
        channel = bot.text_channel("general")
        ids = [(await channel.send(str(number))).id for number in range(7)]
        found = [message.id async for message in channel.history(limit=3, oldest_first=True)]

    async def page(query: str) -> list[int]:
        _, messages = await raw("GET", f"/channels/{general.id}/messages?{query}")
        return [int(message["id"]) for message in messages]

    assert found == ids[:3]
    assert await page("limit=2") == [ids[6], ids[5]]
    assert await page(f"limit=2&before={ids[3]}") == [ids[2], ids[1]]
    assert await page(f"limit=2&after={ids[3]}") == [ids[5], ids[4]]
    assert await page(f"limit=3&around={ids[3]}") == [ids[4], ids[3], ids[2]]


async def test_an_edit_keeps_what_it_does_not_name_and_drops_files_not_listed(
    bot: Bot, running: Running, mira: Person, picture: LocalFile
) -> None:
    async with running(bot):
        sent = await bot.text_channel("general").send(
            "card", file=clip(), embed=discord.Embed(title="Storm", description="soon")
        )
        reworded = await sent.edit(content="new card")
        more = await reworded.add_files(discord.File(io.BytesIO(picture.data), "poster.png"))
        fewer = await more.remove_attachments(more.attachments[0])

    assert (reworded.content, reworded.embeds[0].title) == ("new card", "Storm")
    assert [a.filename for a in reworded.attachments] == ["clip.mp4"]
    assert [a.filename for a in more.attachments] == ["clip.mp4", "poster.png"]
    assert [a.filename for a in fewer.attachments] == ["poster.png"]
    shown = (await mira.messages())[0]
    assert shown.edits == 3
    with pytest.raises(RequestRefused):
        await mira.download(replace(shown.attachments[0], url=sent.attachments[0].url))


async def test_a_picture_used_in_an_embed_leaves_the_attachments_and_gets_an_address(
    bot: Bot, running: Running, mira: Person, picture: LocalFile
) -> None:
    async with running(bot):
        embed = discord.Embed(title="Poster").set_image(url="attachment://poster.png")
        sent = await bot.text_channel("general").send(
            embed=embed, file=discord.File(io.BytesIO(picture.data), "poster.png")
        )
        shown = (await mira.messages())[0]

    assert sent.attachments == []
    assert sent.embeds[0].image.url is not None
    assert sent.embeds[0].image.url.startswith("http://127.0.0.1")
    assert sent.embeds[0].image.width == 400
    assert shown.attachments == ()


async def test_a_message_can_be_deleted_by_its_author_but_not_by_others(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, general: Channel
) -> None:
    async with running(bot):
        sent = await bot.text_channel("general").send("mine")
        spoken = await mira.send("hers")
        heard = await bot.heard.get()
        with pytest.raises(discord.Forbidden) as refused:
            await heard.delete()
        with pytest.raises(RequestRefused):
            await mira.delete(await mira.message(sent.id))
        await sent.delete()
        with pytest.raises(discord.NotFound) as gone:
            await sent.edit(content="still there?")
        await mira.delete(spoken)

    assert refused.value.code == 50013
    assert gone.value.code == 10008
    assert await mira.messages() == []
    deleted = [m["sandbox"]["deleted_at"] for m in local.operations.messages(general)]  # type: ignore[index, call-overload]
    assert all(deleted)
    assert len(deleted) == 2


async def test_somebody_elses_message_cannot_be_edited(bot: Bot, running: Running, mira: Person) -> None:
    async with running(bot):
        await mira.send("hers")
        heard = await bot.heard.get()
        with pytest.raises(discord.Forbidden) as refused:
            await heard.edit(content="his")

    assert refused.value.code == 50005


async def test_reactions_are_put_seen_and_taken_away(bot: Bot, running: Running, mira: Person) -> None:
    seen: asyncio.Queue[discord.RawReactionActionEvent] = asyncio.Queue()

    @bot.event
    async def on_raw_reaction_add(event: discord.RawReactionActionEvent) -> None:
        await seen.put(event)

    async with running(bot):
        sent = await bot.text_channel("general").send("card")
        await sent.add_reaction("⏳")
        await mira.react(await mira.message(sent.id), "❤")
        own, hers = await seen.get(), await seen.get()
        await sent.remove_reaction("⏳", discord.Object(bot.application_id or 0))
        shown = await mira.message(sent.id)

    assert (own.user_id, str(own.emoji)) == (bot.application_id, "⏳")
    assert (hers.event_type, str(hers.emoji)) == ("REACTION_ADD", "❤")
    assert [(r.emoji, r.count, r.mine) for r in shown.reactions] == [("❤", 1, True)]


async def test_a_thread_made_from_a_message_has_its_id_and_takes_messages(
    bot: Bot, running: Running, mira: Person, local: DiscordSandbox
) -> None:
    async with running(bot):
        card = await bot.text_channel("general").send("card")
        thread = await card.create_thread(name="storm")
        await thread.send("done", file=clip())
        inside = await mira.in_channel("storm").messages()
        hers = await mira.start_thread(await mira.send("my own"), "mine")
        await hers.send(f"<@{bot.application_id}> in a thread")
        while (heard := await bot.heard.get()).channel.type is not discord.ChannelType.public_thread:
            continue

    assert thread.id == card.id
    assert [message.content for message in inside] == ["done"]
    assert (await mira.message(card.id)).thread_id == thread.id
    assert heard.content.endswith("in a thread")
    assert local.problems == []


async def test_edits_of_messages_older_than_an_hour_are_limited(
    raw: Raw, local: DiscordSandbox, general: Channel
) -> None:
    _, sent = await raw("POST", f"/channels/{general.id}/messages", {"content": "card"})
    path = f"/channels/{general.id}/messages/{sent['id']}"
    limit = local.config.limits.old_edits.limit
    for number in range(limit + 1):
        assert (await raw("PATCH", path, {"content": f"young {number}"}))[0] == 200
    local.clock.advance(HOUR)

    statuses = [(await raw("PATCH", path, {"content": f"old {number}"}))[0] for number in range(limit)]
    refused = await raw.full("PATCH", path, {"content": "too often"})
    local.clock.advance(20 * SECOND)
    again, _ = await raw("PATCH", path, {"content": "later"})

    assert statuses == [200] * limit
    assert (refused.status, refused.body["code"], refused.body["global"]) == (429, 30046, False)
    assert 0 < refused.body["retry_after"] <= 20
    assert "Via" in refused.headers
    assert again == 200


@pytest.mark.parametrize(
    ("body", "status", "code", "detail"),
    [
        ({}, 400, 50006, ""),
        ({"content": "  "}, 400, 50006, ""),
        ({"content": "x" * 2001}, 400, 50035, "BASE_TYPE_MAX_LENGTH"),
        ({"content": 7}, 400, 50035, "STRING_TYPE_CONVERT"),
        ({"content": "x", "colour": 1}, 400, 50035, "UNKNOWN_KEY"),
        ({"content": "x", "nonce": "n" * 26}, 400, 50035, "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "flags": 64}, 400, 50035, "MESSAGE_FLAGS_INVALID"),
        ({"embeds": [{"title": "x" * 257}]}, 400, 50035, "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 3001}] * 2}, 400, 50035, "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"title": "x"}] * 11}, 400, 50035, "BASE_TYPE_MAX_LENGTH"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            400,
            50035,
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        ({"content": "x", "message_reference": {"message_id": "1"}}, 400, 50035, "REPLIES_UNKNOWN_MESSAGE"),
        ({"content": "x", "attachments": [{"id": 0}]}, 400, 50035, "ATTACHMENT_NOT_FOUND"),
    ],
)
async def test_a_message_that_discord_would_refuse_is_refused(
    raw: Raw, general: Channel, body: dict[str, Any], status: int, code: int, detail: str
) -> None:
    answered, answer = await raw("POST", f"/channels/{general.id}/messages", body)

    assert (answered, answer["code"]) == (status, code)
    assert detail in str(answer.get("errors", ""))
    assert general.messages == {}


@pytest.mark.parametrize(
    ("body", "parts", "detail"),
    [
        ({"attachments": [{"id": 1}]}, ["files[0]"], "ATTACHMENT_NOT_FOUND"),
        ({"attachments": [{"id": 0}]}, ["files[0]", "files[1]"], "ATTACHMENT_ENTRY_MISSING"),
        ({}, ["file"], "FILE_PART_NAME"),
        ({}, ["clip"], "UNKNOWN_KEY"),
    ],
)
async def test_files_must_be_named_and_listed_as_discord_wants_them(
    raw: Raw, general: Channel, body: dict[str, Any], parts: list[str], detail: str
) -> None:
    status, answer = await raw("POST", f"/channels/{general.id}/messages", body, files=dict.fromkeys(parts, b"x"))

    assert (status, answer["code"]) == (400, 50035)
    assert detail in str(answer["errors"])


async def test_integers_are_taken_as_snowflakes_without_losing_digits(raw: Raw, general: Channel) -> None:
    _, first = await raw("POST", f"/channels/{general.id}/messages", {"content": "first"})
    reference = {"message_id": int(first["id"]), "channel_id": general.id}

    status, reply = await raw(
        "POST",
        f"/channels/{general.id}/messages",
        {"content": "second", "message_reference": reference, "attachments": [{"id": 0}]},
        files={"files[0]": b"x"},
    )

    assert status == 200
    assert reply["message_reference"]["message_id"] == first["id"]
