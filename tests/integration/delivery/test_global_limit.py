"""A global rate limit delays the bot's own messages, and ends."""

from __future__ import annotations

import asyncio

import discord
import pytest

from bot.delivery.global_limit import GlobalLimit, bound_global_limit
from tests.integration.delivery.quay import Quay


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set once the client knows of a limit."""
    known = asyncio.Event()
    clear = GlobalLimit.clear

    def note(limit: GlobalLimit) -> None:
        clear(limit)
        known.set()

    monkeypatch.setattr(GlobalLimit, "clear", note)
    return known


async def test_a_request_that_is_given_up_while_it_waits_holds_no_other_up(
    quay: Quay, met: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.global_limit._LEEWAY", 0.0)
    bound_global_limit(quay.client, 0.2)
    channel = quay.client.get_partial_messageable(quay.general.id)
    quay.fail("rate_limit", retry_after=20, global_=True)
    waiting = asyncio.create_task(channel.send("given up"))
    await met.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    async with asyncio.timeout(5):
        sent = await channel.send("sent")

    assert [message.id for message in await quay.seen()] == [sent.id]


async def test_requests_wait_for_the_end_of_a_global_limit(quay: Quay, met: asyncio.Event) -> None:
    bound_global_limit(quay.client, 30)
    channel = quay.client.get_partial_messageable(quay.general.id)
    quay.fail("rate_limit", retry_after=0.3, global_=True)
    first = asyncio.create_task(channel.send("first"))
    await met.wait()
    second = asyncio.create_task(channel.send("second"))

    done, _ = await asyncio.wait({first, second}, timeout=0.1)
    await asyncio.gather(first, second)

    assert done == set()
    assert isinstance(quay.client.http._global_over, asyncio.Event)
    assert len(await quay.seen()) == 2


async def test_a_limit_that_is_met_again_counts_from_then_and_one_that_is_over_lets_go() -> None:
    limit = GlobalLimit(0.05)
    limit.clear()
    limit.clear()
    closed = limit.is_set()
    limit.set()

    assert not closed
    assert limit.is_set()
    assert limit._opening is None


async def test_the_client_is_bounded_once_it_is_logged_in(quay: Quay) -> None:
    client: discord.Client = quay.client

    bound_global_limit(client, 30)

    assert client.http._global_over.is_set()
