"""Clients with several shards, against a Discord that keeps to the rules of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import discord
import pytest
import yarl

from bot.clock import SystemClock
from bot.delivery import session_turns, sharded_client
from bot.delivery.gateway import GatewayRefused
from bot.delivery.gateway_watch import gateway_trouble
from bot.delivery.memberships import DiscordMemberships, ServersElsewhere
from bot.delivery.servers import DiscordServers
from bot.delivery.session_turns import StoredTurns
from bot.delivery.sharded_client import SessionTurns, ShardedClient
from bot.processes import Shards
from sandbox.discord import DiscordConfig, DiscordSandbox, LimitsConfig
from sandbox.discord.config import with_shards
from sandbox.discord.json_types import JsonObject
from sandbox.discord.observation import Exchange
from sandbox.person import Person

PATIENCE = 20.0


class Listener(ShardedClient):
    """A client that only listens."""

    def __init__(
        self,
        shard_ids: tuple[int, ...] | None = None,
        shard_count: int | None = None,
        turns: SessionTurns | None = None,
    ) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            max_messages=None,
            guild_ready_timeout=0.05,
            shard_ids=shard_ids,
            shard_count=shard_count,
            turns=turns,
        )
        self.heard: asyncio.Queue[int] = asyncio.Queue()

    async def on_message(self, message: discord.Message) -> None:
        await self.heard.put(message.id)

    async def hears(self, message_id: int) -> bool:
        return await asyncio.wait_for(self.heard.get(), PATIENCE) == message_id

    @property
    def seen(self) -> set[str]:
        return {guild.name for guild in self.guilds}


class Turns:
    """Turns as one database gives them to every process."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}
        self.taken: list[str] = []

    async def claim_turn(self, name: str, now: int, until: int) -> int | None:
        if self._until.get(name, 0) > now:
            return self._until[name]
        self._until[name] = until
        self.taken.append(name)
        return None


class Asked:
    """Counts how often a client asks about shards."""

    def __init__(self) -> None:
        self.for_shards = 0

    def on_exchange(self, exchange: Exchange) -> None:
        self.for_shards += exchange.path.endswith("/gateway/bot")

    def on_event(self, payload: JsonObject) -> None:
        pass


async def until(holds: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - discord.py has no event for all of it
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"waited in vain for {what}")


@pytest.fixture
async def local(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordSandbox]:
    """A Discord of three shards, or as the test wants it."""
    config = getattr(request, "param", with_shards(3))
    async with DiscordSandbox(config) as sandbox:
        monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
        yield sandbox


@asynccontextmanager
async def online(client: Listener, local: DiscordSandbox, servers: int) -> AsyncIterator[Listener]:
    await client.login(local.token)
    connection = asyncio.create_task(client.connect())
    try:
        await until(lambda: client.is_ready() and len(client.guilds) == servers, "the servers")
        yield client
    finally:
        await client.close()
        await asyncio.gather(connection, return_exceptions=True)


async def test_one_process_connects_every_shard_that_discord_recommends(local: DiscordSandbox):
    async with online(Listener(), local, 3) as client, Person(local.person_url, "mira", channel="general-3") as mira:
        assert client.plan == Shards((0, 1, 2), 3)
        assert client.seen == {"Egret Cove", "Egret Cove 2", "Egret Cove 3"}
        assert sorted(session.shard for session in local.gateway.sessions.values()) == [(0, 3), (1, 3), (2, 3)]
        assert gateway_trouble(client) is None
        for channel in ("general", "general-2", "general-3", "dm"):
            sent = await mira.in_channel(channel).send("hello")
            assert await client.hears(sent.id)
        assert client.heard.empty()
        assert client.latency > 0


async def test_two_processes_hear_of_their_own_shards_and_direct_messages_come_to_the_first(local: DiscordSandbox):
    first, second = Listener((0,), 3), Listener((1, 2), 3)
    async with online(first, local, 1), online(second, local, 2), Person(local.person_url, "mira") as mira:
        assert (first.seen, second.seen) == ({"Egret Cove"}, {"Egret Cove 2", "Egret Cove 3"})
        for channel, client in (("general", first), ("general-2", second), ("general-3", second), ("dm", first)):
            sent = await mira.in_channel(channel).send("hello")
            assert await client.hears(sent.id)
        assert first.heard.empty()
        assert second.heard.empty()


async def test_a_process_knows_only_of_its_own_servers_whether_the_bot_is_there(local: DiscordSandbox):
    homes = list(local.world.guilds)
    async with online(Listener((1, 2), 3), local, 2) as client:
        servers = DiscordServers(client)
        assert [server.id for server in servers.joined() or ()] == homes[1:]
        assert [servers.covers(home) for home in homes] == [False, True, True]


async def test_trouble_names_the_shard_that_has_it(local: DiscordSandbox, monkeypatch: pytest.MonkeyPatch):
    async with online(Listener(), local, 3) as client:

        async def refuse(*_: object, **__: object) -> object:
            raise OSError("nobody there")

        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "from_client", refuse)
        for number in (0, 1):
            socket = client.sockets[number]
            assert socket is not None
            await socket.socket.close(code=1006)

        await until(lambda: gateway_trouble(client) == "shards 0-1 of 3: connection lost", "the loss to be told")
        assert not client.connected


