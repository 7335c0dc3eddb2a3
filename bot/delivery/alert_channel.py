"""Says in channels what has to be said once, and takes it back once it has passed, whatever crashes in between.

The attempt is committed before the message is sent, every attempt carries the same nonce, and one that may have gone
through is looked for by the line that the message ends with. Where nobody lets us read the channel's history, a second
message is the lesser evil: the owner must not miss that the money is gone.
"""

from __future__ import annotations

import hashlib
from typing import Final

import discord
import structlog

from bot.clock import MINUTE, SECOND, Clock
from bot.community.alerts import AlertKind, AlertStore, StoredAlert
from bot.delivery.answers import reason
from bot.delivery.network import look
from bot.jobs.loops import each
from bot.jobs.model import MessageRef
from bot.jobs.ports import TryLater
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.owner_alerts import mark, render_alert

_AT_ONCE: Final = 8
_CLAIM: Final = 2 * MINUTE
"""How long an attempt may take; the longest wait for Discord is a minute."""
_AGAIN: Final = 10 * SECOND
_REFUSED_REST: Final = 10 * MINUTE
_LOOK_BACK: Final = MINUTE
_SEARCHED: Final = 500
"""So many messages are searched for one that may have been posted; alert channels are quiet."""
_DISCORD_EPOCH: Final = 1_420_070_400_000

log = structlog.get_logger(__name__)


