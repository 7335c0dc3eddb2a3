"""The aiohttp application and its socket."""

from __future__ import annotations

import secrets
from typing import Final

from aiohttp import web

from bot.piapi.webhook import WEBHOOK_PATH
from bot.web.files import FilesEndpoint
from bot.web.health import Health
from bot.web.webhook import BODY_LIMIT, WebhookEndpoint

_KEEPALIVE_SECONDS: Final = 10
"""aiohttp's own default lets a stranger's idle connection live for an hour."""
_LINGER_SECONDS: Final = 1
"""How long the rest of a refused body is read, so that its sender sees the answer."""
SHUTDOWN_SECONDS: Final = 3.0
"""How long a stop waits for answers under way; aiohttp's own minute would outlast the patience of who stops us."""
PROCESS_HEADER: Final = "X-Egret-Process"
"""On every answer: a name drawn at the start, by which a proxy's answer is known to come from this very process."""


class WebServer:
    """Listens; started before the gateway connects, stopped last.

    Attributes:
        process_name: what `PROCESS_HEADER` says on every answer; no secret.
    """

    def __init__(
        self, host: str, port: int, webhook: WebhookEndpoint | None, files: FilesEndpoint, health: Health
    ) -> None:
        """Listen on `host`:`port` (0 for any free one); without `webhook` there is no such route."""
        self.process_name = secrets.token_urlsafe(12)
        app = web.Application(client_max_size=BODY_LIMIT)
        app.on_response_prepare.append(self._sign)
        if webhook is not None:
            app.router.add_post(WEBHOOK_PATH + "{token}", webhook.handle)
        app.router.add_get("/files/{signed}", files.handle)
        app.router.add_get("/livez", health.livez)
        app.router.add_get("/readyz", health.readyz)
        self._runner = web.AppRunner(
            app,
            keepalive_timeout=_KEEPALIVE_SECONDS,
            lingering_time=_LINGER_SECONDS,
            shutdown_timeout=SHUTDOWN_SECONDS,
            access_log=None,
        )
        self._host = host
        self._port = port

    async def start(self) -> int:
        """Listen, and return the port.

        Raises:
            OSError: the address cannot be listened on.
        """
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self._runner.cleanup()

    async def _sign(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers[PROCESS_HEADER] = self.process_name
