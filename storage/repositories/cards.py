"""What a job's card shows, against what it should show."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs import schedule
from bot.jobs.model import Job, MessageRef
from bot.jobs.states import DeliveryState, JobState
from storage.database import Session, Value
from storage.repositories.base import Repository
from storage.rows.columns import whole
from storage.rows.jobs import jobs_from


class Cards(Repository):
    """Finds cards that are behind their job."""

    async def set_card(
        self, job_id: str, card: MessageRef, revision: int, place: int = 0, ready_at: int | None = None
    ) -> None:
        """Record the card that shows `revision`, and what place in line and time it shows; the first one stays."""
        await self._database.run(
            "set_card",
            id=job_id,
            channel_id=card.channel_id,
            message_id=card.message_id,
            revision=revision,
            place=place,
            ready_at=ready_at,
        )

    async def claim_cards(self, now: int, rest_until: int, limit: int) -> Sequence[Job]:
        """Take jobs whose card shows less than their revision, oldest change first, until shown or rested.

        A change that the next one follows at once is let be for `schedule.CARD_SETTLES`: one edit then shows both.
        """
        rows = await self._database.rows(
            "claim_cards",
            now=now,
            rest_until=rest_until,
            latest=rest_until + schedule.CLOCK_SKEW,
            settled=now - schedule.CARD_SETTLES,
            submitting=JobState.SUBMITTING.value,
            pending=DeliveryState.PENDING.value,
            sending=DeliveryState.SENDING.value,
            limit=limit,
        )
        # The statement chooses in this order but gives its rows in any.
        return jobs_from(sorted(rows, key=lambda row: (whole(row, "changed_at"), whole(row, "number"))))

    async def card_shown(self, job_id: str, revision: int, place: int = 0, ready_at: int | None = None) -> None:
        """Record what a card shows now (it never goes back)."""
        await self._database.run("card_shown", id=job_id, revision=revision, place=place, ready_at=ready_at)

    async def touch_queue_cards(self, job_ids: Sequence[str]) -> None:
        """Grow the revision of these jobs, as far as they are QUEUED: what their cards say of the line has changed."""
        at = self._clock.now()
        # In one order, so that two who touch the same cards never wait for each other.
        touched: list[dict[str, Value]] = [
            {"id": job_id, "queued": JobState.QUEUED.value, "at": at} for job_id in sorted(job_ids)
        ]

        async def work(session: Session) -> None:
            await session.many("touch_queue_card", touched)

        if touched:
            await self._database.transaction(work)
