"""The routes that the provider, and whoever watches the bot, may reach."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from aiohttp import hdrs, web

from bot.piapi.webhook import WEBHOOK_PATH
from bot.web.connections import USUAL, Limits
from bot.web.files import FilesEndpoint
from bot.web.health import Health
from bot.web.listener import Listener
from bot.web.outcomes import Cut
from bot.web.webhook import BODY_LIMIT, WebhookEndpoint

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
        self,
        host: str,
        port: int,
        webhook: WebhookEndpoint | None,
        files: FilesEndpoint,
        health: Health,
        count: Callable[[Cut], None] = lambda _why: None,
        limits: Limits = USUAL,
    ) -> None:
        """Listen on `host`:`port` (0 for any free one); without `webhook` there is no such route.

        Args:
            host: an address of this machine.
            port: its port.
            webhook: answers the provider.
            files: answers whoever has a signed address.
            health: answers whoever watches.
            count: is told of each connection that is cut.
            limits: what connections may take.
        """
        self.process_name = secrets.token_urlsafe(12)
        app = web.Application(client_max_size=BODY_LIMIT)
        app.on_response_prepare.append(self._sign)
        self._listener = Listener(app, shutdown_seconds=SHUTDOWN_SECONDS, count=count, limits=limits)
        if webhook is not None:
            app.router.add_post(WEBHOOK_PATH + "{token}", webhook.handle, expect_handler=webhook.expect)
        app.router.add_get("/files/{signed}", files.handle)
        app.router.add_get("/livez", health.livez)
        app.router.add_get("/readyz", health.readyz)
        self._host = host
        self._port = port

    def connections(self) -> int:
        """Return how many connections are open."""
        return len(self._listener.connections)

    async def start(self) -> int:
        """Listen, and return the port.

        Raises:
            OSError: the address cannot be listened on.
        """
        return await self._listener.start(self._host, self._port)

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self._listener.stop()

    async def _sign(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers[PROCESS_HEADER] = self.process_name
        response.headers.popall(hdrs.SERVER, None)  # which version of what answers is nobody's business
