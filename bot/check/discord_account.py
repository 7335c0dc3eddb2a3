"""The one module of the check that speaks to Discord: what there is to know about a token, as plain facts.

The requests are discord.py's own, so that what works here works in the bot. Nothing is changed and no gateway
connection is made: that would count against the day's thousand, and put the bot online.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

import aiohttp
import discord
from discord import app_commands

from bot.check.errors import TokenRefused, Unreachable
from bot.check.shards import GatewayFacts
from bot.client import connect_to, intents_for
from bot.clock import Clock, clock_ahead_ms
from bot.ui.channel_kinds import ChannelKind
from bot.ui.permissions import missing_of_invitation, missing_permissions

CALL_SECONDS: Final = 12.0
"""How long one request may take, discord.py's repetitions included."""
_UNAUTHORISED: Final = 401

_PRIVILEGED: Final = {
    "presences": ("gateway_presence", "gateway_presence_limited"),
    "members": ("gateway_guild_members", "gateway_guild_members_limited"),
    "message_content": ("gateway_message_content", "gateway_message_content_limited"),
}
"""The application flags that grant each privileged intent, whether by review or below the review's limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFacts:
    """The application that a token belongs to.

    Attributes:
        id: what an invitation names.
        name: as people see it.
        public: whether anybody may invite it ("Public Bot").
        code_grant: whether an invitation needs a web site of its own ("Requires OAuth2 Code Grant").
        interactions_endpoint: where Discord sends commands to instead of the gateway, or "".
        intents_needed: the privileged intents that the bot asks for.
        intents_granted: the privileged intents that the portal has switched on.
    """

    id: int
    name: str
    public: bool
    code_grant: bool
    interactions_endpoint: str
    intents_needed: frozenset[str]
    intents_granted: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedServer:
    """A server that the bot is in."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """A text channel that the bot can see.

    Attributes:
        name: without "#".
        missing: what it would need to post a clip there, as discord.py names it.
    """

    name: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What the bot may do in one server.

    Attributes:
        server: which.
        missing: what the invitation asks for and the bot's roles do not hold, as discord.py names it.
        channels: the text channels that the bot can see.
        hidden: how many it cannot see.
        commands: whether commands may be made there (scope applications.commands).
    """

    server: JoinedServer
    missing: tuple[str, ...]
    channels: tuple[ChannelFacts, ...]
    hidden: int
    commands: bool


