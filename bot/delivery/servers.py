"""The servers that the client is in, and the message with which setting up begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
from discord.ext import commands

from bot.community.servers import JoinedServer, ServerWatch
from bot.delivery.answers import reason
from bot.delivery.network import LOOK_DEADLINE, look
from bot.delivery.search import prove_readable
from bot.delivery.sharded_client import ShardedClient
from bot.delivery.tries import counted
from bot.jobs.loops import Wakes
from bot.jobs.ports import DefinitelyNotPosted, HistoryUnreadable, TryLater
from bot.ui.buttons import custom_ids_of
from bot.ui.language import speaking
from bot.ui.setup import BEGIN_ID, render_welcome

_DISCORD_EPOCH: Final = 1_420_070_400_000
_UNKNOWN_CHANNEL: Final = 10003


class DiscordServers:
    """Asks a client, and posts with it."""

    def __init__(self, client: ShardedClient) -> None:
        """Keep the client."""
        self._client = client

    def joined(self) -> Sequence[JoinedServer] | None:
        """Return every server of this process's shards, those in an outage included; None before all are known."""
        if not self._client.is_ready():
            return None
        return [
            JoinedServer(id=guild.id, joined_at=_joined_at(guild), open_channel=_open_channel(guild))
            for guild in self._client.guilds
        ]

    def covers(self, guild_id: int) -> bool:
        """Tell whether a server is on one of this process's shards."""
        return self._client.plan is not None and self._client.plan.covers(guild_id)

    async def post_welcome(self, guild_id: int, channel_id: int) -> None:
        """Post the message that begins with setting up; a repeat within minutes posts nothing new.

        Raises:
            DefinitelyNotPosted: it was refused.
            TryLater: nobody can tell whether it was posted.
        """
        guild = self._client.get_guild(guild_id)
        if guild is None:
            raise DefinitelyNotPosted("the bot is there no more")
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        with speaking(guild.preferred_locale.value):
            message = render_welcome()
        with counted() as tries:
            try:
                await look(channel.send(**message.send(), nonce=f"egret-{guild_id}"[:25]))
            except discord.DiscordException as error:
                if not tries.settle(error):
                    raise TryLater(reason(error)) from error
                raise DefinitelyNotPosted(reason(error)) from error

    async def finds_welcome(self, channel_id: int, since: int) -> bool:
        """Tell whether that message was posted since an instant, UTC milliseconds.

        Raises:
            HistoryUnreadable: it cannot be told.
            TryLater: not now.
        """
        channel = self._client.get_partial_messageable(channel_id)
        try:
            return await look(self._search(channel, since), LOOK_DEADLINE)
        except discord.NotFound as error:
            if error.code == _UNKNOWN_CHANNEL:
                return False  # whatever was posted is gone with its channel
            raise HistoryUnreadable(reason(error)) from error
        except discord.HTTPException as error:
            raise HistoryUnreadable(reason(error)) from error

    async def _search(self, channel: discord.PartialMessageable, since: int) -> bool:
        if self._client.user is None:
            raise TryLater("not logged in")
        after = discord.Object(max(0, since - _DISCORD_EPOCH) << 22)
        anything = False
        async for message in channel.history(limit=None, after=after, oldest_first=True):
            anything = True
            if message.author.id == self._client.user.id and BEGIN_ID in custom_ids_of(message.components):
                return True
        if not anything:
            await prove_readable(channel, after)
        return False


def wake_at_doors(client: commands.Bot, wakes: Wakes) -> None:
    """Have servers looked at as soon as the bot comes into one, or leaves one, and once all are known."""

    async def ring(*_guild: discord.Guild) -> None:
        wakes.ring(ServerWatch.name)

    for event in ("on_ready", "on_shard_ready", "on_guild_join", "on_guild_remove"):
        client.add_listener(ring, event)


def _joined_at(guild: discord.Guild) -> int | None:
    """Return when the bot came to a server; Discord lists nobody but the bot itself without the members intent."""
    own = None if guild.unavailable else guild.me
    return int(own.joined_at.timestamp() * 1000) if own is not None and own.joined_at is not None else None


def _open_channel(guild: discord.Guild) -> int | None:
    """Return the channel for news of the server, else the first text channel, that takes a message of the bot's."""
    own = None if guild.unavailable else guild.me
    if own is None:
        return None
    wanted = [guild.system_channel] if guild.system_channel is not None else []
    for channel in (*wanted, *guild.text_channels):
        allowed = channel.permissions_for(own)
        if allowed.view_channel and allowed.send_messages:
            return channel.id
    return None
