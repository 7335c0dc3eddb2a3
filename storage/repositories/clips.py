"""A person's jobs, and the clips that may be followed up."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs.model import Job, MessageRef, Purpose
from bot.jobs.states import JobState
from storage.repositories.base import Repository
from storage.rows.jobs import job_from, jobs_from, message_from


class Clips(Repository):
    """Lists clips for people."""

    async def running_clips(self, requester_id: int, guild_id: int | None, limit: int) -> Sequence[Job]:
        """Return a person's unended jobs here, oldest first."""
        rows = await self._database.rows("running_clips", requester_id=requester_id, guild_id=guild_id, limit=limit)
        return jobs_from(rows)

    async def past_clips(
        self, requester_id: int, guild_id: int | None, limit: int
    ) -> Sequence[tuple[Job, MessageRef | None]]:
        """Return a person's ended jobs here, newest first, with where the message that told of the end stands."""
        rows = await self._database.rows(
            "past_clips",
            requester_id=requester_id,
            guild_id=guild_id,
            result=Purpose.RESULT.value,
            failure=Purpose.FAILURE.value,
            abandoned=Purpose.ABANDONED.value,
            limit=limit,
        )
        return [(job_from(row), message_from(row, "result_channel_id", "result_message_id")) for row in rows]

    async def source_clips(
        self, requester_id: int, guild_id: int | None, channel_id: int, since: int, limit: int
    ) -> Sequence[Job]:
        """Return SUCCEEDED jobs finished since then: the person's in this guild first, then the channel's."""
        rows = await self._database.rows(
            "source_clips",
            requester_id=requester_id,
            guild_id=guild_id,
            channel_id=channel_id,
            since=since,
            succeeded=JobState.SUCCEEDED.value,
            limit=limit,
        )
        return jobs_from(rows)
