"""A line that can be cut does to a program what networks do, and passes everything on while it is whole."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator

import pytest

from sandbox.stage.line import Cut, Fault, Line

REQUEST = b"POST /task HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"


class Echo:
    """A service that says how much it heard, once it has heard a whole request."""

    def __init__(self) -> None:
        self.heard = b""
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(4096):
            self.heard += piece
            if piece.endswith(b"hello"):
                writer.write(b"heard it all")
                await writer.drain()
        writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    service = Echo()
    async with await asyncio.start_server(service.answer, "127.0.0.1", 0) as server:
        service.port = server.sockets[0].getsockname()[1]
        yield service


@pytest.fixture
async def line(echo: Echo) -> AsyncIterator[Line]:
    async with Line(echo.port) as built:
        yield built


async def said(line: Line, request: bytes = REQUEST, enough: int = 12) -> bytes:
    """Send a request and return what comes back, "enough" bytes or all there is."""
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    try:
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(5):
            try:
                return await reader.readexactly(enough)
            except asyncio.IncompleteReadError as error:
                return error.partial
    finally:
        writer.transport.abort()


async def test_a_whole_line_passes_everything_on(line: Line, echo: Echo):
    assert await said(line) == b"heard it all"
    assert echo.heard == REQUEST
    assert line.struck == 0


async def test_a_line_that_is_not_there_refuses_and_comes_back_where_it_was(line: Line, echo: Echo):
    port = line.port
    await line.spoil(Fault(cut=Cut.REFUSED))
    with pytest.raises(ConnectionRefusedError):
        await said(line)
    await line.mend()
    assert await said(line) == b"heard it all"
    assert line.port == port


@pytest.mark.parametrize("after", [1, 7, 40, 10_000])
async def test_a_request_that_is_cut_never_reaches_the_service(line: Line, echo: Echo, after: int):
    await line.spoil(Fault(cut=Cut.RESET_REQUEST, after=after))
    with pytest.raises(ConnectionError):
        await said(line)
    assert echo.heard == b""
    assert line.struck == 1


async def test_a_connection_can_be_reset_before_anything_is_read(line: Line, echo: Echo):
    await line.spoil(Fault(cut=Cut.RESET_AT_ONCE))
    with pytest.raises(ConnectionError):
        await said(line)
    assert echo.heard == b""


@pytest.mark.parametrize("after", [0, 5])
async def test_an_answer_that_is_cut_was_given_all_the_same(line: Line, echo: Echo, after: int):
    await line.spoil(Fault(cut=Cut.RESET_ANSWER, after=after))
    with pytest.raises(ConnectionError):
        await said(line)
    assert echo.heard == REQUEST


async def test_only_some_requests_meet_a_fault_and_only_so_often(line: Line, echo: Echo):
    await line.spoil(Fault(cut=Cut.RESET_AT_ONCE, only=b"POST ", times=1))
    assert await said(line, b"GET hello") == b"heard it all"
    with pytest.raises(ConnectionError):
        await said(line)
    assert await said(line) == b"heard it all"


async def test_silence_lasts_until_it_is_mended(line: Line, echo: Echo):
    await line.spoil(Fault(cut=Cut.SILENT))
    waiting = asyncio.create_task(said(line))
    await asyncio.sleep(0)
    done, _ = await asyncio.wait({waiting}, timeout=0.3)
    assert not done
    await line.spoil(Fault(cut=Cut.RESET_AT_ONCE))
    with pytest.raises(ConnectionError):
        await waiting
    assert echo.heard == b""


async def test_to_a_tls_client_plain_text_is_a_broken_handshake(line: Line):
    await line.spoil(Fault(cut=Cut.ODD))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", line.port, ssl=ssl.create_default_context(), server_hostname="x")


async def test_connections_that_are_open_are_cut_with_the_line(line: Line):
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    writer.write(REQUEST)
    assert await reader.readexactly(12) == b"heard it all"
    await line.spoil(Fault(cut=Cut.REFUSED))
    with pytest.raises(ConnectionError):
        await reader.readexactly(1)
    writer.transport.abort()


async def test_a_closed_line_leaves_its_port(echo: Echo):
    async with Line(echo.port) as line:
        port = line.port
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
