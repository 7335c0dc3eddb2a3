"""A client with one connection to Discord's gateway for each of its shards.

discord.py's own sharded client keeps its connections as it does one (see `bot.delivery.gateway`), and what it knows of
servers outlives a session that told of them; so this one has discord.py's state for shards, and connections of ours.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import aiohttp
import discord
import structlog
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.state import AutoShardedConnectionState
from typing_extensions import override

from bot.delivery.gateway import GatewayConnection, GatewayRefused, SessionBudget
from bot.delivery.tries import count_tries
from bot.processes import Shards, shard_of

_REFUSED: Final = 4004
"""The close code that stands for a token which Discord does not take."""
_UNAUTHORISED: Final = 401
_LONGEST_WAIT: Final = 60.0

log = structlog.get_logger(__name__)


class SessionTurns(Protocol):
    """Lets sessions begin one after the other, as Discord wants it, whichever process they are begun by."""

    async def wait(self, shard_id: int, at_once: int) -> None:
        """Return when a shard may begin a session.

        Args:
            shard_id: which.
            at_once: `max_concurrency`: shards whose numbers differ by it wait for each other.
        """
        ...


class Unpaced:
    """Lets every session begin at once: there is only one shard."""

    async def wait(self, shard_id: int, at_once: int) -> None:
        """Return at once."""


class _State(AutoShardedConnectionState[Any]):
    """What is known of the servers of every shard."""

    @override
    def parse_ready(self, data: Any) -> None:
        """Take a new session's word for which servers its shard has.

        discord.py keeps those that were left meanwhile.
        """
        shard_id, count = data["shard"]
        listed = {int(guild["id"]) for guild in data["guilds"]}
        for guild in self.guilds:
            if shard_of(guild.id, count) == shard_id and guild.id not in listed:
                self._remove_guild(guild)
        super().parse_ready(data)


class ShardedClient(commands.Bot):
    """A client that connects some shards or all of them.

    Attributes:
        chosen_ids: the shards to be connected; None for all.
        chosen_count: how many there are; None for as many as Discord recommends.
        turns: lets sessions begin one after the other.
        plan: the shards that it connects; None until Discord has said how many there are.
        sockets: what each shard is connected by; None before it first was.
    """

    chosen_ids: tuple[int, ...] | None
    chosen_count: int | None
    turns: SessionTurns
    plan: Shards | None
    sockets: dict[int, DiscordWebSocket | None]

    def __init__(
        self,
        *,
        shard_ids: tuple[int, ...] | None = None,
        shard_count: int | None = None,
        turns: SessionTurns | None = None,
        **options: Any,
    ) -> None:
        """Keep what is chosen; nothing connects yet.

        Args:
            shard_ids: the shards to be connected; None for all.
            shard_count: how many there are in all; None for as many as Discord recommends.
            turns: lets sessions begin one after the other, where there are several shards.
            options: discord.py's; an `http_trace` counts the tries of requests, too.
        """
        self.sockets = {}
        self.plan = None
        self.chosen_ids, self.chosen_count = shard_ids, shard_count
        self.turns = turns or Unpaced()
        trace = options.pop("http_trace", None) or aiohttp.TraceConfig()
        super().__init__(http_trace=count_tries(trace), **options)

    @override
    def _get_state(self, **options: Any) -> Any:
        return _State(
            dispatch=self.dispatch,
            handlers=self._handlers,
            hooks=self._hooks,
            http=self.http,
            **options,
        )

    @override
    def _get_websocket(self, guild_id: int | None = None, *, shard_id: int | None = None) -> DiscordWebSocket:
        if shard_id is None:
            shard_id = shard_of(guild_id or 0, self.plan.count if self.plan is not None else 1)
        socket = self.sockets.get(shard_id)
        if socket is None:
            raise RuntimeError(f"shard {shard_id} is not connected by this process")
        return socket

    @override
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Begin at once: whoever may not yet has waited before connecting at all."""

    @property
    @override
    def latency(self) -> float:
        """The mean time between a heartbeat and its answer, in seconds; not a number before the first connection."""
        known = [socket.latency for socket in self.sockets.values() if socket is not None]
        return sum(known) / len(known) if known else math.nan

    @property
    def connected(self) -> bool:
        """Whether every shard of this process has an open connection."""
        return bool(self.sockets) and all(socket is not None and socket.open for socket in self.sockets.values())

    @override
    async def connect(self, *, reconnect: bool = True) -> None:
        """Keep every shard connected until closed.

        Args:
            reconnect: whether to connect again whenever a connection is lost; it always is.

        Raises:
            GatewayRefused: Discord asks not to be connected to again.
        """
        planned = await self._planned()
        if planned is None:
            return
        plan, start = planned
        self.plan, self.sockets = plan, dict.fromkeys(plan.ids)
        self.shard_count = self._connection.shard_count = plan.count
        state: Any = self._connection  # `_State`, by `_get_state`
        state.shard_ids = list(plan.ids)
        log.info("shards", connected=str(plan), sessions_left=start["remaining"])
        total = int(start["total"])
        await _all([self._connection_of(number, plan, int(start["max_concurrency"]), total) for number in plan.ids])

    def _connection_of(self, number: int, plan: Shards, at_once: int, total: int) -> GatewayConnection:
        def opened(socket: DiscordWebSocket) -> None:
            self.sockets[number] = socket

        async def turn() -> None:
            if plan.count > 1:
                await self.turns.wait(number, at_once)

        return GatewayConnection(
            self, shard_id=number, opened=opened, turn=turn, sessions=SessionBudget.of(total, plan.count)
        )

    async def _planned(self) -> tuple[Shards, Mapping[str, Any]] | None:
        """Return the shards to be connected, and how many sessions may begin, as soon as Discord says so.

        None where the client is closed before it does.

        Raises:
            GatewayRefused: the token is not taken any more.
        """
        wait = 1.0
        while not self.is_closed():
            try:
                recommended, _url, start = await self.http.get_bot_gateway()
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                if getattr(error.__cause__, "status", 0) == _UNAUTHORISED:
                    raise GatewayRefused(_REFUSED) from error
                log.warning("shards_not_told", error=type(error).__name__, wait=wait)
                await asyncio.sleep(wait)
                wait = min(_LONGEST_WAIT, wait * 2)
                continue
            count = self.chosen_count or recommended
            plan = Shards(self.chosen_ids or tuple(range(count)), count)
            if start["remaining"] >= len(plan.ids):
                return plan, start
            # One session more than Discord grants in a day, and it takes the token away.
            again = start["reset_after"] / 1_000
            log.error(
                "owner_needed",
                what="sessions_used_up",
                left=start["remaining"],
                minutes=round(again / 60),
                advice="Find out what restarts the bot again and again; it connects by itself when Discord lets it.",
            )
            await asyncio.sleep(min(again, _LONGEST_WAIT))
        return None

    @override
    async def change_presence(
        self, *, activity: discord.BaseActivity | None = None, status: discord.Status | None = None
    ) -> None:
        """Change what people see beside the bot's name, on every shard.

        Raises:
            ConnectionError: a shard is not connected just now, and may come back with what it showed before.
        """
        connected = [socket for socket in self.sockets.values() if socket is not None]
        for socket in connected:
            if socket.open:
                await socket.change_presence(activity=activity, status=str(status or discord.Status.online))
        if not all(socket.open for socket in connected):
            raise ConnectionError("a shard is connecting again")

    @override
    async def close(self) -> None:
        """Disconnect every shard."""
        await asyncio.gather(
            *(socket.close(code=1000) for socket in self.sockets.values() if socket is not None and socket.open),
            return_exceptions=True,
        )
        await super().close()


async def _all(connections: Sequence[GatewayConnection]) -> None:
    """Keep every connection until all end, or one is refused for good: then that is raised."""
    kept = [asyncio.create_task(connection.keep(), name=f"shard:{connection.shard_id}") for connection in connections]
    try:
        await asyncio.gather(*kept)
    finally:
        for one in kept:
            one.cancel()
        await asyncio.gather(*kept, return_exceptions=True)
