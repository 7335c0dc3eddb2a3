"""Every metric there is, in a registry of its own; `docs/operations.md` lists them from here."""

from __future__ import annotations

import math
import platform
from dataclasses import dataclass
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot.jobs.failures import FailureReason
from bot.jobs.model import JobKind
from bot.jobs.states import ENDED, DeliveryState
from bot.web.outcomes import Cut, Outcome

QUICK: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Buckets for what somebody waits for, in seconds."""
PATIENT: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
"""Buckets for what goes on in the background, in seconds."""
LAG: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
UNKNOWN: Final = math.nan


@dataclass(frozen=True, slots=True)
class Described:
    """A metric as the documents tell of it."""

    name: str
    kind: str
    meaning: str
    labels: tuple[str, ...] = ()


class Instruments:
    """One process's metrics.

    Attributes:
        registry: its own, so that nothing else of the process ends up in it.
    """

    def __init__(self, version: str = "") -> None:
        """Make every instrument; gauges of what is not known yet are NaN."""
        # A second series beside each counter and histogram, of which nobody has a use.
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's own
        self.registry = CollectorRegistry()
        self._described: list[Described] = []
        self._jobs()
        self._money()
        self._provider()
        self._discord()
        self._web()
        build = self._gauge("egret_build_info", "The version in use; always 1.", "version", "python")
        build.labels(version=version, python=platform.python_version()).set(1)
        self.event_loop_lag = self._histogram(
            "egret_event_loop_lag_seconds", "How much later than asked the event loop wakes a sleeper.", LAG
        )
        self.database_up = self._gauge("egret_database_up", "1 if the database answered the last scrape's questions.")
        self._begin_at_zero()
        own = {family.name for family in self.registry.collect()}
        ProcessCollector(registry=self.registry)
        self._described += [
            Described(_exposed(family.name, family.type), family.type, family.documentation)
            for family in self.registry.collect()
            if family.name not in own
        ]

    @property
    def described(self) -> tuple[Described, ...]:
        """Return every metric by the name under which it is exported."""
        return tuple(self._described)

    def exposition(self) -> bytes:
        """Return every value in Prometheus's text format."""
        return prometheus_client.generate_latest(self.registry)

    def _jobs(self) -> None:
        self.jobs = self._gauge("egret_jobs", "Jobs that have not ended.", "state", "kind")
        self.queue_age = self._gauge("egret_queue_oldest_age_seconds", "Age of the oldest queued job; 0 for none.")
        self.in_flight = self._gauge("egret_jobs_in_flight", "Jobs that occupy one of the account's places.")
        self.in_flight_limit = self._gauge("egret_jobs_in_flight_limit", "MAX_IN_FLIGHT.")
        self.paused = self._gauge("egret_submissions_paused", "1 while submissions rest for this reason.", "reason")
        self.jobs_stored = self._counter("egret_jobs_stored_total", "Jobs taken in.", "kind")
        self.jobs_ended = self._counter("egret_jobs_ended_total", "Jobs that ended.", "state", "kind")
        self.jobs_doubted = self._counter(
            "egret_jobs_doubted_total", "Purchases whose outcome could not be told at once.", "kind"
        )
        self.jobs_abandoned = self._counter(
            "egret_jobs_abandoned_total", "Jobs given up on with the money still open.", "kind"
        )
        self.failures = self._counter("egret_job_failures_total", "Jobs that ended without a clip, by why.", "reason")
        self.poll_delay = self._histogram("egret_poll_delay_seconds", "From a poll's being due to its start.", PATIENT)
        self.detection_delay = self._histogram(
            "egret_detection_delay_seconds",
            "From a task's end by the provider's clock to our knowing of it; only where the provider tells.",
            PATIENT,
        )
        self.messages = self._counter(
            "egret_messages_total", "Messages owed to channels, by the state they came into.", "state"
        )
        self.messages_open = self._gauge("egret_messages_open", "Messages that channels are owed.", "state")
        self.message_age = self._gauge(
            "egret_messages_oldest_age_seconds", "Age of the oldest message still owed; 0 for none."
        )
        self.delivery_delay = self._histogram(
            "egret_delivery_delay_seconds", "From a message's being owed to its standing in the channel.", PATIENT
        )
        self.delivery_attempts = self._counter(
            "egret_delivery_attempts_total", "Attempts to send a message.", "outcome"
        )
        self.card_edits = self._counter("egret_card_edits_total", "Edits of progress cards.", "outcome")

    def _money(self) -> None:
        self.charged = self._counter(
            "egret_charged_dollars_total",
            "What the provider charged, as the ledger was settled by this process.",
            "kind",
        )
        self.balance = self._gauge(
            "egret_provider_balance_dollars", "What the provider's account can spend; NaN while not known."
        )
        self.balance.set(UNKNOWN)

    def _provider(self) -> None:
        self.provider_requests = self._histogram(
            "egret_provider_request_seconds",
            "Requests to the provider, repetitions of reads included.",
            QUICK,
            "operation",
            "outcome",
        )
        self.provider_errors = self._counter(
            "egret_provider_errors_total", "Requests to the provider without a usable answer.", "operation", "cause"
        )

    def _discord(self) -> None:
        self.discord_requests = self._histogram(
            "egret_discord_request_seconds", "Requests to Discord, each try by itself.", QUICK, "route", "outcome"
        )
        self.gateway_latency = self._gauge(
            "egret_gateway_latency_seconds", "Discord's answer to the last heartbeat; NaN while not connected."
        )
        self.gateway_latency.set(UNKNOWN)
        self.gateway_sessions = self._counter(
            "egret_gateway_sessions_total", "Connections to Discord's gateway that came up.", "how"
        )
        self.gateway_losses = self._counter(
            "egret_gateway_losses_total", "Connections to Discord's gateway that were lost."
        )
        self.commands = self._counter("egret_commands_total", "Commands that were answered.", "command", "outcome")
        self.first_response = self._histogram(
            "egret_first_response_seconds",
            "From an interaction's arrival to Discord's taking the response.",
            QUICK,
            "kind",
        )

    def _begin_at_zero(self) -> None:
        """Export what happens seldom before it happens: Prometheus sees no increase in a series that begins with 1."""
        for kind in JobKind:
            for counter in (self.jobs_stored, self.jobs_doubted, self.jobs_abandoned, self.charged):
                counter.labels(kind=kind.value)
            for state in ENDED:
                self.jobs_ended.labels(state=state.value, kind=kind.value)
        for reason in FailureReason:
            self.failures.labels(reason=reason.value)
        for owed in DeliveryState:
            self.messages.labels(state=owed.value)
        for outcome in Outcome:
            self.webhooks.labels(outcome=outcome.value)
        for why in Cut:
            self.connections_cut.labels(reason=why.value)

    def _web(self) -> None:
        self.webhooks = self._counter("egret_webhooks_total", "Webhooks received.", "outcome")
        self.connections_cut = self._counter(
            "egret_web_connections_cut_total", "Connections to the web side that the bot ended by itself.", "reason"
        )

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        self._described.append(Described(name, "gauge", meaning, labels))
        return Gauge(name, meaning, labels, registry=self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        self._described.append(Described(name, "counter", meaning, labels))
        return Counter(name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        self._described.append(Described(name, "histogram", meaning, labels))
        return Histogram(name, meaning, labels, buckets=buckets, registry=self.registry)


def _exposed(name: str, kind: str) -> str:
    return f"{name}_total" if kind == "counter" else name
