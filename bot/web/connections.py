"""How many connections there may be, and how long each may live.

aiohttp bounds neither: a connection whose request is under way, or whose answer is never read, lives as long as its
sender likes. Here every connection has a place, of which there are few, and a time, which is short until its request
has shown that it comes from somebody who was told a secret. When the places run out, whoever has been here longest
without that gives theirs to the newcomer: an honest sender is served within milliseconds, one who holds connections
open is the oldest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from aiohttp import hdrs, web
from typing_extensions import override

from bot.web.outcomes import Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one server's connections may take.

    Attributes:
        connections: at once; far fewer than the 1,024 descriptors that most systems grant a process with all it does.
        stranger_seconds: how long a connection lives that has shown nothing.
        newcomer_seconds: how long nobody's place is taken: what they sent may lie unread while the process is busy.
    """

    connections: int = 256
    stranger_seconds: float = 10.0
    newcomer_seconds: float = 0.1


USUAL: Final = Limits()


class Connections:
    """Every open connection of one server."""

    def __init__(self, count: Callable[[Cut], None], limits: Limits = USUAL) -> None:
        """Tell `count` of each connection that is cut."""
        self._count = count
        self._limits = limits
        self._open: dict[web.RequestHandler, Connection] = {}
        self._yielding: dict[Connection, None] = {}
        """Those whose place may be taken, the one that has done nothing for longest first."""

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def factory(self, server: web.Server) -> Callable[[], asyncio.Protocol]:
        """Return what makes a protocol for each connection to `server`."""
        return lambda: Connection(self, server)

    def trust(self, request: web.Request, seconds: float, *, yielding: bool = True) -> None:
        """Give a request's connection more time, now that it has shown where it comes from.

        Args:
            request: what was asked over the connection.
            seconds: how long it may live from now on.
            yielding: whether its place may still be given to a newcomer when all others are younger.
        """
        connection = self._open.get(request.protocol)
        if connection is None:
            return
        connection.live(seconds)
        connection.trusted = True
        self._yielding.pop(connection, None)
        if yielding:
            self._yielding[connection] = None

    async def close_strangers(self, request: web.Request, response: web.StreamResponse) -> None:
        """End a connection after its answer unless it is trusted (to be called before an answer is sent)."""
        connection = self._open.get(request.protocol)
        if connection is None or not connection.trusted:
            response.force_close()
            response.headers[hdrs.CONNECTION] = "close"

    def abort_all(self) -> None:
        """End every connection, sent or not."""
        for connection in tuple(self._open.values()):
            connection.abort()

    def has_place(self) -> bool:
        """Tell whether a newcomer can be taken, if need be in the place of another."""
        if len(self._open) < self._limits.connections:
            return True
        oldest = next(iter(self._yielding), None)
        if oldest is None or oldest.age() < self._limits.newcomer_seconds:
            self._count(Cut.NO_PLACE)
            return False
        self.cut(oldest, Cut.CROWDED_OUT)
        return True

    def enter(self, connection: Connection, handler: web.RequestHandler) -> None:
        """Take a newcomer."""
        self._open[handler] = connection
        self._yielding[connection] = None
        connection.live(self._limits.stranger_seconds)

    def cut(self, connection: Connection, why: Cut) -> None:
        """End a connection."""
        self._count(why)
        connection.abort()

    def leave(self, connection: Connection, handler: web.RequestHandler) -> None:
        """Give a connection's place back."""
        self._open.pop(handler, None)
        self._yielding.pop(connection, None)


class Connection(asyncio.Protocol):
    """Stands between a transport and aiohttp's handler, and ends both when their time is over.

    Attributes:
        trusted: whether a request over it has shown where it comes from.
    """

    def __init__(self, connections: Connections, server: web.Server) -> None:
        """Belong to `connections`; nothing is taken until there is a transport."""
        self.trusted = False
        self._connections = connections
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._handler: web.RequestHandler | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._moved_at = 0.0

    def age(self) -> float:
        """Return for how many seconds nothing has been shown over it."""
        return self._loop.time() - self._moved_at

    def live(self, seconds: float) -> None:
        """Live for so many seconds from now, whatever was said before."""
        if self._timer is not None:
            self._timer.cancel()
        self._moved_at = self._loop.time()
        self._timer = self._loop.call_later(seconds, self._expire)

    def abort(self) -> None:
        """End it at once; its place is free from now on."""
        self._leave()
        if self._transport is not None:
            self._transport.abort()

    def _expire(self) -> None:
        self._timer = None
        self._connections.cut(self, Cut.TOO_SLOW)

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._handler is not None:
            self._connections.leave(self, self._handler)

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a place, or be turned away."""
        self._transport = cast(asyncio.Transport, transport)
        if not self._connections.has_place():
            self._transport.abort()
            return
        self._handler = self._server()
        self._connections.enter(self, self._handler)
        self._handler.connection_made(transport)

    @override
    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        if self._handler is not None:
            self._handler.data_received(data)

    @override
    def eof_received(self) -> bool | None:
        """Pass on that nothing more comes."""
        if self._handler is not None:
            self._handler.eof_received()
        return None

    @override
    def pause_writing(self) -> None:
        """Pass on that the peer does not keep up."""
        if self._handler is not None:
            self._handler.pause_writing()

    @override
    def resume_writing(self) -> None:
        """Pass on that the peer keeps up again."""
        if self._handler is not None:
            self._handler.resume_writing()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._leave()
        if self._handler is not None:
            self._handler.connection_lost(exc)
