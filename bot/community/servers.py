"""The servers that the bot is in: who is welcomed, once; what is noted of joining and leaving.

Looked at again and again rather than told once: an invitation that comes while the process is down, a channel that
opens later, and a server that is put into SERVERS afterwards are all found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import structlog

from bot.clock import HOUR, MINUTE, Clock
from bot.jobs.ports import DefinitelyNotPosted, HistoryUnreadable, TryLater

STALE: Final = 2 * MINUTE
"""An attempt to welcome that began longer ago was given up."""
_MARGIN: Final = MINUTE
"""Discord's clock may differ from ours by so much."""
_REFUSED_REST: Final = HOUR
"""How long a server that refused to be welcomed is left alone."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRecord:
    """What is known of a server; instants are UTC milliseconds, None for not yet.

    Attributes:
        joined_at: when the bot was first seen there.
        welcome_channel_id: where it was last tried to say hello.
        welcome_tried_at: when that attempt began.
        set_up_at: when somebody who manages the server set it up.
        left_at: when the bot was found to be there no more; None while it is there.
    """

    guild_id: int
    joined_at: int | None = None
    welcomed_at: int | None = None
    welcome_channel_id: int | None = None
    welcome_tried_at: int | None = None
    set_up_at: int | None = None
    left_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedServer:
    """A server that the bot is in, as Discord tells of it.

    Attributes:
        joined_at: when it came there, UTC milliseconds; None where that is not known.
        open_channel: where it can be welcomed; None where no channel takes a message.
    """

    id: int
    joined_at: int | None
    open_channel: int | None


class ServerStore(Protocol):
    """Keeps what is known of servers; each method is one transaction."""

    async def servers(self) -> Sequence[ServerRecord]:
        """Return what is known of every server, those that were left included."""
        ...

    async def server_joined(self, guild_id: int, at: int) -> None:
        """Note that the bot is in a server; the first time stays, and a server that was left is one again."""
        ...

    async def server_left(self, guild_id: int, at: int) -> bool:
        """Note that the bot is in a server no more; False where that is known, or nothing is kept of it."""
        ...

    async def begin_welcome(self, guild_id: int, channel_id: int, *, at: int, stale: int) -> bool:
        """Note where a server is about to be welcomed; False where it was, or an attempt since `stale` may go on."""
        ...

    async def drop_welcome(self, guild_id: int) -> None:
        """Note that an attempt to welcome certainly posted nothing."""
        ...

    async def end_welcome(self, guild_id: int, at: int) -> None:
        """Note that a server is welcomed; the first time stays."""
        ...

    async def servers_left(self, before: int, limit: int) -> Sequence[int]:
        """Return servers that were left before an instant, those that were left first foremost."""
        ...


class Presence(Protocol):
    """Discord's side of being in servers."""

    def joined(self) -> Sequence[JoinedServer] | None:
        """Return every server that the bot is in, of those whose events come here; None while that is not known."""
        ...

    def covers(self, guild_id: int) -> bool:
        """Tell whether a server's events come to this process, so that it knows whether the bot is there."""
        ...

    async def post_welcome(self, guild_id: int, channel_id: int) -> None:
        """Post the message that begins with setting up; a repeat within minutes posts nothing new.

        Raises:
            DefinitelyNotPosted: it was refused.
            TryLater: nobody can tell whether it was posted.
        """
        ...

    async def finds_welcome(self, channel_id: int, since: int) -> bool:
        """Tell whether that message was posted since an instant, UTC milliseconds.

        Raises:
            HistoryUnreadable: it cannot be told.
            TryLater: not now.
        """
        ...


