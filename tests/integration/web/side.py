"""A running web side, what it was told, and a socket on which anything may be sent to it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bot.jobs.model import Asset, AssetRole
from bot.web.connections import USUAL, Limits
from bot.web.files import AT_ONCE, FilesEndpoint
from bot.web.health import Health
from bot.web.server import WebServer
from bot.web.signing import FileAddresses
from bot.web.webhook import Nudge, WebhookEndpoint

SECRET = "a-long-shared-secret"
TASK = "11111111-1111-4111-8111-111111111111"
BODY = b'{"timestamp": 1, "data": {"task_id": "11111111-1111-4111-8111-111111111111", "status": "completed"}}'
PATIENCE = 30.0
"""Seconds in which anything must have happened; far more than it takes."""


class Clock:
    def __init__(self) -> None:
        self.at = 1_780_000_000_000

    def now(self) -> int:
        return self.at

    async def sleep(self, milliseconds: int) -> None:
        raise AssertionError("nothing here sleeps")


@dataclass
class Peer:
    """One connection, bytes as they are."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send, unless the other side has gone; what it said before is still there to be read."""
        with suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def line(self) -> bytes:
        """Return the next line, b"" where the connection has ended."""
        try:
            return await asyncio.wait_for(self.reader.readline(), PATIENCE)
        except ConnectionError:
            return b""

    async def status(self) -> int | None:
        """Return the next answer's status and read its head; None where the connection has ended."""
        first = await self.line()
        while (await self.line()).strip():
            pass
        return int(first.split()[1]) if first else None

    async def rest(self, seconds: float = PATIENCE) -> bytes:
        """Return all that comes until the other side ends the connection, which it must within `seconds`."""
        received = b""
        async with asyncio.timeout(seconds):
            with suppress(ConnectionError):
                while chunk := await self.reader.read(65_536):
                    received += chunk
        return received

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@dataclass
class Web:
    """A running web side, with what it was told."""

    url: str
    port: int
    http: aiohttp.ClientSession
    addresses: FileAddresses
    clock: Clock
    assets: dict[str, Asset]
    files: Path
    open: Callable[[], int]
    """Tells how many connections there are."""
    nudges: list[tuple[str, str | None]] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    counted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever an outcome or a cut is counted."""
    fault: Exception | None = None
    problem: str | None = None

    async def post(self, token: str = "token-1", body: bytes = BODY, **headers: str) -> int:
        async with self.http.post(f"{self.url}/webhooks/piapi/{token}", data=body, headers=headers) as answer:
            return answer.status

    async def get(self, path: str, **headers: str) -> tuple[int, bytes, str]:
        async with self.http.get(f"{self.url}{path}", headers=headers) as answer:
            return answer.status, await answer.read(), answer.content_type

    async def until_counted(self, what: str, times: int = 1) -> None:
        """Return once an outcome or a cut was counted so often."""
        async with asyncio.timeout(PATIENCE):
            while self.outcomes[what] + self.cuts[what] < times:
                self.counted.clear()
                await self.counted.wait()

    @asynccontextmanager
    async def peer(self) -> AsyncIterator[Peer]:
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self.port))
        try:
            yield peer
        finally:
            await peer.close()

    async def exchange(self, *parts: bytes) -> bytes:
        """Send bytes over a connection of their own; return all that comes back until it ends."""
        async with self.peer() as peer:
            for part in parts:
                await peer.send(part)
            return await peer.rest()

    def stored(self, role: AssetRole = AssetRole.IMAGE, content: bytes = b"0123456789") -> str:
        """Put a file into the archive and return the path of its signed address."""
        self.assets["abc123"] = Asset(
            id="abc123", job_id="k3f9x2", role=role, source_url="", filename="a.jpg", option="image",
            content_type="image/jpeg", size=len(content), extension="jpg", archived_at=1,
        )  # fmt: skip
        (self.files / "abc123.jpg").write_bytes(content)
        return self.addresses.url("abc123").removeprefix("https://egret.example")


def head(
    *headers: tuple[str, str], method: str = "POST", path: str = "/webhooks/piapi/token-1", secret: str | None = SECRET
) -> bytes:
    """Return a request's head; the secret is in it unless another is given, or None."""
    lines = [f"{method} {path} HTTP/1.1", "Host: egret"]
    if secret is not None:
        lines.append(f"x-webhook-secret: {secret}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def length(number: int) -> tuple[str, str]:
    return ("Content-Length", str(number))


def chunked(pieces: Sequence[bytes]) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@asynccontextmanager
async def web_side(
    files: Path, *, nudge: Nudge | None = None, limits: Limits = USUAL, at_once: int = AT_ONCE
) -> AsyncIterator[Web]:
    """Run the web side; `nudge` takes the hints in place of the list."""
    clock, assets = Clock(), {}
    running: Web

    async def noted(token: str, task_id: str | None) -> bool:
        if running.fault is not None:
            raise running.fault
        running.nudges.append((token, task_id))
        return token == "token-1"

    async def find(asset_id: str) -> Asset | None:
        running.asked_for.append(asset_id)
        if running.fault is not None:
            raise running.fault
        return assets.get(asset_id)

    async def check() -> str | None:
        return running.problem

    def count(outcome: str) -> None:
        running.outcomes[outcome] += 1
        running.counted.set()

    def cut(why: str) -> None:
        running.cuts[str(why)] += 1
        running.counted.set()

    addresses = FileAddresses("https://egret.example", SecretStr("files-key"), clock)
    server = WebServer(
        "127.0.0.1",
        0,
        WebhookEndpoint(SecretStr(SECRET), nudge or noted, count),
        FilesEndpoint(addresses, find, lambda asset_id, extension: files / f"{asset_id}.{extension}", at_once=at_once),
        Health(alive={"database": _fine}, ready={"discord": check}),
        cut,
        limits,
    )
    port = await server.start()
    try:
        async with aiohttp.ClientSession() as http:
            running = Web(f"http://127.0.0.1:{port}", port, http, addresses, clock, assets, files, server.connections)
            yield running
    finally:
        await server.stop()


async def _fine() -> str | None:
    return None
