"""How often a task is asked for, and when one page of the account's history is cheaper than asking for each.

Pure functions over what is known of completion times; milliseconds. The figures were chosen by `bench/pace.py`, which
plays them against fixed polling and keeps its trace beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from bot.clock import MINUTE, SECOND
from bot.jobs.schedule import OVERDUE_AFTER

if TYPE_CHECKING:
    from bot.jobs.ports import Quantiles

LOOKOUT_EVERY: Final = 4 * SECOND
"""How long the lookout rests between two looks: an end is then seen two seconds late in the mean, sooner than by asking
for each task every five seconds."""
BACKSTOP: Final = 2 * MINUTE
"""The latest that a task is asked for by itself although the history shows it."""

_EARLIEST: Final = 0.8
"""The share of the tenth percentile before which nothing is asked: hardly a task in thirty ends there."""
_QUICKEST: Final = SECOND
_SLOWEST: Final = MINUTE
_TAIL: Final = 0.4
"""After the ninetieth percentile ends are assumed to come at a rate whose mean is this share of it."""
_WEIGHTS: Final = (0.3, 0.4, 0.3)
"""How much of the mean the tenth, the fiftieth and the ninetieth percentile make up."""
_FALLBACK_P10: Final = 45 * SECOND
_FALLBACK_P50: Final = 100 * SECOND
_FALLBACK_P90: Final = 4 * MINUTE


def first_poll(quantiles: Quantiles | None, *, webhooks: bool) -> int:
    """Return how long after its start a task is first asked for.

    With webhooks polling is only a backstop, so it waits until nine in ten such tasks are done.
    """
    low, _, high = _known(quantiles)
    return high if webhooks else max(SECOND, round(_EARLIEST * low))


def next_poll(age: int, quantiles: Quantiles | None, *, webhooks: bool) -> int:
    """Return how long to wait before asking again for a task that started `age` ago.

    The fewest requests for a given delay are spent by waits in proportion to `1 / sqrt(hazard)`: the hazard is the rate
    at which tasks end that have not ended yet, and follows from the quantiles.
    """
    if age >= OVERDUE_AFTER:
        return min(10 * MINUTE, max(MINUTE, age // 20))
    if webhooks:
        return max(20 * SECOND, min(MINUTE, age // 4))
    low, middle, high = _known(quantiles)
    earliest = round(_EARLIEST * low)
    if age < earliest:
        return max(SECOND, earliest - age)
    if age >= 2 * high:
        return min(_SLOWEST, max(20 * SECOND, age // 10))
    wait = SECOND / math.sqrt(_hazard(age, low, middle, high))
    return round(min(_SLOWEST, max(_QUICKEST, wait)))


def demand(ages: Iterable[tuple[int, Quantiles | None]], *, webhooks: bool) -> float:
    """Return how many requests a second it takes to ask for each of these tasks by itself.

    Args:
        ages: how long ago each was started, and what is known of such tasks.
        webhooks: whether the provider reports by itself.
    """
    return sum(
        SECOND / next_poll(age, known, webhooks=webhooks)
        for age, known in ages
        if age >= first_poll(known, webhooks=webhooks)
    )


def gain(requests_a_second: float, pages: int) -> float:
    """Return how many times cheaper it is to read the history, of so many pages, than to ask for each task."""
    return requests_a_second * LOOKOUT_EVERY / SECOND / pages


def spared(age: int, quantiles: Quantiles | None, gained: float, *, webhooks: bool) -> int:
    """Return how long a task that the history shows under way need not be asked for by itself.

    The less the history gains, the sooner it may stop to be read, and the sooner each task has to look after itself.
    """
    return min(BACKSTOP, round(next_poll(age, quantiles, webhooks=webhooks) * max(1.0, gained)))


def mean(quantiles: Quantiles | None) -> int:
    """Return how long tasks take in the mean, as three quantiles tell of it (Swanson's rule)."""
    return round(sum(weight * length for weight, length in zip(_WEIGHTS, _known(quantiles), strict=True)))


def remaining(age: int, quantiles: Quantiles | None) -> int:
    """Return how much longer a task takes in the mean that has not ended at an age."""
    known = _known(quantiles)
    left = [(weight, length - age) for weight, length in zip(_WEIGHTS, known, strict=True) if length > age]
    if not left:
        return round(_TAIL * known[2])
    return round(sum(weight * length for weight, length in left) / sum(weight for weight, _ in left))


def _hazard(age: int, low: int, middle: int, high: int) -> float:
    """Return the share of tasks still under way that end in a second, at an age; straight lines between quantiles."""
    if age < low:
        return 0.1 / max(1, low - _EARLIEST * low) * SECOND
    if age < middle:
        width, left, share = middle - low, 0.9 - 0.4 * (age - low) / max(1, middle - low), 0.4
    elif age < high:
        width, left, share = high - middle, 0.5 - 0.4 * (age - middle) / max(1, high - middle), 0.4
    else:
        width, left, share = round(_TAIL * high), 1.0, 1.0
    return share / max(1, width) / left * SECOND


def _known(quantiles: Quantiles | None) -> tuple[int, int, int]:
    if quantiles is None:
        return _FALLBACK_P10, _FALLBACK_P50, _FALLBACK_P90
    return quantiles.p10, quantiles.p50, quantiles.p90
