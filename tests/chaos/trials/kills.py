"""Five hundred commands, and a process that dies every few of them, at whatever moment it happens to be."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from sandbox.piapi.options import Options
from sandbox.piapi.scenarios import Scenario
from tests.chaos.arena import Arena
from tests.chaos.trial import BOTH, Engine, Group, Trial

COMMANDS: Final = 500
_IN_SHORT: Final = 20
_AT_ONCE: Final = (1, 12)
"""How many people ask within a moment, at least and at most."""
_LONGEST_LIFE: Final = 1.5
"""Seconds of real time that the process lives at most after they began to ask."""
_SURVIVES: Final = 0.3
"""How often a moment passes without a death, after the first."""
_LOOK_EVERY: Final = 60
"""Commands after which everything is let come to its end, so that the line does not grow for ever."""
_MANY: Final = "60"
_RICH: Final = 1_000_000
"""Dollars at the provider; without credit the bot would take no more commands before the last one."""
SETTINGS: Final = {"MAX_IN_FLIGHT": _MANY}
_PLAYED: Final[tuple[tuple[Scenario, ...], ...]] = (
    *((),) * 10,
    (Scenario.FAILS,),
    (Scenario.REFUSED,),
    (Scenario.MODERATED,),
    (Scenario.CREATED_DROPPED,),
    (Scenario.CREATED_502, Scenario.WEBHOOK_OFF),
    (Scenario.WEBHOOK_OFF,),
    (Scenario.WEBHOOK_EARLY,),
    (Scenario.WEBHOOK_DUPLICATED, Scenario.WEBHOOK_DISORDERED),
    (Scenario.OUTPUT_TRUNCATED,),
)


async def ask(arena: Arena, chance: random.Random, number: int) -> None:
    """Let people ask for so many clips at once, most of which come to be."""
    await asyncio.gather(
        *(arena.order(chance.choice(arena.people), scenarios=chance.choice(_PLAYED)) for _ in range(number))
    )


async def _die(arena: Arena, chance: random.Random) -> None:
    await asyncio.sleep(chance.uniform(0, _LONGEST_LIFE))
    await arena.kill()
    await arena.start()


def _killed_often(commands: int, *, in_short: bool = False, engines: frozenset[Engine] = BOTH) -> Trial:
    async def perform(arena: Arena, chance: random.Random) -> None:
        await arena.provider.set_options(Options(max_concurrent_task_count=int(_MANY)))
        await arena.provider.set_balance(_RICH)
        deaths = looked = 0
        while (stored := len(await arena.records.jobs(after=arena.first_number))) < commands:
            if stored - looked >= _LOOK_EVERY:
                looked = stored
                await arena.pass_time(arena.at_rest)
            dies = chance.random() >= _SURVIVES or not deaths
            deaths += dies
            assert deaths < commands, f"{stored} of {commands} commands were taken, and no more"
            moment = [ask(arena, chance, min(chance.randint(*_AT_ONCE), commands - stored))]
            if dies:
                moment.append(_die(arena, chance))
            await asyncio.gather(*moment)
        assert deaths > commands / 100

    return Trial(
        name=f"{commands} commands, killed at any moment",
        group=Group.KILLS,
        perform=perform,
        in_short=in_short,
        in_long=not in_short,
        engines=engines,
        fresh=True,
        overrides=SETTINGS,
        runs=1,
    )


TRIALS: Final = (
    _killed_often(COMMANDS),
    # On PostgreSQL three processes are killed while they are replaced, which is that and more.
    _killed_often(_IN_SHORT, in_short=True, engines=frozenset({Engine.SQLITE})),
)
