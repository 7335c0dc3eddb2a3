"""The connection to the gateway through everything that a gateway does to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import discord
import pytest
import yarl
from typing_extensions import override

from bot.delivery import gateway
from bot.delivery.gateway import GatewayConnection, GatewayRefused, SessionBudget
from bot.exit_codes import ExitCode
from sandbox.discord import DiscordConfig, DiscordSandbox, LimitsConfig
from sandbox.discord.gateway import GatewayPart
from sandbox.discord.json_types import JsonObject
from sandbox.person import Person

HEARTBEAT_MS = 100
SILENCE = 0.4
"""Seconds without a frame after which the client leaves."""


class Listener(discord.Client):
    """A client that only listens, and counts what becomes of its connection."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True), max_messages=None, guild_ready_timeout=0
        )
        self._connection.heartbeat_timeout = SILENCE
        self.heard: asyncio.Queue[int] = asyncio.Queue()
        self.lost: asyncio.Queue[None] = asyncio.Queue()
        self.identified: asyncio.Queue[None] = asyncio.Queue()
        self.resumed: asyncio.Queue[None] = asyncio.Queue()
        self.pauses = 0

    @override
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count the pauses of five seconds that discord.py makes before a session that is not the first."""
        self.pauses += not initial

    async def on_connect(self) -> None:
        await self.identified.put(None)

    async def on_resumed(self) -> None:
        await self.resumed.put(None)

    async def on_disconnect(self) -> None:
        await self.lost.put(None)

    async def on_message(self, message: discord.Message) -> None:
        await self.heard.put(message.id)


class Line:
    """A listener, its connection, and the Discord at the other end."""

    def __init__(self, local: DiscordSandbox, client: Listener, mira: Person, waits: list[float]) -> None:
        self.local = local
        self.client = client
        self.mira = mira
        self.waits = waits
        self.connection = asyncio.create_task(GatewayConnection(client).keep())

    def breaks(self, part: GatewayPart) -> None:
        self.local.gateway.switch(part, works=False)

    def works(self, part: GatewayPart) -> None:
        self.local.gateway.switch(part, works=True)

    async def after(self, queue: asyncio.Queue[Any]) -> Any:
        return await asyncio.wait_for(queue.get(), 10)

    async def hears(self) -> bool:
        """Say something, and tell whether it is heard next."""
        sent = await self.mira.send("hello")
        return bool(await self.after(self.client.heard) == sent.id)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Make the pauses between connections short; returns those that were wanted."""
    wanted: list[float] = []
    really = GatewayConnection._wait

    def wait(connection: GatewayConnection) -> float:
        wanted.append(really(connection))
        return min(wanted[-1], 0.01)

    monkeypatch.setattr(GatewayConnection, "_wait", wait)
    return wanted


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> AsyncIterator[Line]:
    config = DiscordConfig(limits=LimitsConfig(heartbeat_ms=HEARTBEAT_MS))
    async with DiscordSandbox(config) as local, Person(local.person_url, "mira") as mira:
        monkeypatch.setattr(discord.http.Route, "BASE", local.api_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(local.gateway_url))
        client = Listener()
        await client.login(local.token)
        line = Line(local, client, mira, waits)
        yield line
        await client.close()
        await asyncio.gather(line.connection, return_exceptions=True)


@pytest.fixture
async def connected(line: Line) -> Line:
    await line.after(line.client.identified)
    return line


async def closed_with(line: Line, code: int) -> None:
    await line.local.gateway.close_sockets(code)


@pytest.mark.parametrize("code", [1000, 1001, 4000, 4001, 4002, 4005, 4008])
async def test_a_connection_that_is_closed_is_resumed_and_nothing_is_missed(connected: Line, code: int) -> None:
    await closed_with(connected, code)

    assert await connected.hears()
    assert connected.local.gateway.identifies == 1
    assert connected.local.gateway.resumes == 1


@pytest.mark.parametrize("code", [4003, 4007, 4009])
async def test_a_connection_that_is_closed_with_its_session_begins_a_new_one_after_the_pause(
    connected: Line, code: int
) -> None:
    await closed_with(connected, code)
    await connected.after(connected.client.identified)

    assert await connected.hears()
    assert connected.local.gateway.identifies == 2
    assert connected.client.pauses == 1


async def test_discords_wish_to_reconnect_is_followed_at_once(connected: Line) -> None:
    connected.local.gateway.ask_to_reconnect()

    await connected.after(connected.client.resumed)
    assert await connected.hears()
    assert connected.waits == [0.0]


@pytest.mark.parametrize(("resumable", "identifies"), [(True, 1), (False, 2)])
async def test_an_invalid_session_is_resumed_where_it_may_be_and_else_begun_anew(
    connected: Line, resumable: bool, identifies: int
) -> None:
    connected.local.gateway.invalidate_sessions(resumable=resumable)
    await connected.after(connected.client.resumed if resumable else connected.client.identified)

    assert await connected.hears()
    assert connected.local.gateway.identifies == identifies


