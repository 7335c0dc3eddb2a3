"""Whether submissions rest."""

from __future__ import annotations

import json
from typing import Final

from bot.jobs.ports import Pause
from storage.database import Row, Session
from storage.repositories.base import Repository
from storage.rows.columns import text

_KEY: Final = "pause"


class Pauses(Repository):
    """Keeps the one pause of submissions."""

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present."""
        return _pause_from(await self._database.row("meta_value", key=_KEY))

    async def set_pause(self, pause: Pause | None) -> Pause | None:
        """Pause submissions, or lift the pause; return what stood there before, in one transaction."""

        async def work(session: Session) -> Pause | None:
            before = _pause_from(await session.row("meta_value", key=_KEY))
            if pause is None:
                await session.run("drop_meta", key=_KEY)
            else:
                value = json.dumps({"until": pause.until, "reason": pause.reason})
                await session.run("set_meta", key=_KEY, value=value)
            return before

        return await self._database.transaction(work)


def _pause_from(row: Row | None) -> Pause | None:
    return None if row is None else Pause(**json.loads(text(row, "value")))
