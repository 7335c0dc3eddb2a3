"""Deleting messages of ours, one at a time: discord.py keeps to Discord's pace for each channel."""

from __future__ import annotations

from typing import Final

import discord
import structlog

from bot.delivery.answers import reason
from bot.delivery.network import look
from bot.jobs.model import MessageRef
from bot.jobs.ports import TryLater

_GONE: Final = frozenset({10003, 10008})
"""Unknown channel, unknown message (platform notes §5)."""

log = structlog.get_logger(__name__)


class DiscordMessages:
    """Deletes with a client."""

    def __init__(self, client: discord.Client) -> None:
        """Keep the client."""
        self._client = client

    async def delete(self, message: MessageRef) -> bool:
        """Delete a message; False where Discord does not let us. One that is gone counts as deleted.

        Raises:
            TryLater: not now.
        """
        if self._client.user is None:
            raise TryLater("not logged in")
        channel = self._client.get_partial_messageable(message.channel_id)
        try:
            await look(channel.get_partial_message(message.message_id).delete())
        except discord.HTTPException as error:
            if error.code in _GONE:
                return True
            log.warning("message_not_deleted", message=message.message_id, reason=reason(error))
            return False
        return True
