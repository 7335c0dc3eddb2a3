"""What a job's card shows, against what it should show."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs import schedule
from bot.jobs.model import Job, MessageRef
from bot.jobs.states import DeliveryState, JobState
from storage.repositories.base import Repository
from storage.rows.columns import whole
from storage.rows.jobs import jobs_from


class Cards(Repository):
    """Finds cards that are behind their job."""

    async def set_card(self, job_id: str, card: MessageRef, revision: int) -> None:
        """Record the card that shows `revision`; the first one stays."""
        await self._database.run(
            "set_card", id=job_id, channel_id=card.channel_id, message_id=card.message_id, revision=revision
        )

    async def claim_cards(self, now: int, rest_until: int, limit: int) -> Sequence[Job]:
        """Take jobs whose card shows less than their revision, oldest change first, until shown or rested.

        A change that the next one follows at once is let be for `schedule.CARD_SETTLES`: one edit then shows both.
        """
        rows = await self._database.rows(
            "claim_cards",
            now=now,
            rest_until=rest_until,
            settled=now - schedule.CARD_SETTLES,
            submitting=JobState.SUBMITTING.value,
            pending=DeliveryState.PENDING.value,
            sending=DeliveryState.SENDING.value,
            limit=limit,
        )
        # The statement chooses in this order but gives its rows in any.
        return jobs_from(sorted(rows, key=lambda row: (whole(row, "changed_at"), whole(row, "number"))))

    async def card_shown(self, job_id: str, revision: int) -> None:
        """Record what a card shows now (it never goes back)."""
        await self._database.run("card_shown", id=job_id, revision=revision)

    async def touch_queue_cards(self, limit: int) -> None:
        """Grow the revision of the first `limit` queued jobs with a card: their position changed."""
        await self._database.run("touch_queue_cards", queued=JobState.QUEUED.value, at=self._clock.now(), limit=limit)
