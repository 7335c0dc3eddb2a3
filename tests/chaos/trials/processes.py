"""Three processes share one PostgreSQL: they are killed, and restarted one after the other, while people ask.

Either each of them hears every command, or each has a shard of its own, and only it hears the commands of a server.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

from sandbox.piapi.options import Options
from tests.chaos.arena import Arena
from tests.chaos.processes import BotProcess
from tests.chaos.trial import Engine, Group, Trial
from tests.chaos.trials.kills import SETTINGS, ask

_PROCESSES: Final = 3
_ROUNDS: Final = 10
_AT_ONCE: Final = 6
_LONGEST_LIFE: Final = 1.0
ONLY_POSTGRES: Final = frozenset({Engine.POSTGRES})


async def _three(arena: Arena) -> None:
    """Start two more beside the first; each of them hears every command, or those of the next shard."""
    await arena.provider.set_options(Options(max_concurrent_task_count=60))
    shared_out = bool(arena.environment.get("SHARD_IDS"))
    while len(arena.bots) < _PROCESSES:
        shard = {"SHARD_IDS": str(len(arena.bots))} if shared_out else {}
        await arena.start(arena.another_bot(**shard))


async def killed_by_turns(arena: Arena, chance: random.Random) -> None:
    """One of the three dies, and is back while the next is about to."""
    await _three(arena)
    for number in range(_ROUNDS):
        await asyncio.gather(ask(arena, chance, _AT_ONCE), _die(arena, arena.bots[number % _PROCESSES], chance))


async def restarted_by_turns(arena: Arena, chance: random.Random) -> None:
    """A rolling restart: each is stopped as an update would, and started anew, while the others work on."""
    await _three(arena)
    for bot in arena.bots:
        await asyncio.gather(ask(arena, chance, _AT_ONCE), _restart(arena, bot))
        await ask(arena, chance, _AT_ONCE)


async def all_killed(arena: Arena, chance: random.Random) -> None:
    """All three die at once, and only one comes back at first."""
    await _three(arena)
    await ask(arena, chance, _AT_ONCE)
    await asyncio.sleep(chance.uniform(0, _LONGEST_LIFE))
    await asyncio.gather(*(bot.kill() for bot in arena.bots))
    await arena.start(arena.bots[-1])
    await ask(arena, chance, _AT_ONCE)


async def stood_still(arena: Arena, chance: random.Random) -> None:
    """One stands still for longer than its leases last, the others take its work up, and then it goes on."""
    await _three(arena)
    sleeper = arena.bots[0]
    asking = asyncio.create_task(ask(arena, chance, _AT_ONCE))
    await asyncio.sleep(chance.uniform(0, _LONGEST_LIFE))
    sleeper.pause()
    try:
        others = [bot for bot in arena.bots if bot is not sleeper]
        await asking
        await arena.skip(20 * 60, others)
        await asyncio.sleep(_LONGEST_LIFE)
    finally:
        sleeper.resume()
    await arena.catch_up(sleeper, 20 * 60)


async def _die(arena: Arena, bot: BotProcess, chance: random.Random) -> None:
    await asyncio.sleep(chance.uniform(0, _LONGEST_LIFE))
    await arena.kill(bot)
    await arena.start(bot)


async def _restart(arena: Arena, bot: BotProcess) -> None:
    code = await bot.stop()
    assert code == 0, f"the {bot.name} ended with {code}"
    await arena.start(bot)


def _trial(
    name: str,
    perform: Callable[[Arena, random.Random], Awaitable[None]],
    *,
    in_short: bool = False,
    shards: int = 1,
) -> Trial:
    return Trial(
        name=name,
        group=Group.KILLS,
        perform=perform,
        in_short=in_short,
        engines=ONLY_POSTGRES,
        fresh=True,
        shards=shards,
        overrides=SETTINGS,
    )


TRIALS: Final = (
    _trial("three processes, killed by turns", killed_by_turns),
    _trial("three processes, a rolling restart", restarted_by_turns, in_short=True),
    _trial("three processes, all killed at once", all_killed),
    _trial("three processes, one stands still for twenty minutes and goes on", stood_still),
    _trial("three processes with a shard each, killed by turns", killed_by_turns, shards=_PROCESSES),
    _trial("three processes with a shard each, a rolling restart", restarted_by_turns, shards=_PROCESSES),
    _trial("three processes with a shard each, all killed at once", all_killed, shards=_PROCESSES),
)
