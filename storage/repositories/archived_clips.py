"""What becomes of a clip that is made: brought once more, or deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.jobs.model import Delivery, Job, repost_purpose
from bot.jobs.ports import DeliveryChange
from bot.jobs.states import GIVE_UP, DeliveryState, JobState
from storage.database import Row, Session
from storage.ids import delivery_id
from storage.repositories.base import Repository
from storage.repositories.deliveries import move_delivery, tell_of_message
from storage.rows.columns import text, whole, whole_or_none
from storage.rows.deliveries import delivery_from
from storage.rows.jobs import job_from

_REMOVED: Final = "removed"
"""Why a message about a deleted clip is not posted."""

_WITHDRAW: Final = replace(GIVE_UP, sources=frozenset({DeliveryState.PENDING}))
"""As GIVE_UP, but only for what is not being posted yet: a send that may be on the wire is a fact."""


class ArchivedClips(Repository):
    """Brings clips once more and takes them away."""

    async def owe_repost(
        self, job_id: str, request_key: str, channel_id: int, at: int, *, spoiler: bool = False
    ) -> Delivery | None:
        """Owe a channel a finished clip once more, due at once; the same request owes it once.

        With `spoiler` it is hidden there, however it came the first time. None where the job has not
        succeeded or its clip is deleted.
        """

        async def work(session: Session) -> Row | None:
            held = await session.row("hold_clip", id=job_id, succeeded=JobState.SUCCEEDED.value)
            if held is None:
                return None
            purpose = repost_purpose(request_key)
            await session.run(
                "insert_repost",
                id=delivery_id(text(held, "hook_token"), purpose),
                job_id=job_id,
                purpose=purpose,
                pending=DeliveryState.PENDING.value,
                channel_id=channel_id,
                at=at,
                spoiler=int(spoiler),
            )
            return await session.row("delivery_for", job_id=job_id, purpose=purpose)

        row = await self._database.transaction(work)
        return None if row is None else delivery_from(row)

    async def remove_clip(self, job_id: str, at: int, *, by: int | None = None) -> Job | None:
        """Note that an ended job's clip is deleted; what is not being posted yet will not be.

        Where somebody else than its requester does it (`by`), the audit log says so. The card is to be drawn again.
        None where the job has not ended or was removed before.
        """

        async def work(session: Session) -> tuple[Row | None, list[Delivery]]:
            removed = await session.row("remove_clip", id=job_id, at=at)
            if removed is None:
                return None, []
            if by is not None and by != whole(removed, "requester_id"):
                await session.run(
                    "insert_removal", guild_id=whole_or_none(removed, "guild_id"), at=at, actor_id=by, job_id=job_id
                )
            owed = [text(row, "id") for row in await session.rows("deliveries_of_job", job_id=job_id)]
            moved = [await move_delivery(session, _withdrawal(each, at)) for each in owed]
            return removed, [delivery for delivery in moved if delivery is not None]

        row, withdrawn = await self._database.transaction(work)
        for delivery in withdrawn:
            tell_of_message(self.observer, delivery, at)
        return None if row is None else job_from(row)


def _withdrawal(delivery_id: str, at: int) -> DeliveryChange:
    return DeliveryChange(delivery_id=delivery_id, transition=_WITHDRAW, at=at, reason=_REMOVED)
