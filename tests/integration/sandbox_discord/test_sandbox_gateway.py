from __future__ import annotations

import asyncio
import json
import zlib
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest

from sandbox.discord import DiscordConfig, DiscordSandbox, LimitsConfig
from sandbox.discord.clock import MINUTE
from sandbox.person import Person
from tests.integration.sandbox_discord.conftest import Bot, connection, default_intents

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.sandbox_discord.conftest import Running


class Socket:
    """The gateway without a library."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj()

    async def send(self, op: int, data: Any) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def receive(self) -> dict[str, Any]:
        frame = await self.socket.receive(timeout=5)
        if frame.type is aiohttp.WSMsgType.BINARY:
            assert frame.data.endswith(b"\x00\x00\xff\xff")
            payload: dict[str, Any] = json.loads(self._inflate.decompress(frame.data))
        else:
            payload = json.loads(frame.data)
        return payload

    async def closing_code(self) -> int | None:
        while not self.socket.closed:
            await self.socket.receive(timeout=5)
        return self.socket.close_code


def identification(sandbox: DiscordSandbox, **changes: Any) -> dict[str, Any]:
    return {"token": sandbox.token, "intents": 1 << 9 | 1, "properties": {}, **changes}


@pytest.mark.parametrize("way", ["drop", "close", "reconnect"])
async def test_a_lost_socket_is_resumed_and_nothing_is_missed(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, way: str
) -> None:
    async with running(bot):
        if way == "drop":
            local.gateway.drop_sockets()
        elif way == "close":
            await local.gateway.close_sockets(4000)
        else:
            local.gateway.ask_to_reconnect()
        sent = await mira.send("while you were away")
        await bot.resumed.wait()
        heard = await bot.heard.get()

    assert heard.id == sent.id
    assert (local.gateway.identifies, local.gateway.resumes) == (1, 1)
    assert bot.heard.empty()


async def test_an_invalid_session_is_identified_anew(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    async with running(bot):
        seq = await mira.seq()
        local.gateway.invalidate_sessions()
        kinds: list[Any] = []
        while "bot_connected" not in kinds:
            seq, changes = await mira.changes(seq, 10)
            kinds += [change["kind"] for change in changes]
        await mira.send("hello again")
        await bot.heard.get()

    assert local.gateway.identifies == 2
    assert local.gateway.resumes == 0


async def test_a_session_can_be_resumed_for_a_few_minutes_only(
    bot: Bot, running: Running, local: DiscordSandbox
) -> None:
    async with running(bot), aiohttp.ClientSession() as session:
        first = next(iter(local.gateway.sessions.values()))
        async with session.ws_connect(local.gateway_url) as raw_socket:
            socket = Socket(raw_socket)
            await socket.receive()
            first.connection, first.detached_at = None, local.clock.now()
            local.clock.advance(4 * MINUTE)
            await socket.send(6, {"token": local.token, "session_id": first.id, "seq": 1})
            refused = await socket.receive()

    assert (refused["op"], refused["d"]) == (9, False)


@pytest.mark.parametrize(
    ("op", "changes", "code"),
    [
        (2, {"token": "other"}, 4004),
        (2, {"intents": 1 << 15}, 4014),
        (2, {"intents": 1 << 40}, 4013),
        (2, {"shard": [3, 2]}, 4010),
        (3, {}, 4003),
        (77, {}, 4001),
        (2, {"properties": "x" * 5000}, 4002),
    ],
)
async def test_a_wrong_payload_closes_the_socket_with_its_code(
    local: DiscordSandbox, op: int, changes: dict[str, Any], code: int
) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(local.gateway_url) as raw_socket:
        socket = Socket(raw_socket)
        assert (await socket.receive())["op"] == 10
        await socket.send(op, identification(local, **changes))

        assert await socket.closing_code() == code


async def test_frames_are_a_zlib_stream_when_asked_for_and_text_otherwise(local: DiscordSandbox) -> None:
    names = []
    async with aiohttp.ClientSession() as session:
        for query in ("?v=10&encoding=json", "?v=10&encoding=json&compress=zlib-stream"):
            async with session.ws_connect(local.gateway_url + query) as raw_socket:
                socket = Socket(raw_socket)
                await socket.receive()
                await socket.send(2, identification(local))
                names.append([(await socket.receive())["t"] for _ in range(2)])
                await socket.send(1, None)
                assert (await socket.receive())["op"] == 11

    assert names == [["READY", "GUILD_CREATE"]] * 2


async def test_a_heartbeat_without_an_acknowledgement_makes_the_client_reconnect(
    hosts: Callable[[DiscordSandbox], None],
) -> None:
    bot = Bot(default_intents())
    config = DiscordConfig(limits=LimitsConfig(heartbeat_ms=200))
    async with DiscordSandbox(config) as sandbox, Person(sandbox.person_url, "mira") as mira:
        hosts(sandbox)
        bot._connection.heartbeat_timeout = 0.3
        async with connection(bot, sandbox):
            sandbox.gateway.switch("acks", works=False)
            await bot.resumed.wait()
            sandbox.gateway.switch("acks", works=True)
            await mira.send("are you there?")
            heard = await bot.heard.get()

    assert heard.author.name == "mira"
    assert sandbox.gateway.identifies == 1
    assert sandbox.gateway.resumes >= 1


async def test_a_client_without_heartbeats_is_closed() -> None:
    async with (
        DiscordSandbox(DiscordConfig(limits=LimitsConfig(heartbeat_ms=50))) as sandbox,
        aiohttp.ClientSession() as session,
        session.ws_connect(sandbox.gateway_url) as raw_socket,
    ):
        socket = Socket(raw_socket)
        await socket.receive()

        assert await socket.closing_code() == 4000


async def test_with_the_content_intent_granted_and_asked_for_everything_is_readable(
    hosts: Callable[[DiscordSandbox], None],
) -> None:
    intents = default_intents()
    intents.message_content = True
    bot = Bot(intents)
    async with DiscordSandbox(DiscordConfig(message_content=True)) as sandbox:
        hosts(sandbox)
        async with connection(bot, sandbox), Person(sandbox.person_url, "mira") as mira:
            await mira.send("plain words")
            heard = await bot.heard.get()

    assert heard.content == "plain words"


async def test_events_without_their_intent_are_not_sent(local: DiscordSandbox, mira: Person) -> None:
    bot = Bot(discord.Intents(guilds=True, dm_messages=True))
    async with connection(bot, local):
        await mira.send("in a channel")
        await mira.in_channel("dm").send("in private")
        heard = await bot.heard.get()

    assert heard.content == "in private"
    assert bot.heard.empty()


async def test_shards_get_their_own_servers_events(local: DiscordSandbox, mira: Person) -> None:
    guild = local.operations.guild("Egret Cove")
    home = (guild.id >> 22) % 2
    async with aiohttp.ClientSession() as session:
        sockets = []
        for shard in (0, 1):
            raw_socket = await session.ws_connect(local.gateway_url)
            socket = Socket(raw_socket)
            await socket.receive()
            await socket.send(2, identification(local, shard=[shard, 2]))
            ready = await socket.receive()
            sockets.append((socket, ready))
        created = await sockets[home][0].receive()
        await mira.send("hello")
        heard = await sockets[home][0].receive()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await sockets[1 - home][0].receive()
        for socket, _ in sockets:
            await socket.socket.close()

    assert [len(ready["d"]["guilds"]) for _, ready in sockets] == [1 - home, home]
    assert (created["t"], heard["t"]) == ("GUILD_CREATE", "MESSAGE_CREATE")
