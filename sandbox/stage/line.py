"""A line between a program and a service, which can be cut: TCP, byte by byte, with the faults that networks have.

A local service can answer badly; what it cannot do is not be there, lose a request halfway, or meet a TLS greeting with
something else. For that the program is given the line's address in the service's place.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

_PIECE: Final = 65_536
_PAUSE_SECONDS: Final = 0.05
"""After so long without another byte a request counts as sent as far as it will be."""


class Cut(StrEnum):
    """What becomes of a new connection."""

    REFUSED = "refused"
    """Nobody listens."""
    RESET_AT_ONCE = "reset-at-once"
    """It is reset before anything is read."""
    RESET_REQUEST = "reset-request"
    """It is reset after some bytes of the request; the service sees nothing of it."""
    RESET_ANSWER = "reset-answer"
    """The service is given the request; of its answer some bytes come, then a reset."""
    SILENT = "silent"
    """The request is read, and nothing ever comes."""
    ODD = "odd"
    """Whatever is said, the answer is a line of plain text: what a TLS client takes for a broken handshake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault that lasts until it is mended.

    Attributes:
        after: bytes of the request or of the answer.
        only: what a request must begin with to meet it, such as ``b"POST "``; the others pass. Empty for all.
        times: for how many connections; None for all.
    """

    cut: Cut
    after: int = 0
    only: bytes = b""
    times: int | None = None


class Line:
    """Forwards connections to a service on this machine; use as an asynchronous context manager.

    Args:
        port: the service's.
        certificate: with it the line speaks TLS, and the service plain text behind it.
    """

    def __init__(self, port: int, *, certificate: ssl.SSLContext | None = None) -> None:
        self._behind = port
        self._certificate = certificate
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._fault: Fault | None = None
        self.port = 0
        self.struck = 0
        """How many connections have met a fault."""

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def origin(self) -> str:
        """What the program is given as the service's address."""
        return f"{'http' if self._certificate is None else 'https'}://127.0.0.1:{self.port}"

    async def spoil(self, fault: Fault) -> None:
        """Let new connections meet a fault; those that are open are reset, as by a cable that is pulled."""
        self._fault = fault
        if fault.cut is Cut.REFUSED:
            await self._deafen()
        await self._hang_up()

    async def mend(self) -> None:
        """Let everything pass again."""
        self._fault = None
        if self._server is None:
            await self._listen()

    async def close(self) -> None:
        """Stop listening, and reset what is open."""
        await self._deafen()
        await self._hang_up()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._take, "127.0.0.1", self.port, ssl=self._certificate, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _deafen(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _hang_up(self) -> None:
        talks = [talk for talk in self._talks if talk is not asyncio.current_task()]
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        if talk is not None:
            self._talks.add(talk)
        try:
            with contextlib.suppress(OSError):
                await self._talk(reader, writer)
            writer.close()
        except asyncio.CancelledError:
            # Only the line itself cancels a talk, and what it wants is the reset.
            _reset(writer)
        finally:
            if talk is not None:
                self._talks.discard(talk)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self._fault
        if fault is not None and fault.cut is Cut.RESET_AT_ONCE and not fault.only:
            self._strike(fault)
            _reset(writer)
            return
        begun = await reader.read(1 if fault is not None and fault.cut is Cut.RESET_REQUEST else _PIECE)
        if fault is not None and fault.only:
            while begun and len(begun) < len(fault.only) and fault.only.startswith(begun):
                begun += await reader.read(len(fault.only) - len(begun))
        if fault is None or not begun.startswith(fault.only):
            await self._forward(begun, reader, writer, None)
            return
        self._strike(fault)
        match fault.cut:
            case Cut.RESET_REQUEST:
                await _read(reader, fault.after - len(begun))
                _reset(writer)
            case Cut.RESET_ANSWER:
                await self._forward(begun, reader, writer, fault.after)
            case Cut.SILENT:
                await reader.read()
            case Cut.ODD:
                writer.write(b"220 mail.example ESMTP ready\r\n")
                await writer.drain()
            case _:
                _reset(writer)

    def _strike(self, fault: Fault) -> None:
        self.struck += 1
        if fault.times is not None and self.struck >= fault.times:
            self._fault = None

    async def _forward(
        self, begun: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int | None
    ) -> None:
        """Pass everything on, both ways; of the answer only `most` bytes where that is a number."""
        if not begun:
            return
        behind, onward = await asyncio.open_connection("127.0.0.1", self._behind)
        onward.write(begun)
        there = asyncio.create_task(_pump(reader, onward, None))
        try:
            if not await _pump(behind, writer, most):
                _reset(writer)
        finally:
            there.cancel()
            await asyncio.gather(there, return_exceptions=True)
            onward.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, most: int | None) -> bool:
    """Copy until the source ends; False where that was cut short after `most` bytes."""
    left = most
    with contextlib.suppress(ConnectionError):
        while piece := await source.read(_PIECE if left is None else max(1, min(_PIECE, left))):
            if left is not None and len(piece) >= left:
                target.write(piece[:left])
                await target.drain()
                return False
            left = None if left is None else left - len(piece)
            target.write(piece)
            await target.drain()
    return True


async def _read(reader: asyncio.StreamReader, left: int) -> None:
    """Read so many bytes, or as many as come."""
    with contextlib.suppress(TimeoutError):
        while left > 0:
            async with asyncio.timeout(_PAUSE_SECONDS):
                piece = await reader.read(left)
            if not piece:
                return
            left -= len(piece)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Cut a connection with a TCP reset."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
