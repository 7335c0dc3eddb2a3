"""Names for what the provider can be told to do, as people type them."""

from __future__ import annotations

import difflib
import textwrap
from typing import Final

from sandbox.console.entries import NotUnderstood
from sandbox.piapi import Scenario

_SHORT_NAMES: Final = {
    "lost": Scenario.CREATED_DROPPED,
    "well": Scenario.NORMAL,
    "refuses": Scenario.REFUSED_AS_TASK,
    "busy": Scenario.BUSY,
    "charged": Scenario.FAILS_CHARGED,
    "large": Scenario.OUTPUT_LARGE,
    "endless": Scenario.OUTPUT_OVERSIZE,
}
_SLOW_SECONDS: Final = 20.0
_WIDTH: Final = 100


def scenario_named(name: str) -> Scenario:
    """Return the scenario with this name or short name.

    Raises:
        NotUnderstood: there is none.
    """
    if name in _SHORT_NAMES:
        return _SHORT_NAMES[name]
    try:
        return Scenario(name)
    except ValueError:
        near = difflib.get_close_matches(name, [*_SHORT_NAMES, *(scenario.value for scenario in Scenario)], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "type next ? for all of them"
        raise NotUnderstood(f"the provider knows no {name!r}: {hint}") from None


def seconds_for(scenario: Scenario, given: float | None) -> float | None:
    """Return the scenario's number of seconds; slow is slow enough to watch, not to fall asleep over."""
    return _SLOW_SECONDS if given is None and scenario is Scenario.SLOW else given


def listed() -> str:
    """Return every name, for people."""
    short = ", ".join(f"{name} = {scenario.value}" for name, scenario in _SHORT_NAMES.items())
    return textwrap.fill(f"{', '.join(sorted(Scenario))}.", _WIDTH) + f"\nShort: {short}."
