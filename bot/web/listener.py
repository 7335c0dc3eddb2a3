"""An aiohttp application on a socket of ours, with a bound on everything that a stranger could make grow."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from typing_extensions import override

from bot.web.connections import USUAL, Connections, Limits
from bot.web.outcomes import Cut
from bot.web.refusals import LINE_EVERY, Refusals

KEEPALIVE_SECONDS: Final = 10
"""aiohttp's own default lets an idle connection live for an hour."""
_LINGER_SECONDS: Final = 1
"""How long the rest of a refused body is read, so that its sender sees the answer."""
_HEADERS: Final = 50
_HEADER_BYTES: Final = 4_096
"""A proxy's headers included; aiohttp's own would let each connection hold a megabyte of them."""


_ACCEPTED_TOGETHER: Final = 4
"""Connections that are taken before anything else in the process has its turn: commands wait for as many turns as they
have steps, and a flood would make each of them long."""
_QUEUE: Final = 512
"""Connections that wait their turn in the kernel."""
CONNECTIONS: Final = web.AppKey("connections", Connections)
REFUSALS: Final = web.AppKey("refusals", Refusals)
"""Where handlers find them."""


class Listener:
    """Serves an application.

    Attributes:
        connections: those that are open.
    """

    def __init__(
        self,
        app: web.Application,
        *,
        shutdown_seconds: float,
        count: Callable[[Cut], None] = lambda _why: None,
        limits: Limits = USUAL,
    ) -> None:
        """Serve `app`; nothing listens yet.

        Args:
            app: what answers.
            shutdown_seconds: how long a stop waits for answers under way.
            count: is told of each connection that is cut.
            limits: what connections may take.
        """
        self._count = count
        self._refusals = Refusals()
        self.connections = Connections(self._cut, limits)
        app[CONNECTIONS] = self.connections
        app[REFUSALS] = self._refusals
        app.on_response_prepare.append(self.connections.close_strangers)
        self._runner = web.AppRunner(
            app,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=_LINGER_SECONDS,
            shutdown_timeout=shutdown_seconds,
            max_headers=_HEADERS,
            max_field_size=_HEADER_BYTES,
            max_line_size=_HEADER_BYTES,
            # A compressed body is a bomb until it has been unpacked; the provider sends none, and any body is a hint.
            auto_decompress=False,
            access_log=None,
            logger=_log_without_strangers(self._cut),
        )
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen on `host`:`port` (0 for any free one), and return the port.

        Raises:
            OSError: the address cannot be listened on.
        """
        await self._runner.setup()
        server = self._runner.server
        if server is None:
            raise RuntimeError("a runner that is set up has a server")
        loop = asyncio.get_running_loop()
        factory = self.connections.factory(server)
        self._server = await loop.create_server(factory, host, port, backlog=_ACCEPTED_TOGETHER)
        for each in self._server.sockets:
            # asyncio takes one number for both, and asks for a queue as short as that.
            with each.dup() as same:
                same.listen(_QUEUE)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the socket and every connection."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()
        self.connections.abort_all()
        self._refusals.close()

    def _cut(self, why: Cut) -> None:
        self._count(why)
        self._refusals.note(f"connection_{why}")


def _log_without_strangers(count: Callable[[Cut], None]) -> logging.Logger:
    """Return a logger of its own for one application."""
    log = logging.Logger(__name__)  # noqa: LOG001 - one by name would be shared, and keep every filter
    log.parent = logging.getLogger()
    log.addFilter(_Oddities(count))
    return log


class _Oddities(logging.Filter):
    """Counts what aiohttp would write a traceback for, with the sender's own bytes in it.

    What is left are defects of ours, of which a stranger may know how to bring about many: one a minute is shown.
    """

    def __init__(self, count: Callable[[Cut], None]) -> None:
        super().__init__()
        self._count = count
        self._shown_at = float("-inf")

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (HttpProcessingError, web.RequestPayloadError)):
            self._count(Cut.NOT_HTTP)
            return False
        if isinstance(error, ConnectionError) or record.created < self._shown_at + LINE_EVERY:
            return False
        self._shown_at = record.created
        return True
