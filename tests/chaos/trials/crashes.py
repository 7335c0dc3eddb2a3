"""The process is killed at each point where it may matter, started again, and everything must come to its end."""

from __future__ import annotations

from tests.chaos.arena import Arena
from tests.chaos.trial import Group, Trial


def _killed_at(point: str) -> Trial:
    async def perform(arena: Arena, chance) -> None:
        await arena.crash_at(point, 1)
        for person in arena.people[: chance.randint(1, 3)]:
            await arena.order(person)
        await arena.until(lambda: not arena.bot.running, f"the bot to die {point}")
        await arena.start()

    return Trial(name=f"killed {point}", group=Group.CRASH, perform=perform, in_short=True)


TRIALS = tuple(_killed_at(p) for p in ("after the purchase", "uncommitted apply bind", "before the upload", "after the upload"))
