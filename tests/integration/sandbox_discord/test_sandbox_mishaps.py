"""What goes wrong beside refused requests: half uploads, proxies' pages, silence, repetition, dead tokens."""

from __future__ import annotations

import asyncio
import contextlib
import io
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest

from sandbox.discord import DiscordConfig, DiscordSandbox, LimitsConfig
from sandbox.operator import DiscordOperator
from sandbox.person import Person
from tests.integration.sandbox_discord.conftest import Bot, connection, default_intents

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord.interaction import DeadToken
    from sandbox.discord.state import Channel
    from tests.integration.sandbox_discord.conftest import Raw, Running

MESSAGES = "/channels/*/messages"
BANNED = "Error 1015: You are being rate limited"


async def happens(person: Person, kind: str) -> None:
    """Wait until something has happened."""
    seq, kinds = 0, set()
    while kind not in kinds:
        seq, changes = await person.changes(seq, 10)
        kinds |= {change["kind"] for change in changes}


@pytest.fixture
async def operator(local: DiscordSandbox) -> Any:
    async with DiscordOperator(local.person_url) as operator:
        yield operator


async def test_an_upload_is_cut_off_in_its_middle(
    bot: Bot, running: Running, operator: DiscordOperator, general: Channel
) -> None:
    async with running(bot):
        await operator.add_fault(kind="reset_upload", method="POST", path=MESSAGES)
        with pytest.raises((aiohttp.ClientError, OSError)):
            await bot.text_channel("general").send(file=discord.File(io.BytesIO(bytes(20_000_000)), "clip.mp4"))
        await bot.text_channel("general").send("sent")

    assert [message.content for message in general.messages.values()] == ["sent"]


async def test_a_ban_by_the_proxy_in_front_is_raised_at_once(
    bot: Bot, running: Running, operator: DiscordOperator, general: Channel
) -> None:
    async with running(bot):
        await operator.add_fault(kind="page", method="POST", path=MESSAGES, status=429, retry_after=90)
        with pytest.raises(discord.HTTPException) as refused:
            await bot.text_channel("general").send("lost")

    response = refused.value.response
    assert (refused.value.status, refused.value.code) == (429, 0)
    assert (response.headers.get("Via"), response.headers["Retry-After"]) == (None, "90")
    assert BANNED in refused.value.text
    assert general.messages == {}


async def test_a_proxys_page_may_say_anything(raw: Raw, local: DiscordSandbox, operator: DiscordOperator) -> None:
    await operator.add_fault(kind="page", path="/users/@me", status=502)

    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{local.api_url}/users/@me", headers={"Authorization": f"Bot {local.token}"}) as answer,
    ):
        said = await answer.text()

    assert (answer.status, answer.content_type) == (502, "text/html")
    assert "Bad Gateway" in said


async def test_a_server_can_take_less_than_discord_tells(
    bot: Bot, running: Running, operator: DiscordOperator, general: Channel
) -> None:
    async with running(bot):
        await operator.limit_uploads("Egret Cove", 1_000)
        told = bot.guilds[0].filesize_limit
        with pytest.raises(discord.HTTPException) as refused:
            await bot.text_channel("general").send(file=discord.File(io.BytesIO(bytes(1_001)), "clip.mp4"))
        await bot.text_channel("general").send(file=discord.File(io.BytesIO(bytes(1_000)), "clip.mp4"))
        await operator.limit_uploads("Egret Cove", None)
        await bot.text_channel("general").send(file=discord.File(io.BytesIO(bytes(1_001)), "clip.mp4"))

    assert told == 10 * 1024 * 1024
    assert (refused.value.status, refused.value.code) == (413, 40005)
    assert [len(message.attachments[0].data) for message in general.messages.values()] == [1_000, 1_001]


async def test_an_event_can_come_twice(
    bot: Bot, running: Running, local: DiscordSandbox, operator: DiscordOperator, mira: Person
) -> None:
    async with running(bot):
        await operator.repeat_events("MESSAGE_CREATE")
        twice, once = await mira.send("twice"), await mira.send("once")
        heard = [(await bot.heard.get()).id for _ in range(3)]

    assert heard == [twice.id, twice.id, once.id]
    assert bot.heard.empty()


async def test_an_interactions_token_can_be_dead_on_arrival(
    bot: Bot, running: Running, operator: DiscordOperator, mira: Person
) -> None:
    failed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @bot.tree.command(description="Check")
    async def check(interaction: discord.Interaction[discord.Client]) -> None:
        await operator.kill_tokens("invalid")
        try:
            await interaction.response.send_message("checked")
        except discord.NotFound as error:
            failed.set_result(error.code)

    async with running(bot):
        interaction = await mira.begin("check")
        code = await failed
        await operator.advance(3)
        outcome = await mira.outcome(interaction)

    assert code == 10062
    assert outcome.kind == "failed"


