"""A provider scripted byte by byte: a real server on loopback that answers, hangs, cuts and resets as told."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from bot.piapi.client import PiapiClient, ProviderAccess
from bot.piapi.retry import RetryPolicy

KEY = "sk-very-secret-key"
Step = Callable[["Call"], Awaitable[None]]


@dataclass
class Call:
    """One request as it arrived, and the means to answer it."""

    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    reader: asyncio.StreamReader = field(repr=False)
    writer: asyncio.StreamWriter = field(repr=False)

    @property
    def json(self) -> dict[str, object]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value


class ScriptedProvider:
    """Plays `script`, one step a request; the last step is repeated."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.connections = 0
        self.script: list[Step] = []
        self.arrived = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._handlers: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._handlers:
            task.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one(self.connections, reader, writer):
                    pass
        finally:
            writer.close()
            self._handlers.discard(task)

    async def _one(self, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        call = Call(connection, method, target, headers, body, reader, writer)
        self.calls.append(call)
        self.arrived.set()
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        await step(call)
        return not writer.is_closing()


class Steps:
    """What a scripted provider can do with a request."""

    @staticmethod
    def answer(status: int, body: object, **headers: str) -> Step:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()

        async def step(call: Call) -> None:
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(raw)}"]
            lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
            call.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + raw)
            await call.writer.drain()

        return step

    @staticmethod
    def raw(content: bytes) -> Step:
        """Send these bytes and close."""

        async def step(call: Call) -> None:
            call.writer.write(content)
            await call.writer.drain()
            call.writer.close()

        return step

    @staticmethod
    def reset(after: bytes = b"") -> Step:
        """Send these bytes, then reset the connection."""

        async def step(call: Call) -> None:
            call.writer.write(after)
            await call.writer.drain()
            sock = call.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            call.writer.transport.abort()

        return step

    @staticmethod
    def hang(after: bytes = b"") -> Step:
        """Send these bytes, then nothing more until the client goes away."""

        async def step(call: Call) -> None:
            call.writer.write(after)
            await call.writer.drain()
            while await call.reader.read(1024):
                pass
            call.writer.close()

        return step


class RecordingClock:
    """Time that passes only by sleeping, and remembers how long was slept."""

    def __init__(self) -> None:
        self.at = 1_770_000_000_000
        self.slept: list[int] = []

    def now(self) -> int:
        return self.at

    async def sleep(self, milliseconds: int) -> None:
        self.slept.append(milliseconds)
        self.at += milliseconds


@dataclass
class ClientFactory:
    """Makes clients that are closed at the end of the test."""

    clock: RecordingClock
    made: list[PiapiClient] = field(default_factory=list)

    def __call__(self, base_url: str, *, policy: RetryPolicy | None = None, **access: float) -> PiapiClient:
        settings = ProviderAccess(key=SecretStr(KEY), base_url=base_url, user_agent="egret/test", **access)  # type: ignore[arg-type]
        client = PiapiClient.build(settings, self.clock, policy=policy, jitter=lambda: 0.5)
        self.made.append(client)
        return client


@pytest.fixture
def steps() -> type[Steps]:
    return Steps


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    server = ScriptedProvider()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def clock() -> RecordingClock:
    return RecordingClock()


@pytest.fixture
async def make_client(clock: RecordingClock) -> AsyncIterator[ClientFactory]:
    factory = ClientFactory(clock)
    yield factory
    for client in factory.made:
        await client.aclose()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of loopback on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
