"""The first start on a database that comes out of a backup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from bot.jobs.restored import Restored
from storage.database import Session
from storage.repositories.base import Repository
from storage.repositories.transitions import apply_change
from storage.rows.columns import text
from storage.rows.jobs import jobs_from
from storage.snapshot import BACKUP_MARK

_RESTORATIONS: Final = "restorations"


class Restoration(Repository):
    """Takes up a restored database."""

    async def take_up_backup(self, now: int, forget: Sequence[str] = ()) -> Sequence[Restored]:
        """Distrust what a backup's copy says was not bought yet, once; return every restoration, the first one first.

        All of it is one transaction, to be called before any step runs; what is QUEUED afterwards is new.

        Args:
            now: the moment of restoration, UTC milliseconds.
            forget: keys of `Memory` that speak of the world outside, which has gone on since.
        """

        async def work(session: Session) -> Sequence[Restored]:
            mark = await session.row("hold_backup_mark", key=BACKUP_MARK)
            known = await session.row("meta_value", key=_RESTORATIONS)
            earlier = [] if known is None else [Restored(**one) for one in json.loads(text(known, "value"))]
            if mark is None:
                return earlier
            restored = Restored(backup_at=int(text(mark, "value")), restored_at=now)
            # The transition's own guard passes over those whose task is known.
            for job in jobs_from(await session.rows("unended_jobs")):
                await apply_change(session, restored.distrust(job), engine=self._database.engine)
            for key in (BACKUP_MARK, *forget):
                await session.run("drop_meta", key=key)
            restorations = [*earlier, restored]
            kept = [{"backup_at": one.backup_at, "restored_at": one.restored_at} for one in restorations]
            await session.run("set_meta", key=_RESTORATIONS, value=json.dumps(kept))
            return restorations

        return await self._database.transaction(work)
