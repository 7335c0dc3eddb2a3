"""Every measurement: how it is made, what it asks, and about how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench import (
    first_response,
    guilds,
    in_flight,
    large_clips,
    long_history,
    memory,
    polling,
    processes,
    simulated,
    submit_burst,
    throughput,
    webhook,
    webhooks,
)
from bench.figures import FEWEST_RUNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.figures import Question
    from bench.measure import Measure

LEAST_PATIENCE: Final = 900.0
"""Seconds that even the shortest measurement may take."""
_SLOWER: Final = 3.0
"""A machine may be so many times slower than the one whose seconds are planned with."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A measurement.

    Attributes:
        make: makes it.
        questions: what it answers, in their order.
        seconds: about how long five runs take, on two cores that do nothing else.
    """

    make: Measure
    questions: Sequence[Question]
    seconds: int

    def patience(self, runs: int) -> float:
        """Return the seconds after which so many runs are given up."""
        return max(LEAST_PATIENCE, _SLOWER * self.seconds * runs / FEWEST_RUNS)


MEASURES: Final[dict[str, Planned]] = {
    "first-response": Planned(first_response.measure, first_response.QUESTIONS, 210),
    "webhook": Planned(webhook.measure, tuple(webhook.QUESTIONS.values()), 25),
    "polling": Planned(polling.measure, polling.QUESTIONS, 280),
    "simulated-polling": Planned(simulated.measure, simulated.QUESTIONS, 15),
    "webhooks": Planned(webhooks.measure, webhooks.QUESTIONS, 80),
    "throughput": Planned(throughput.measure, throughput.QUESTIONS, 245),
    "processes": Planned(processes.measure, processes.QUESTIONS, 930),
    "memory": Planned(memory.measure, memory.QUESTIONS, 45),
    "in-flight": Planned(in_flight.measure, in_flight.ASKED, 255),
    "large-clips": Planned(large_clips.measure, large_clips.QUESTIONS, 175),
    "long-history": Planned(long_history.measure, long_history.QUESTIONS, 185),
    "guilds": Planned(guilds.measure, guilds.QUESTIONS, 95),
    "submit-burst": Planned(submit_burst.measure, (submit_burst.QUESTION,), 10),
}
"""In the order of their results; each name of a result belongs to one of them."""


def planned_seconds(names: Sequence[str]) -> int:
    """Return about how long measurements take together."""
    return sum(MEASURES[name].seconds for name in names)
