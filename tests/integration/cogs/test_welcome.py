"""Joining and leaving servers: each that may spend is welcomed once, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.client import EgretClient
from bot.clock import HOUR, MINUTE
from bot.community.servers import ServerRecord, ServerWatch
from bot.delivery.servers import DiscordServers, wake_at_doors
from bot.jobs.loops import Wakes
from bot.ui.language import spoken
from bot.ui.message import Message
from sandbox.discord.faults import Fault
from sandbox.discord.permissions import BOT_DEFAULT, Permission
from sandbox.discord.state import Guild
from sandbox.discord.state import Message as Posted
from tests.integration.cogs.cove import Cove

POST = "/channels/*/messages"


class Door:
    """The bot's watch over its servers, looked at only when a test says so."""

    def __init__(self, cove: Cove, client: EgretClient) -> None:
        self.cove = cove
        self.wakes = Wakes()
        wake_at_doors(client, self.wakes)
        self.presence = DiscordServers(client)
        self.watch = ServerWatch(cove.store, self.presence, frozenset({cove.guild.id}), cove.world.clock)

    async def look(self) -> None:
        await self.watch.run_once()

    async def woken(self) -> None:
        """Wait until somebody says that servers are to be looked at, and look."""
        bell = self.wakes.bell(ServerWatch.name)
        await asyncio.wait_for(bell.wait(), 10)
        bell.clear()
        await self.look()


@asynccontextmanager
async def at_the_door(cove: Cove) -> AsyncIterator[Door]:
    """Come online, with every server known."""
    client = cove.new_client()
    client._connection.guild_ready_timeout = 0.0
    door = Door(cove, client)
    async with cove.online(client):
        await asyncio.wait_for(client.wait_until_ready(), 10)
        door.wakes.bell(ServerWatch.name).clear()
        yield door


@pytest.fixture
async def door(offline: Cove) -> AsyncIterator[Door]:
    async with at_the_door(offline) as door:
        yield door


def hellos(cove: Cove, guild: Guild | None = None) -> list[Posted]:
    """Return every hello that was ever posted on a server."""
    places = cove.discord.world.channels_of(guild or cove.guild)
    posted = [message for place in places for message in place.messages.values()]
    return [message for message in posted if "Hello!" in message.content]


async def record(cove: Cove, guild: Guild | None = None) -> ServerRecord | None:
    wanted = (guild or cove.guild).id
    return next((found for found in await cove.store.servers() if found.guild_id == wanted), None)


def elsewhere(cove: Cove) -> Guild:
    return next(guild for guild in cove.discord.world.guilds.values() if guild.name == "Elsewhere")


def forbid(cove: Cove, channel: str, permission: Permission = Permission.SEND_MESSAGES) -> None:
    operations = cove.discord.operations
    operations.set_overwrite(operations.channel(channel), "bot", 0, int(permission))


async def seen_by_the_client(cove: Cove) -> None:
    """Return once everything that the local Discord has told has been heard: an answer follows the events before it."""
    await cove.juno.run("defaults")


async def test_a_server_that_may_spend_is_welcomed_once_and_nobody_is_notified(door: Door):
    await door.look()
    await door.look()

    (hello,) = hellos(door.cove)
    assert hello.pinged == ()
    assert hello.channel_id == door.cove.channel_id("general")
    known = await record(door.cove)
    assert known is not None
    assert known.welcomed_at is not None
    assert known.joined_at == door.cove.guild.members[door.cove.discord.world.bot_id].joined_at


async def test_a_server_that_may_not_spend_hears_nothing(door: Door):
    await door.look()
    assert hellos(door.cove, elsewhere(door.cove)) == []
    assert await record(door.cove, elsewhere(door.cove)) is None


async def test_the_channel_for_news_of_the_server_goes_first(door: Door):
    door.cove.guild.system_channel_id = door.cove.channel_id("clips")
    door.cove.discord.operations.set_premium_tier(door.cove.guild, 1)  # announces the server as it is
    await seen_by_the_client(door.cove)
    await door.look()
    (hello,) = hellos(door.cove)
    assert hello.channel_id == door.cove.channel_id("clips")


async def test_else_the_first_channel_that_takes_a_message(door: Door):
    forbid(door.cove, "general")
    await seen_by_the_client(door.cove)
    await door.look()
    (hello,) = hellos(door.cove)
    assert hello.channel_id == door.cove.channel_id("clips")


async def test_where_no_channel_takes_a_message_it_is_welcomed_as_soon_as_one_does(door: Door):
    for channel in ("general", "clips"):
        forbid(door.cove, channel)
    await seen_by_the_client(door.cove)
    await door.look()
    assert hellos(door.cove) == []

    operations = door.cove.discord.operations
    operations.set_overwrite(operations.channel("clips"), "bot", 0, 0)
    await seen_by_the_client(door.cove)
    await door.look()
    (hello,) = hellos(door.cove)
    assert hello.channel_id == door.cove.channel_id("clips")


async def test_a_restart_welcomes_nobody_again(offline: Cove):
    for _ in range(2):
        async with at_the_door(offline) as door:
            await door.look()
    assert len(hellos(offline)) == 1


async def test_a_server_that_is_set_up_already_hears_nothing(door: Door):
    await door.cove.store.set_up(door.cove.guild.id, [], at=1)
    await door.look()
    assert hellos(door.cove) == []


