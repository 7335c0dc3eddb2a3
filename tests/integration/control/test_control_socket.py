"""The bot's socket: who may open it, what it answers, and what is left of it after a crash."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.control.address import SOCKET_NAME
from bot.control.client import connect
from bot.control.errors import BotGone, NoBot, Refused, SocketUnusable
from bot.control.protocol import AskFacts, Facts, MakeSnapshot, Question, SnapshotMade
from bot.control.server import ControlServer, Verb, verb

FACTS = Facts(process="this-one", revision="0001", public_url="")
PATIENCE = 10.0


class Unheard(Question[Facts]):
    verb = "unheard"
    answer = Facts


async def say(_: AskFacts, __: AsyncExitStack) -> Facts:
    return FACTS


@asynccontextmanager
async def served(directory: Path, *verbs: Verb) -> AsyncIterator[ControlServer]:
    server = ControlServer(directory, verbs or (verb(AskFacts, say),))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture(params=["short", "long"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A directory whose socket fits into an address, and one whose socket does not."""
    made = tmp_path if request.param == "short" else tmp_path / ("d" * 120)
    made.mkdir(exist_ok=True)
    return made


async def raw(directory: Path, line: bytes) -> dict[str, Any]:
    """Send a line as it is, and return the answer."""
    reader, writer = await asyncio.open_unix_connection(str(directory / SOCKET_NAME))
    try:
        writer.write(line + b"\n")
        answer: dict[str, Any] = json.loads(await asyncio.wait_for(reader.readline(), PATIENCE))
        return answer
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_question_is_answered_however_long_the_path_is(directory: Path):
    async with served(directory), connect(directory) as bot:
        assert [await bot.ask(AskFacts()), await bot.ask(AskFacts())] == [FACTS, FACTS]


async def test_only_the_bots_own_user_may_open_the_socket(directory: Path):
    async with served(directory):
        mode = (directory / SOCKET_NAME).lstat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


async def test_the_socket_is_gone_after_an_orderly_stop(directory: Path):
    async with served(directory):
        pass
    assert not (directory / SOCKET_NAME).exists()
    with pytest.raises(NoBot):
        async with connect(directory):
            pass


async def test_a_socket_that_a_crash_left_behind_is_replaced(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / SOCKET_NAME))
    with pytest.raises(NoBot):
        async with connect(tmp_path):
            pass
    async with served(tmp_path), connect(tmp_path) as bot:
        assert await bot.ask(AskFacts()) == FACTS


async def test_a_second_process_does_not_take_the_socket_from_the_first(tmp_path: Path):
    async with served(tmp_path):
        with pytest.raises(SocketUnusable, match="another process"):
            await ControlServer(tmp_path, ()).start()
        async with connect(tmp_path) as bot:
            assert await bot.ask(AskFacts()) == FACTS


async def test_a_file_of_that_name_is_left_alone(tmp_path: Path):
    (tmp_path / SOCKET_NAME).write_text("mine")
    with pytest.raises(SocketUnusable, match="is no socket"):
        await ControlServer(tmp_path, ()).start()
    assert (tmp_path / SOCKET_NAME).read_text() == "mine"


async def test_an_unknown_verb_is_refused_by_name_with_those_that_are_known(tmp_path: Path):
    async with served(tmp_path), connect(tmp_path) as bot:
        with pytest.raises(Refused, match="knows no 'unheard', only facts"):
            await bot.ask(Unheard())
        assert await bot.ask(AskFacts()) == FACTS


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"hello", "that is no request"),
        (b"[]", "that is no request"),
        (b'{"v": 2, "verb": "facts"}', "speaks version 1, not 2"),
        (b'{"v": 1, "verb": "snapshot", "arguments": {"x": 1}}', "knows no 'snapshot'"),
    ],
)
async def test_what_is_no_question_is_refused_in_words(tmp_path: Path, line: bytes, said: str):
    async with served(tmp_path):
        answer = await raw(tmp_path, line)
    assert said in answer["refused"]
    assert answer["answer"] is None


async def test_a_verb_that_fails_is_told_and_the_server_goes_on(tmp_path: Path):
    async def broken(_: MakeSnapshot, __: AsyncExitStack) -> SnapshotMade:
        raise ZeroDivisionError

    async with served(tmp_path, verb(MakeSnapshot, broken), verb(AskFacts, say)), connect(tmp_path) as bot:
        with pytest.raises(Refused, match="the running bot's log says why"):
            await bot.ask(MakeSnapshot())
        assert await bot.ask(AskFacts()) == FACTS


async def test_what_a_verb_holds_is_let_go_when_its_connection_ends(tmp_path: Path):
    held, let_go = asyncio.Event(), asyncio.Event()

    async def hold(_: MakeSnapshot, connection: AsyncExitStack) -> SnapshotMade:
        held.set()
        connection.callback(let_go.set)
        return SnapshotMade(path="x")

    async with served(tmp_path, verb(MakeSnapshot, hold)):
        async with connect(tmp_path) as bot:
            await bot.ask(MakeSnapshot())
            assert (held.is_set(), let_go.is_set()) == (True, False)
        await asyncio.wait_for(let_go.wait(), PATIENCE)


async def test_a_bot_that_goes_away_or_takes_too_long_is_told(tmp_path: Path):
    async def never(_: AskFacts, __: AsyncExitStack) -> Facts:
        await asyncio.Event().wait()
        return FACTS

    async with served(tmp_path, verb(AskFacts, never)) as server, connect(tmp_path) as bot:
        with pytest.raises(BotGone, match="in time"):
            await bot.ask(AskFacts(), seconds=0.05)
        asking = asyncio.create_task(bot.ask(AskFacts(), seconds=PATIENCE))
        await asyncio.sleep(0)
        await server.stop()
        with pytest.raises(BotGone, match="went away"):
            await asking


async def test_without_a_directory_there_is_no_bot(tmp_path: Path):
    for missing in (tmp_path / "none", tmp_path / ("x" * 120)):
        with pytest.raises(NoBot):
            async with connect(missing):
                pass
