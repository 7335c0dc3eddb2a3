"""Says what the owner must know while there is no database that could remember that it was said."""

from __future__ import annotations

import discord
import structlog

from bot.clock import SECOND
from bot.community.alerts import StoredAlert
from bot.delivery.alert_channel import locale_of, nonce_of
from bot.delivery.answers import reason
from bot.delivery.network import look
from bot.jobs.ports import TryLater
from bot.ui.language import speaking
from bot.ui.owner_alerts import render_alert

_DEADLINE = 20 * SECOND

log = structlog.get_logger(__name__)


class AlertsWithoutStore:
    """Posts an alert to the owner's channel, and edits it; remembers its messages as long as the process lives."""

    def __init__(self, client: discord.Client, channel_id: int | None) -> None:
        """Keep the collaborators; without a channel, what the log says has to do."""
        self._client = client
        self._channel_id = channel_id
        self._messages: dict[str, int] = {}

    async def say(self, alert: StoredAlert) -> bool:
        """Say how an alert stands; False where that could not be done now."""
        if self._channel_id is None:
            return True
        if self._client.user is None:
            return False
        with speaking(locale_of(self._client, self._channel_id)):
            shown = render_alert(alert)
        channel = self._client.get_partial_messageable(self._channel_id)
        posted = self._messages.get(alert.name)
        try:
            if posted is not None:
                await look(channel.get_partial_message(posted).edit(**shown.edit()), _DEADLINE)
            elif alert.cleared_at is None:
                message = await look(channel.send(**shown.send(), nonce=nonce_of(alert)), _DEADLINE)
                self._messages[alert.name] = message.id
        except TryLater:
            return False
        except discord.DiscordException as error:
            log.error("alert_channel_refused", key=alert.alert.key, reason=reason(error))  # noqa: TRY400 - no defect
        return True
