"""The gateway: sessions that outlive their sockets, heartbeats, resuming, zlib-stream frames.

Source: developers/events/gateway.

A session numbers and remembers what it was sent. A socket that goes away without 1000 or 1001 leaves its session to
be resumed for a few minutes of the sandbox's clock.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final, Literal, Protocol

from aiohttp import WSMsgType, web

from sandbox.discord.gateway_sessions import ALL_INTENTS, Connection, Event, Intent, Op, Session
from sandbox.discord.json_types import as_object, decode, integer, objects, text
from sandbox.discord.presence import Presence, presence_from

if TYPE_CHECKING:
    from sandbox.discord.clock import Clock
    from sandbox.discord.config import DiscordConfig
    from sandbox.discord.json_types import JsonObject, JsonValue
    from sandbox.discord.observation import Observation

MAX_PAYLOAD: Final = 4_096
MAX_SENDS: Final = 120
"""Payloads a client may send in `SEND_WINDOW` seconds."""
SEND_WINDOW: Final = 60.0
NORMAL_CLOSURES: Final = frozenset({1000, 1001})
_DAY_MS: Final = 86_400_000

ENDS_SESSION: Final = frozenset({4003, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014})
"""Close codes after which a session cannot be resumed (developers/topics/opcodes-and-status-codes)."""

GatewayPart = Literal["acks", "hello", "frames", "doors"]
"""What can stop working: answers to heartbeats, the first frame of a socket, every frame, and new sockets at all."""
GatewayAction = Literal[
    "close",
    "drop",
    "reconnect",
    "invalidate",
    "repeat",
    "mute_acks",
    "restore_acks",
    "mute_hello",
    "restore_hello",
    "freeze",
    "thaw",
    "refuse",
    "admit",
]
"""`close` closes the sockets with a code, `drop` cuts them, `reconnect` sends op 7, `invalidate` op 9; `repeat` sends
the next events of a name twice; `mute_acks` leaves heartbeats unanswered, `mute_hello` new sockets without a word,
`freeze` all of them, and `refuse` answers 503 to new ones; the others undo that."""


class Welcome(Protocol):
    """What a new session is told about the world."""

    def ready(self) -> JsonObject:
        """Return READY's user, guilds and application."""
        ...

    def first_events(self) -> list[Event]:
        """Return the GUILD_CREATE of each server."""
        ...

    def connected(self) -> None:
        """Take note that the bot is online."""
        ...

    def disconnected(self) -> None:
        """Take note that a socket of the bot's went away."""
        ...


