"""Addresses that a person or the provider could supply to make the bot knock at doors inside its host's network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.media import fetch
from bot.media.disk import DiskFullError
from bot.media.fetch import BlockedError, Downloader, DownloadError, RejectedError
from bot.media.signatures import FileKind

if TYPE_CHECKING:
    from pathlib import Path

CAP = 1_000_000
MP4 = {FileKind.MP4}


class Door:
    """A server inside, which counts who knocks, whatever they say."""

    def __init__(self) -> None:
        self.knocks = 0
        self.port = 0

    async def opened(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks += 1
        writer.close()


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(routes: Mapping[str, Handler]) -> AsyncIterator[str]:
    app = web.Application()
    for path, handler in routes.items():
        app.router.add_get(path, handler)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    server = await asyncio.start_server(door.opened, "127.0.0.1", 0)
    door.port = server.sockets[0].getsockname()[1]
    async with server:
        yield door


@pytest.fixture
def any_port(monkeypatch: pytest.MonkeyPatch, door: Door) -> None:
    """Let the guard on ports pass, so that the guard on addresses is what is tried."""
    monkeypatch.setattr(fetch, "_HTTPS_PORT", door.port)


HOSTS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0",
    "0x7f.0x0.0x0.0x1",
    "0x7f.0.1",
    "0177.0.0.01",
    "017700000001",
    "2130706433",
    "0x7F000001",
    "１２７.0.0.1",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "①②⑦.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ⓛocalhost",
    "ｌocalhost",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[2a00::5efe:127.0.0.1]",
    "[fe80::1%25lo]",
    "[fe80::1%lo]",
    "[::1%25lo]",
    "[fec0::1]",
    "[fd00:ec2::254]",
    "169.254.169.254",
]


@pytest.mark.usefixtures("any_port")
@pytest.mark.parametrize("host", HOSTS)
async def test_no_notation_of_an_address_inside_is_dialled(tmp_path: Path, door: Door, host: str) -> None:
    async with asyncio.timeout(20), Downloader() as downloader:
        with pytest.raises(DownloadError):
            await downloader.fetch(f"https://{host}:{door.port}/clip", tmp_path, max_bytes=CAP, expect=MP4)

    assert door.knocks == 0


@pytest.mark.usefixtures("any_port")
@pytest.mark.parametrize("host", HOSTS)
async def test_nor_on_any_hop_of_a_redirect(tmp_path: Path, door: Door, host: str) -> None:
    async def first(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/second"})

    async def second(_: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": f"https://{host}:{door.port}/clip"})

    async with (
        serving({"/first": first, "/second": second}) as origin,
        asyncio.timeout(20),
        Downloader(trusted_origins=[origin]) as downloader,
    ):
        with pytest.raises(DownloadError):
            await downloader.fetch(f"{origin}/first", tmp_path, max_bytes=CAP, expect=MP4)

    assert door.knocks == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.discordapp.com@127.0.0.1/clip",
        "https://cdn.discordapp.com:443@127.0.0.1/clip",
        "https://cdn.discordapp.com%40127.0.0.1/clip",
        "https://cdn.discordapp.com\\@127.0.0.1/clip",
        "https://cdn.discordapp.com#@127.0.0.1/clip",
        "https://127.0.0.1#.discordapp.com/clip",
        "https://127.0.0.1?.discordapp.com/clip",
        "https://127.0.0.1\\.discordapp.com/clip",
        "https:/127.0.0.1/clip",
        "https:127.0.0.1/clip",
        "//127.0.0.1/clip",
        "\thttps://127.0.0.1/clip",
        "https://127.0.0.1\r\nHost: cdn.discordapp.com/clip",
        "HTTP://127.0.0.1/clip",
        "https+unix://%2Fvar%2Frun%2Fdocker.sock/clip",
        "gopher://127.0.0.1/_clip",
        "jar:https://127.0.0.1/clip",
        "concat:https://127.0.0.1/clip",
        "https://ex℀mple.com/",
    ],
)
async def test_tricks_with_the_parts_of_an_address_reach_nothing_inside(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", unknown_names)

    async with asyncio.timeout(20), Downloader() as downloader:
        with pytest.raises(DownloadError):
            await downloader.fetch(url, tmp_path, max_bytes=CAP, expect=MP4)


@pytest.mark.parametrize("port", [0, 22, 25, 80, 444, 6379, 8443, 65_535])
async def test_no_port_is_knocked_at_but_that_of_https(tmp_path: Path, port: int) -> None:
    async with Downloader() as downloader:
        with pytest.raises(BlockedError):
            await downloader.fetch(f"https://cdn.example:{port}/clip", tmp_path, max_bytes=CAP, expect=MP4)


@pytest.mark.usefixtures("any_port")
async def test_a_name_that_changes_its_meaning_between_two_lookups_reaches_nothing_inside(
    tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that is dialled is the one that is checked: there is no second lookup to be lied to."""
    lookups: list[str] = []
    answers = cycle([["203.0.113.7", "127.0.0.1"], ["127.0.0.1"], ["127.0.0.1", "203.0.113.7"]])

    def rebinding(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        lookups.append(host)
        row = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*row, (address, port)) for address in next(answers)]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    for attempt in range(6):
        async with Downloader() as downloader:
            with pytest.raises(DownloadError):
                await downloader.fetch(f"https://re.example:{door.port}/clip", tmp_path, max_bytes=CAP, expect=MP4)
        assert len(lookups) == attempt + 1

    assert door.knocks == 0


