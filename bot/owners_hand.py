"""Wires the owner's hand: what watches, what says so, what the owner can do, on Discord and on the command line."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from typing import Final

from bot.catalog import Catalogue
from bot.client import EgretClient
from bot.clock import Clock
from bot.community.alerts import Alert, AlertBook, AlertKind
from bot.community.overseer import STUCK_SECONDS, Overseer, Thresholds
from bot.community.owner import OwnerService, ProcessFacts
from bot.control.owner_verbs import owner_verbs
from bot.control.server import Verb
from bot.delivery import LoggedAlerts
from bot.delivery.alert_channel import AlertTeller
from bot.delivery.spoken_alert import AlertsWithoutStore
from bot.delivery.status_line import StatusLine
from bot.jobs.credit import AccountSays, AccountWatch, AskAccount
from bot.jobs.failures import FailureReason
from bot.jobs.loops import LoopDied, Loops, Step, Wakes
from bot.jobs.ports import GatewayUnavailable, StoreUnavailable, TaskGateway
from bot.monitoring import egret_version
from bot.piapi.client import PiapiClient
from bot.piapi.errors import ProviderRefused, ProviderUnavailable
from bot.safekeeping import Safekeeping, room_for_the_database
from bot.settings import ServiceMode, Settings
from bot.ui.owner_alerts import alert_title
from bot.ui.refusals import refusal_sentence
from cogs.home_commands import HomeCommands
from cogs.owner import OwnerCog
from storage.store import Store

FEW: Final = 5
"""A balance below so many clips of the highest price allowed is low."""


class OwnersHand:
    """Everything about the owner that a process has.

    Attributes:
        account: what is known of the account that pays.
        book: where alerts are raised.
    """

    def __init__(
        self, settings: Settings, store: Store, catalogue: Catalogue, clock: Clock, provider: PiapiClient
    ) -> None:
        """Build what nothing else is needed for."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._started_at = clock.now()
        self._thresholds = thresholds(settings, catalogue)
        self._loops: Loops | None = None
        self.account = AccountWatch(ask_account(provider, settings.piapi_service_mode), clock)
        self.book = AlertBook(store, LoggedAlerts(), clock, has_channel=settings.alert_channel is not None)

    def take(self, client: EgretClient, gateway: TaskGateway, wakes: Wakes) -> tuple[list[Step], list[Verb]]:
        """Let the owner use a client; return the steps that watch for them, and what the command line may ask."""
        settings = self._settings
        service = OwnerService(
            self._store,
            gateway,
            self.account,
            self._clock,
            wakes,
            in_flight_limit=settings.max_in_flight,
            month_ceiling=settings.max_usd_per_month,
            process=lambda: self._facts(client),
            sync=client.sync_commands_anew,
        )
        home = settings.home_server
        cog = OwnerCog(service, home) if home is not None else None
        client.keep_home(HomeCommands(self._store, home, cog))
        overseer = Overseer(
            self._store,
            self.book,
            self.account,
            self._thresholds,
            self._clock,
            stuck=self._stuck,
            show=StatusLine(client).show,
        )
        teller = AlertTeller(client, self._store, settings.alert_channel, self._clock)
        safekeeping = Safekeeping(
            self._store,
            self.book,
            AlertsWithoutStore(client, settings.alert_channel),
            self._clock,
            files=settings.data_dir / "files" / "incoming",
            room=room_for_the_database(settings.data_dir),
        )
        return [self.account, overseer, teller, safekeeping], owner_verbs(service, refusal_sentence, alert_title)

    async def run(self, loops: Loops) -> None:
        """Run the loops; if one dies, that is remembered for the owner.

        Raises:
            LoopDied: one of them ended by an exception.
        """
        self._loops = loops
        try:
            await loops.run()
        except LoopDied as error:
            key = f"{AlertKind.LOOP_DIED.value}:{error.name}"
            with contextlib.suppress(StoreUnavailable):
                await self.book.raise_(Alert(key=key, kind=AlertKind.LOOP_DIED, subject=error.name))
            raise

    def _stuck(self, seconds: float) -> Sequence[str]:
        return self._loops.stuck(seconds) if self._loops is not None else ()

    def _facts(self, client: EgretClient) -> ProcessFacts:
        latency = client.latency
        return ProcessFacts(
            version=egret_version(),
            started_at=self._started_at,
            connected=client.connected,
            latency_ms=round(latency * 1000) if math.isfinite(latency) else None,
            servers=len(client.guilds),
            stuck=tuple(self._stuck(STUCK_SECONDS)),
        )


def ask_account(provider: PiapiClient, mode: ServiceMode) -> AskAccount:
    """Return how the account is asked for; with one's own hosted account the balance pays for nothing."""

    async def ask() -> AccountSays:
        try:
            account = await provider.account()
        except ProviderRefused as error:
            if error.reason is FailureReason.BAD_KEY:
                return AccountSays(balance_microusd=None, key_refused=True)
            raise GatewayUnavailable(str(error)) from error
        except ProviderUnavailable as error:
            if str(error) == "http_401":
                return AccountSays(balance_microusd=None, key_refused=True)
            raise GatewayUnavailable(str(error)) from error
        return AccountSays(balance_microusd=None if mode is ServiceMode.PRIVATE else account.balance_microusd)

    return ask


def thresholds(settings: Settings, catalogue: Catalogue) -> Thresholds:
    """Return from where on something is worth a word to the owner."""
    prices = [priced.price.microusd for row in catalogue.models for mode in row.modes for priced in mode.prices]
    dearest = settings.max_usd_per_job if settings.max_usd_per_job is not None else max(prices, default=0)
    return Thresholds(low=FEW * dearest, least=min(filter(None, prices), default=0), month=settings.max_usd_per_month)
