"""The process is killed at each point where it may matter, started again, and everything must come to its end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.chaos.arena import Arena
from tests.chaos.matrix import RECOVERY, leave_a_purchase_on_the_wire, read_table
from tests.chaos.situations import SETTINGS, SITUATIONS, Situation, a_clip, a_clip_of_a_picture, a_failed_task
from tests.chaos.trial import Group, Trial

_NAMED: Final[Mapping[str, Situation]] = {situation.__name__: situation for situation in SITUATIONS}
_COMPANIONS: Final = (a_clip, a_clip_of_a_picture, a_failed_task)
"""What others order meanwhile."""
_MOST_COMPANIONS: Final = 3
_LATEST: Final = 6
"""At which time that a point is passed the process dies at the latest."""
_DIES_AGAIN: Final = 0.25
"""How often it dies at the same point once more, while it recovers."""
_TRIES: Final = 3
_IN_SHORT: Final = frozenset(
    {
        "after the purchase",
        "uncommitted apply bind",
        "committed apply submit",
        "committed apply succeed",
        "after the download of a clip",
        "after the upload",
    }
)


def killed_at(point: str, where: Mapping[str, int]) -> Trial:
    """Return the trial in which the process dies at a point, passed in these situations at least so often."""

    async def perform(arena: Arena, chance: random.Random) -> None:
        await arena.source()
        situations = sorted(where)
        for attempt in range(_TRIES):
            situation = chance.choice(situations)
            if situation == RECOVERY:
                await leave_a_purchase_on_the_wire(arena, chance)
                await arena.start(point=point)
            else:
                nth = 1 if attempt else chance.randint(1, min(where[situation], _LATEST))
                await arena.crash_at(point, nth)
                companions = chance.choices(_COMPANIONS, k=chance.randint(0, _MOST_COMPANIONS))
                await _all_at_once(arena, chance, [_NAMED[situation], *companions])
                await arena.until_dead()
            if not arena.bot.running:
                break
        assert not arena.bot.running, f"never died {point}"
        again = point if chance.random() < _DIES_AGAIN else ""
        await arena.start(point=again)

    return Trial(
        name=f"killed {point}",
        group=Group.CRASH,
        perform=perform,
        in_short=point in _IN_SHORT,
        overrides=SETTINGS,
        together=True,
    )


async def _all_at_once(
    arena: Arena, chance: random.Random, situations: list[Callable[[Arena, random.Random], Awaitable[None]]]
) -> None:
    chance.shuffle(situations)
    await asyncio.gather(*(situation(arena, random.Random(chance.random())) for situation in situations))  # noqa: S311


TRIALS: Final = tuple(killed_at(point, where) for point, where in read_table().items())
