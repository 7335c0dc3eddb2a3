"""A stranger who asks and never reads the answer does not keep the bot from stopping."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.jobs.model import Asset, AssetRole
from bot.web.files import FilesEndpoint
from bot.web.health import Health
from bot.web.metrics import MetricsServer
from bot.web.server import WebServer
from bot.web.signing import FileAddresses

LARGE = 16_000_000
"""Bytes that no socket's buffers hold."""
PATIENCE = 10.0
"""Seconds; aiohttp's own wait would last a minute."""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.server.SHUTDOWN_SECONDS", 0.1)
    monkeypatch.setattr("bot.web.metrics.SHUTDOWN_SECONDS", 0.1)


async def stop_before_the_answer_is_read(server: MetricsServer | WebServer, path: str, asked: asyncio.Event) -> None:
    port = await server.start()
    with closing(socket.create_connection(("127.0.0.1", port))) as stranger:
        stranger.sendall(f"GET {path} HTTP/1.1\r\nHost: egret\r\n\r\n".encode())
        try:
            await asyncio.wait_for(asked.wait(), PATIENCE)
        finally:
            async with asyncio.timeout(PATIENCE):
                await server.stop()


async def test_figures_that_nobody_reads():
    asked = asyncio.Event()

    async def exposition() -> bytes:
        asked.set()
        return b"#" * LARGE

    await stop_before_the_answer_is_read(MetricsServer("127.0.0.1", 0, exposition), "/metrics", asked)


async def test_a_file_that_nobody_reads(tmp_path: Path):
    asked = asyncio.Event()
    (tmp_path / "abc123.jpg").write_bytes(b"#" * LARGE)
    picture = Asset(
        id="abc123", job_id="k3f9x2", role=AssetRole.IMAGE, source_url="", filename="a.jpg", option="image",
        content_type="image/jpeg", size=LARGE, extension="jpg", archived_at=1,
    )  # fmt: skip

    async def find(_: str) -> Asset:
        asked.set()
        return picture

    addresses = FileAddresses("https://egret.example", SecretStr("files-key"), SystemClock())
    files = FilesEndpoint(addresses, find, lambda asset_id, extension: tmp_path / f"{asset_id}.{extension}")
    path = addresses.url("abc123").removeprefix("https://egret.example")
    server = WebServer("127.0.0.1", 0, None, files, Health(alive={}, ready={}))
    await stop_before_the_answer_is_read(server, path, asked)
