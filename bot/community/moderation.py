"""Who may not use the bot on a server, what people said that they may use, and what was done by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from bot.clock import DAY, HOUR, SECOND, Clock
from bot.community.ports import AuditLine, HouseStore, Memberships
from bot.community.record import Block
from bot.community.records import ServerLine, ServerRecords
from bot.errors import Refusal, Refused
from bot.jobs.house import ConsentKind

REASON_LIMIT: Final = 300
"""Characters of the reason for a block."""


class BlockSpan(StrEnum):
    """For how long somebody is blocked."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    FOR_GOOD = "good"


_LENGTHS: Final = {
    BlockSpan.HOUR: HOUR,
    BlockSpan.DAY: DAY,
    BlockSpan.WEEK: 7 * DAY,
    BlockSpan.MONTH: 30 * DAY,
}


class Untouchable(StrEnum):
    """Why somebody cannot be blocked."""

    YOURSELF = "yourself"
    BOT = "bot"
    MANAGES = "manages"


@dataclass(frozen=True, kw_only=True)
class NotBlockable(Refusal):
    """This person cannot be blocked.

    Attributes:
        why: a word of `Untouchable`.
        person_id: whom it is about.
    """

    option: str = "person"
    why: Untouchable
    person_id: int


@dataclass(frozen=True, kw_only=True)
class NotForMembers(Refusal):
    """Only those who moderate or manage the server may do this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedPerson:
    """Whom to block: as Discord describes them."""

    person_id: int
    is_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksPage:
    """A part of the list of those who are blocked, newest first; `total` counts all of them."""

    blocks: Sequence[Block]
    page: int
    pages: int
    total: int


class ModerationStore(HouseStore, ServerRecords, Protocol):
    """What moderation keeps its decisions in."""


class Moderation:
    """Blocks, consents and the audit log."""

    def __init__(self, store: ModerationStore, memberships: Memberships, clock: Clock) -> None:
        """Keep the collaborators; `memberships` tells who manages a server."""
        self._store = store
        self._memberships = memberships
        self._clock = clock

    async def consent(self, person_id: int, kind: ConsentKind) -> None:
        """Note that a person may use the pictures or recordings that they bring; the first time stays."""
        await self._store.give_consent(person_id, kind, self._clock.now())

    async def block(self, guild_id: int, whom: BlockedPerson, span: BlockSpan, reason: str, *, by: int) -> Block:
        """Block a person, in place of an earlier block of theirs; what they have ordered already is made.

        Raises:
            Refused: it is whoever blocks, a bot, or somebody who manages the server.
        """
        why = await self._untouchable(guild_id, whom, by)
        if why is not None:
            raise Refused(NotBlockable(why=why, person_id=whom.person_id))
        now = self._clock.now()
        length = _LENGTHS.get(span)
        block = Block(
            person_id=whom.person_id,
            until=None if length is None else now + length,
            reason=" ".join(reason.split())[:REASON_LIMIT],
            blocked_by=by,
            created_at=now,
        )
        await self._store.block(guild_id, block, [_line(guild_id, now, by, "block", block.person_id, _detail(block))])
        return block

    async def unblock(self, guild_id: int, person_id: int, *, by: int) -> bool:
        """Let a person in again; False where they were not blocked."""
        now = self._clock.now()
        known = (await self._store.house(guild_id)).blocks.get(person_id)
        held = known is not None and known.holds(now)
        line = _line(guild_id, now, by, "unblock", person_id)
        return await self._store.unblock(guild_id, person_id, [line] if held else []) and held

    async def blocks(self, guild_id: int, page: int, size: int) -> BlocksPage:
        """Return a page of those who are blocked now, newest first; `page` counts from 0 and is brought into range."""
        now = self._clock.now()
        known = (await self._store.house(guild_id)).blocks.values()
        standing = sorted((block for block in known if block.holds(now)), key=lambda block: -block.created_at)
        pages = max(1, -(-len(standing) // size))
        page = min(max(page, 0), pages - 1)
        return BlocksPage(blocks=standing[page * size : (page + 1) * size], page=page, pages=pages, total=len(standing))

    async def note(self, guild_id: int, action: str, subject: str, detail: str = "", *, by: int) -> None:
        """Put a line into a server's audit log."""
        line = AuditLine(
            guild_id=guild_id, at=self._clock.now(), actor_id=by, action=action, subject=subject, detail=detail
        )
        await self._store.audit([line])

    async def lines(self, guild_id: int, page: int, size: int) -> tuple[Sequence[ServerLine], bool]:
        """Return a page of what was done and ordered, newest first, and whether there is another after it."""
        found = await self._store.server_lines(guild_id, size + 1, max(page, 0) * size)
        return found[:size], len(found) > size

    async def _untouchable(self, guild_id: int, whom: BlockedPerson, by: int) -> Untouchable | None:
        if whom.person_id == by:
            return Untouchable.YOURSELF
        if whom.is_bot:
            return Untouchable.BOT
        member = await self._memberships.membership(guild_id, whom.person_id)
        return Untouchable.MANAGES if member is not None and member.manages else None


def _line(guild_id: int, at: int, by: int, action: str, person_id: int, detail: str = "") -> AuditLine:
    return AuditLine(guild_id=guild_id, at=at, actor_id=by, action=action, subject=str(person_id), detail=detail)


def _detail(block: Block) -> str:
    """Say until when and why, without a word of any language but the moderator's own."""
    until = "" if block.until is None else f"→ <t:{block.until // SECOND}:f>"
    return " ".join(part for part in (until, block.reason) if part)
