"""Whether anything is measured: what the rest of the bot tells, and nobody where METRICS is off."""

from __future__ import annotations

import asyncio
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Protocol

import aiohttp

from bot.clock import Clock
from bot.jobs.ports import Observer, ResultSink, TaskGateway, Unobserved
from bot.settings import Settings, Switch
from bot.web.outcomes import Cut
from cogs.tree import CommandWatch, Unwatched

if TYPE_CHECKING:
    from bot.client import EgretClient
    from bot.metrics.pulse import AskBalance
    from bot.metrics.scrape import Workload


def egret_version() -> str:
    """Return the version that is installed; "" where the code runs without being installed."""
    try:
        return version("egret-bot")
    except PackageNotFoundError:
        return ""


class Monitoring(Protocol):
    """Is told what happens, quickly and without raising, and may be asked by Prometheus."""

    @property
    def port(self) -> int:
        """Where Prometheus may ask; 0 where it may not, or not yet."""
        ...

    @property
    def jobs(self) -> Observer:
        """Who is told what the store commits."""
        ...

    @property
    def commands(self) -> CommandWatch:
        """Who is told of interactions."""
        ...

    def gateway(self, gateway: TaskGateway) -> TaskGateway:
        """Return the provider as it is to be used."""
        ...

    def sink(self, sink: ResultSink) -> ResultSink:
        """Return the channels as they are to be used."""
        ...

    def webhook(self, outcome: str) -> None:
        """A webhook came."""
        ...

    def connection_cut(self, why: Cut) -> None:
        """A connection to the web side was ended by us."""
        ...

    def discord_trace(self) -> aiohttp.TraceConfig:
        """Return what sees requests to Discord."""
        ...

    def watch(self, client: EgretClient, store: Workload, ask_balance: AskBalance) -> None:
        """Listen to the client, and prepare to be asked."""
        ...

    async def start(self) -> None:
        """Listen for Prometheus.

        Raises:
            OSError: the address cannot be listened on.
        """
        ...

    async def run(self) -> None:
        """Measure what nothing else brings about, until cancelled."""
        ...

    async def stop(self) -> None:
        """Close the socket."""
        ...


class Unmonitored:
    """Measures nothing: what nobody can ask for is not counted."""

    port = 0

    def __init__(self) -> None:
        """Pass over everything."""
        self.jobs = Unobserved()
        self.commands = Unwatched()

    def gateway(self, gateway: TaskGateway) -> TaskGateway:
        """Return the provider as it is."""
        return gateway

    def sink(self, sink: ResultSink) -> ResultSink:
        """Return the channels as they are."""
        return sink

    def webhook(self, outcome: str) -> None:
        """Pass over it."""

    def connection_cut(self, why: Cut) -> None:
        """Pass over it."""

    def discord_trace(self) -> aiohttp.TraceConfig:
        """Return what sees nothing."""
        return aiohttp.TraceConfig()

    def watch(self, client: EgretClient, store: Workload, ask_balance: AskBalance) -> None:
        """Pass over it."""

    async def start(self) -> None:
        """Do nothing."""

    async def run(self) -> None:
        """Wait until cancelled."""
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Do nothing."""


def monitoring_for(settings: Settings, clock: Clock) -> Monitoring:
    """Return what METRICS asks for."""
    if settings.metrics is not Switch.ON:
        return Unmonitored()
    # prometheus_client brings an HTTP server of its own: two megabytes for who wants none of it.
    from bot.measured import Measured

    return Measured(settings, clock, egret_version())
