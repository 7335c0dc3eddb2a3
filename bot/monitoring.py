"""Wires the metrics: what is wrapped, what is listened to, and where Prometheus may ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

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
from bot.settings import Settings, Switch
from bot.web.metrics import MetricsServer
from bot.web.outcomes import Cut


def egret_version() -> str:
    """Return the version that is installed; "" where the code runs without being installed."""
    try:
        return version("egret-bot")
    except PackageNotFoundError:
        return ""


@dataclass(slots=True)
class Monitoring:
    """Everything is counted whether or not anybody asks; only with METRICS=on does anybody listen.

    Attributes:
        port: where Prometheus may ask, 0 where it may not.
    """

    settings: Settings
    clock: Clock
    instruments: Instruments = field(default_factory=lambda: Instruments(egret_version()))
    port: int = 0
    jobs: JobFigures = field(init=False)
    discord: DiscordFigures = field(init=False)
    _server: MetricsServer | None = None
    _pulse: Pulse | None = None

    def __post_init__(self) -> None:
        self.jobs = JobFigures(self.instruments)
        self.discord = DiscordFigures(self.instruments)

    @property
    def on(self) -> bool:
        """Tell whether METRICS is on."""
        return self.settings.metrics is Switch.ON

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
        client.add_listener(self.discord.identified, "on_connect")
        client.add_listener(self.discord.resumed, "on_resumed")
        client.add_listener(self.discord.lost, "on_disconnect")
        if not self.on:
            return
        scrape = Scrape(self.instruments, store, self.clock, self.settings.max_in_flight, lambda: client.latency)
        self._server = MetricsServer(self.settings.metrics_host, self.settings.metrics_port, scrape.exposition)
        self._pulse = Pulse(self.instruments, self.clock, ask_balance)

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the address cannot be listened on.
        """
        if self._server is not None:
            self.port = await self._server.start()

    async def run(self) -> None:
        """Measure what nothing else brings about, until cancelled."""
        if self._pulse is not None:
            await self._pulse.run()

    async def stop(self) -> None:
        """Close the socket."""
        if self._server is not None:
            await self._server.stop()
