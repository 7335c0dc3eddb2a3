from __future__ import annotations

import io
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from sandbox.discord import Bucket, DiscordConfig, DiscordSandbox, LimitsConfig
from sandbox.discord import permissions as held
from sandbox.discord.clock import HOUR
from sandbox.discord.permissions import Permission
from sandbox.person import LocalFile, Person, RequestRefused
from tests.integration.sandbox_discord.conftest import connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord.state import Channel
    from tests.integration.sandbox_discord.conftest import Bot, Raw, Running

MIB = 1024 * 1024


def without(permission: Permission) -> int:
    return held.BOT_DEFAULT & ~int(permission)


@pytest.mark.parametrize(("tier", "limit"), [(0, 10 * MIB), (2, 50 * MIB)])
async def test_an_upload_over_the_servers_limit_is_too_large(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel, tier: int, limit: int
) -> None:
    local.operations.set_premium_tier(local.operations.guild("Egret Cove"), tier)
    async with running(bot):
        channel = bot.text_channel("general")
        fits = await channel.send(file=discord.File(io.BytesIO(bytes(limit)), "clip.bin"))
        with pytest.raises(discord.HTTPException) as refused:
            await channel.send(file=discord.File(io.BytesIO(bytes(limit + 1)), "clip.bin"))

        assert channel.guild.filesize_limit == limit

    assert fits.attachments[0].size == limit
    assert (refused.value.status, refused.value.code) == (413, 40005)
    assert len(general.messages) == 1


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        (Permission.SEND_MESSAGES, 50013),
        (Permission.ATTACH_FILES, 50013),
        (Permission.EMBED_LINKS, 50013),
        (Permission.READ_MESSAGE_HISTORY, 160002),
        (Permission.VIEW_CHANNEL, 50001),
    ],
)
async def test_a_permission_taken_from_the_bot_is_missed(
    bot: Bot,
    running: Running,
    local: DiscordSandbox,
    missing: Permission,
    code: int,
) -> None:
    guild = local.operations.guild("Egret Cove")
    async with running(bot):
        channel = bot.text_channel("general")
        card = await channel.send("card")
        local.operations.set_everyone_permissions(guild, 0)
        local.operations.set_bot_permissions(guild, without(missing))
        with pytest.raises(discord.Forbidden) as refused:
            await channel.send(
                "done",
                embed=discord.Embed(title="clip"),
                file=discord.File(io.BytesIO(b"clip"), "clip.mp4"),
                reference=card,
            )

    assert refused.value.code == code


async def test_a_channels_overwrite_counts_and_is_told_in_the_interaction(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, general: Channel
) -> None:
    told: list[bool] = []

    @bot.tree.command(description="Check")
    async def check(interaction: discord.Interaction[discord.Client]) -> None:
        told.append(interaction.app_permissions.attach_files)
        await interaction.response.send_message("checked")

    async with running(bot):
        await mira.run("check")
        local.operations.set_overwrite(general, "bot", 0, int(Permission.ATTACH_FILES))
        await mira.run("check")
        with pytest.raises(discord.Forbidden):
            await bot.text_channel("general").send(file=discord.File(io.BytesIO(b"x"), "x.mp4"))
        await bot.text_channel("clips").send(file=discord.File(io.BytesIO(b"x"), "x.mp4"))

    assert told == [True, False]


async def test_a_hidden_channel_sends_no_events_and_deleted_ones_are_unknown(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, general: Channel
) -> None:
    async with running(bot):
        channel = bot.text_channel("general")
        partial = bot.get_partial_messageable(channel.id)
        local.operations.set_overwrite(general, "bot", 0, int(Permission.VIEW_CHANNEL))
        await mira.send("unheard")
        await mira.in_channel("clips").send("heard")
        heard = await bot.heard.get()
        with pytest.raises(discord.Forbidden) as hidden:
            await partial.send("x")
        local.operations.delete_channel(general)
        with pytest.raises(discord.NotFound) as gone:
            await partial.send("x")

    assert heard.channel.name == "clips"  # type: ignore[union-attr]
    assert (hidden.value.code, gone.value.code) == (50001, 10003)


