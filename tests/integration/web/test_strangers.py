"""Strangers who hold connections: how many there may be, how long each lives, and who is served meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.web import webhook as webhook_module
from bot.web.connections import Limits
from tests.integration.web.side import BODY, PATIENCE, SECRET, Peer, Web, head, length, web_side

FEW = Limits(connections=8, stranger_seconds=PATIENCE * 6, newcomer_seconds=0.0)
"""Few places, so that few strangers take them all; nobody's time runs out."""
TRIES = 3
"""How often the image's health check and the provider try."""
BRIEF = Limits(connections=64, stranger_seconds=0.2)

DAWDLING = {
    "says nothing": b"",
    "half a first line": b"POST /webhooks/pia",
    "half a head": head(secret="wrong")[:-2],
    "the secret, and half a head": head()[:-2],
}


@asynccontextmanager
async def crowd(web: Web, number: int, says: bytes) -> AsyncIterator[list[Peer]]:
    """Connections that say something and then wait."""
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(web.peer()) for _ in range(number)]
        for peer in peers:
            await peer.send(says)
        yield peers


async def answered(web: Web, says: bytes) -> int | None:
    """Ask, and ask again, as health checks and the provider do: who comes in a crowd may be pushed out by the next."""
    for _ in range(TRIES):
        async with web.peer() as peer:
            await peer.send(says)
            status = await peer.status()
        if status is not None:
            return status
    return None


async def served(web: Web) -> None:
    """Check that whoever comes now is served: a person who watches, and the provider."""
    assert await answered(web, head(method="GET", path="/livez", secret=None)) == 200
    before = len(web.nudges)
    assert await answered(web, head(length(len(BODY))) + BODY) == 204
    assert len(web.nudges) == before + 1


@pytest.mark.parametrize("says", DAWDLING.values(), ids=DAWDLING.keys())
async def test_a_connection_that_never_asks_anything_is_cut(tmp_path: Path, says: bytes):
    async with web_side(tmp_path, limits=BRIEF) as web, web.peer() as stranger:
        await stranger.send(says)
        assert await stranger.rest() == b""
        await web.until_counted("too_slow")
        assert web.nudges == []


async def test_a_head_that_drips_is_cut_however_often_it_drips(tmp_path: Path):
    async with web_side(tmp_path, limits=BRIEF) as web, web.peer() as stranger:

        async def drip() -> None:
            await stranger.send(head(secret="wrong")[:-2])
            for number in range(10_000):
                await stranger.send(b"X-%d: 1\r\n" % number)
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        try:
            received = await stranger.rest(5)
        finally:
            dripping.cancel()
        assert web.cuts.total() == 1
        assert not received or received.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))


async def test_a_head_that_grows_is_refused(web: Web):
    received = await web.exchange(head(secret=None)[:-2], *[b"X-Filler: " + b"x" * 4_000 + b"\r\n"] * 200)
    assert not received or b" 400 " in received.split(b"\r\n", 1)[0]
    await web.until_counted("not_http")


@pytest.mark.parametrize("says", DAWDLING.values(), ids=DAWDLING.keys())
async def test_a_crowd_that_dawdles_keeps_nobody_out(tmp_path: Path, says: bytes):
    async with web_side(tmp_path, limits=FEW) as web, crowd(web, 40, says):
        for _ in range(5):
            await served(web)
        assert web.cuts["crowded_out"] >= 40 - 8


async def test_a_crowd_that_knows_the_secret_and_dawdles_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook_module, "BODY_SECONDS", PATIENCE * 6)
    async with web_side(tmp_path, limits=FEW) as web, crowd(web, 40, head(length(1_000)) + b"{"):
        for _ in range(5):
            await served(web)


async def test_those_who_give_way_are_the_ones_who_have_been_silent_for_longest(tmp_path: Path):
    async with web_side(tmp_path, limits=FEW) as web, web.peer() as provider:
        await provider.send(head(length(len(BODY))) + BODY)
        assert await provider.status() == 204
        async with crowd(web, 7, b""):
            await provider.send(head(length(len(BODY))) + BODY)
            assert await provider.status() == 204
            async with crowd(web, 7, b"GET"):
                await web.until_counted("crowded_out", 7)
                await provider.send(head(length(len(BODY))) + BODY)
                assert await provider.status() == 204
    assert len(web.nudges) == 3


async def test_who_has_only_just_come_does_not_give_way(tmp_path: Path):
    limits = Limits(connections=4, stranger_seconds=PATIENCE * 6, newcomer_seconds=PATIENCE * 6)
    async with web_side(tmp_path, limits=limits) as web, crowd(web, 4, b"GET /livez HTTP/1.1\r\n") as first:
        async with web.peer() as late:
            await late.send(head(method="GET", path="/livez", secret=None))
            assert await late.rest() == b""
        assert web.cuts == {"no_place": 1}
        for peer in first:
            await peer.send(b"Host: egret\r\n\r\n")
            assert await peer.status() == 200


async def test_places_are_given_back(tmp_path: Path):
    limits = Limits(connections=2, stranger_seconds=PATIENCE * 6, newcomer_seconds=PATIENCE * 6)
    async with web_side(tmp_path, limits=limits) as web:
        for _ in range(20):
            received = await web.exchange(head(method="GET", path="/livez", secret=None))
            assert received.startswith(b"HTTP/1.1 200")
        assert web.cuts == {}


async def test_of_a_stranger_s_many_questions_only_the_first_is_answered(web: Web):
    received = await web.exchange(head(method="GET", path="/livez", secret=None) * 2_000)
    assert received.count(b"HTTP/1.1 ") == 1


async def test_the_provider_s_pipelined_webhooks_are_all_kept(web: Web):
    async with web.peer() as provider:
        await provider.send((head(length(len(BODY))) + BODY) * 100)
        for _ in range(100):
            assert await provider.status() == 204
    assert len(web.nudges) == 100


async def test_a_thousand_dawdlers_at_the_usual_bounds_keep_nobody_out(web: Web):
    async with crowd(web, 1_000, head(secret="wrong")[:-2]):
        await asyncio.wait_for(served(web), PATIENCE)
        assert web.open() <= 256


async def test_a_thousand_strangers_with_endless_bodies_are_answered_and_gone(web: Web):
    async with crowd(web, 1_000, head(length(10_000_000), secret="wrong") + b"x" * 1_000):
        await asyncio.wait_for(served(web), PATIENCE)
        assert web.open() <= 256
    assert web.nudges == [("token-1", "11111111-1111-4111-8111-111111111111")]


async def test_a_stop_ends_connections_that_nobody_would_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.web.server.SHUTDOWN_SECONDS", 0.1)
    async with AsyncExitStack() as stack:
        async with web_side(tmp_path) as web:
            for says in (b"", head(secret=SECRET)[:-2], head(length(100))):
                peer = await stack.enter_async_context(web.peer())
                await peer.send(says)
            await served(web)
        assert web.open() == 0
