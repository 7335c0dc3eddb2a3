"""What was charged, granted and warned of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.community.alerts import Alert
from bot.community.ports import AuditLine
from bot.community.spending_records import BudgetWarning, NewGrant, Part, UsageLine
from bot.jobs.costs import Like
from bot.jobs.model import JobKind
from bot.ledger_records import LedgerLine, LedgerTask
from storage.database import Session
from storage.repositories.alerts import alert_values
from storage.repositories.base import Repository
from storage.repositories.houses import remember
from storage.rows.columns import text, text_or_none, whole, whole_or_none


class Spending(Repository):
    """Answers what was spent; keeps grants and warnings."""

    async def highest_charge(self, like: Like) -> int | None:
        """Return the most micro-dollars that such a clip was charged; None where none was."""
        row = await self._database.row(
            "highest_charge",
            kind=like.kind.value,
            model=like.model,
            mode=like.mode,
            seconds=like.seconds,
            service_mode=like.service_mode,
        )
        return None if row is None else whole(row, "charge")

    async def highest_charges(self) -> Mapping[Like, int]:
        """Return the same of everything that was ever charged."""
        return {
            Like(
                JobKind(text(row, "kind")),
                text(row, "model"),
                text(row, "mode"),
                whole(row, "seconds"),
                text(row, "service_mode"),
            ): whole(row, "charge")
            for row in await self._database.rows("highest_charges")
        }

    async def grant(self, grant: NewGrant, audit: Sequence[AuditLine]) -> None:
        """Keep a grant, and what is to be remembered of who gave it."""

        async def work(session: Session) -> None:
            await session.run(
                "insert_grant",
                guild_id=grant.guild_id,
                person_id=grant.person_id,
                counter=grant.counter,
                amount=grant.clips,
                by=grant.granted_by,
                at=grant.at,
            )
            await remember(session, audit)

        await self._database.transaction(work)

    async def usage(
        self, guild_id: int, since: int, until: int, part: Part, *, limit: int, offset: int = 0
    ) -> Sequence[UsageLine]:
        """Return what a server ordered between two instants (UTC milliseconds), told apart by a part."""
        rows = await self._database.rows(
            "usage_of_server",
            guild_id=guild_id,
            since=since,
            until=until,
            part=part.value,
            limit=limit,
            offset=offset,
        )
        return [
            UsageLine(
                what=text(row, "what"),
                ordered=whole(row, "ordered"),
                made=whole(row, "made"),
                failed=whole(row, "failed"),
                charged_microusd=whole(row, "charged"),
                reserved_microusd=whole(row, "reserved"),
            )
            for row in rows
        ]

    async def budget_warnings(self, limit: int) -> Sequence[BudgetWarning]:
        """Return what nobody was told of yet, oldest first."""
        return [
            BudgetWarning(
                counter=text(row, "counter"),
                ceiling=whole(row, "ceiling"),
                guild_id=whole(row, "guild_id"),
                noted_at=whole(row, "noted_at"),
                used=whole(row, "used"),
            )
            for row in await self._database.rows("budget_warnings_owed", limit=limit)
        ]

    async def warn_of_budget(self, warning: BudgetWarning, alert: Alert, now: int) -> bool:
        """Raise the alert that tells of a warning, once; False where it was raised before."""

        async def work(session: Session) -> bool:
            told = await session.row("budget_warning_told", counter=warning.counter, ceiling=warning.ceiling, at=now)
            if told is None:
                return False
            await session.row("raise_alert", **alert_values(alert, now))
            return True

        return await self._database.transaction(work)

    async def ledger(self, since: int, until: int) -> Sequence[LedgerLine]:
        """Return the ledger between two instants (UTC milliseconds), by month, server and kind."""
        return [
            LedgerLine(
                month=text(row, "counter").rpartition(":")[2],
                guild_id=whole(row, "guild_id"),
                kind=JobKind(text(row, "kind")),
                jobs=whole(row, "jobs"),
                reserved_microusd=whole(row, "reserved"),
                consumed_microusd=whole(row, "consumed"),
                open_microusd=whole(row, "open_microusd"),
                open_jobs=whole(row, "open_jobs"),
            )
            for row in await self._database.rows("ledger_lines", since=since, until=until)
        ]

    async def ledger_tasks(self, since: int, until: int) -> Sequence[LedgerTask]:
        """Return the jobs of a time that have a task at the provider, or may have one."""
        return [
            LedgerTask(
                job_id=text(row, "id"),
                task_id=text_or_none(row, "task_id"),
                model=text(row, "model"),
                ended=text(row, "state") in _ENDED,
                consumed_microusd=whole_or_none(row, "consumed"),
                opened_at=whole(row, "opened_at"),
            )
            for row in await self._database.rows("ledger_tasks", since=since, until=until)
        ]


_ENDED = frozenset({"succeeded", "failed", "cancelled"})
