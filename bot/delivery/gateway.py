"""The connection to Discord's gateway: resumed where it can be, made anew where not, given up where it is refused."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Self

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.errors import EgretError
from bot.exit_codes import ExitCode

CONNECT_SECONDS: Final = 120.0
"""The longest a new socket may take until it has said hello: discord.py gives up on each of its steps before that."""
_WORKED_SECONDS: Final = 2.0
"""A connection that lasted this long was a working one, and its end is no sign of trouble."""
_LONGEST_WAIT: Final = 60.0
_SESSIONS_AT_ONCE: Final = 100
_SECONDS_PER_SESSION: Final = 110.0
_USUAL_SESSIONS: Final = 1_000
"""Discord grants 1,000 new sessions a day, and takes the token away for more (platform notes §5): 100 and one each 110
seconds are fewer. Large bots are granted more."""

_REFUSALS: Final[dict[int, tuple[str, ExitCode]]] = {
    4004: (
        "DISCORD_TOKEN is refused by Discord: it has been reset since the start. Copy the new one from its portal.",
        ExitCode.LOGIN,
    ),
    4010: ("Discord refuses the connection as a wrong shard (4010), which it should not be.", ExitCode.DEFECT),
    4011: (
        (
            "The bot is in more servers than Discord serves over so few shards (4011): raise SHARD_COUNT in every"
            " process, or leave it and SHARD_IDS empty, and start again."
        ),
        ExitCode.LOGIN,
    ),
    4012: (
        "Discord no longer speaks the version of its gateway that the bot speaks (4012): update it.",
        ExitCode.LOGIN,
    ),
    4013: ("Discord does not know the intents that the bot asks for (4013): update it.", ExitCode.LOGIN),
    4014: (
        (
            "MESSAGE_CONTENT is on, but the Message Content Intent is off in Discord's developer portal: switch it on"
            " there (your application, Bot), or set MESSAGE_CONTENT=off."
        ),
        ExitCode.LOGIN,
    ),
}
"""Close codes after which Discord asks clients not to connect again (developers/topics/opcodes-and-status-codes)."""

log = structlog.get_logger(__name__)


class GatewayRefused(EgretError):
    """Discord will not have this bot as it is; the message is one sentence for whoever runs it.

    Attributes:
        close_code: Discord's.
        exit_code: the process's.
    """

    def __init__(self, close_code: int) -> None:
        """Word what a close code means."""
        sentence, self.exit_code = _REFUSALS[close_code]
        super().__init__(sentence)
        self.close_code = close_code


@dataclass(frozen=True, slots=True)
class _Session:
    """What a lost connection is resumed by."""

    id: str
    sequence: int | None
    gateway: yarl.URL


class SessionBudget:
    """How many sessions may still be begun: some at once, and more as time passes."""

    def __init__(self, at_once: int = _SESSIONS_AT_ONCE, seconds_each: float = _SECONDS_PER_SESSION) -> None:
        """Begin with all of them."""
        self._most = self._left = float(at_once)
        self._seconds_each = seconds_each
        self._looked_at = 0.0

    @classmethod
    def of(cls, total: int, shards: int) -> Self:
        """Return what one shard may take of what Discord grants all of them in a day.

        Args:
            total: `session_start_limit.total`, 1,000 for most bots.
            shards: how many share it.
        """
        part = total / _USUAL_SESSIONS / shards
        return cls(max(1, int(_SESSIONS_AT_ONCE * part)), _SECONDS_PER_SESSION / part)

    def take(self, now: float) -> float:
        """Take one that is begun; return how many seconds there are to wait before the next.

        Args:
            now: seconds of a clock that nobody sets.
        """
        self._left = min(self._most, self._left + max(0.0, now - self._looked_at) / self._seconds_each)
        self._looked_at = now
        self._left -= 1
        return max(0.0, -self._left * self._seconds_each)


class GatewayConnection:
    """Keeps a client connected, or one shard of it.

    discord.py's own loop does not wait at all between connections that are lost at once, waits up to 17 minutes after
    some hours without a network, never leaves the address that a session was given, takes a socket for alive on which
    heartbeats are not acknowledged, and ends over an event that it cannot read.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        shard_id: int | None = None,
        opened: Callable[[DiscordWebSocket], None] | None = None,
        turn: Callable[[], Awaitable[None]] | None = None,
        sessions: SessionBudget | None = None,
    ) -> None:
        """Keep the client, which is logged in.

        Args:
            client: what is connected.
            shard_id: which shard; None for a client without shards.
            opened: is given each socket that is open.
            turn: returns when a session may begin, as far as other shards are concerned.
            sessions: how many may begin; as many as Discord grants a bot unless given.
        """
        self._client = client
        self.shard_id = shard_id
        self._opened = opened or self._is_the_clients
        self._turn = turn or _at_once
        self._session: _Session | None = None
        self._failures = 0
        self._unopened = 0
        self._opened_at: float | None = None
        self._begun = False
        self._sessions = sessions or SessionBudget()
        self._before_next = 0.0

    async def keep(self) -> None:
        """Connect, and connect again whenever the connection is lost, until the client is closed.

        Raises:
            GatewayRefused: Discord asks not to be connected to again.
        """
        loop = asyncio.get_running_loop()
        while not self._client.is_closed():
            reason = await self._connected()
            if self._client.is_closed():
                return
            self._client.dispatch("disconnect")
            worked = self._opened_at is not None and loop.time() - self._opened_at >= _WORKED_SECONDS
            self._failures = 0 if worked else self._failures + 1
            wait = self._wait()
            which = {} if self.shard_id is None else {"shard": self.shard_id}
            resumes = self._session is not None
            log.warning("gateway_lost", reason=reason, resumes=resumes, wait=round(wait, 1), **which)
            await asyncio.sleep(wait)

    async def _connected(self) -> str:
        """Stay connected as long as it lasts; return why it did not."""
        socket: DiscordWebSocket | None = None
        self._opened_at = None
        try:
            if self._session is None:
                await self._turn()
            socket = await asyncio.wait_for(self._open(), CONNECT_SECONDS)
            self._opened(socket)
            self._begun, self._unopened = True, 0
            self._opened_at = asyncio.get_running_loop().time()
            if self._session is None:
                self._before_next = self._sessions.take(self._opened_at)
            while not _is_deaf(socket):
                await socket.poll_event()
            await socket.close()
        except ReconnectWebSocket as lost:
            if not lost.resume:
                socket, self._session = None, None
                return "session ended"
            return "lost"
        except discord.ConnectionClosed as closed:
            if closed.code in _REFUSALS:
                raise GatewayRefused(closed.code) from closed
            return f"closed with {closed.code}"
        except (OSError, aiohttp.ClientError, discord.DiscordException) as error:
            return type(error).__name__
        except Exception:
            # Whatever the event was, those after it can be read again.
            log.exception("gateway_event_unreadable")
            if socket is not None:
                await socket.close()
            return "unreadable event"
        finally:
            if socket is not None:
                self._remember(socket)
        return "heartbeats unanswered"

    async def _open(self) -> DiscordWebSocket:
        """Open a socket, and identify or resume on it; every other attempt to resume is made at the usual address.

        Where a session was given an address of its own, that may be out of reach while Discord is not.
        """
        session, self._unopened = self._session, self._unopened + 1
        if session is None:
            return await DiscordWebSocket.from_client(self._client, shard_id=self.shard_id, initial=not self._begun)
        return await DiscordWebSocket.from_client(
            self._client,
            shard_id=self.shard_id,
            gateway=session.gateway if self._unopened % 2 == 1 else None,
            session=session.id,
            sequence=session.sequence,
            resume=True,
        )

    def _is_the_clients(self, socket: DiscordWebSocket) -> None:
        self._client.ws = socket

    def _remember(self, socket: DiscordWebSocket) -> None:
        if socket.session_id is None:
            return
        known = self._session
        gateway = known.gateway if known is not None and known.id == socket.session_id else socket.gateway
        self._session = _Session(socket.session_id, socket.sequence, gateway)

    def _wait(self) -> float:
        """Return how many seconds to stay away: none at first, then longer and longer."""
        wait = 0.0
        if self._failures > 1:
            wait = min(_LONGEST_WAIT, 2.0 ** (self._failures - 2)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        return wait if self._session is not None else max(wait, self._before_next)


async def _at_once() -> None:
    """Wait for nobody."""


def _is_deaf(socket: DiscordWebSocket) -> bool:
    """Tell whether Discord has left a heartbeat without its acknowledgement by the time of the next one."""
    heartbeat = socket._keep_alive  # noqa: SLF001 - nothing public tells when the last one was acknowledged
    if heartbeat is None or heartbeat.interval is None:
        return False
    unanswered = heartbeat._last_send - heartbeat._last_ack  # noqa: SLF001 - likewise
    return unanswered > 1.5 * heartbeat.interval
