"""The servers that the bot is in or was in: joining, being welcomed, leaving."""

from __future__ import annotations

from collections.abc import Sequence

from bot.community.servers import ServerRecord
from storage.database import Row
from storage.repositories.base import Repository
from storage.rows.columns import whole, whole_or_none


class Servers(Repository):
    """Keeps what is known of servers; each method is one transaction."""

    async def servers(self) -> Sequence[ServerRecord]:
        """Return what is known of every server, those that were left included."""
        return [_record(row) for row in await self._database.rows("servers")]

    async def server_joined(self, guild_id: int, at: int) -> None:
        """Note that the bot is in a server; the first time stays, and a server that was left is one again."""
        await self._database.run("server_joined", guild_id=guild_id, at=at)

    async def server_left(self, guild_id: int, at: int) -> bool:
        """Note that the bot is in a server no more; False where that is known, or nothing is kept of it."""
        return await self._database.row("server_left", guild_id=guild_id, at=at) is not None

    async def begin_welcome(self, guild_id: int, channel_id: int, *, at: int, stale: int) -> bool:
        """Note where a server is about to be welcomed.

        Args:
            guild_id: the server.
            channel_id: where.
            at: UTC milliseconds.
            stale: an attempt that began before this instant was given up.

        Returns:
            False where it was welcomed already, or somebody else is about to.
        """
        row = await self._database.row("begin_welcome", guild_id=guild_id, channel_id=channel_id, at=at, stale=stale)
        return row is not None

    async def drop_welcome(self, guild_id: int) -> None:
        """Note that an attempt to welcome certainly posted nothing."""
        await self._database.run("drop_welcome", guild_id=guild_id)

    async def end_welcome(self, guild_id: int, at: int) -> None:
        """Note that a server is welcomed; the first time stays."""
        await self._database.run("end_welcome", guild_id=guild_id, at=at)

    async def servers_left(self, before: int, limit: int) -> Sequence[int]:
        """Return servers that were left before an instant, those that were left first foremost."""
        return [whole(row, "guild_id") for row in await self._database.rows("servers_left", before=before, limit=limit)]


def _record(row: Row) -> ServerRecord:
    return ServerRecord(
        guild_id=whole(row, "guild_id"),
        joined_at=whole_or_none(row, "joined_at"),
        welcomed_at=whole_or_none(row, "welcomed_at"),
        welcome_channel_id=whole_or_none(row, "welcome_channel_id"),
        welcome_tried_at=whole_or_none(row, "welcome_tried_at"),
        set_up_at=whole_or_none(row, "set_up_at"),
        left_at=whole_or_none(row, "left_at"),
    )
