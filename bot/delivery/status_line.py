"""The bot's own status line, which everybody sees beside its name: why nothing is made just now."""

from __future__ import annotations

import discord
import structlog

from bot.delivery.sharded_client import ShardedClient
from bot.jobs.ports import Pause
from bot.ui import outages
from bot.ui.language import speaking

log = structlog.get_logger(__name__)


class StatusLine:
    """Shows a pause on every shard, and takes it away again; sends only what changes, since Discord counts these."""

    def __init__(self, client: ShardedClient) -> None:
        """Keep the client; nothing is shown yet."""
        self._client = client
        self._shown: str | None = None

    async def show(self, pause: Pause | None) -> None:
        """Show why submissions rest; None: they do not."""
        words = None
        if pause is not None:
            # One line for every server, so none of their languages is its own.
            with speaking("en-US"):
                words = outages.status_line(pause)
        if words == self._shown:
            return
        activity = discord.CustomActivity(name=words) if words is not None else None
        status = discord.Status.idle if words is not None else discord.Status.online
        # What a new connection begins with.
        self._client.activity, self._client.status = activity, status
        try:
            await self._client.change_presence(activity=activity, status=status)
        except Exception as error:  # noqa: BLE001 - a connection that is just going away; it is shown the next time
            log.info("status_line_not_shown", error=repr(error))
            return
        self._shown = words
