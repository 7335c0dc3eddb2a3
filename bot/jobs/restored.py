"""What a database restored from a backup can still be believed in, so that nothing is bought or posted twice.

Between the backup and its restoration the bot may have gone on: what the rows call unsent may have been bought, what
they call unposted may stand in its channel. So whatever was not bought yet at the backup is an unknown outcome, looked
for in the provider's history and never sent again; and no message of a job from before is posted until its channel has
been searched for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.jobs.model import Delivery, Job, Purpose
from bot.jobs.ports import Change
from bot.jobs.states import DISTRUST, JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A restoration that this database went through; instants are UTC milliseconds.

    Attributes:
        backup_at: before the backup's first row was read: everything it holds had happened by its end.
        restored_at: when the bot first started on it.
    """

    backup_at: int
    restored_at: int

    def covers(self, delivery: Delivery, job: Job) -> bool:
        """Tell whether a message may have been posted in the meantime: it was owed then, or tells how an old job ended.

        A repost that was asked for since is new, however old its clip.
        """
        if job.created_at > self.restored_at:
            return False
        return delivery.created_at <= self.restored_at or delivery.purpose in set(Purpose)

    def posted_since(self, delivery: Delivery) -> int:
        """Return from when on a message may have been posted of which the database does not know."""
        begun = delivery.first_attempt_at
        return self.backup_at if begun is None else min(begun, self.backup_at)

    def distrust(self, job: Job) -> Change:
        """Return the change for a job that had no task at the backup: it may have been bought until now."""
        begun = job.post_started_at if job.state is not JobState.QUEUED else None
        return Change(
            job_id=job.id,
            transition=DISTRUST,
            at=self.restored_at,
            cause="restored",
            due_at=self.restored_at,
            post_started_at=self.backup_at if begun is None else min(begun, self.backup_at),
            post_ended_at=self.restored_at,
        )


def posted_since(restorations: Sequence[Restored], delivery: Delivery, job: Job) -> int | None:
    """Return from when on a message may have been posted of which the database does not know; None where it cannot.

    Args:
        restorations: all that this database went through: the window of an earlier one stays open until the message
            has been looked for, however many backups were made and restored meanwhile.
        delivery: the message.
        job: the delivery's job.
    """
    return min((one.posted_since(delivery) for one in restorations if one.covers(delivery, job)), default=None)