async def test_a_redirect_never_becomes_the_name_of_a_file(tmp_path: Path) -> None:
    async def escaping(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/../../../../etc/cron.d/egret"})

    async def clip(_: web.Request) -> web.Response:
        return web.Response(body=b"not a clip", headers={"Content-Disposition": 'attachment; filename="../../x.mp4"'})

    (tmp_path / "incoming").mkdir()

    async with (
        serving({"/": escaping, "/etc/cron.d/egret": clip}) as origin,
        Downloader(trusted_origins=[origin]) as downloader,
    ):
        with pytest.raises(DownloadError):
            await downloader.fetch(f"{origin}/", tmp_path / "incoming", max_bytes=CAP, expect=MP4)

    assert left_in(tmp_path) == ["incoming"]


async def test_a_body_that_nobody_declared_stops_where_the_database_needs_its_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk has room when the download begins, and none by the time that the server has sent for a while."""
    sent = 0

    async def drip(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse()
        await answer.prepare(request)
        while sent < 200 * 2**20:
            await answer.write(bytes(2**20))
            sent += 2**20
        return answer

    monkeypatch.setattr("bot.media.disk.free_bytes", lambda _: 100 * 2**20 - sent)

    async with (
        serving({"/": drip}) as origin,
        Downloader(trusted_origins=[origin], reserve_bytes=50 * 2**20) as downloader,
    ):
        with pytest.raises(DiskFullError):
            await downloader.fetch(f"{origin}/", tmp_path, max_bytes=2**30, expect=MP4)

    assert sent < 150 * 2**20
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("location", ["", "https://[half", "http://127.0.0.1:1/x", "file:///etc/passwd"])
async def test_a_redirect_out_of_the_web_ends_the_download(tmp_path: Path, location: str) -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": location})

    async with (
        serving({"/": elsewhere}) as origin,
        Downloader(trusted_origins=[origin]) as downloader,
    ):
        with pytest.raises((BlockedError, RejectedError)):
            await downloader.fetch(f"{origin}/", tmp_path, max_bytes=CAP, expect=MP4)


def left_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def unknown_names(host: str, port: int, family: int = 0, *rest: object, **more: object) -> list[tuple[object, ...]]:
    """Resolve what is an address already, and nothing else: these tests reach no network."""
    try:
        socket.inet_aton(host)
    except OSError:
        raise socket.gaierror(socket.EAI_NONAME, "unknown") from None
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))]
