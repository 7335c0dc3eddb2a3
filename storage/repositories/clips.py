"""A person's jobs, the clips that may be followed up, and what came of a clip."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs.failures import FailureReason
from bot.jobs.model import Destination, Job
from bot.jobs.states import JobState
from storage.repositories.base import Repository
from storage.rows.columns import whole
from storage.rows.jobs import jobs_from


class Clips(Repository):
    """Lists clips for people."""

    async def running_clips(self, requester_id: int, guild_id: int | None, limit: int) -> Sequence[Job]:
        """Return a person's unended jobs here, oldest first."""
        rows = await self._database.rows("running_clips", requester_id=requester_id, guild_id=guild_id, limit=limit)
        return jobs_from(rows)

    async def source_clips(
        self, requester_id: int, guild_id: int | None, channel_id: int, since: int, limit: int
    ) -> Sequence[Job]:
        """Return SUCCEEDED jobs finished since then: the person's in this guild first, then the channel's.

        None whose clip is deleted, and none of another person's private ones.
        """
        rows = await self._database.rows(
            "source_clips",
            requester_id=requester_id,
            guild_id=guild_id,
            channel_id=channel_id,
            since=since,
            succeeded=JobState.SUCCEEDED.value,
            direct=Destination.DIRECT.value,
            limit=limit,
        )
        return jobs_from(rows)

    async def children(self, job_id: str, limit: int) -> Sequence[Job]:
        """Return the jobs that go on from this one (`source_id`) or repeat it (`made_from`), newest first."""
        return jobs_from(await self._database.rows("children_of_job", id=job_id, limit=limit))

    async def failures_since(self, requester_id: int, reason: FailureReason, since: int) -> Sequence[int]:
        """Return when a person's jobs failed for this reason since then, newest first."""
        rows = await self._database.rows(
            "failures_since",
            requester_id=requester_id,
            reason=reason.value,
            since=since,
            failed=JobState.FAILED.value,
        )
        return [whole(row, "finished_at") for row in rows]
