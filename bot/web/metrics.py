"""`GET /metrics`, on an address of its own: what stands in front of the web side cannot pass it on by accident."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from bot.web.server import SHUTDOWN_SECONDS

_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_KEEPALIVE_SECONDS: Final = 75

Exposition = Callable[[], Awaitable[bytes]]


class MetricsServer:
    """Listens for Prometheus alone."""

    def __init__(self, host: str, port: int, exposition: Exposition) -> None:
        """Listen on `host`:`port` (0 for any free one) and answer with what `exposition` returns."""
        app = web.Application()
        app.router.add_get("/metrics", self._handle)
        self._runner = web.AppRunner(
            app, keepalive_timeout=_KEEPALIVE_SECONDS, shutdown_timeout=SHUTDOWN_SECONDS, access_log=None
        )
        self._host = host
        self._port = port
        self._exposition = exposition

    async def start(self) -> int:
        """Listen, and return the port.

        Raises:
            OSError: the address cannot be listened on.
        """
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self._runner.cleanup()

    async def _handle(self, _request: web.Request) -> web.Response:
        return web.Response(body=await self._exposition(), headers={"Content-Type": _CONTENT_TYPE})