class DiscordAccount:
    """A bot account that is logged in; made by `logged_in`.

    Attributes:
        clock_ahead: Discord's clock minus ours at its latest answer, in milliseconds; None before that.
    """

    def __init__(self, clock: Clock, *, message_content: bool = False) -> None:
        """Build a client that is not logged in; `message_content` is the bot's setting."""
        # Voice is not spoken here, so that what discord.py lacks for it is no news.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._note_date)
        self._clock = clock
        self._intents = intents_for(message_content=message_content)
        self._client = discord.Client(intents=self._intents, http_trace=trace, max_ratelimit_timeout=30.0)
        self.clock_ahead: int | None = None

    async def login(self, token: str) -> None:
        """Log in.

        Raises:
            TokenRefused: Discord does not accept the token.
            Unreachable: no usable answer came.
        """
        if not token or not all("!" <= character <= "~" for character in token):
            raise TokenRefused
        with _in_words():
            async with asyncio.timeout(CALL_SECONDS):
                await self._client.login(token)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def application(self) -> ApplicationFacts:
        """Return the application as it is now.

        Raises:
            Unreachable: no usable answer came.
        """
        with _in_words():
            async with asyncio.timeout(CALL_SECONDS):
                told = await self._client.application_info()
        granted = {intent for intent, flags in _PRIVILEGED.items() if any(getattr(told.flags, flag) for flag in flags)}
        return ApplicationFacts(
            id=told.id,
            name=told.name,
            public=told.bot_public,
            code_grant=told.bot_require_code_grant,
            interactions_endpoint=told.interactions_endpoint_url or "",
            intents_needed=frozenset(intent for intent in _PRIVILEGED if getattr(self._intents, intent)),
            intents_granted=frozenset(granted),
        )

    async def gateway(self) -> GatewayFacts:
        """Return what Discord says of connections to it.

        Raises:
            Unreachable: no usable answer came.
        """
        with _in_words():
            async with asyncio.timeout(CALL_SECONDS):
                recommended, _url, start = await self._client.http.get_bot_gateway()
        return GatewayFacts(
            recommended=recommended,
            sessions=start["total"],
            sessions_left=start["remaining"],
            reset_ms=start["reset_after"],
            at_once=start["max_concurrency"],
        )

    async def joined(self) -> tuple[JoinedServer, ...]:
        """Return every server that the bot is in.

        Raises:
            Unreachable: no usable answer came.
        """
        with _in_words():
            async with asyncio.timeout(CALL_SECONDS):
                return tuple(
                    [
                        JoinedServer(id=guild.id, name=guild.name)
                        async for guild in self._client.fetch_guilds(limit=None, with_counts=False)
                    ]
                )

    async def look_into(self, server: JoinedServer) -> ServerFacts:
        """Return what the bot may do in a server.

        Raises:
            Unreachable: no usable answer came.
        """
        with _in_words():
            async with asyncio.timeout(CALL_SECONDS):
                guild = await self._client.fetch_guild(server.id, with_counts=False)
                member = await guild.fetch_member(self._own_id())
                channels = await guild.fetch_channels()
                commands = await self._may_make_commands(guild)
        places = [channel for channel in channels if isinstance(channel, discord.TextChannel)]
        granted = [(channel.name, channel.permissions_for(member)) for channel in places]
        seen = [(name, permissions) for name, permissions in granted if permissions.view_channel]
        return ServerFacts(
            server=server,
            missing=missing_of_invitation(member.guild_permissions),
            channels=tuple(
                ChannelFacts(name=name, missing=missing_permissions(ChannelKind.TEXT, permissions))
                for name, permissions in seen
            ),
            hidden=len(granted) - len(seen),
            commands=commands,
        )

    async def _may_make_commands(self, guild: discord.Guild) -> bool:
        try:
            await app_commands.CommandTree(self._client).fetch_commands(guild=guild)
        except discord.Forbidden:
            return False
        return True

    def _own_id(self) -> int:
        user = self._client.user
        if user is None:
            raise RuntimeError("not logged in")
        return user.id

    async def _note_date(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, request: aiohttp.TraceRequestEndParams
    ) -> None:
        ahead = clock_ahead_ms(request.response.headers.get("Date", ""), self._clock.now())
        self.clock_ahead = self.clock_ahead if ahead is None else ahead


@asynccontextmanager
async def logged_in(
    token: str, api_url: str, gateway_url: str, clock: Clock, *, message_content: bool = False
) -> AsyncIterator[DiscordAccount]:
    """Log in to Discord, or to a stand-in for it where `api_url` names one.

    Args:
        token: the bot's.
        api_url: of a stand-in, or "".
        gateway_url: likewise.
        clock: tells the time.
        message_content: whether the bot asks for the privileged intent.

    Raises:
        TokenRefused: Discord does not accept the token.
        Unreachable: no usable answer came.
    """
    if api_url:
        connect_to(api_url, gateway_url)
    account = DiscordAccount(clock, message_content=message_content)
    try:
        await account.login(token)
        yield account
    finally:
        await account.close()


@contextmanager
def _in_words() -> Iterator[None]:
    """Raise whatever discord.py raises as one of our two errors; no message of its own is kept."""
    try:
        yield
    except discord.LoginFailure:
        raise TokenRefused from None
    except discord.RateLimited as error:
        raise Unreachable(f"wants to be left alone for {error.retry_after:.0f} s") from None
    except discord.HTTPException as error:
        if error.status == _UNAUTHORISED:
            raise TokenRefused from None
        raise Unreachable(f"answers {error.status}") from None
    except discord.GatewayNotFound:
        raise Unreachable("does not say where its gateway is") from None
    except TimeoutError:
        raise Unreachable("gives no usable answer in time") from None
    except (aiohttp.ClientConnectorError, ConnectionRefusedError):
        raise Unreachable("cannot be connected to") from None
    except (aiohttp.ClientError, OSError) as error:
        raise Unreachable(f"breaks the connection ({type(error).__name__})") from None
