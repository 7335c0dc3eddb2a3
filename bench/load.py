"""Sends prepared requests as quickly as they are answered, with hardly any work of its own.

A client that parsed what it is answered would take as long as the server that it is to measure.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, cast
from urllib.parse import urlsplit

from typing_extensions import override

from bench.failure import BenchFailed

_END: Final = b"\r\n\r\n"
_NO_CONTENT: Final = b"HTTP/1.1 204"


def post(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return a whole request, on a connection that stays open."""
    parts = urlsplit(url)
    head = {"Host": parts.netloc, "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    lines = [f"POST {parts.path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def send_all(url: str, requests: Sequence[bytes], *, at_once: int, seconds: float) -> float:
    """Send requests over a few connections, each after the last one's answer; return the seconds until all are done.

    Raises:
        BenchFailed: one was answered by anything but 204, a connection was closed, or it took longer than `seconds`.
    """
    parts = urlsplit(url)
    left = deque(requests)
    loop = asyncio.get_running_loop()
    connections = []
    for _ in range(min(at_once, len(requests))):
        _, sender = await loop.create_connection(lambda: _Sender(left), parts.hostname or "", parts.port or 80)
        connections.append(sender)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(seconds):
            for connection in connections:
                connection.send()
            await asyncio.gather(*(connection.done for connection in connections))
        return time.perf_counter() - began
    except TimeoutError:
        raise BenchFailed(f"{len(left)} of {len(requests)} requests were not even sent in {seconds:g} s") from None
    finally:
        for connection in connections:
            connection.close()


class _Sender(asyncio.Protocol):
    def __init__(self, left: deque[bytes]) -> None:
        self._left = left
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def send(self) -> None:
        """Send the next request, if one is left."""
        if not self._left:
            self.done.set_result(None)
        elif self._transport is not None:
            self._transport.write(self._left.popleft())

    def close(self) -> None:
        """Close the connection; harmless when it is closed."""
        self.done.cancel()
        if self._transport is not None:
            self._transport.close()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self.done.done() or _END not in self._answer:
            return
        if not self._answer.startswith(_NO_CONTENT):
            self.done.set_exception(BenchFailed(f"a request was answered by {self._answer[:40]!r}"))
            return
        self._answer = b""
        self.send()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(BenchFailed("a connection was closed before its requests were answered"))
