from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
import pytest

from sandbox.discord import permissions as held
from sandbox.discord.permissions import Permission
from sandbox.person import Person

if TYPE_CHECKING:
    from sandbox.discord import DiscordSandbox
    from sandbox.discord.state import Channel
    from tests.integration.sandbox_discord.conftest import Bot, Raw, Running


async def test_answers_are_exactly_json_and_carry_their_bucket(raw: Raw) -> None:
    answer = await raw.full("GET", "/users/@me")

    assert answer.headers["Content-Type"] == "application/json"
    assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Bucket"} <= set(
        answer.headers
    )


async def test_the_gateway_is_where_it_says(raw: Raw, local: DiscordSandbox) -> None:
    _, public = await raw("GET", "/gateway")
    _, for_bots = await raw("GET", "/gateway/bot")

    assert public["url"] == for_bots["url"] == local.gateway_url
    assert for_bots["session_start_limit"]["max_concurrency"] == 1


@pytest.mark.parametrize(
    "path",
    [
        "/users/@me",
        "/users/@me/guilds",
        "/users/{person}",
        "/applications/@me",
        "/guilds/{guild}",
        "/guilds/{guild}?with_counts=true",
        "/guilds/{guild}/channels",
        "/guilds/{guild}/roles",
        "/guilds/{guild}/threads/active",
        "/guilds/{guild}/members/{person}",
        "/channels/{channel}",
        "/channels/{channel}/messages",
        "/channels/{channel}/threads/archived/public",
    ],
)
async def test_what_exists_can_be_fetched(raw: Raw, local: DiscordSandbox, general: Channel, path: str) -> None:
    guild = local.operations.guild("Egret Cove")
    person = local.world.person_named("mira")

    status, body = await raw("GET", path.format(guild=guild.id, channel=general.id, person=person.id))

    assert status == 200
    assert body or path.endswith("messages")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/users/1", 404, 10013),
        ("/guilds/1", 404, 10004),
        ("/guilds/{guild}/members/1", 404, 10013),
        ("/guilds/{guild}/members?limit=10", 403, 50001),
        ("/channels/1", 404, 10003),
        ("/channels/{channel}/messages/1", 404, 10008),
        ("/channels/{channel}/messages?limit=101", 400, 50035),
        ("/channels/here", 400, 50035),
        ("/applications/1/commands", 403, 20012),
        ("/applications/{application}/commands/1", 404, 10063),
    ],
)
async def test_what_does_not_exist_or_is_not_allowed_says_so(
    raw: Raw, local: DiscordSandbox, general: Channel, path: str, status: int, code: int
) -> None:
    guild = local.operations.guild("Egret Cove")
    application = local.world.application.id

    answered, body = await raw("GET", path.format(guild=guild.id, channel=general.id, application=application))

    assert (answered, body["code"]) == (status, code)


async def test_a_single_command_can_be_made_changed_and_deleted(raw: Raw, local: DiscordSandbox) -> None:
    path = f"/applications/{local.world.application.id}/commands"
    made, command = await raw("POST", path, {"name": "video", "description": "Make a clip"})
    again, same = await raw("POST", path, {"name": "video", "description": "Make a clip"})
    one = f"{path}/{command['id']}"
    _, changed = await raw("PATCH", one, {"description": "Make a video"})
    deleted, _ = await raw("DELETE", one)

    assert (made, again, deleted) == (201, 200, 204)
    assert same == command
    assert changed["description"] == "Make a video"
    assert changed["version"] != command["version"]
    assert (await raw("GET", path))[1] == []


async def test_a_servers_own_commands_are_offered_there_alone(raw: Raw, local: DiscordSandbox, mira: Person) -> None:
    guild = local.operations.guild("Egret Cove")
    application = local.world.application.id
    body = [{"name": "local", "description": "Here alone"}]

    _, written = await raw("PUT", f"/applications/{application}/guilds/{guild.id}/commands", body)

    assert written[0]["guild_id"] == str(guild.id)
    assert await mira.commands() == ["local"]
    assert await mira.in_channel("dm").commands() == []


async def test_typing_is_shown_to_people_and_to_bots_that_ask(
    bot: Bot, running: Running, mira: Person, local: DiscordSandbox
) -> None:
    async with running(bot):
        seq = await mira.seq()
        async with bot.text_channel("general").typing():
            _, changes = await mira.changes(seq, 10)

    assert changes[0]["kind"] == "typing"


async def test_a_thread_without_a_message_is_announced_in_its_channel(
    bot: Bot, running: Running, mira: Person, local: DiscordSandbox
) -> None:
    created: asyncio.Queue[discord.Thread] = asyncio.Queue()

    @bot.event
    async def on_thread_create(thread: discord.Thread) -> None:
        await created.put(thread)

    async with running(bot):
        channel = bot.text_channel("general")
        thread = await channel.create_thread(name="storm", type=discord.ChannelType.public_thread)
        heard = await created.get()
        renamed = await thread.edit(name="gale")
        closed = await thread.edit(archived=True)
        archived = [found.name async for found in channel.archived_threads()]
        shown = await mira.messages()

    assert (heard.id, renamed.name, closed.archived) == (thread.id, "gale", True)
    assert archived == ["gale"]
    assert [(message.raw["type"], message.content) for message in shown] == [(18, "storm")]


async def test_a_bot_may_not_lock_or_make_threads_without_the_permission(
    bot: Bot, running: Running, local: DiscordSandbox
) -> None:
    guild = local.operations.guild("Egret Cove")
    async with running(bot):
        card = await bot.text_channel("general").send("card")
        thread = await card.create_thread(name="storm")
        with pytest.raises(discord.Forbidden) as lock:
            await thread.edit(locked=True)
        with pytest.raises(discord.HTTPException) as twice:
            await card.create_thread(name="again")
        local.operations.set_everyone_permissions(guild, 0)
        local.operations.set_bot_permissions(guild, held.BOT_DEFAULT & ~int(Permission.CREATE_PUBLIC_THREADS))
        other = await bot.text_channel("general").send("other")
        with pytest.raises(discord.Forbidden) as make:
            await other.create_thread(name="gale")

    assert (lock.value.code, twice.value.code, make.value.code) == (50013, 160004, 50013)


async def test_deleting_a_channel_takes_its_threads_along(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel
) -> None:
    gone: asyncio.Queue[Any] = asyncio.Queue()

    @bot.event
    async def on_guild_channel_delete(channel: discord.abc.GuildChannel) -> None:
        await gone.put(channel.name)

    async with running(bot):
        card = await bot.text_channel("general").send("card")
        thread = await card.create_thread(name="storm")
        local.operations.delete_channel(general)
        name = await gone.get()
        with pytest.raises(discord.NotFound) as unknown:
            await thread.send("x")

    assert name == "general"
    assert unknown.value.code == 10003
    assert [m["content"] for m in local.operations.messages(local.operations.channel("general"))] == ["card"]


async def test_a_moderator_deletes_what_others_wrote(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    deleted: asyncio.Queue[int] = asyncio.Queue()

    @bot.event
    async def on_raw_message_delete(event: discord.RawMessageDeleteEvent) -> None:
        await deleted.put(event.message_id)

    async with running(bot), Person(local.person_url, "juno") as juno:
        spoken = await mira.send("spam")
        await juno.delete(await juno.message(spoken.id))
        heard = await deleted.get()

    assert heard == spoken.id
    assert await mira.messages() == []
