from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import yarl

from bot.clock import SystemClock
from bot.media.archive import Archive
from sandbox.discord import DiscordConfig, DiscordSandbox
from tests.integration.delivery.quay import MIB, Quay, connected, logged_in
from tests.integration.media.samples import save_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of grey with a tone: a real MP4 of a few kilobytes."""
    return save_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", grain=0)


@pytest.fixture(scope="session")
def clip_bytes(clip: Path) -> bytes:
    return clip.read_bytes()


@pytest.fixture(scope="session")
def large_clip(clip: Path) -> Path:
    """The same clip in eleven megabytes, most of them a box that players skip."""
    return padded(clip, clip.with_name("large.mp4"), 11 * MIB)


def padded(source: Path, target: Path, size: int) -> Path:
    """Copy an MP4 and fill it up to `size` bytes with a free-space box (ISO/IEC 14496-12 §8.1.2)."""
    head = source.read_bytes()
    free = size - len(head)
    target.write_bytes(head + free.to_bytes(4) + b"free" + bytes(free - 8))
    return target


@pytest.fixture
def config() -> DiscordConfig:
    """The local Discord's servers; tests that need others override it."""
    return DiscordConfig()


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch, config: DiscordConfig) -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox(config) as sandbox:
        monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
        yield sandbox


@pytest.fixture
async def quay(sandbox: DiscordSandbox, tmp_path: Path) -> AsyncIterator[Quay]:
    """A process without a gateway."""
    async with logged_in(sandbox) as client:
        quay = Quay(sandbox, client, Archive(tmp_path / "archive", SystemClock()))
        yield quay
        await quay.person.close()
    assert sandbox.problems == []


@pytest.fixture
async def watching_quay(sandbox: DiscordSandbox, tmp_path: Path) -> AsyncIterator[Quay]:
    """A process with a gateway."""
    async with connected(sandbox) as client:
        quay = Quay(sandbox, client, Archive(tmp_path / "archive", SystemClock()))
        yield quay
        await quay.person.close()
    assert sandbox.problems == []


@pytest.fixture(params=[logged_in, connected], ids=["without a gateway", "with a gateway"])
async def either_quay(request: pytest.FixtureRequest, sandbox: DiscordSandbox, tmp_path: Path) -> AsyncIterator[Quay]:
    """A process with, and another without a gateway."""
    async with request.param(sandbox) as client:
        quay = Quay(sandbox, client, Archive(tmp_path / "archive", SystemClock()))
        yield quay
        await quay.person.close()
    assert sandbox.problems == []
