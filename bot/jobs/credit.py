"""What is known of the account that pays: asked every few minutes, and again before a clip is refused for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from bot.clock import MINUTE, SECOND, Clock
from bot.errors import Refusal
from bot.jobs.ports import GatewayUnavailable

EVERY: Final = 3 * MINUTE
"""How often the account is asked for."""
EVERY_UNREACHED: Final = MINUTE
"""The same while it does not answer."""
FRESH: Final = 10 * MINUTE
"""How long an answer is believed."""
_ASKED_JUST_NOW: Final = 20 * SECOND
"""Somebody who has just topped up is not turned away for an older answer than this."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSays:
    """An answer of the account that pays.

    Attributes:
        balance_microusd: what can be spent; None where it is not told, or where another account pays for the clips.
        key_refused: the provider does not accept the key.
    """

    balance_microusd: int | None
    key_refused: bool = False


AskAccount = Callable[[], Awaitable[AccountSays]]
"""Asks the provider, free of charge; raises `GatewayUnavailable` where no answer is to be had now."""


@dataclass(frozen=True, kw_only=True)
class CreditTooLow(Refusal):
    """The account's balance does not reach for the clip; only whoever runs the bot can do something about that."""


class Credit(Protocol):
    """Knows whether the account can pay."""

    async def covers(self, microusd: int) -> bool:
        """Tell whether the account can pay so much, as far as anybody knows."""
        ...


class Uncounted:
    """Knows of no balance."""

    async def covers(self, microusd: int) -> bool:  # noqa: ARG002 - the protocol's name
        """Say yes: the provider will tell."""
        return True


class AccountWatch:
    """The one place that asks for the account: a step of the loops, a guard before money is spent, a source of figures.

    Attributes:
        said: the last answer, None before the first.
        asked_at: when that came, UTC milliseconds.
        unreached_since: since when no answer has come, None where the last question was answered.
    """

    name: Final = "account"
    workers: Final = 1

    def __init__(self, ask: AskAccount, clock: Clock) -> None:
        """Keep the collaborators; nothing is asked yet."""
        self._ask = ask
        self._clock = clock
        self._asking = asyncio.Lock()
        self.said: AccountSays | None = None
        self.asked_at = 0
        self.unreached_since: int | None = None

    @property
    def interval(self) -> int:
        """Return how long it is until the account is asked for again, in milliseconds."""
        return EVERY if self.unreached_since is None else EVERY_UNREACHED

    async def run_once(self) -> int:
        """Ask: because it is time, or because a purchase was refused for lack of credit."""
        await self.ask(older_than=0)
        return 0

    async def ask(self, *, older_than: int) -> AccountSays | None:
        """Ask, unless the last answer is younger than so many milliseconds; None where none is to be had now."""
        async with self._asking:
            now = self._clock.now()
            if self.unreached_since is None and self.said is not None and now - self.asked_at < older_than:
                return self.said
            try:
                said = await self._ask()
            except GatewayUnavailable as error:
                log.warning("account_unreached", reason=str(error))
                self.unreached_since = self.unreached_since or now
                return None
            self.said, self.asked_at, self.unreached_since = said, self._clock.now(), None
            return said

    @property
    def balance(self) -> int | None:
        """Return what is known of the balance, in micro-dollars; None where nothing fresh is."""
        if self.said is None or self._clock.now() - self.asked_at > FRESH:
            return None
        return self.said.balance_microusd

    async def measured(self) -> int | None:
        """Return the balance for whoever draws figures, asked for only where nothing fresh is known."""
        said = await self.ask(older_than=FRESH)
        return None if said is None else said.balance_microusd

    async def covers(self, microusd: int) -> bool:
        """Tell whether the account can pay so much; what is not known, or not fresh, does not stop anybody."""
        known = self.balance
        if known is None or known >= microusd:
            return True
        said = await self.ask(older_than=_ASKED_JUST_NOW)
        return said is None or said.balance_microusd is None or said.balance_microusd >= microusd
