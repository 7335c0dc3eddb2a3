"""Servers, their members and users (developers/resources/guild, …/user)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import errors, permissions, wire
from sandbox.discord.rest.api import Route
from sandbox.discord.rest.call import NO_CONTENT, Reply

if TYPE_CHECKING:
    from sandbox.discord.broadcast import Broadcaster
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.rest.call import Call
    from sandbox.discord.state import Guild
    from sandbox.discord.wire import Wire


class GuildRoutes:
    """What the bot asks about servers and people."""

    def __init__(self, base: Wire, broadcaster: Broadcaster) -> None:
        self._wire = base
        self._world = base.world
        self._broadcaster = broadcaster

    def routes(self) -> list[Route]:
        """Return the family's routes."""
        one = "/guilds/{guild_id}"
        return [
            Route("GET", one, self.get),
            Route("GET", one + "/channels", self.channels),
            Route("GET", one + "/roles", self.roles),
            Route("GET", one + "/threads/active", self.active_threads),
            Route("GET", one + "/members", self.members),
            Route("GET", one + "/members/{user_id}", self.member),
            Route("GET", "/users/@me", self.own_user),
            Route("GET", "/users/@me/guilds", self.own_guilds),
            Route("DELETE", "/users/@me/guilds/{guild_id}", self.leave),
            Route("GET", "/users/{user_id}", self.user),
        ]

    def _guild(self, call: Call) -> Guild:
        return self._world.guild(call.snowflake("guild_id"))

    def _member(self, guild: Guild, user_id: int) -> JsonObject:
        if user_id not in self._world.users:
            raise errors.unknown_user()
        membership = guild.members.get(user_id)
        if membership is None:
            raise errors.unknown_member()
        return wire.member(membership, self._world.users[user_id])

    async def get(self, call: Call) -> Reply:
        """Get Guild."""
        guild = self._guild(call)
        rendered = self._wire.guild(guild)
        if call.query.get("with_counts", "").lower() in ("1", "true"):
            rendered |= {
                "approximate_member_count": len(guild.members),
                "approximate_presence_count": len(guild.members),
            }
        return Reply(200, rendered)

    async def channels(self, call: Call) -> Reply:
        """Get Guild Channels."""
        guild = self._guild(call)
        return Reply(200, [self._wire.channel(channel) for channel in self._world.channels_of(guild)])

    async def roles(self, call: Call) -> Reply:
        """Get Guild Roles."""
        return Reply(200, [wire.role(role) for role in self._guild(call).roles.values()])

    async def active_threads(self, call: Call) -> Reply:
        """List Active Guild Threads."""
        bot = self._world.bot_id
        threads = [t for t in self._world.threads_of(self._guild(call)) if self._world.can_see(t, bot)]
        joined = [
            wire.thread_member(thread.id, thread.thread, bot)
            for thread in threads
            if thread.thread is not None and bot in thread.thread.members
        ]
        return Reply(
            200,
            {
                "threads": [self._wire.channel(thread) for thread in threads],
                "members": list(joined),
                "has_more": False,
            },
        )

    async def members(self, call: Call) -> Reply:
        """List Guild Members; needs the privileged members intent."""
        guild = self._guild(call)
        if not self._world.config.members_intent:
            raise errors.missing_access()
        limit = call.query_integer("limit", 1, 1, 1000)
        after = call.query_snowflake("after") or 0
        ids = sorted(user_id for user_id in guild.members if user_id > after)[:limit]
        return Reply(200, [self._member(guild, user_id) for user_id in ids])

    async def member(self, call: Call) -> Reply:
        """Get Guild Member."""
        return Reply(200, self._member(self._guild(call), call.snowflake("user_id")))

    async def own_user(self, _call: Call) -> Reply:
        """Get Current User."""
        return Reply(200, wire.own_user(self._world.users[self._world.bot_id]))

    async def user(self, call: Call) -> Reply:
        """Get User."""
        account = self._world.users.get(call.snowflake("user_id"))
        if account is None:
            raise errors.unknown_user()
        return Reply(200, wire.user(account))

    async def own_guilds(self, call: Call) -> Reply:
        """Get Current User Guilds."""
        limit = call.query_integer("limit", 200, 1, 200)
        after = call.query_snowflake("after") or 0
        bot = self._world.bot_id
        joined = sorted(g.id for g in self._world.guilds.values() if bot in g.members and g.id > after)
        return Reply(200, [self._partial(self._world.guilds[guild_id]) for guild_id in joined[:limit]])

    def _partial(self, guild: Guild) -> JsonObject:
        return {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner_id == self._world.bot_id,
            "permissions": str(permissions.guild_permissions(guild, self._world.bot_id)),
            "features": [],
        }

    async def leave(self, call: Call) -> Reply:
        """Leave Guild."""
        guild = self._guild(call)
        self._world.remove_bot(guild)
        self._broadcaster.guild_left(guild)
        return NO_CONTENT
