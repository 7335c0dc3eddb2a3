"""Tells who manages a server that most of its budget is gone: once for each month and budget."""

from __future__ import annotations

from typing import Final

import structlog

from bot.clock import SECOND, Clock
from bot.community import settings as s
from bot.community.alerts import Alert, AlertKind
from bot.community.house import CommunityHouse
from bot.community.spending_records import BudgetWarning, WarningStore
from bot.jobs.house import SeesDollars

_AT_ONCE: Final = 16

log = structlog.get_logger(__name__)


class BudgetWarner:
    """A step of the loops: raises the alerts of budgets that orders have noted.

    What is noted commits with the order that took it there, and what is raised with the note that it was: neither is
    lost or doubled by a crash. The alert itself goes to the server's channel for reports, else to the bot's owner.
    """

    name: Final = "budgets"
    interval: Final = 5 * SECOND
    workers: Final = 1

    def __init__(self, store: WarningStore, house: CommunityHouse, clock: Clock) -> None:
        """Keep the collaborators."""
        self._store = store
        self._house = house
        self._clock = clock

    async def run_once(self) -> int:
        """Raise what is owed."""
        owed = await self._store.budget_warnings(_AT_ONCE)
        for warning in owed:
            if await self._store.warn_of_budget(warning, await self._alert(warning), self._clock.now()):
                log.info("budget_nearly_used", guild=warning.guild_id, counter=warning.counter)
        return len(owed)

    async def _alert(self, warning: BudgetWarning) -> Alert:
        settings = await self._house.settings(warning.guild_id)
        channel_id = settings.value(s.MOD_LOG, None).value
        detail = {"used": str(warning.used), "ceiling": str(warning.ceiling), "unit": "clips"}
        if warning.in_dollars:
            hidden = settings.value(s.SEES_DOLLARS, SeesDollars.EVERYONE).value is SeesDollars.NOBODY
            # Whoever runs the bot sees the bill.
            detail = {"unit": ""} if hidden and channel_id is not None else {**detail, "unit": "usd"}
        return Alert(
            key=f"{AlertKind.SERVER_BUDGET.value}:{warning.counter}:{warning.ceiling}",
            kind=AlertKind.SERVER_BUDGET,
            subject=str(warning.guild_id),
            detail=detail,
            channel_id=channel_id,
        )
