"""`GET /metrics`, on an address of its own: what stands in front of the web side cannot pass it on by accident."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from bot.web.listener import Listener
from bot.web.server import SHUTDOWN_SECONDS

_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Exposition = Callable[[], Awaitable[bytes]]


class MetricsServer:
    """Listens for Prometheus alone."""

    def __init__(self, host: str, port: int, exposition: Exposition) -> None:
        """Listen on `host`:`port` (0 for any free one) and answer with what `exposition` returns."""
        app = web.Application()
        app.router.add_get("/metrics", self._handle)
        self._listener = Listener(app, shutdown_seconds=SHUTDOWN_SECONDS)
        self._host = host
        self._port = port
        self._exposition = exposition

    async def start(self) -> int:
        """Listen, and return the port.

        Raises:
            OSError: the address cannot be listened on.
        """
        return await self._listener.start(self._host, self._port)

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self._listener.stop()

    async def _handle(self, _request: web.Request) -> web.Response:
        return web.Response(body=await self._exposition(), headers={"Content-Type": _CONTENT_TYPE})
