"""What Discord brings twice is done once, and answered once."""

from __future__ import annotations

import asyncio

import discord
import pytest

from cogs.repeats import Repeats
from sandbox.discord import Exchange
from sandbox.discord.json_types import JsonObject
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove
from tests.integration.cogs.test_spending import result_of


class Twice:
    """Lets the next event come twice, and knows what the bot made of it."""

    def __init__(self, cove: Cove, event: str) -> None:
        self.answers = 0
        self._arrived: asyncio.Queue[None] = asyncio.Queue()
        cove.discord.gateway.repeat(event)
        cove.discord.observe(self)
        name = {"INTERACTION_CREATE": "on_interaction", "MESSAGE_CREATE": "on_message"}[event]
        cove.client.add_listener(self._note, name)

    async def _note(self, event: discord.Interaction | discord.Message) -> None:
        if not (isinstance(event, discord.Message) and event.author.bot):
            await self._arrived.put(None)

    def on_exchange(self, exchange: Exchange) -> None:
        self.answers += exchange.method == "POST" and exchange.route.endswith(("/messages", "/callback"))

    def on_event(self, payload: JsonObject) -> None:
        pass

    async def arrived(self) -> None:
        """Return once it has come for the second time."""
        async with asyncio.timeout(10):
            for _ in range(2):
                await self._arrived.get()


async def settled(cove: Cove) -> None:
    await asyncio.wait_for(cove.client.commands_finished(), 5)


async def by_bot(cove: Cove) -> list[SeenMessage]:
    """Return everything that the bot ever said in the channel, in private, too."""
    return [message for message in await cove.mira.messages() if message.from_bot]


async def test_a_command_that_comes_twice_buys_once_and_shows_one_card(cove: Cove) -> None:
    twice = Twice(cove, "INTERACTION_CREATE")

    outcome = await cove.mira.run("video", prompt="a red kite")
    await twice.arrived()
    job = await cove.job_with_card(cove.mira)

    card = outcome.expect_message()
    assert not card.ephemeral
    assert job.card is not None
    assert job.card.message_id == card.id
    assert [message.id for message in await by_bot(cove)] == [card.id]
    assert twice.answers == 1


async def test_a_click_that_comes_twice_is_answered_once(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    job = await cove.job_with_card(cove.mira)
    card = await cove.card(job, cove.mira)
    twice = Twice(cove, "INTERACTION_CREATE")

    details = (await cove.mira.click(card, "Details")).expect_message()
    await twice.arrived()
    await settled(cove)

    assert [message.id for message in await by_bot(cove)] == [card.id, details.id]
    assert twice.answers == 1


async def test_a_form_that_comes_twice_buys_once(cove: Cove) -> None:
    form = await cove.mira.run("video")
    twice = Twice(cove, "INTERACTION_CREATE")

    await cove.mira.submit(form, prompt="a red kite")
    await twice.arrived()

    job = await cove.job_with_card(cove.mira)
    assert job.prompt == "a red kite"
    assert twice.answers == 2  # the form's, and the card


async def test_a_reply_that_comes_twice_is_answered_once(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    clip = await result_of(cove, job)
    twice = Twice(cove, "MESSAGE_CREATE")

    reply = await cove.mira.reply(clip, "info")
    await twice.arrived()
    await settled(cove)

    assert [message.reference_id for message in await by_bot(cove)][-1] == reply.id
    assert twice.answers == 1


async def test_only_so_many_events_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cogs.repeats._REMEMBERED", 2)
    repeats = Repeats()

    found = [repeats.is_first(event) for event in (1, 2, 2, 3, 2, 1)]

    assert found == [True, True, False, True, False, True]