class _Closed(Exception):
    """Raised by an opcode's handler to close the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gateway:
    """All sessions of the bot."""

    def __init__(self, config: DiscordConfig, clock: Clock, observation: Observation) -> None:
        self._config = config
        self._clock = clock
        self._observation = observation
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.url = ""
        self.identifies = 0
        self.presence = Presence()
        self.resumes = 0
        self._welcome: Welcome | None = None
        self._broken: set[GatewayPart] = set()
        self._repeats: dict[str, int] = {}
        self._begun: dict[int, float] = {}

    @property
    def recommended_shards(self) -> int:
        """How many shards the bot is told to make."""
        return self._config.shards

    def session_start_limit(self) -> JsonObject:
        """Return how many sessions may still begin, and how many at once (developers/events/gateway)."""
        limits = self._config.limits
        return {
            "total": limits.identifies_per_day,
            "remaining": max(limits.identifies_per_day - self.identifies, 0),
            "reset_after": _DAY_MS,
            "max_concurrency": limits.identify_concurrency,
        }

    def welcome_with(self, welcome: Welcome) -> None:
        """Set what new sessions are told."""
        self._welcome = welcome

    def switch(self, part: GatewayPart, *, works: bool) -> None:
        """Let a part of it stop or resume working."""
        if works:
            self._broken.discard(part)
        else:
            self._broken.add(part)
        for connection in self.connections:
            connection.freeze(frozen="frames" in self._broken)

    def repeat(self, event: str, times: int = 1) -> None:
        """Send the next `times` events of a name twice, as may happen behind Discord's own restarts."""
        self._repeats[event] = times

    @property
    def online(self) -> bool:
        """Whether some session has a socket."""
        return any(session.connection is not None for session in self.sessions.values())

    def dispatch(self, event: Event) -> None:
        """Send an event to every session that is to have it."""
        for session in list(self.sessions.values()):
            if self._expired(session):
                del self.sessions[session.id]
            elif session.receives(event):
                for _ in range(2 if self._repeats.get(event.name) else 1):
                    self._observation.event(session.add(event, content_granted=self._config.message_content))
        if self._repeats.get(event.name):
            self._repeats[event.name] -= 1

    def _expired(self, session: Session) -> bool:
        detached = session.detached_at
        return detached is not None and self._clock.now() - detached > self._config.limits.resume_ms

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket for as long as it lasts."""
        if "doors" in self._broken:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False)
        await socket.prepare(request)
        connection = _connection(socket, request)
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write())
        watcher = asyncio.create_task(self._watch(connection))
        connection.freeze(frozen="frames" in self._broken)
        if "hello" not in self._broken:
            interval = self._config.limits.heartbeat_ms
            connection.push({"op": int(Op.HELLO), "t": None, "s": None, "d": {"heartbeat_interval": interval}})
        try:
            await self._read(connection)
        finally:
            for task in (writer, watcher):
                task.cancel()
            await asyncio.gather(writer, watcher, return_exceptions=True)
            self._detach(connection)
        return socket

    def _detach(self, connection: Connection) -> None:
        self.connections.discard(connection)
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        session.detached_at = self._clock.now()
        if connection.socket.close_code in NORMAL_CLOSURES and not connection.closed_here:
            self.sessions.pop(session.id, None)
        if self._welcome is not None:
            self._welcome.disconnected()

    async def _watch(self, connection: Connection) -> None:
        """Close a socket that stopped sending heartbeats; real time, because clients keep time for themselves."""
        patience = self._config.limits.heartbeat_ms / 1000 * 2
        with contextlib.suppress(TimeoutError):
            while True:
                connection.heard.clear()
                async with asyncio.timeout(patience):
                    await connection.heard.wait()
        await connection.close(4000, "Heartbeats stopped.")

    async def _read(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            try:
                self._handle(connection, frame.data)
            except _Closed as closed:
                self._observation.problem("gateway", f"{closed.code} {closed.reason}")
                await connection.close(closed.code, closed.reason)
                return

    def _handle(self, connection: Connection, data: str | bytes) -> None:
        now = asyncio.get_running_loop().time()
        connection.received.append(now)
        while connection.received[0] < now - SEND_WINDOW:
            connection.received.popleft()
        if len(connection.received) > MAX_SENDS:
            raise _Closed(4008, "You are being rate limited.")
        if len(data) > MAX_PAYLOAD:
            raise _Closed(4002, "Payload too large.")
        try:
            payload = as_object(decode(data))
        except ValueError:
            raise _Closed(4002, "Error while decoding payload.") from None
        self._on_op(connection, integer(payload.get("op"), -1), payload.get("d"))

    def _on_op(self, connection: Connection, op: int, data: JsonValue) -> None:
        if op == Op.HEARTBEAT:
            connection.heard.set()
            if "acks" not in self._broken:
                connection.push({"op": int(Op.HEARTBEAT_ACK), "t": None, "s": None, "d": None})
        elif op == Op.IDENTIFY:
            self._identify(connection, as_object(data))
        elif op == Op.RESUME:
            self._resume(connection, as_object(data))
        elif op not in (Op.PRESENCE, Op.VOICE_STATE):
            raise _Closed(4001, "Unknown opcode.")
        elif connection.session is None:
            raise _Closed(4003, "Not authenticated.")
        elif op == Op.PRESENCE:
            self.presence = presence_from(as_object(data))

    def _identify(self, connection: Connection, data: JsonObject) -> None:
        if connection.session is not None:
            raise _Closed(4005, "Already authenticated.")
        self._check_token(data)
        intents = integer(data.get("intents"), -1)
        if not 0 <= intents <= ALL_INTENTS:
            raise _Closed(4013, "Invalid intent(s).")
        if intents & self._disallowed():
            raise _Closed(4014, "Disallowed intent(s).")
        shard = _shard(data.get("shard"))
        if self._is_crowded(shard):
            raise _Closed(4011, "Sharding required.")
        if self._is_too_soon(shard[0]):
            connection.push({"op": int(Op.INVALID_SESSION), "t": None, "s": None, "d": False})
            self._observation.problem("gateway", f"shard {shard[0]} identified too soon after another")
            return
        session = Session(intents, shard)
        self.identifies += 1
        given = data.get("presence")
        self.presence = presence_from(as_object(given)) if given is not None else Presence()
        self.sessions[session.id] = session
        self._attach(connection, session)
        welcome = self._welcome
        if welcome is None:
            return
        ready = welcome.ready() | {
            "v": 10,
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
        }
        first = [event for event in welcome.first_events() if session.receives(event)]
        ready["guilds"] = [
            guild for guild in objects(ready["guilds"]) if _on_shard(text(guild.get("id")), session.shard)
        ]
        for event in (Event(name="READY", render=lambda _: ready), *first):
            self._observation.event(session.add(event, content_granted=self._config.message_content))
        welcome.connected()

    def _is_crowded(self, shard: tuple[int, int]) -> bool:
        """Tell whether a shard would have more servers than one may have."""
        if self._welcome is None:
            return False
        theirs = [text(guild.get("id")) for guild in objects(self._welcome.ready()["guilds"])]
        return sum(_on_shard(guild, shard) for guild in theirs) > self._config.limits.guilds_per_shard

    def _is_too_soon(self, shard_id: int) -> bool:
        """Tell whether another session began in the same place within the window; real time, as clients keep it."""
        limits = self._config.limits
        place, now = shard_id % limits.identify_concurrency, asyncio.get_running_loop().time()
        if limits.identify_window_ms and now - self._begun.get(place, -1e9) < limits.identify_window_ms / 1_000:
            return True
        self._begun[place] = now
        return False

    def _resume(self, connection: Connection, data: JsonObject) -> None:
        self._check_token(data)
        session = self.sessions.get(text(data.get("session_id")))
        seq = integer(data.get("seq"), -1)
        if session is None or self._expired(session):
            connection.push({"op": int(Op.INVALID_SESSION), "t": None, "s": None, "d": False})
            return
        if seq > session.seq:
            raise _Closed(4007, "Invalid seq.")
        self.resumes += 1
        self._attach(connection, session)
        for payload in session.history:
            if integer(payload.get("s")) > seq:
                connection.push(payload)
        resumed: JsonObject = {"op": int(Op.DISPATCH), "t": "RESUMED", "s": session.seq, "d": {}}
        connection.push(resumed)
        self._observation.event(resumed)
        if self._welcome is not None:
            self._welcome.connected()

    @staticmethod
    def _attach(connection: Connection, session: Session) -> None:
        connection.session = session
        session.connection = connection
        session.detached_at = None

    def _check_token(self, data: JsonObject) -> None:
        if text(data.get("token")).removeprefix("Bot ") != self._config.token:
            raise _Closed(4004, "Authentication failed.")

    def _disallowed(self) -> int:
        privileged = Intent.GUILD_PRESENCES
        if not self._config.message_content:
            privileged |= Intent.MESSAGE_CONTENT
        if not self._config.members_intent:
            privileged |= Intent.GUILD_MEMBERS
        return int(privileged)

    async def close_sockets(self, code: int) -> None:
        """Close every socket with a code; sessions stay for resuming unless the code ends them."""
        for connection in list(self.connections):
            if code in ENDS_SESSION and connection.session is not None:
                self.sessions.pop(connection.session.id, None)
            await connection.close(code)

    def drop_sockets(self) -> None:
        """Cut every socket."""
        for connection in list(self.connections):
            connection.drop()

    def ask_to_reconnect(self) -> None:
        """Send op 7 on every socket."""
        for connection in list(self.connections):
            connection.push({"op": int(Op.RECONNECT), "t": None, "s": None, "d": None})

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Send op 9 on every socket and, unless resumable, forget the sessions."""
        for connection in list(self.connections):
            connection.push({"op": int(Op.INVALID_SESSION), "t": None, "s": None, "d": resumable})
            if not resumable and connection.session is not None:
                self.sessions.pop(connection.session.id, None)


def _connection(socket: web.WebSocketResponse, request: web.Request) -> Connection:
    return Connection(socket, request, request.query.get("compress") == "zlib-stream")


def _shard(value: JsonValue) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        return 0, 1
    shard_id, count = integer(value[0], -1), integer(value[1], -1)
    if count < 1 or not 0 <= shard_id < count:
        raise _Closed(4010, "Invalid shard.")
    return shard_id, count


def _on_shard(guild_id: str, shard: tuple[int, int]) -> bool:
    return (int(guild_id) >> 22) % shard[1] == shard[0]
