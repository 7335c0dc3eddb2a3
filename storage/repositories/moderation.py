"""Reports that somebody has to be told of, and what was done and ordered on a server."""

from __future__ import annotations

from collections.abc import Sequence

from bot.community.records import ServerLine
from bot.community.reports import Report
from storage.database import Row
from storage.repositories.base import Repository
from storage.rows.columns import flag, text, whole, whole_or_none


class Moderation(Repository):
    """What those who moderate a server work with."""

    async def claim_reports(self, now: int, until: int, limit: int) -> Sequence[Report]:
        """Take reports that nobody has been told of, oldest first; each rests until then."""
        rows = await self._database.rows("claim_reports", now=now, until=until, limit=limit)
        return sorted((_report_from(row) for row in rows), key=lambda report: report.created_at)

    async def aim_report(self, report: Report, channel_id: int, at: int) -> Report | None:
        """Name the channel that a report goes to, before it is posted there; the first one stays.

        None where somebody has been told meanwhile.
        """
        row = await self._database.row(
            "aim_report", job_id=report.job_id, person_id=report.person_id, channel_id=channel_id, at=at
        )
        return None if row is None else _report_from(row)

    async def put_off_report(self, report: Report, until: int) -> None:
        """Let a report rest."""
        await self._database.run("put_off_report", job_id=report.job_id, person_id=report.person_id, until=until)

    async def report_told(self, report: Report, at: int) -> None:
        """Note that somebody has been told of a report."""
        await self._database.run("report_told", job_id=report.job_id, person_id=report.person_id, at=at)

    async def server_lines(self, guild_id: int, limit: int, offset: int) -> Sequence[ServerLine]:
        """Return what was done and ordered on a server, newest first."""
        rows = await self._database.rows(
            "records_of_server", guild_id=guild_id, reach=limit + offset, limit=limit, offset=offset
        )
        return [
            ServerLine(
                at=whole(row, "at"),
                actor_id=whole(row, "actor_id"),
                action=text(row, "action"),
                subject=text(row, "subject"),
                detail=text(row, "detail"),
                channel_id=whole_or_none(row, "channel_id"),
                microusd=whole_or_none(row, "microusd"),
                charged=flag(row, "charged"),
            )
            for row in rows
        ]


def _report_from(row: Row) -> Report:
    return Report(
        job_id=text(row, "job_id"),
        person_id=whole(row, "person_id"),
        reason=text(row, "reason"),
        created_at=whole(row, "created_at"),
        attempts=whole(row, "attempts"),
        channel_id=whole_or_none(row, "channel_id"),
        tried_at=whole_or_none(row, "tried_at"),
    )