class ServerWatch:
    """The step that keeps the servers' rows true, and welcomes those that may spend."""

    name: ClassVar[str] = "servers"
    interval: ClassVar[int] = MINUTE
    workers: ClassVar[int] = 1

    def __init__(self, store: ServerStore, presence: Presence, enabled: frozenset[int] | None, clock: Clock) -> None:
        """Keep the collaborators; `enabled` are the servers that may spend, None for all."""
        self._store = store
        self._presence = presence
        self._enabled = enabled
        self._clock = clock
        self._rests: dict[int, int] = {}
        self._told: set[int] = set()

    async def run_once(self) -> int:
        """Compare what is stored with the servers that the bot is in; nothing is left over for a second look."""
        joined = self._presence.joined()
        if joined is None:
            return 0
        known = {record.guild_id: record for record in await self._store.servers()}
        await self._note_left(joined, known)
        for server in joined:
            record = known.get(server.id)
            if not self._may_spend(server.id):
                self._tell_unlisted(server.id)
                if record is None:
                    continue
            if record is None or record.joined_at is None or record.left_at is not None:
                await self._store.server_joined(server.id, server.joined_at or self._clock.now())
                log.info("server_joined", server=server.id, again=record is not None and record.left_at is not None)
            if self._may_spend(server.id):
                await self._welcome(server, record or ServerRecord(guild_id=server.id))
        return 0

    def _may_spend(self, guild_id: int) -> bool:
        return self._enabled is None or guild_id in self._enabled

    def _tell_unlisted(self, guild_id: int) -> None:
        """Tell the operator alone: on the server it is said to whoever uses a command."""
        if guild_id not in self._told:
            self._told.add(guild_id)
            log.info("server_not_enabled", server=guild_id, remedy="add its id to SERVERS if it may spend")

    async def _note_left(self, joined: Sequence[JoinedServer], known: dict[int, ServerRecord]) -> None:
        here = {server.id for server in joined}
        for record in known.values():
            # What another process is told of is not known here.
            left = record.guild_id not in here and record.left_at is None and self._presence.covers(record.guild_id)
            if left and await self._store.server_left(record.guild_id, self._clock.now()):
                log.info("server_left", server=record.guild_id)

    async def _welcome(self, server: JoinedServer, record: ServerRecord) -> None:
        now = self._clock.now()
        if record.welcomed_at is not None or self._rests.get(server.id, 0) > now:
            return
        try:
            if record.set_up_at is not None or await self._was_welcomed(record):
                await self._store.end_welcome(server.id, now)
                return
        except TryLater as error:
            log.warning("welcome_not_looked_for", server=server.id, reason=str(error))
            return
        if server.open_channel is None:
            return
        began = await self._store.begin_welcome(server.id, server.open_channel, at=now, stale=now - STALE)
        if began:
            await self._post(server.id, server.open_channel)

    async def _was_welcomed(self, record: ServerRecord) -> bool:
        """Tell whether an earlier attempt came through; where that cannot be told, rather no message than two.

        Raises:
            TryLater: it cannot be told now.
        """
        if record.welcome_tried_at is None or record.welcome_channel_id is None:
            return False
        if record.welcome_tried_at > self._clock.now() - STALE:
            return False  # it may be under way: beginning anew is refused
        try:
            return await self._presence.finds_welcome(record.welcome_channel_id, record.welcome_tried_at - _MARGIN)
        except HistoryUnreadable as error:
            log.warning("welcome_unknown", server=record.guild_id, reason=str(error))
            return True

    async def _post(self, guild_id: int, channel_id: int) -> None:
        try:
            await self._presence.post_welcome(guild_id, channel_id)
        except DefinitelyNotPosted as error:
            log.warning("welcome_refused", server=guild_id, channel=channel_id, reason=error.reason)
            self._rests[guild_id] = self._clock.now() + _REFUSED_REST
            await self._store.drop_welcome(guild_id)
            return
        except TryLater as error:
            log.warning("welcome_unanswered", server=guild_id, channel=channel_id, reason=str(error))
            return
        await self._store.end_welcome(guild_id, self._clock.now())
        log.info("server_welcomed", server=guild_id, channel=channel_id)
