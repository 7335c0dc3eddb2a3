"""What the core needs of a store about clips that are made: lists, lineage, bringing one again, taking one away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.jobs.failures import FailureReason
from bot.jobs.model import Delivery, Job, MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipsAsked:
    """Which ended jobs to list.

    Attributes:
        viewer_id: who looks: private jobs of others are never listed, and favourites are the viewer's own.
        guild_id: the server; None lists the viewer's jobs of direct messages.
        channel_id: where the viewer looks: others' jobs are listed only where they were asked for, because the viewer
            may not see every channel; favourites were seen once, and are listed everywhere on their server.
        requester_id: only this person's; None for everybody's of the channel.
        favourites: only the viewer's favourites.
        clips_only: only jobs that made a clip which is still kept.
        offset: how many to leave out, newest first.
    """

    viewer_id: int
    guild_id: int | None
    channel_id: int
    requester_id: int | None = None
    favourites: bool = False
    clips_only: bool = False
    offset: int = 0
    limit: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedClip:
    """An ended job with where the message of its end stands."""

    job: Job
    message: MessageRef | None
    favourite: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipsPage:
    """A part of a list; `total` counts the whole list."""

    clips: tuple[ListedClip, ...]
    total: int


class ClipStore(Protocol):
    """Durable clips; each method is one transaction."""

    async def clips_page(self, asked: ClipsAsked) -> ClipsPage:
        """List ended jobs, newest first."""
        ...

    async def children(self, job_id: str, limit: int) -> Sequence[Job]:
        """Return the jobs that go on from this one (`source_id`) or repeat it (`made_from`), newest first."""
        ...

    async def owe_repost(
        self, job_id: str, request_key: str, channel_id: int, at: int, *, spoiler: bool = False
    ) -> Delivery | None:
        """Owe a channel a finished clip once more, due at once; the same request owes it once.

        With `spoiler` it is hidden there, however it came the first time. None where the job has not
        succeeded or its clip is deleted.
        """
        ...

    async def remove_clip(self, job_id: str, at: int, *, by: int | None = None) -> Job | None:
        """Note that an ended job's clip is deleted; what is not being posted yet will not be.

        Where somebody else than its requester does it (`by`), the audit log says so. The card is to be drawn again.
        None where the job has not ended or was removed before.
        """
        ...

    async def failures_since(self, requester_id: int, reason: FailureReason, since: int) -> Sequence[int]:
        """Return when a person's jobs failed for this reason since then, newest first."""
        ...
