"""Wires the metrics: what is wrapped, what is listened to, and where Prometheus may ask."""

from __future__ import annotations

from dataclasses import dataclass, field

import aiohttp

from bot.client import EgretClient
from bot.clock import Clock
from bot.jobs.ports import ResultSink, TaskGateway
from bot.metrics.channel import MeasuredSink
from bot.metrics.discord import DiscordFigures
from bot.metrics.instruments import Instruments
from bot.metrics.jobs import JobFigures
from bot.metrics.provider import MeasuredGateway
from bot.metrics.pulse import AskBalance, Pulse
from bot.metrics.scrape import Scrape, Workload
from bot.settings import Settings
from bot.web.metrics import MetricsServer
from bot.web.outcomes import Cut


@dataclass(slots=True)
class Measured:
    """Counts and times everything, and listens for Prometheus: `bot.monitoring.Monitoring` with METRICS=on.

    Attributes:
        version: what is running.
    """

    settings: Settings
    clock: Clock
    version: str
    port: int = 0
    instruments: Instruments = field(init=False)
    jobs: JobFigures = field(init=False)
    commands: DiscordFigures = field(init=False)
    _server: MetricsServer = field(init=False)
    _pulse: Pulse = field(init=False)

    def __post_init__(self) -> None:
        self.instruments = Instruments(self.version)
        self.jobs = JobFigures(self.instruments)
        self.commands = DiscordFigures(self.instruments)

    def discord_trace(self) -> aiohttp.TraceConfig:
        """Return what times requests to Discord."""
        return self.commands.trace()

    def gateway(self, gateway: TaskGateway) -> MeasuredGateway:
        """Return the provider, measured."""
        return MeasuredGateway(gateway, self.instruments)

    def sink(self, sink: ResultSink) -> MeasuredSink:
        """Return the channels, measured."""
        return MeasuredSink(sink, self.instruments)

    def webhook(self, outcome: str) -> None:
        """Count a webhook."""
        self.instruments.webhooks.labels(outcome=outcome).inc()

    def connection_cut(self, why: Cut) -> None:
        """Count a connection to the web side that was ended by us."""
        self.instruments.connections_cut.labels(reason=why.value).inc()

    def watch(self, client: EgretClient, store: Workload, ask_balance: AskBalance) -> None:
        """Listen to the client, and prepare to answer scrapes."""
        client.add_listener(self.commands.identified, "on_connect")
        client.add_listener(self.commands.resumed, "on_resumed")
        client.add_listener(self.commands.lost, "on_disconnect")
        scrape = Scrape(self.instruments, store, self.clock, self.settings.max_in_flight, lambda: client.latency)
        self._server = MetricsServer(self.settings.metrics_host, self.settings.metrics_port, scrape.exposition)
        self._pulse = Pulse(self.instruments, self.clock, ask_balance)

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the address cannot be listened on.
        """
        self.port = await self._server.start()

    async def run(self) -> None:
        """Measure what nothing else brings about, until cancelled."""
        await self._pulse.run()

    async def stop(self) -> None:
        """Close the socket."""
        await self._server.stop()
