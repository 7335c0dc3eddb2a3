"""Gateway sessions and their sockets: events are numbered and remembered, frames go out in order."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import zlib
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Final

from sandbox.discord.json_types import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from sandbox.discord.json_types import JsonObject

HISTORY: Final = 10_000
"""Events a session keeps for resuming."""


class Intent(IntFlag):
    """Gateway intents that events of the sandbox need."""

    NONE = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


ALL_INTENTS: Final = (1 << 26) - 1


class Op(IntEnum):
    """Gateway opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something to dispatch.

    Attributes:
        render: makes the payload, given whether the receiver reads message content.
        intent: the intent without which a session does not get it; NONE for events that need none.
        guild_id: chooses the shard; None (direct messages) means shard 0.
    """

    name: str
    render: Callable[[bool], JsonObject]
    intent: Intent = Intent.NONE
    guild_id: int | None = None


class Session:
    """What a bot identified as, and the events it was sent."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.seq = 0
        self.history: deque[JsonObject] = deque(maxlen=HISTORY)
        self.connection: Connection | None = None
        self.detached_at: int | None = None

    def receives(self, event: Event) -> bool:
        """Return whether intents and shard let an event through."""
        if event.intent and not self.intents & event.intent:
            return False
        shard_id, shard_count = self.shard
        return ((event.guild_id or 0) >> 22) % shard_count == shard_id

    def add(self, event: Event, *, content_granted: bool) -> JsonObject:
        """Number an event, remember it and send it if somebody is connected."""
        self.seq += 1
        reads = content_granted and bool(self.intents & Intent.MESSAGE_CONTENT)
        payload: JsonObject = {
            "op": int(Op.DISPATCH),
            "t": event.name,
            "d": event.render(reads),
            "s": self.seq,
        }
        self.history.append(payload)
        if self.connection is not None:
            self.connection.push(payload)
        return payload


@dataclass(slots=True, eq=False)
class Connection:
    """One socket: frames go out in order through its queue."""

    socket: web.WebSocketResponse
    request: web.Request
    compressed: bool
    outgoing: asyncio.Queue[JsonObject] = field(default_factory=asyncio.Queue)
    session: Session | None = None
    closed_here: bool = False
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    received: deque[float] = field(default_factory=deque)
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _deflate: zlib._Compress = field(default_factory=zlib.compressobj)

    def freeze(self, *, frozen: bool) -> None:
        """Keep frames back, or let them go."""
        if frozen:
            self._flowing.clear()
        else:
            self._flowing.set()

    def push(self, payload: JsonObject) -> None:
        """Send a payload after those already waiting."""
        self.outgoing.put_nowait(payload)

    async def write(self) -> None:
        """Send what is pushed until cancelled or the socket goes away."""
        with contextlib.suppress(ConnectionError):
            while True:
                data = encode(await self.outgoing.get())
                await self._flowing.wait()
                if self.compressed:
                    frame = self._deflate.compress(data) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(frame)
                else:
                    await self.socket.send_str(data.decode())
                self.outgoing.task_done()

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a code, after what was pushed before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self.outgoing.join()
        self.closed_here = True
        await self.socket.close(code=code, message=reason.encode())

    def drop(self) -> None:
        """Cut the socket without a closing handshake."""
        transport = self.request.transport
        if transport is not None:
            transport.abort()