async def test_an_archived_thread_refuses_edits_unarchives_on_a_message_and_stays_shut_when_locked(
    bot: Bot, running: Running, local: DiscordSandbox
) -> None:
    async with running(bot):
        card = await bot.text_channel("general").send("card")
        thread = await card.create_thread(name="storm")
        inside = await thread.send("inside")
        state = local.operations.channel("storm")
        local.operations.set_thread_state(state, archived=True, locked=False)
        with pytest.raises(discord.HTTPException) as edit:
            await inside.edit(content="changed")
        with pytest.raises(discord.HTTPException) as reaction:
            await inside.add_reaction("⏳")
        await thread.send("wake up")
        awake = state.thread is not None and not state.thread.archived
        local.operations.set_thread_state(state, archived=True, locked=True)
        with pytest.raises(discord.HTTPException) as locked:
            await thread.send("knock")

    assert (edit.value.code, reaction.value.code, locked.value.code) == (50083, 50083, 50083)
    assert awake


async def test_direct_messages_can_be_closed(bot: Bot, running: Running, local: DiscordSandbox, mira: Person) -> None:
    person = local.world.person_named("mira")
    async with running(bot):
        user = await bot.fetch_user(person.id)
        await user.send("psst")
        await mira.take_direct_messages(takes=False)
        with pytest.raises(discord.Forbidden) as refused:
            await user.send("psst")

    assert refused.value.code == 50007
    assert [message.content for message in await mira.in_channel("dm").messages()] == ["psst"]