async def test_one_shard_that_is_cut_comes_back_alone_and_misses_nothing(local: DiscordSandbox):
    async with online(Listener(), local, 3) as client, Person(local.person_url, "mira", channel="general-2") as mira:
        cut = next(one for one in local.gateway.sessions.values() if one.shard == (1, 3))
        assert cut.connection is not None
        cut.connection.drop()
        sent = await mira.send("while you were away")

        assert await client.hears(sent.id)
        assert (local.gateway.identifies, local.gateway.resumes) == (3, 1)


async def test_a_server_that_was_left_while_its_session_was_lost_is_known_no_more(local: DiscordSandbox):
    async with online(Listener(), local, 3) as client:
        socket = client.sockets[1]
        local.gateway.switch("doors", works=False)
        session = next(one for one in local.gateway.sessions.values() if one.shard == (1, 3))
        assert session.connection is not None
        await session.connection.close(4009)
        del local.gateway.sessions[session.id]
        local.operations.remove_bot(local.operations.guild("Egret Cove 2"))
        assert "Egret Cove 2" in client.seen
        local.gateway.switch("doors", works=True)
        await until(lambda: client.sockets[1] is not socket, "the new session")

        await until(lambda: client.seen == {"Egret Cove", "Egret Cove 3"}, "the server to be forgotten")


async def test_who_hears_direct_messages_knows_the_servers_of_other_processes_and_who_is_on_them(
    local: DiscordSandbox,
):
    homes = list(local.world.guilds)
    mira, stranger = local.world.person_named("mira").id, local.world.bot_id + 1
    async with online(Listener((0,), 3), local, 1) as client:
        memberships = DiscordMemberships()
        memberships.ask(client)
        await ServersElsewhere(memberships, client, SystemClock()).run_once()

        assert [(server.id, server.name) for server in memberships.servers()] == [
            (homes[0], "Egret Cove"),
            (homes[1], "Egret Cove 2"),
            (homes[2], "Egret Cove 3"),
        ]
        for home in homes:
            member = await memberships.membership(home, mira)
            assert member is not None
            assert not member.manages
            assert await memberships.membership(home, stranger) is None
        juno = await memberships.membership(homes[1], local.world.person_named("juno").id)
        assert juno is not None
        assert juno.manages
        local.operations.remove_bot(local.operations.guild("Egret Cove 3"))
        assert await memberships.membership(homes[2], mira) is None


@pytest.mark.parametrize("local", [replace(with_shards(3), limits=LimitsConfig(identify_window_ms=150))], indirect=True)
async def test_sessions_of_two_processes_begin_one_after_the_other(
    local: DiscordSandbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session_turns, "APART", 300)
    database = Turns()
    first, second = (Listener(ids, 3, StoredTurns(database, SystemClock())) for ids in ((0, 1), (2,)))
    async with online(first, local, 2), online(second, local, 1):
        pass

    assert database.taken == ["identify:0"] * 3
    assert local.problems == []


@pytest.mark.parametrize(
    "local",
    [replace(with_shards(3), limits=LimitsConfig(identify_window_ms=60_000, identify_concurrency=3))],
    indirect=True,
)
async def test_sessions_that_may_begin_at_once_do(local: DiscordSandbox):
    database = Turns()
    async with online(Listener(turns=StoredTurns(database, SystemClock())), local, 3):
        pass

    assert sorted(database.taken) == ["identify:0", "identify:1", "identify:2"]
    assert local.problems == []


@pytest.mark.parametrize("local", [replace(with_shards(3), limits=LimitsConfig(identifies_per_day=2))], indirect=True)
async def test_no_session_is_begun_where_discord_grants_too_few_for_the_day(
    local: DiscordSandbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sharded_client, "_LONGEST_WAIT", 0.01)
    asked = Asked()
    local.observe(asked)
    client = Listener()
    await client.login(local.token)
    connection = asyncio.create_task(client.connect())
    try:
        await until(lambda: asked.for_shards >= 3, "the client to ask again")
        assert local.gateway.identifies == 0
        assert gateway_trouble(client) == "not connected"
    finally:
        await client.close()
        await asyncio.wait_for(connection, PATIENCE)


@pytest.mark.parametrize(
    "local", [DiscordConfig(guilds=with_shards(2).guilds, limits=LimitsConfig(guilds_per_shard=1))], indirect=True
)
async def test_too_few_shards_are_refused_in_words(local: DiscordSandbox):
    client = Listener(shard_count=1)
    await client.login(local.token)
    try:
        with pytest.raises(GatewayRefused, match="raise SHARD_COUNT"):
            await asyncio.wait_for(client.connect(), PATIENCE)
    finally:
        await client.close()


async def test_what_people_see_beside_the_name_is_shown_on_every_shard(local: DiscordSandbox):
    async with online(Listener(), local, 3) as client:
        await client.change_presence(activity=discord.CustomActivity("resting"), status=discord.Status.idle)
        await until(lambda: local.gateway.presence.line == "resting", "the status line")
