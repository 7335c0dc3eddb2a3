"""The process is killed at each point where it may matter, started again, and everything must come to its end."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.chaos.arena import Arena
from tests.chaos.matrix import RECOVERY, leave_a_purchase_on_the_wire, read_table
from tests.chaos.situations import SETTINGS, Situation, a_clip, a_clip_of_a_picture, a_failed_task
from tests.chaos.situations_beside import BESIDE, SITUATIONS
from tests.chaos.trial import BOTH, Engine, Group, Trial

_NAMED: Final[Mapping[str, Situation]] = {situation.__name__: situation for situation in SITUATIONS}
_COMPANIONS: Final = (a_clip, a_clip, a_clip_of_a_picture, a_failed_task, a_failed_task)
"""What others order meanwhile."""
_PLAIN: Final = 0.6
"""How often the situation is a plain clip, where that passes the point."""
_HOW_MANY: Final = (0, 0, 0, 1, 1, 3)
_IN_ONE_GO: Final = 5
"""How often the process dies before everything is let come to its end: what waits for its turn is there at the next."""
_LATEST: Final = 4
"""At which time that a point is passed the process dies at the latest."""
_DIES_AGAIN: Final = 0.1
"""How often it dies at the same point once more, while it recovers."""
_TRIES: Final = 8
_LOOK_SECONDS: Final = 0.1
_STILL: Final = 6
"""After so many looks at which nothing has moved, what a death left rests until time passes."""
_TAKEN_UP_SECONDS: Final = 5.0
_OF_A_SOLE_OWNER: Final = "expire_leases"
"""What only a process does at its start that has the database to itself, as on SQLite."""
_LEAVES_TRACES: Final = frozenset(situation.__name__ for situation in BESIDE)
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
        for _ in range(_IN_ONE_GO):
            # On a quick machine some situations pass by a point that they reach on a slow one, and never all of them.
            in_turn = itertools.cycle(chance.sample(sorted(where), len(where)))
            for attempt in range(_TRIES):
                await die(arena, chance, next(in_turn), first=not attempt)
                if not arena.bot.running:
                    break
            assert not arena.bot.running, f"never died {point}"
            _was_killed(arena)
            await arena.start(point=point if chance.random() < _DIES_AGAIN else "")
            if not arena.bot.running:
                _was_killed(arena)
                await arena.start()
            await _take_up(arena)

    async def die(arena: Arena, chance: random.Random, situation: str, *, first: bool) -> None:
        if first and a_clip.__name__ in where and chance.random() < _PLAIN:
            situation = a_clip.__name__
        if situation == RECOVERY:
            await leave_a_purchase_on_the_wire(arena, chance)
            await arena.start(point=point)
            return
        await arena.put_right()
        await arena.crash_at(point, chance.randint(1, min(where[situation], _LATEST)) if first else 1)
        companions = chance.choices(_COMPANIONS, k=chance.choice(_HOW_MANY))
        await _all_at_once(arena, chance, [_NAMED[situation], *companions])
        await arena.until_dead()

    return Trial(
        name=f"killed {point}",
        group=Group.CRASH,
        perform=perform,
        in_short=point in _IN_SHORT,
        engines=frozenset({Engine.SQLITE}) if point.endswith(_OF_A_SOLE_OWNER) else BOTH,
        overrides=SETTINGS,
        together=True,
        fresh=where.keys() <= _LEAVES_TRACES,
        times=_IN_ONE_GO,
    )


def _was_killed(arena: Arena) -> None:
    """A bot that ends by itself has not died at the point, whatever it is that ended it."""
    assert arena.bot.exit_code == -signal.SIGKILL, f"it ended with {arena.bot.exit_code}:\n{arena.bot.tail()}"


async def _take_up(arena: Arena) -> None:
    """Wait until what is taken up at a start has gone as far as it does by itself.

    Else it, and not the next command, would be what reaches the point next.
    """
    end, still, before = time.monotonic() + _TAKEN_UP_SECONDS, 0, ""
    while still < _STILL and time.monotonic() < end:
        jobs = await arena.records.jobs(after=arena.first_number)
        states = str((jobs, await arena.records.deliveries()))
        still, before = (still + 1 if states == before else 0), states
        await asyncio.sleep(_LOOK_SECONDS)


async def _all_at_once(
    arena: Arena, chance: random.Random, situations: list[Callable[[Arena, random.Random], Awaitable[None]]]
) -> None:
    chance.shuffle(situations)
    await asyncio.gather(*(situation(arena, random.Random(chance.random())) for situation in situations))  # noqa: S311


TRIALS: Final = tuple(killed_at(point, where) for point, where in read_table().items())
