"""What a community decided for itself, and what its people said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.community.ports import AuditLine
from bot.community.record import Block, HouseRecord, Level, RuleKey
from bot.jobs.house import ConsentKind
from storage.database import Session, Value
from storage.repositories.base import Repository
from storage.rows.columns import text, whole, whole_or_none


class Houses(Repository):
    """Keeps house rules; every change raises the server's revision."""

    async def house_revision(self, guild_id: int) -> int:
        """Return the revision of a server's rules; 0 where nothing was ever stored."""
        row = await self._database.row("house_revision", guild_id=guild_id)
        return 0 if row is None else whole(row, "revision")

    async def house(self, guild_id: int) -> HouseRecord:
        """Return everything stored of a server's rules."""

        async def work(session: Session) -> HouseRecord:
            # The revision first: what changes while the rest is read is read again next time.
            server = await session.row("server_of", guild_id=guild_id)
            rules = await session.rows("rules_of_server", guild_id=guild_id)
            words = await session.rows("words_of_server", guild_id=guild_id)
            blocks = await session.rows("blocks_of_server", guild_id=guild_id)
            return HouseRecord(
                guild_id=guild_id,
                revision=0 if server is None else whole(server, "revision"),
                set_up_at=None if server is None else whole_or_none(server, "set_up_at"),
                rules={
                    RuleKey(Level(text(row, "scope")), whole(row, "scope_id"), text(row, "name")): text(row, "value")
                    for row in rules
                },
                words=tuple(text(row, "word") for row in words),
                blocks={
                    whole(row, "person_id"): Block(
                        person_id=whole(row, "person_id"),
                        until=whole_or_none(row, "until"),
                        reason=text(row, "reason"),
                        blocked_by=whole(row, "blocked_by"),
                        created_at=whole(row, "created_at"),
                    )
                    for row in blocks
                },
            )

        return await self._database.transaction(work)

    async def change_rules(
        self, guild_id: int, values: Mapping[RuleKey, str | None], audit: Sequence[AuditLine], *, by: int, at: int
    ) -> None:
        """Keep settings (None takes one back) and what is to be remembered of who did it."""
        named: list[tuple[dict[str, Value], str | None]] = [
            ({"guild_id": guild_id, "scope": key.level.value, "scope_id": key.scope_id, "name": key.name}, value)
            for key, value in sorted(values.items(), key=lambda item: (item[0].level, item[0].scope_id, item[0].name))
        ]

        async def work(session: Session) -> None:
            await session.run("touch_server", guild_id=guild_id)
            kept: list[dict[str, Value]] = [
                {**key, "value": value, "by": by, "at": at} for key, value in named if value is not None
            ]
            await session.many("set_rule", kept)
            await session.many("drop_rule", [key for key, value in named if value is None])
            await remember(session, audit)

        await self._database.transaction(work)

    async def set_up(self, guild_id: int, audit: Sequence[AuditLine], *, at: int) -> bool:
        """Note that a server is set up; False where it was before."""

        async def work(session: Session) -> bool:
            await session.run("touch_server", guild_id=guild_id)
            if await session.row("set_server_up", guild_id=guild_id, at=at) is None:
                return False
            await remember(session, audit)
            return True

        return await self._database.transaction(work)

    async def add_words(
        self, guild_id: int, words: Sequence[str], audit: Sequence[AuditLine], *, by: int, at: int
    ) -> None:
        """Add words that prompts may not contain."""

        async def work(session: Session) -> None:
            await session.run("touch_server", guild_id=guild_id)
            added: list[dict[str, Value]] = [
                {"guild_id": guild_id, "word": word, "by": by, "at": at} for word in sorted(set(words))
            ]
            await session.many("add_word", added)
            await remember(session, audit)

        await self._database.transaction(work)

    async def drop_words(self, guild_id: int, words: Sequence[str], audit: Sequence[AuditLine]) -> None:
        """Take words back."""

        async def work(session: Session) -> None:
            await session.run("touch_server", guild_id=guild_id)
            await session.many("drop_word", [{"guild_id": guild_id, "word": word} for word in sorted(set(words))])
            await remember(session, audit)

        await self._database.transaction(work)

    async def block(self, guild_id: int, block: Block, audit: Sequence[AuditLine]) -> None:
        """Block a person, in place of an earlier block of theirs."""

        async def work(session: Session) -> None:
            await session.run("touch_server", guild_id=guild_id)
            await session.run(
                "set_block",
                guild_id=guild_id,
                person_id=block.person_id,
                until=block.until,
                reason=block.reason,
                by=block.blocked_by,
                at=block.created_at,
            )
            await remember(session, audit)

        await self._database.transaction(work)

    async def unblock(self, guild_id: int, person_id: int, audit: Sequence[AuditLine]) -> bool:
        """Let a person in again; False where they were not blocked."""

        async def work(session: Session) -> bool:
            await session.run("touch_server", guild_id=guild_id)
            if await session.row("drop_block", guild_id=guild_id, person_id=person_id) is None:
                return False
            await remember(session, audit)
            return True

        return await self._database.transaction(work)

    async def audit(self, lines: Sequence[AuditLine]) -> None:
        """Remember what somebody did."""

        async def work(session: Session) -> None:
            await remember(session, lines)

        await self._database.transaction(work)

    async def audited(self, guild_id: int | None, limit: int) -> Sequence[AuditLine]:
        """Return the newest lines of a server's audit log, newest first."""
        return [
            AuditLine(
                guild_id=whole_or_none(row, "guild_id"),
                at=whole(row, "at"),
                actor_id=whole(row, "actor_id"),
                action=text(row, "action"),
                subject=text(row, "subject"),
                detail=text(row, "detail"),
            )
            for row in await self._database.rows("audit_of_server", guild_id=guild_id, limit=limit)
        ]

    async def consents(self, person_id: int) -> frozenset[ConsentKind]:
        """Return what a person has said that they may use."""
        rows = await self._database.rows("consents_of_person", person_id=person_id)
        return frozenset(ConsentKind(text(row, "kind")) for row in rows)

    async def give_consent(self, person_id: int, kind: ConsentKind, at: int) -> None:
        """Note that a person said that they may use such things; the first time stays."""
        await self._database.run("give_consent", person_id=person_id, kind=kind.value, at=at)

    async def granted(self, counter: str) -> int:
        """Return what was granted on top of a counter's ceiling."""
        row = await self._database.row("granted_on", counter=counter)
        return 0 if row is None else whole(row, "amount")


async def remember(session: Session, lines: Sequence[AuditLine]) -> None:
    """Add lines to the audit log, in a transaction of the caller's."""
    await session.many(
        "insert_audit",
        [
            {
                "guild_id": line.guild_id,
                "at": line.at,
                "actor_id": line.actor_id,
                "action": line.action,
                "subject": line.subject,
                "detail": line.detail,
            }
            for line in lines
        ],
    )
