"""Setting a server up: what was chosen is kept at once, and finishing lets members in, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from bot.community.effective import OperatorLimits, Scope
from bot.community.housekeeping import Chosen, Housekeeping
from bot.community.ports import AuditLine, HouseStore
from bot.community.record import HouseRecord, Level
from bot.community.settings import Setting
from bot.errors import Refused
from bot.jobs.requests import ServerNotEnabled


class SettingUp:
    """Reads and keeps what a server's managers choose on their first day; later it is `Housekeeping` alone."""

    def __init__(
        self, store: HouseStore, housekeeping: Housekeeping, enabled: frozenset[int] | None, clock: Clock
    ) -> None:
        """Keep the collaborators; `enabled` are the servers that may spend, None for all."""
        self._store = store
        self._housekeeping = housekeeping
        self._enabled = enabled
        self._clock = clock

    @property
    def limits(self) -> OperatorLimits:
        """Return what the operator allows at most."""
        return self._housekeeping.limits

    async def record(self, guild_id: int) -> HouseRecord:
        """Return what a server has chosen so far.

        Raises:
            Refused: the operator has not let this server spend.
        """
        if self._enabled is not None and guild_id not in self._enabled:
            raise Refused(ServerNotEnabled(guild_id=guild_id))
        return await self._housekeeping.record(guild_id)

    async def keep(self, guild_id: int, values: Mapping[Setting[Any], Any], *, by: int) -> None:
        """Keep settings of the whole server, all or none; None takes one back.

        Raises:
            Refused: one is more than the operator allows, or makes no sense.
        """
        scope = Scope(Level.SERVER, guild_id)
        chosen = [Chosen(setting, scope, value) for setting, value in values.items()]
        await self._housekeeping.keep(guild_id, chosen, by=by)

    async def finish(self, guild_id: int, *, by: int) -> bool:
        """Let members make clips; False where somebody did so before."""
        now = self._clock.now()
        line = AuditLine(guild_id=guild_id, at=now, actor_id=by, action="set_up", subject="server")
        return await self._store.set_up(guild_id, [line], at=now)
