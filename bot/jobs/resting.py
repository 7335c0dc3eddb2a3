"""People whose requests the provider's safety filter keeps refusing rest for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.clock import HOUR
from bot.jobs.failures import FailureReason
from bot.jobs.ports import ClipStore

REFUSALS: Final = 3
"""So many requests refused by the provider's safety filter within an hour let a person rest."""
WITHIN: Final = HOUR


@dataclass(frozen=True, slots=True)
class Rest:
    """Why and how long a person rests.

    Attributes:
        refused: how many requests were refused within the hour.
        until: when they may ask again, UTC milliseconds.
    """

    refused: int
    until: int


async def rest_of(store: ClipStore, person_id: int, now: int) -> Rest | None:
    """Return a person's rest; None where they may ask now."""
    refused = await store.failures_since(person_id, FailureReason.MODERATED, now - WITHIN)
    if len(refused) < REFUSALS:
        return None
    # Once the oldest of the newest three is an hour old, fewer than three are left within the hour.
    return Rest(len(refused), refused[REFUSALS - 1] + WITHIN)
