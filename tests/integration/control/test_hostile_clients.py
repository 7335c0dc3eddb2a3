"""What a client may do to the bot's socket without the bot, or the next client, noticing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.control.address import SOCKET_NAME
from bot.control.client import connect
from bot.control.errors import BotGone, SocketUnusable
from bot.control.protocol import LINE_LIMIT, AskFacts, Facts, MakeSnapshot, SnapshotMade
from bot.control.server import _MOST, ControlServer, verb

FACTS = Facts(process="this-one", revision="0001", public_url="")
PATIENCE = 10.0
QUESTION = b'{"v": 1, "verb": "facts"}\n'


async def say(_: AskFacts, __: AsyncExitStack) -> Facts:
    return FACTS


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Path]:
    """A bot that answers; afterwards it still does, and stops in time."""
    server = ControlServer(tmp_path, [verb(AskFacts, say)])
    await server.start()
    try:
        yield tmp_path
        async with asyncio.timeout(PATIENCE):
            await _answered(tmp_path)
    finally:
        async with asyncio.timeout(PATIENCE):
            await server.stop()


async def _answered(directory: Path) -> None:
    """Return once a client is answered; the server may not have noticed yet that others hung up."""
    while True:
        async with connect(directory) as client:
            with suppress(BotGone):
                assert await client.ask(AskFacts()) == FACTS
                return


@asynccontextmanager
async def raw(directory: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_unix_connection(str(directory / SOCKET_NAME))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def test_a_line_without_an_end_is_hung_up_on(bot: Path):
    async with raw(bot) as (reader, writer):
        writer.write(b"x" * (LINE_LIMIT * 3))
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(_until_closed(reader, writer), PATIENCE)


async def _until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    assert await reader.read() == b""
    while True:
        writer.write(b"x")
        await writer.drain()


async def test_whoever_asks_without_end_and_never_reads_holds_up_only_itself(bot: Path):
    async with raw(bot) as (_, writer):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_ask_for_ever(writer), 0.3)
        async with connect(bot) as client:
            assert await client.ask(AskFacts()) == FACTS


async def _ask_for_ever(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(QUESTION * 100)
        await writer.drain()


async def test_more_connections_than_anybody_needs_are_hung_up_on(bot: Path):
    async with AsyncExitStack() as stack:
        for _ in range(_MOST):
            reader, writer = await stack.enter_async_context(raw(bot))
            writer.write(QUESTION)
            assert await asyncio.wait_for(reader.readline(), PATIENCE)
        async with connect(bot) as client:
            with pytest.raises(BotGone):
                await client.ask(AskFacts())


async def test_whoever_hangs_up_in_the_middle_leaves_nothing_held(tmp_path: Path):
    asked, go_on, let_go = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def hold(_: MakeSnapshot, connection: AsyncExitStack) -> SnapshotMade:
        connection.callback(let_go.set)
        asked.set()
        await go_on.wait()
        return SnapshotMade(path="x")

    server = ControlServer(tmp_path, [verb(MakeSnapshot, hold)])
    await server.start()
    try:
        async with raw(tmp_path) as (_, writer):
            writer.write(b'{"v": 1, "verb": "snapshot"}\n')
            await asyncio.wait_for(asked.wait(), PATIENCE)
        go_on.set()
        await asyncio.wait_for(let_go.wait(), PATIENCE)
    finally:
        await server.stop()


async def test_a_process_that_takes_no_connections_any_more_does_not_hang_the_next_start(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as stuck, socket.socket(socket.AF_UNIX) as waiting:
        stuck.bind(str(tmp_path / SOCKET_NAME))
        stuck.listen(0)
        waiting.connect(str(tmp_path / SOCKET_NAME))
        with pytest.raises(SocketUnusable, match="another process"):
            await asyncio.wait_for(asyncio.to_thread(asyncio.run, ControlServer(tmp_path, ()).start()), PATIENCE)
