"""Lists of ended jobs, a page at a time."""

from __future__ import annotations

from typing import Literal

from bot.jobs.model import Destination
from bot.jobs.ports import ClipsAsked, ClipsPage, ListedClip
from bot.jobs.states import JobState
from storage.database import Row
from storage.repositories.base import Repository
from storage.rows.columns import flag, whole
from storage.rows.jobs import job_from, message_from


class ClipPages(Repository):
    """Pages through what was made."""

    async def clips_page(self, asked: ClipsAsked) -> ClipsPage:
        """List ended jobs, newest first."""
        # In direct messages there is nobody but the viewer.
        requester_id = asked.viewer_id if asked.guild_id is None else asked.requester_id
        if asked.requester_id not in {None, requester_id}:
            return ClipsPage(clips=(), total=0)
        rows = await self._database.rows(
            "clips_page",
            within=_within(requester_id, favourites=asked.favourites),
            viewer_id=asked.viewer_id,
            guild_id=asked.guild_id,
            channel_id=asked.channel_id,
            requester_id=requester_id,
            clips_only=int(asked.clips_only),
            direct=Destination.DIRECT.value,
            succeeded=JobState.SUCCEEDED.value,
            limit=asked.limit,
            offset=asked.offset,
        )
        clips = tuple(_listed(row) for row in rows if row["id"] is not None)
        return ClipsPage(clips=clips, total=whole(rows[0], "total"))


def _within(requester_id: int | None, *, favourites: bool) -> Literal["channel", "person", "favourites"]:
    """Return what to look through: whatever is likely to hold the fewest."""
    if favourites:
        return "favourites"
    return "channel" if requester_id is None else "person"


def _listed(row: Row) -> ListedClip:
    return ListedClip(
        job=job_from(row),
        message=message_from(row, "result_channel_id", "result_message_id"),
        favourite=flag(row, "favourite"),
    )
