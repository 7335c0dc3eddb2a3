"""What the rules of a community need: a store, and Discord's word on who is a member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.community.record import Block, HouseRecord, RuleKey
from bot.jobs.house import ConsentKind
from bot.jobs.requests import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Something that somebody did: append-only.

    Attributes:
        guild_id: the server; None for what concerns the whole bot.
        at: UTC milliseconds.
        action: a machine word such as "setting" or "block".
        subject: whom or what it was done to.
        detail: what exactly, in words a person understands; never a secret.
    """

    guild_id: int | None
    at: int
    actor_id: int
    action: str
    subject: str
    detail: str = ""


class HouseStore(Protocol):
    """Keeps house rules; each method is one transaction, and each change raises the server's revision."""

    async def house_revision(self, guild_id: int) -> int:
        """Return the revision of a server's rules; 0 where nothing was ever stored."""
        ...

    async def house(self, guild_id: int) -> HouseRecord:
        """Return everything stored of a server's rules."""
        ...

    async def change_rules(
        self, guild_id: int, values: Mapping[RuleKey, str | None], audit: Sequence[AuditLine], *, by: int, at: int
    ) -> None:
        """Keep settings (None takes one back) and what is to be remembered of who did it."""
        ...

    async def set_up(self, guild_id: int, audit: Sequence[AuditLine], *, at: int) -> bool:
        """Note that a server is set up; False where it was before."""
        ...

    async def add_words(
        self, guild_id: int, words: Sequence[str], audit: Sequence[AuditLine], *, by: int, at: int
    ) -> None:
        """Add words that prompts may not contain."""
        ...

    async def drop_words(self, guild_id: int, words: Sequence[str], audit: Sequence[AuditLine]) -> None:
        """Take words back."""
        ...

    async def block(self, guild_id: int, block: Block, audit: Sequence[AuditLine]) -> None:
        """Block a person, in place of an earlier block of theirs."""
        ...

    async def unblock(self, guild_id: int, person_id: int, audit: Sequence[AuditLine]) -> bool:
        """Let a person in again; False where they were not blocked."""
        ...

    async def audit(self, lines: Sequence[AuditLine]) -> None:
        """Remember what somebody did."""
        ...

    async def audited(self, guild_id: int | None, limit: int) -> Sequence[AuditLine]:
        """Return the newest lines of a server's audit log, newest first."""
        ...

    async def consents(self, person_id: int) -> frozenset[ConsentKind]:
        """Return what a person has said that they may use."""
        ...

    async def give_consent(self, person_id: int, kind: ConsentKind, at: int) -> None:
        """Note that a person said that they may use such things; the first time stays."""
        ...

    async def granted(self, counter: str) -> int:
        """Return what was granted on top of a counter's ceiling."""
        ...


class Memberships(Protocol):
    """Asks Discord who is a member of a server."""

    async def membership(self, guild_id: int, person_id: int) -> Membership | None:
        """Return what a server knows of a person; None where they are no member, or the bot is not there.

        Raises:
            Refused: Discord does not answer.
        """
        ...
