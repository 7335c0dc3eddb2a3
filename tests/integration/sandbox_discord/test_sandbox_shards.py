"""Shards: what a bot is told about them, and what becomes of one that does not keep to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest

from sandbox.discord import DiscordConfig, DiscordSandbox, LimitsConfig
from sandbox.discord.config import with_shards
from sandbox.discord.json_types import JsonObject
from sandbox.person import Person

PATIENCE = 5.0


class Shard:
    """One socket of a bot, without a library."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def receive(self) -> JsonObject:
        payload: JsonObject = await self.socket.receive_json(timeout=PATIENCE)
        return payload

    async def closing_code(self) -> int | None:
        while not self.socket.closed:
            await self.socket.receive(timeout=PATIENCE)
        return self.socket.close_code

    async def until(self, wanted: Callable[[JsonObject], bool]) -> JsonObject:
        while not wanted(found := await self.receive()):
            pass
        return found


@asynccontextmanager
async def identified(local: DiscordSandbox, shard: int, count: int) -> AsyncIterator[Shard]:
    async with aiohttp.ClientSession() as session, session.ws_connect(local.gateway_url) as socket:
        opened = Shard(socket)
        assert (await opened.receive())["op"] == 10
        intents = 1 << 12 | 1 << 9 | 1
        await socket.send_json(
            {"op": 2, "d": {"token": local.token, "intents": intents, "properties": {}, "shard": [shard, count]}}
        )
        yield opened


def named(name: str) -> Callable[[JsonObject], bool]:
    return lambda payload: payload["t"] == name


async def test_a_world_with_shards_has_a_server_on_each_and_recommends_them() -> None:
    async with DiscordSandbox(with_shards(3)) as local, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bot {local.token}"}
        async with session.get(local.api_url + "/gateway/bot", headers=headers) as answer:
            told = await answer.json()

        assert told["shards"] == 3
        assert told["session_start_limit"] == {
            "total": 1000,
            "remaining": 1000,
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        assert [(guild.id >> 22) % 3 for guild in local.world.guilds.values()] == [0, 1, 2]


async def test_each_shard_hears_of_its_own_server_and_direct_messages_come_to_the_first() -> None:
    async with (
        DiscordSandbox(with_shards(2)) as local,
        Person(local.person_url, "mira", channel="general-2") as mira,
        identified(local, 0, 2) as first,
        identified(local, 1, 2) as second,
    ):
        seen = [(await shard.until(named("GUILD_CREATE")))["d"]["name"] for shard in (first, second)]
        await mira.send("on the second server")
        elsewhere = await second.until(named("MESSAGE_CREATE"))
        await mira.in_channel("dm").send("in private")
        private = await first.until(named("MESSAGE_CREATE"))

    assert seen == ["Egret Cove", "Egret Cove 2"]
    assert "guild_id" in elsewhere["d"]
    assert "guild_id" not in private["d"]


async def test_a_shard_that_identifies_too_soon_after_another_is_turned_away() -> None:
    limits = LimitsConfig(identify_window_ms=60_000)
    async with DiscordSandbox(replace(with_shards(2), limits=limits)) as local:
        async with identified(local, 0, 2) as first, identified(local, 1, 2) as second:
            await first.until(named("READY"))
            refused = await second.receive()

        assert (refused["op"], refused["d"]) == (9, False)
        assert ["too soon" in problem.what for problem in local.problems] == [True]


async def test_shards_that_may_begin_at_once_do_not_wait_for_each_other() -> None:
    limits = LimitsConfig(identify_window_ms=60_000, identify_concurrency=2)
    async with DiscordSandbox(replace(with_shards(2), limits=limits)) as local:
        async with identified(local, 0, 2) as first, identified(local, 1, 2) as second:
            for shard in (first, second):
                await shard.until(named("READY"))
        assert local.problems == []


@pytest.mark.parametrize(("shard", "count", "code"), [(0, 1, 4011), (2, 2, 4010)])
async def test_a_session_with_too_many_servers_or_no_such_shard_is_closed(shard: int, count: int, code: int) -> None:
    world = with_shards(2)
    config = DiscordConfig(guilds=world.guilds, limits=LimitsConfig(guilds_per_shard=1))
    async with DiscordSandbox(config) as local, identified(local, shard, count) as refused:
        assert await refused.closing_code() == code
