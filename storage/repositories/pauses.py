"""Whether submissions rest."""

from __future__ import annotations

import json
from typing import Final

from bot.jobs.ports import Pause
from storage.repositories.base import Repository
from storage.rows.columns import text

_KEY: Final = "pause"


class Pauses(Repository):
    """Keeps the one pause of submissions."""

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present."""
        row = await self._database.row("meta_value", key=_KEY)
        return None if row is None else Pause(**json.loads(text(row, "value")))

    async def set_pause(self, pause: Pause | None) -> None:
        """Pause submissions, or lift the pause."""
        if pause is None:
            await self._database.run("drop_meta", key=_KEY)
            return
        value = json.dumps({"until": pause.until, "reason": pause.reason})
        await self._database.run("set_meta", key=_KEY, value=value)