@pytest.mark.parametrize(("how", "status", "code"), [("invalid", 401, 50027), ("unknown", 404, 10015)])
async def test_an_interactions_token_can_die_after_its_first_use(
    bot: Bot, running: Running, operator: DiscordOperator, mira: Person, how: DeadToken, status: int, code: int
) -> None:
    failed: asyncio.Future[tuple[int, int]] = asyncio.get_running_loop().create_future()

    @bot.tree.command(description="Check")
    async def check(interaction: discord.Interaction[discord.Client]) -> None:
        await interaction.response.defer(thinking=True)
        await operator.kill_tokens(how)
        try:
            await interaction.edit_original_response(content="checked")
        except discord.HTTPException as error:
            failed.set_result((error.status, error.code))

    async with running(bot):
        await mira.begin("check")
        found = await failed
        again = await mira.begin("check")
        outcome = await mira.outcome(again)

    assert found == (status, code)
    assert outcome.kind == "thinking"


async def test_a_gateway_can_refuse_sockets_and_stay_silent_on_others(
    local: DiscordSandbox, operator: DiscordOperator
) -> None:
    async with aiohttp.ClientSession() as session:
        await operator.trouble_gateway("refuse")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(local.gateway_url)
        await operator.trouble_gateway("admit")
        await operator.trouble_gateway("mute_hello")
        async with session.ws_connect(local.gateway_url) as silent:
            with pytest.raises(TimeoutError):
                await silent.receive(timeout=0.05)
        await operator.trouble_gateway("restore_hello")
        async with session.ws_connect(local.gateway_url) as socket:
            hello = (await socket.receive(timeout=5)).json()

    assert refused.value.status == 503
    assert hello["op"] == 10


async def test_a_frozen_gateway_is_left_by_its_client_which_misses_nothing(
    hosts: Callable[[DiscordSandbox], None],
) -> None:
    bot = Bot(default_intents())
    config = DiscordConfig(limits=LimitsConfig(heartbeat_ms=200))
    async with (
        DiscordSandbox(config) as sandbox,
        Person(sandbox.person_url, "mira") as mira,
        DiscordOperator(sandbox.person_url) as operator,
    ):
        hosts(sandbox)
        bot._connection.heartbeat_timeout = 0.3
        async with connection(bot, sandbox):
            await operator.trouble_gateway("freeze")
            sent = await mira.send("are you there?")
            await happens(mira, "bot_disconnected")
            await operator.trouble_gateway("thaw")
            await bot.resumed.wait()
            heard = await bot.heard.get()

    assert heard.id == sent.id
    assert bot.heard.empty()


@pytest.mark.parametrize(
    ("code", "kept"), [(4000, True), (4008, True), (4003, False), (4007, False), (4009, False), (4013, False)]
)
async def test_some_close_codes_end_the_session_with_the_socket(
    local: DiscordSandbox, operator: DiscordOperator, code: int, kept: bool
) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(local.gateway_url) as socket:
        await socket.receive()
        await socket.send_json({"op": 2, "d": {"token": local.token, "intents": 1, "properties": {}}})
        while not local.gateway.sessions:
            await socket.receive(timeout=5)
        await operator.trouble_gateway("close", code=code)
        while not socket.closed:
            await socket.receive(timeout=5)

    assert socket.close_code == code
    assert bool(local.gateway.sessions) is kept


async def test_people_leave_come_back_and_close_their_direct_messages(
    raw: Raw, local: DiscordSandbox, operator: DiscordOperator
) -> None:
    guild = local.operations.guild("Egret Cove")
    mira = local.world.person_named("mira").id
    direct = (await raw("POST", "/users/@me/channels", {"recipient_id": str(mira)}))[1]["id"]
    refusals = []
    for change in (
        operator.set_takes_direct_messages("mira", takes=False),
        operator.set_takes_direct_messages("mira", takes=True),
        operator.set_member("Egret Cove", "mira", present=False),
        operator.set_member("Egret Cove", "mira", present=True),
    ):
        await change
        _, answer = await raw("POST", f"/channels/{direct}/messages", {"content": "hello"})
        refusals.append(answer.get("code"))
        with contextlib.suppress(KeyError):
            assert answer["channel_id"] == direct

    assert refusals == [50007, None, 50278, None]
    assert mira in guild.members


async def test_everything_that_was_ever_written_can_be_looked_at(
    local: DiscordSandbox, operator: DiscordOperator, mira: Person
) -> None:
    first = await mira.send("hello")
    made = await operator.add_channel("Egret Cove", "harbour")
    there = await mira.in_channel("harbour").send("boats")
    private = await mira.in_channel("dm").send("between us")
    await operator.delete_channel("harbour")
    await operator.delete_message(private.id)

    everything = await operator.all_messages()
    later = await operator.all_messages(after=first.id)

    assert made == there.channel_id
    assert [message.id for message in everything] == [first.id, there.id, private.id]
    assert [message.id for message in later] == [there.id, private.id]
