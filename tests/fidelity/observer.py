"""Watches a local Discord from outside and keeps what is not as Discord describes it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.fidelity.gateway import discord_gateway
from tests.fidelity.openapi import discord_api

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.discord.observation import Exchange
    from tests.fidelity.problems import Problem


class Findings:
    """Problems that were found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems

    def report(self) -> str:
        """Return the problems, each once with its count."""
        return "\n".join(f"{times} × {problem}" for problem, times in Counter(map(str, self.problems)).items())

    def assert_clean(self) -> None:
        """Fail on any problem."""
        __tracebackhide__ = True
        assert not self.problems, f"not as Discord describes it:\n{self.report()}"


class FidelityObserver:
    """Holds requests, answers and events to Discord's documents. Pass it to `DiscordSandbox.observe`.

    Attributes:
        problems: what was found; empty is what is wanted.
        refusals_excuse: whether a bad request is no problem where it was refused, as in tests of refusals. Bad
            requests that are accepted always are one.
        seen: how often each operation ("create_message 200") and event ("READY") passed.
    """

    def __init__(self, *, refusals_excuse: bool = False) -> None:
        self.problems: list[Problem] = []
        self.seen: Counter[str] = Counter()
        self.refusals_excuse = refusals_excuse
        self._api = discord_api()
        self._gateway = discord_gateway()

    def on_exchange(self, exchange: Exchange) -> None:
        """Check a request and its answer."""
        operation = self._api.operation(exchange.method, exchange.path)
        self.seen[f"{operation.id if operation else 'unknown'} {exchange.status}"] += 1
        if not (self.refusals_excuse and 400 <= exchange.status < 500):
            self.problems += self._api.request_problems(exchange)
        self.problems += self._api.response_problems(exchange)

    def on_event(self, payload: Mapping[str, object]) -> None:
        """Check a dispatched event."""
        self.seen[str(payload.get("t"))] += 1
        self.problems += self._gateway.problems(payload)

    def take(self) -> Findings:
        """Return what was found up to now, and forget it."""
        found, self.problems = self.problems, []
        return Findings(found)

    def report(self) -> str:
        """Return the problems, each once with its count."""
        return Findings(self.problems).report()

    def assert_clean(self) -> None:
        """Fail on any problem."""
        __tracebackhide__ = True
        Findings(self.problems).assert_clean()
