from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from sandbox.discord import Fault
from sandbox.operator import DiscordOperator

if TYPE_CHECKING:
    from sandbox.discord import DiscordSandbox, Exchange
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.state import Channel
    from sandbox.person import Person
    from tests.integration.sandbox_discord.conftest import Bot, Raw, Running

MESSAGES = "/channels/*/messages"


@pytest.fixture
def swift(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Make discord.py's pauses between tries no pauses; returns those it wanted."""
    pauses: list[float] = []
    really = asyncio.sleep

    async def sleep(delay: float, result: object = None) -> object:
        pauses.append(delay)
        return await really(0, result)

    monkeypatch.setattr("discord.http.asyncio.sleep", sleep)
    return pauses


async def test_a_503_is_raised_at_once_and_does_nothing(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel
) -> None:
    async with running(bot):
        local.faults.add(Fault(kind="status", method="POST", path=MESSAGES, status=503))
        with pytest.raises(discord.DiscordServerError):
            await bot.text_channel("general").send("lost?")
        await bot.text_channel("general").send("sent")

    assert [message.content for message in general.messages.values()] == ["sent"]


async def test_a_500_is_tried_again_with_the_same_nonce_and_a_rewound_file(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel, swift: list[float]
) -> None:
    async with running(bot):
        local.faults.add(Fault(kind="status", method="POST", path=MESSAGES, status=500, times=2))
        await bot.text_channel("general").send(file=discord.File(io.BytesIO(b"clip"), "clip.mp4"), nonce="r1")

    assert [p for p in swift if p][:2] == [1, 3]
    (message,) = general.messages.values()
    assert (message.nonce, message.attachments[0].data) == ("r1", b"clip")


async def test_a_fault_can_answer_any_of_discords_error_codes(
    bot: Bot, running: Running, local: DiscordSandbox
) -> None:
    async with running(bot):
        blocked: JsonObject = {"code": 200000, "message": "Message was blocked by automatic moderation"}
        local.faults.add(Fault(kind="status", method="POST", path=MESSAGES, status=400, body=blocked))
        with pytest.raises(discord.HTTPException) as refused:
            await bot.text_channel("general").send("x")

    assert refused.value.code == 200000


async def test_a_429_fault_is_waited_out(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel, swift: list[float]
) -> None:
    async with running(bot):
        local.faults.add(Fault(kind="rate_limit", method="POST", path=MESSAGES, retry_after=7.5, global_=True))
        await bot.text_channel("general").send("x")

    assert 7.5 in swift
    assert len(general.messages) == 1


async def test_a_connection_reset_before_the_request_does_nothing(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel
) -> None:
    async with running(bot):
        local.faults.add(Fault(kind="reset", method="POST", path=MESSAGES))
        with pytest.raises((aiohttp.ClientError, OSError)):
            await bot.text_channel("general").send("lost")

    assert general.messages == {}


async def test_a_response_lost_after_the_work_was_done_is_found_again_by_its_nonce(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel
) -> None:
    async with running(bot):
        channel = bot.text_channel("general")
        local.faults.add(Fault(kind="lost_reset", method="POST", path=MESSAGES))
        with pytest.raises((aiohttp.ClientError, OSError)):
            await channel.send("once", nonce="r1")
        again = await channel.send("once", nonce="r1")

    assert list(general.messages) == [again.id]


async def test_a_response_can_hang_after_the_work_was_done(
    raw: Raw, local: DiscordSandbox, general: Channel, mira: Person
) -> None:
    local.faults.add(Fault(kind="lost_hang", method="POST", path=MESSAGES))
    asking = asyncio.create_task(raw("POST", f"/channels/{general.id}/messages", {"content": "once"}))

    shown = await mira.wait_for(lambda message: message.from_bot)
    asking.cancel()

    assert shown.content == "once"


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_error_can_be_answered_after_the_work_was_done(
    raw: Raw, local: DiscordSandbox, general: Channel, status: int
) -> None:
    path = f"/channels/{general.id}/messages"
    body = {"content": "once", "nonce": "r1", "enforce_nonce": True}
    local.faults.add(Fault(kind="lost_status", method="POST", path=MESSAGES, status=status))

    answered, _ = await raw("POST", path, body)
    again, posted = await raw("POST", path, body)

    assert (answered, again) == (status, 200)
    assert list(general.messages) == [int(posted["id"])]


async def test_discord_py_repeats_by_itself_what_was_done_and_answered_with_a_server_error(
    bot: Bot, running: Running, local: DiscordSandbox, general: Channel, swift: list[float]
) -> None:
    async with running(bot):
        local.faults.add(Fault(kind="lost_status", method="POST", path=MESSAGES, status=502))
        sent = await bot.text_channel("general").send("once")

    assert list(general.messages) == [sent.id]
    assert 1 in swift


async def test_a_slow_upload_and_a_delay_take_the_sandboxs_time(
    raw: Raw, local: DiscordSandbox, general: Channel
) -> None:
    path = f"/channels/{general.id}/messages"
    local.faults.add(Fault(kind="slow_upload", method="POST", path=MESSAGES, bytes_per_second=1_000))
    local.faults.add(Fault(kind="delay", method="GET", path=MESSAGES, seconds=60))

    slow = asyncio.create_task(raw("POST", path, {"content": "x"}, files={"files[0]": bytes(100_000)}))
    delayed = asyncio.create_task(raw("GET", path))
    for _ in range(20):
        await raw("GET", f"/channels/{general.id}")
    waiting = not slow.done() and not delayed.done()
    while not (slow.done() and delayed.done()):
        local.clock.advance(60_000)
        await raw("GET", f"/channels/{general.id}")

    assert waiting
    assert (await slow)[0] == 200
    assert (await delayed)[0] == 200


async def test_a_delayed_interaction_arrives_late(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    @bot.tree.command(description="Check")
    async def check(interaction: discord.Interaction[discord.Client]) -> None:
        await interaction.response.send_message("checked")

    async with running(bot):
        local.interactions.delays.append(2_000)
        interaction = await mira.begin("check")
        early = await mira.outcome(interaction, timeout_seconds=0)
        local.clock.advance(2_000)
        outcome = await mira.outcome(interaction)

    assert early.kind == "pending"
    assert outcome.kind == "message"


async def test_the_operator_arms_faults_moves_time_and_inspects_over_http(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    async with running(bot), DiscordOperator(local.person_url) as operator:
        await operator.add_fault(kind="status", method="POST", path=MESSAGES, status=503)
        with pytest.raises(discord.DiscordServerError):
            await bot.text_channel("general").send("x")
        before = local.clock.now()
        await operator.advance(90)
        await operator.set_server("Egret Cove", premium_tier=3)
        sent = await bot.text_channel("general").send("kept")
        await sent.delete()
        await operator.trouble_gateway("drop")
        await bot.resumed.wait()
        state = await operator.state()
        messages = await operator.messages("general")

    assert local.clock.now() - before >= 90_000
    assert local.operations.guild("Egret Cove").premium_tier == 3
    assert [(message.content, message.deleted) for message in messages] == [("kept", True)]
    assert (state.resumes, state.problems) == (1, ())
    assert await mira.messages() == []


class Recorder:
    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.events: list[JsonObject] = []

    def on_exchange(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def on_event(self, payload: JsonObject) -> None:
        self.events.append(payload)


async def test_observers_see_every_exchange_and_event(bot: Bot, running: Running, local: DiscordSandbox) -> None:
    recorder = Recorder()
    stop = local.observe(recorder)
    async with running(bot):
        await bot.text_channel("general").send("x", file=discord.File(io.BytesIO(b"clip"), "clip.mp4"))
        stop()
        await bot.text_channel("general").send("unseen")

    sent = recorder.exchanges[-1]
    assert (sent.method, sent.route, sent.status) == ("POST", "/channels/{channel_id}/messages", 200)
    assert sent.file_parts == ("files[0]",)
    assert isinstance(sent.request, dict)
    assert sent.request["content"] == "x"
    assert isinstance(sent.response, dict)
    assert [event["t"] for event in recorder.events] == ["READY", "GUILD_CREATE", "MESSAGE_CREATE"]
    assert [event["s"] for event in recorder.events] == [1, 2, 3]


async def test_a_mistake_of_the_sandboxs_own_is_a_problem_and_is_not_tried_again(
    bot: Bot, running: Running, local: DiscordSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    async with running(bot):
        monkeypatch.setattr(local.messages, "create", broken)
        with pytest.raises(discord.DiscordServerError) as failed:
            await bot.text_channel("general").send("x")

    assert failed.value.status == 501
    assert "ZeroDivisionError" in local.problems[0].what
