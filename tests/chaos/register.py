"""Every trial there is."""

from __future__ import annotations

import importlib
from typing import Final

from tests.chaos.trial import Group, Trial

MODULES: Final = (
    "tests.chaos.trials.operations",
    "tests.chaos.trials.soak",
    "tests.chaos.trials.crashes",
    "tests.chaos.trials.kills",
    "tests.chaos.trials.processes",
    "tests.chaos.trials.webhook",
    "tests.chaos.trials.provider_faults",
    "tests.chaos.trials.power",
    "tests.chaos.trials.storage_faults",
    "tests.chaos.trials.discord_faults",
    "tests.chaos.trials.discord_repeats",
    "tests.chaos.trials.discord_gateway",
    "tests.chaos.trials.clock",
    "tests.chaos.trials.state_machine",
)
"""Each has TRIALS; a line of its own here."""


def trials() -> list[Trial]:
    """Return every trial, group by group."""
    found: list[Trial] = []
    for module in MODULES:
        found += importlib.import_module(module).TRIALS
    order = list(Group)
    return sorted(found, key=lambda trial: order.index(trial.group))
