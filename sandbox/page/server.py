"""The page's server: its files, the local Discord on the same origin, and the provider's panel."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aiohttp
from aiohttp import web

from sandbox.page.guard import Guard
from sandbox.page.passing_on import PassingOn
from sandbox.page.recording import NotARecording, voice_message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from sandbox.stage.addresses import DiscordAddresses

LOOPBACK: Final = "127.0.0.1"
USUAL_PORT: Final = 8321
"""Where the page is while nothing else is there."""
_STATIC: Final = Path(__file__).with_name("static")
_MAX_REQUEST: Final = 512 * 1024 * 1024
"""The largest body in bytes; the local Discord says what is too large for a message."""


class PageServer:
    """Serves the page. Use it as an asynchronous context manager.

    Args:
        discord: Where the local Discord is.
        host: What to listen on.
        port: 0 takes any free port; None takes the usual one, or any where that is taken.
        add_routes: Functions that serve more on the same origin, such as the provider's panel.
    """

    def __init__(
        self,
        discord: DiscordAddresses,
        *,
        host: str = LOOPBACK,
        port: int | None = None,
        add_routes: Sequence[Callable[[web.Application], None]] = (),
    ) -> None:
        self._discord = discord
        self._host = host
        self._port = port
        self._add_routes = tuple(add_routes)
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The page's address."""
        shown = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{shown}:{self._port}/"

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken, or the host is none of this machine's.
        """
        self._session = aiohttp.ClientSession()
        runner = web.AppRunner(self._application(self._session), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runner = runner
        self._port = await _listen(runner, self._host, self._port)

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _application(self, session: aiohttp.ClientSession) -> web.Application:
        app = web.Application(client_max_size=_MAX_REQUEST)
        Guard(self._host).add_to(app)
        app.router.add_get("/", _index)
        app.router.add_get("/favicon.ico", _no_icon)
        app.router.add_static("/static", _STATIC)
        app.router.add_get("/api/page", self._about)
        app.router.add_post("/api/voice-message", _voice_message)
        PassingOn(self._discord.person_url, self._discord.cdn_origin, session).add_to(app)
        for add in self._add_routes:
            add(app)
        app.on_response_prepare.append(_always_fresh)
        return app

    async def _about(self, _request: web.Request) -> web.Response:
        """Return what the page cannot know by itself: the origin whose addresses are served from here."""
        return web.json_response({"cdn_origin": self._discord.cdn_origin})


async def _listen(runner: web.AppRunner, host: str, port: int | None) -> int:
    """Return the port that was taken."""
    try:
        await web.TCPSite(runner, host, USUAL_PORT if port is None else port).start()
    except OSError:
        if port is not None:
            raise
        await web.TCPSite(runner, host, 0).start()
    return int(runner.addresses[0][1])


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / "index.html")


async def _no_icon(_request: web.Request) -> web.Response:
    return web.Response(status=204)


async def _always_fresh(request: web.Request, response: web.StreamResponse) -> None:
    """Let browsers ask again for the page's own files, which change with the code."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache" if request.path.startswith("/static/") else "no-store"


async def _voice_message(request: web.Request) -> web.Response:
    """Turn what a browser recorded, or a file that a person picked, into a voice message."""
    try:
        recording = await asyncio.to_thread(voice_message, await request.read())
    except NotARecording:
        return web.json_response({"error": "That is not a recording.", "field": "", "code": 0}, status=422)
    return web.Response(body=recording, content_type="audio/ogg")