class AlertTeller:
    """A step of the loops: takes what has to be said or taken back."""

    name: Final = "alerts"
    interval: Final = 2 * SECOND
    workers: Final = 1

    def __init__(self, client: discord.Client, store: AlertStore, channel_id: int | None, clock: Clock) -> None:
        """Keep the collaborators; without a channel, only what members are to be told is said."""
        self._client = client
        self._store = store
        self._channel_id = channel_id
        self._clock = clock

    async def run_once(self) -> int:
        """Say a few things."""
        if self._client.user is None:
            return 0
        now = self._clock.now()
        owed = await self._store.claim_alerts(now, now + _CLAIM, owners=self._channel_id is not None, limit=_AT_ONCE)
        return await each(owed, self._take, self._put_off, step=self.name, at_once=_AT_ONCE)

    async def _take(self, owed: StoredAlert) -> None:
        try:
            if owed.cleared_at is None:
                await self._tell(owed)
            else:
                await self._take_back(owed)
        except TryLater:
            await self._put_off(owed)

    async def _tell(self, owed: StoredAlert) -> None:
        channel_id = owed.alert.channel_id or self._channel_id
        if channel_id is None or not await self._store.begin_alert(owed, self._clock.now()):
            return
        try:
            if await self._strays(owed, channel_id):
                await self._refused(owed, None)
                return
            posted = await self._standing(owed, channel_id) or await self._post(owed, channel_id)
        except discord.DiscordException as error:
            await self._refused(owed, error)
            return
        await self._told(owed, posted)

    async def _told(self, owed: StoredAlert, message: MessageRef | None) -> None:
        now = self._clock.now()
        await self._store.alert_told(owed, message, now)
        if not owed.alert.kind.passes:
            await self._store.close_alert(owed, now)

    async def _refused(self, owed: StoredAlert, error: discord.DiscordException | None) -> None:
        """The owner's channel may be mended; members are not waited for.

        A server's own may be gone for good: whoever runs the bot hears instead of who manages the server.
        """
        why = reason(error) if error is not None else "another_server"
        log.error("alert_channel_refused", key=owed.alert.key, reason=why)
        closed = error is None or isinstance(error, discord.Forbidden | discord.NotFound)
        if owed.alert.kind is AlertKind.OUTAGE:
            await self._told(owed, None)
        elif closed and owed.alert.channel_id is not None and self._channel_id is not None:
            await self._store.hand_alert_to_owner(owed)
        else:
            await self._store.postpone_alert(owed, self._clock.now() + _REFUSED_REST)

    async def _strays(self, owed: StoredAlert, channel_id: int) -> bool:
        """Tell whether a server's setting leads out of it."""
        if owed.alert.kind is not AlertKind.SERVER_BUDGET or owed.alert.channel_id is None:
            return False
        channel = self._client.get_channel(channel_id) or await look(self._client.fetch_channel(channel_id))
        guild = getattr(channel, "guild", None)
        return guild is None or str(guild.id) != owed.alert.subject

    async def _take_back(self, owed: StoredAlert) -> None:
        message = owed.message
        if message is None and owed.attempted_at is not None and owed.told_at is None:
            # It passed while nobody knew whether it had been said.
            channel_id = owed.alert.channel_id or self._channel_id
            message = await self._found_if_readable(owed, channel_id) if channel_id is not None else None
        if message is not None:
            await self._edit(owed, message)
        if await self._store.alert_taken_back(owed, self._clock.now()) or message is None:
            return
        # It has come again in the meantime, and its message has to say so.
        await self._edit(_open_again(owed), message)

    async def _edit(self, owed: StoredAlert, message: MessageRef) -> None:
        rendered = self._rendered(owed, message.channel_id)
        channel = self._client.get_partial_messageable(message.channel_id)
        try:
            await look(channel.get_partial_message(message.message_id).edit(**rendered.edit()))
        except discord.HTTPException as error:
            # Deleted, or the channel is closed by now: whoever did that needs no more of it.
            log.info("alert_not_edited", key=owed.alert.key, reason=reason(error))

    async def _standing(self, owed: StoredAlert, channel_id: int) -> MessageRef | None:
        """Return the message of an earlier attempt, if there was one and it went through."""
        if owed.attempted_at is None:
            return None
        return await self._found_if_readable(owed, channel_id)

    async def _found_if_readable(self, owed: StoredAlert, channel_id: int) -> MessageRef | None:
        try:
            return await look(self._search(owed, channel_id))
        except discord.HTTPException as error:
            log.warning("alert_not_searched", key=owed.alert.key, reason=reason(error))
            return None

    async def _search(self, owed: StoredAlert, channel_id: int) -> MessageRef | None:
        since = (owed.attempted_at or owed.raised_at) - _LOOK_BACK
        after = discord.Object(max(0, since - _DISCORD_EPOCH) << 22)
        channel = self._client.get_partial_messageable(channel_id)
        async for message in channel.history(limit=_SEARCHED, after=after, oldest_first=True):
            ours = self._client.user is not None and message.author.id == self._client.user.id
            if ours and message.content.endswith(mark(owed)):
                return MessageRef(channel_id, message.id)
        return None

    async def _post(self, owed: StoredAlert, channel_id: int) -> MessageRef:
        rendered = self._rendered(owed, channel_id)
        channel = self._client.get_partial_messageable(channel_id)
        quiet = owed.alert.kind is AlertKind.OUTAGE
        posted = await look(channel.send(**rendered.send(), nonce=nonce_of(owed), silent=quiet))
        return MessageRef(channel_id, posted.id)

    def _rendered(self, owed: StoredAlert, channel_id: int) -> Message:
        with speaking(self._locale(owed, channel_id)):
            return render_alert(owed)

    def _locale(self, owed: StoredAlert, channel_id: int) -> str:
        """Return the language of whoever reads it: the one its server is set to."""
        told = owed.alert.detail.get("locale")
        return told if told is not None else locale_of(self._client, channel_id)

    async def _put_off(self, owed: StoredAlert) -> None:
        await self._store.postpone_alert(owed, self._clock.now() + _AGAIN)


def _open_again(owed: StoredAlert) -> StoredAlert:
    return StoredAlert(alert=owed.alert, episode=owed.episode, raised_at=owed.raised_at)


def locale_of(client: discord.Client, channel_id: int) -> str:
    """Return the language that a channel's server is set to."""
    channel = client.get_channel(channel_id)
    guild = channel.guild if isinstance(channel, discord.abc.GuildChannel | discord.Thread) else None
    return guild.preferred_locale.value if guild is not None else "en-US"


def nonce_of(owed: StoredAlert) -> str:
    """Return what makes Discord post a repeated attempt once: at most 25 characters (platform notes §5)."""
    return hashlib.sha256(owed.name.encode()).hexdigest()[:25]
