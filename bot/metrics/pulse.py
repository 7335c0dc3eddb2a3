"""What is measured on its own account while the bot runs: the event loop's lag, and the account's balance."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bot.catalog import MICRO
from bot.clock import MINUTE, Clock
from bot.metrics.instruments import UNKNOWN, Instruments

_EVERY_SECONDS: Final = 1.0
BALANCE_EVERY: Final = 15 * MINUTE

AskBalance = Callable[[], Awaitable[int | None]]
"""Returns the balance in micro-dollars, None where it cannot be had now."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Measures until cancelled."""

    instruments: Instruments
    clock: Clock
    ask_balance: AskBalance

    async def run(self) -> None:
        """Measure both, side by side."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._lag())
            group.create_task(self._balance())

    async def _lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            asked = loop.time() + _EVERY_SECONDS
            # The event loop's own time, since it is what is measured.
            await asyncio.sleep(_EVERY_SECONDS)
            self.instruments.event_loop_lag.observe(max(0.0, loop.time() - asked))

    async def _balance(self) -> None:
        while True:
            found = await self.ask_balance()
            self.instruments.balance.set(UNKNOWN if found is None else found / MICRO)
            await self.clock.sleep(BALANCE_EVERY)