async def test_the_button_begins_setting_up_for_who_manages_the_server_alone(door: Door):
    await door.look()
    hello = await door.cove.juno.wait_for(lambda message: "Hello!" in message.text)

    page = (await door.cove.juno.click(hello, "Set up")).expect_message()
    assert page.ephemeral
    assert "1 of 5" in page.text

    refused = (await door.cove.mira.click(hello, "Set up")).expect_message()
    assert refused.ephemeral
    assert "Manage Server" in refused.text


async def test_an_answer_that_is_lost_makes_no_second_hello(door: Door):
    door.cove.discord.faults.add(Fault(kind="lost_reset", method="POST", path=POST))
    await door.look()
    assert len(hellos(door.cove)) == 1
    known = await record(door.cove)
    assert known is not None
    assert known.welcomed_at is None

    await door.look()  # too early to know whether the first attempt is still under way
    assert len(hellos(door.cove)) == 1
    door.cove.world.clock.advance(3 * MINUTE)
    door.cove.discord.clock.advance(30 * MINUTE)  # the nonce is forgotten
    await door.look()

    assert len(hellos(door.cove)) == 1
    known = await record(door.cove)
    assert known is not None
    assert known.welcomed_at is not None


async def test_a_hello_that_was_posted_and_refused_when_repeated_is_found(door: Door):
    """discord.py repeats by itself what was answered 502."""
    refusal = {"code": 50013, "message": "Missing Permissions"}
    door.cove.discord.faults.add(Fault(kind="lost_status", method="POST", path=POST, status=502))
    door.cove.discord.faults.add(Fault(kind="status", method="POST", path=POST, status=403, body=refusal))
    await door.look()
    door.cove.world.clock.advance(3 * MINUTE)
    door.cove.discord.clock.advance(30 * MINUTE)  # the nonce is forgotten

    await door.look()

    assert len(hellos(door.cove)) == 1
    known = await record(door.cove)
    assert known is not None
    assert known.welcomed_at is not None


async def test_after_a_crash_before_anything_was_posted_the_hello_follows(door: Door):
    cove = door.cove
    now = cove.world.clock.now()
    await cove.store.server_joined(cove.guild.id, now)
    await cove.store.begin_welcome(cove.guild.id, cove.channel_id("general"), at=now, stale=now - MINUTE)
    cove.world.clock.advance(3 * MINUTE)
    await door.look()
    assert len(hellos(cove)) == 1


async def test_where_nobody_can_tell_there_is_rather_no_hello_than_two(door: Door):
    cove = door.cove
    now = cove.world.clock.now()
    await cove.store.server_joined(cove.guild.id, now)
    await cove.store.begin_welcome(cove.guild.id, cove.channel_id("general"), at=now, stale=now - MINUTE)
    forbid(cove, "general", Permission.READ_MESSAGE_HISTORY)
    await seen_by_the_client(cove)
    cove.world.clock.advance(3 * MINUTE)
    await door.look()
    assert hellos(cove) == []
    known = await record(cove)
    assert known is not None
    assert known.welcomed_at is not None


async def test_a_refused_hello_is_tried_again_after_a_while(door: Door):
    body = {"message": "Missing Permissions", "code": 50013}
    door.cove.discord.faults.add(Fault(kind="status", method="POST", path=POST, status=403, body=body))
    await door.look()
    await door.look()
    assert hellos(door.cove) == []
    door.cove.world.clock.advance(HOUR + MINUTE)
    await door.look()
    assert len(hellos(door.cove)) == 1


async def test_an_invitation_while_the_bot_is_there_is_heard_of_at_once(offline: Cove):
    offline.discord.world.remove_bot(offline.guild)
    async with at_the_door(offline) as door:
        await door.look()
        assert await record(offline) is None
        offline.discord.operations.add_bot(offline.guild, BOT_DEFAULT)
        await door.woken()
        assert len(hellos(offline)) == 1


async def test_leaving_is_noted_and_coming_back_finds_all_as_it_was(door: Door):
    cove = door.cove
    await door.look()
    await cove.store.set_up(cove.guild.id, [], at=1)
    cove.discord.operations.remove_bot(cove.guild)
    await door.woken()
    known = await record(cove)
    assert known is not None
    assert known.left_at is not None
    assert list(await cove.store.servers_left(known.left_at + 1, 10)) == [cove.guild.id]

    cove.discord.operations.add_bot(cove.guild, BOT_DEFAULT)
    await door.woken()
    known = await record(cove)
    assert known is not None
    assert known.left_at is None
    assert known.set_up_at == 1
    assert len(hellos(cove)) == 1


async def test_leaving_is_found_out_by_a_process_that_was_down(offline: Cove):
    async with at_the_door(offline) as door:
        await door.look()
    offline.discord.world.remove_bot(offline.guild)
    async with at_the_door(offline) as door:
        await door.look()
        known = await record(offline)
        assert known is not None
        assert known.left_at is not None


async def test_before_the_servers_are_known_none_is_taken_for_left(door: Door):
    await door.look()
    client = door.cove.new_client()
    unknowing = ServerWatch(door.cove.store, DiscordServers(client), None, door.cove.world.clock)
    await unknowing.run_once()
    known = await record(door.cove)
    assert known is not None
    assert known.left_at is None
    await client.close()


async def test_the_hello_is_in_the_servers_language(offline: Cove, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.delivery.servers.render_welcome", lambda: Message(content=f"Hello! {spoken()}"))
    offline.guild.locale = "ja"
    async with at_the_door(offline) as door:
        await door.look()
    assert [hello.content for hello in hellos(offline)] == ["Hello! ja"]