async def test_a_kicked_bot_loses_access_and_hears_of_it(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    removed = discord.utils.MISSING
    guild = local.operations.guild("Egret Cove")

    async with running(bot):
        channel = bot.get_partial_messageable(bot.text_channel("general").id)
        waiting = bot.wait_for("guild_remove", timeout=5)
        local.operations.remove_bot(guild)
        removed = await waiting
        with pytest.raises(discord.Forbidden) as refused:
            await channel.send("x")
        with pytest.raises(RequestRefused):
            await mira.run("video")
        joining = bot.wait_for("guild_join", timeout=5)
        local.operations.add_bot(guild, held.BOT_DEFAULT)
        joined = await joining

    assert removed.id == joined.id == guild.id
    assert refused.value.code == 50001


async def test_attachment_urls_expire_and_are_renewed_by_fetching_the_message(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    async with running(bot):
        sent = await bot.text_channel("clips").send(file=discord.File(io.BytesIO(b"clip"), "clip.mp4"))
        local.clock.advance(24 * HOUR)
        with pytest.raises(discord.NotFound):
            await sent.attachments[0].read()
        again = await sent.channel.fetch_message(sent.id)
        data = await again.attachments[0].read()

    assert data == b"clip"
    shown = (await mira.in_channel("clips").messages())[0]
    assert await mira.download(shown.attachments[0]) == b"clip"


async def test_a_url_with_another_signature_is_refused(bot: Bot, running: Running, mira: Person) -> None:
    async with running(bot):
        sent = await bot.text_channel("clips").send(file=discord.File(io.BytesIO(b"clip"), "clip.mp4"))
        url = sent.attachments[0].url.replace("&hm=", "&hm=0")
        async with (
            mira.session.get(url) as forged,
            mira.session.get(sent.attachments[0].url, headers={"Range": "bytes=1-2"}) as ranged,
        ):
            part = await ranged.read()

    assert forged.status == 404
    assert (ranged.status, part) == (206, b"li")


async def test_an_emptied_bucket_answers_429_as_discord_does(hosts: Callable[[DiscordSandbox], None]) -> None:
    route = "POST /channels/{channel_id}/messages"
    limits = LimitsConfig(buckets={route: Bucket(2, 0.5)})
    async with DiscordSandbox(DiscordConfig(limits=limits)) as sandbox:
        general, clips = sandbox.operations.channel("general"), sandbox.operations.channel("clips")
        headers = {"Authorization": f"Bot {sandbox.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:

            async def send(channel: Channel) -> aiohttp.ClientResponse:
                url = f"{sandbox.api_url}/channels/{channel.id}/messages"
                async with session.post(url, json={"content": "x"}) as response:
                    await response.read()
                    return response

            first, second, third, elsewhere = [await send(c) for c in (general, general, general, clips)]
            sandbox.clock.advance(500)
            again = await send(general)

    assert [first.headers["X-RateLimit-Remaining"], second.headers["X-RateLimit-Remaining"]] == ["1", "0"]
    assert first.headers["X-RateLimit-Bucket"] == elsewhere.headers["X-RateLimit-Bucket"]
    assert (third.status, elsewhere.status, again.status) == (429, 200, 200)
    assert (third.headers["Via"], third.headers["Retry-After"]) == ("1.1 google", "1")
    assert third.headers["X-RateLimit-Scope"] == "user"


async def test_the_global_limit_spares_interaction_answers(hosts: Callable[[DiscordSandbox], None]) -> None:
    config = DiscordConfig(limits=LimitsConfig(global_bucket=Bucket(1, 60.0)))
    async with DiscordSandbox(config) as sandbox, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bot {sandbox.token}"}

        async def get(path: str) -> tuple[int, str | None]:
            async with session.get(sandbox.api_url + path, headers=headers) as response:
                await response.read()
                return response.status, response.headers.get("X-RateLimit-Scope")

        answers = [await get("/users/@me"), await get("/users/@me")]
        hook = await get(f"/webhooks/{sandbox.world.application.id}/token/messages/@original")

    assert answers == [(200, None), (429, "global")]
    assert hook == (404, None)


async def test_discord_py_waits_out_an_emptied_bucket(bot: Bot, hosts: Callable[[DiscordSandbox], None]) -> None:
    limits = LimitsConfig(buckets={"POST /channels/{channel_id}/messages": Bucket(1, 0.05)})
    async with DiscordSandbox(DiscordConfig(limits=limits)) as sandbox:
        hosts(sandbox)
        async with connection(bot, sandbox):
            for number in range(3):
                await bot.text_channel("general").send(str(number))

        contents = [message.content for message in sandbox.operations.channel("general").messages.values()]

    assert contents == ["0", "1", "2"]


async def test_an_unknown_route_or_token_is_recorded_as_a_problem(raw: Raw, local: DiscordSandbox) -> None:
    unknown = await raw("GET", "/channels/1/soundboard")
    stranger = await raw("GET", "/users/@me", Authorization="Bot other")

    assert unknown == (404, {"message": "404: Not Found", "code": 0})
    assert stranger == (401, {"message": "401: Unauthorized", "code": 0})
    assert [problem.where for problem in local.problems] == ["GET /channels/1/soundboard", "GET /users/@me"]


async def test_a_person_cannot_send_where_or_what_the_server_does_not_allow(
    local: DiscordSandbox, mira: Person, general: Channel
) -> None:
    with pytest.raises(RequestRefused, match="larger than"):
        await mira.send(files=[LocalFile("big.bin", bytes(10 * MIB + 1))])
    local.operations.set_overwrite(general, "@everyone", 0, int(Permission.SEND_MESSAGES))
    with pytest.raises(RequestRefused) as muted:
        await mira.send("hello")
    local.operations.set_overwrite(general, "mira", 0, int(Permission.VIEW_CHANNEL))
    with pytest.raises(RequestRefused) as hidden:
        await mira.messages()

    assert (muted.value.code, hidden.value.code) == (50013, 10003)
