"""Commands of one server alone: told to Discord when they change, taken away from a server that is home no longer."""

from __future__ import annotations

import json
from typing import Final, Protocol

import discord
import structlog
from discord.ext import commands

from cogs.owner import OwnerCog
from cogs.payload import Json, fingerprint, home_payload

HOME_KEY: Final = "discord_owner_commands"
"""Under which it is remembered which server was told of which commands."""

log = structlog.get_logger(__name__)


class Memory(Protocol):
    """Remembers what Discord was told last."""

    async def get(self, key: str) -> str | None:
        """Return what was kept under `key`."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        ...


class HomeCommands:
    """Keeps the owner's commands on their server, and on no other."""

    def __init__(self, memory: Memory, home: int | None, cog: OwnerCog | None) -> None:
        """Keep the collaborators.

        Args:
            memory: remembers which server knows which commands.
            home: the server's id; None where there is to be none.
            cog: the commands; None without a server.
        """
        self._memory = memory
        self._home = home
        self._cog = cog

    async def add_to(self, client: commands.Bot) -> None:
        """Add the commands to a client; its home may be a server that it joins only later."""
        if self._home is None or self._cog is None:
            return
        await client.add_cog(self._cog, guild=discord.Object(self._home))

        async def joined(guild: discord.Guild) -> None:
            if guild.id == self._home:
                await self.sync(client, force=True)

        client.add_listener(joined, "on_guild_join")

    async def is_told(self, client: commands.Bot) -> bool:
        """Tell whether Discord knows all that there is to know of them."""
        known = json.loads(await self._memory.get(HOME_KEY) or "{}")
        if self._home is None:
            return known.get("server") is None
        payload = await home_payload(client.tree, self._home)
        return bool(known == {"server": self._home, "sha256": fingerprint(_id_of(client), payload)})

    async def sync(self, client: commands.Bot, *, force: bool = False) -> int:
        """Tell Discord what has changed; return how many commands the server has.

        A server that the bot is not on keeps nobody from starting: it is told once the bot joins it, or restarts.
        """
        application_id = _id_of(client)
        known = json.loads(await self._memory.get(HOME_KEY) or "{}")
        before = known.get("server")
        if before is not None and before != self._home and await self._tell(client, application_id, before, []):
            await self._memory.set(HOME_KEY, "{}")
            known = {}
        if self._home is None:
            return 0
        payload = await home_payload(client.tree, self._home)
        print_now = fingerprint(application_id, payload)
        if not force and known == {"server": self._home, "sha256": print_now}:
            return len(payload)
        if not await self._tell(client, application_id, self._home, payload):
            return 0
        await self._memory.set(HOME_KEY, json.dumps({"server": self._home, "sha256": print_now}))
        return len(payload)

    async def _tell(self, client: commands.Bot, application_id: int, server: int, payload: list[Json]) -> bool:
        """Replace a server's commands; False where Discord refuses for now."""
        try:
            await client.http.bulk_upsert_guild_commands(application_id, server, payload=payload)
        except (discord.Forbidden, discord.NotFound) as error:
            if not payload:
                # The bot is there no longer, and its commands went with it.
                return True
            log.warning("home_server_unreachable", server=server, code=error.code)
            return False
        log.info("owner_commands_synchronised", server=server, count=len(payload))
        return True


def _id_of(client: commands.Bot) -> int:
    if client.application_id is None:
        raise RuntimeError("the client is not logged in")
    return client.application_id