@pytest.mark.parametrize(
    ("code", "said", "ends_with"),
    [
        (4004, "DISCORD_TOKEN is refused by Discord", ExitCode.LOGIN),
        (4010, "wrong shard", ExitCode.DEFECT),
        (4011, "raise SHARD_COUNT in every process", ExitCode.LOGIN),
        (4012, "update it", ExitCode.LOGIN),
        (4013, "intents", ExitCode.LOGIN),
        (4014, "MESSAGE_CONTENT=off", ExitCode.LOGIN),
    ],
)
async def test_a_refusal_for_good_ends_it_in_a_sentence(
    connected: Line, code: int, said: str, ends_with: ExitCode
) -> None:
    await closed_with(connected, code)

    with pytest.raises(GatewayRefused, match=said) as refused:
        await asyncio.wait_for(connected.connection, 10)
    assert (refused.value.close_code, refused.value.exit_code) == (code, ends_with)
    assert not connected.client.ws.open


async def test_a_silent_connection_is_left_and_resumed(connected: Line) -> None:
    connected.breaks("frames")
    sent = await connected.mira.send("is anybody there?")
    await connected.after(connected.client.lost)
    connected.works("frames")

    assert await connected.after(connected.client.heard) == sent.id
    assert connected.local.gateway.identifies == 1


async def test_a_connection_that_leaves_heartbeats_unanswered_is_left_although_events_come(connected: Line) -> None:
    connected.breaks("acks")
    chatting = asyncio.create_task(_chat(connected.mira))

    await connected.after(connected.client.lost)
    chatting.cancel()
    connected.works("acks")

    await connected.after(connected.client.resumed)
    assert connected.local.gateway.identifies == 1


async def _chat(person: Person) -> None:
    while True:
        await person.send("and another thing")
        await asyncio.sleep(HEARTBEAT_MS / 4000)


async def test_a_gateway_that_never_says_hello_is_left_and_tried_again(connected: Line) -> None:
    connected.breaks("hello")
    connected.local.gateway.drop_sockets()
    for _ in range(2):
        await connected.after(connected.client.lost)
    connected.works("hello")

    await connected.after(connected.client.resumed)
    assert await connected.hears()


async def test_a_gateway_out_of_reach_is_tried_less_and_less_often_but_at_least_every_minute(connected: Line) -> None:
    connected.breaks("doors")
    connected.local.gateway.drop_sockets()
    for _ in range(12):
        await connected.after(connected.client.lost)
    connected.works("doors")

    assert await connected.hears()
    first, second, *later = connected.waits
    assert (first, second <= 1.0) == (0.0, True)
    assert all(0.5 * 2 ** min(number, 5) <= wait <= 60 for number, wait in enumerate(later))
    assert connected.local.gateway.identifies == 1


async def test_new_sessions_that_end_at_once_are_begun_less_and_less_often(connected: Line) -> None:
    for _ in range(5):
        connected.local.gateway.invalidate_sessions()
        await connected.after(connected.client.identified)

    assert len(connected.waits) == connected.client.pauses == 5
    assert connected.waits[-1] >= 4


async def test_a_gateway_out_of_reach_uses_up_no_session(connected: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[float] = []
    monkeypatch.setattr(SessionBudget, "take", lambda _, now: taken.append(now) or 0.0)
    connected.breaks("doors")
    connected.local.gateway.invalidate_sessions()
    for _ in range(5):
        await connected.after(connected.client.lost)
    connected.works("doors")

    await connected.after(connected.client.identified)

    assert await connected.hears()
    assert len(taken) == 1


def test_fewer_sessions_are_begun_in_a_day_than_discord_grants() -> None:
    budget, now, begun = SessionBudget(), 1_000.0, 0

    while now < 1_000 + 24 * 3600:
        now += budget.take(now)
        begun += 1

    assert 500 < begun < 1_000


def test_a_session_now_and_then_never_waits() -> None:
    budget = SessionBudget()

    assert [budget.take(1_000 + 600.0 * number) for number in range(300)] == [0.0] * 300


async def test_where_a_sessions_own_address_is_gone_it_is_resumed_at_the_usual_one(
    connected: Line, unused_tcp_port_factory: Callable[[], int]
) -> None:
    gone = yarl.URL(f"ws://127.0.0.1:{unused_tcp_port_factory()}/gateway")
    connected.client.ws.gateway = gone

    connected.local.gateway.drop_sockets()

    await connected.after(connected.client.resumed)
    assert await connected.hears()
    assert (connected.local.gateway.identifies, connected.local.gateway.resumes) == (1, 1)


async def test_an_event_that_cannot_be_read_costs_a_connection_and_no_other_event(
    connected: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsers = connected.client._connection.parsers
    read = parsers["MESSAGE_CREATE"]

    def stumble(_: JsonObject) -> None:
        parsers["MESSAGE_CREATE"] = read
        raise KeyError("something new")

    monkeypatch.setitem(parsers, "MESSAGE_CREATE", stumble)
    await connected.mira.send("unreadable")

    await connected.after(connected.client.resumed)
    assert await connected.hears()


async def test_a_closed_client_does_not_connect_again(connected: Line) -> None:
    await connected.client.close()

    await asyncio.wait_for(connected.connection, 10)
    assert connected.waits == []


async def test_a_connection_that_worked_for_a_while_is_not_counted_as_a_failure(
    connected: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "_WORKED_SECONDS", 0.0)

    for _ in range(4):
        connected.local.gateway.drop_sockets()
        await connected.after(connected.client.resumed)

    assert connected.waits == [0.0] * 4
