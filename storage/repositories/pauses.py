"""Whether submissions rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.community.ports import AuditLine
from bot.jobs.failures import FailureReason
from bot.jobs.ports import Pause
from bot.jobs.states import JobState
from storage.database import Row, Session
from storage.repositories.base import Repository
from storage.repositories.houses import remember
from storage.rows.columns import text

_AUTOMATIC: Final = "pause"
_OWNERS: Final = "owners_pause"
_FAILURES: Final = "failed_purchases"
_OPEN_END: Final = 1 << 52
"""When the owner's pause ends by itself: never."""


class Pauses(Repository):
    """Keeps two pauses of submissions, what the provider's answers brought about and the owner's own, and their cause.

    The cause is how many purchases in a row have failed for the provider's sake. Everything here is shared by all
    processes, and outlives them.
    """

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present; the owner's own first."""
        rows = await self._database.rows("pauses", automatic=_AUTOMATIC, owners=_OWNERS)
        found = {text(row, "key"): _pause_from(row) for row in rows}
        return found.get(_OWNERS) or found.get(_AUTOMATIC)

    async def set_pause(self, pause: Pause | None) -> Pause | None:
        """Pause submissions, or lift the pause; return what stood there before, in one transaction.

        The owner's own pause is another, and stays.
        """
        return await self.change_pause(lambda _: pause)

    async def change_pause(self, change: Callable[[Pause | None], Pause | None]) -> Pause | None:
        """Change the pause by what it is now; return what it was, in one transaction.

        Lifting it forgets the failures that led to it, and makes what rests in line due. The owner's own is another.

        Args:
            change: gives the pause that is to be, None for none; nothing is written where it gives back its argument.
        """

        async def work(session: Session) -> Pause | None:
            row = await session.row("hold_meta", key=_AUTOMATIC)
            before = None if row is None else _pause_from(row)
            after = change(before)
            if after is before:
                return before
            if after is None:
                await session.run("drop_meta", key=_AUTOMATIC)
                await session.run("drop_meta", key=_FAILURES)
                await session.run("hasten_queued", queued=JobState.QUEUED.value, now=self._clock.now())
            else:
                since = self._clock.now() if before is None else before.since
                await _keep(session, _AUTOMATIC, replace(after, since=since))
            return before

        return await self._database.transaction(work)

    async def failed_purchases(self) -> int:
        """Return how many purchases in a row have failed for the provider's sake."""
        row = await self._database.row("meta_value", key=_FAILURES)
        return 0 if row is None else int(text(row, "value"))

    async def count_failed_purchase(self) -> int:
        """Count one more; return how many there are now."""

        async def work(session: Session) -> int:
            row = await session.row("count_meta", key=_FAILURES)
            return 0 if row is None else int(text(row, "value"))

        return await self._database.transaction(work)

    async def forget_failed_purchases(self) -> None:
        """Begin the count anew: the provider has done what it was asked."""

        async def work(session: Session) -> None:
            await session.run("drop_meta", key=_FAILURES)

        await self._database.transaction(work)

    async def pause_for_owner(self, note: str, audit: Sequence[AuditLine], now: int) -> bool:
        """Let submissions rest until the owner says otherwise; False where they did so already (the note is new)."""

        async def work(session: Session) -> bool:
            row = await session.row("meta_value", key=_OWNERS)
            before = None if row is None else _pause_from(row)
            since = now if before is None else before.since
            await _keep(session, _OWNERS, Pause(_OPEN_END, FailureReason.PAUSED_BY_OWNER.value, since, note))
            await remember(session, audit)
            return before is None

        return await self._database.transaction(work)

    async def resume_for_owner(self, audit: Sequence[AuditLine], now: int) -> bool:
        """End the owner's pause, and let what is in line be looked at; False where there was none."""

        async def work(session: Session) -> bool:
            if await session.row("meta_value", key=_OWNERS) is None:
                return False
            await session.run("drop_meta", key=_OWNERS)
            await session.run("hasten_queued", queued=JobState.QUEUED.value, now=now)
            await remember(session, audit)
            return True

        return await self._database.transaction(work)


async def _keep(session: Session, key: str, pause: Pause) -> None:
    kept = {
        "until": pause.until,
        "reason": pause.reason,
        "since": pause.since,
        "note": pause.note,
        "tries": pause.tries,
    }
    await session.run("set_meta", key=key, value=json.dumps(kept))


def _pause_from(row: Row) -> Pause:
    return Pause(**json.loads(text(row, "value")))
