"""Power cuts: the bot is recorded, dies, and goes on from what its disk can be sure to hold."""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from tests.chaos.arena import Arena
from tests.chaos.power import strace
from tests.chaos.power.disk import Disk, Loss
from tests.chaos.power.recorder import Recorder
from tests.chaos.power.recording import PowerCuts
from tests.chaos.processes import BotProcess
from tests.chaos.situations import Situation, a_clip, a_clip_of_a_picture
from tests.chaos.trial import Engine, Group, Trial

_POINTS: Final = 140
"""About so many of the points at which a process may be killed are passed from the first job on."""
_BETWEEN: Final = 60
"""Places of each record at which the power is cut besides those at its syncs and promises."""


def power_cut(*situations: Situation, loss: Loss) -> Callable[[Arena, random.Random], Awaitable[None]]:
    """Return a trial: things happen side by side, the power goes, and the bot is started on what is left."""

    async def perform(arena: Arena, chance: random.Random) -> None:
        await arena.stop()
        cuts = await _recorded(arena, chance, situations)
        image = cuts.at_the_end(loss, chance)
        shutil.rmtree(arena.data)
        arena.data.mkdir()
        image.write(arena.data)
        verdict = await asyncio.to_thread(cuts.judge, chance, arena.home / "cut", between=_BETWEEN)
        _say(f"{verdict.cuts} cuts, {verdict.images} images, {verdict.promises} promises, {len(verdict.losses)} lost")
        assert not verdict.losses, "; ".join(verdict.losses[:5])
        await arena.start()

    return perform


async def _recorded(arena: Arena, chance: random.Random, situations: Sequence[Situation]) -> PowerCuts:
    before, record = Disk.holding(arena.data), arena.home / "record"
    bot = BotProcess(Recorder(record), "recorded", arena.environment, arena.home)
    usual, arena.bots[0] = arena.bot, bot
    try:
        await arena.start(bot)
        acting = asyncio.gather(*(situation(arena, chance) for situation in situations))
        await _until_reached(arena, bot, chance.randrange(_POINTS), acting)
        await bot.kill()
        await acting
    finally:
        await bot.kill()
        arena.bots[0] = usual
    cuts = PowerCuts(
        record=record,
        before=before,
        directory=arena.data,
        discord=arena.addresses.discord.api_url,
        provider=arena.addresses.provider.base_url,
    )
    await asyncio.to_thread(cuts.read)
    return cuts


async def _until_reached(arena: Arena, bot: BotProcess, points: int, acting: asyncio.Future[list[None]]) -> None:
    """Return somewhere in the midst of the work: time says little about how far a busy machine has come."""
    while not (acting.done() or await arena.records.jobs(after=arena.first_number)):  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.02)
    before = sum((await bot.reached()).values())
    while sum((await bot.reached()).values()) - before < points:
        if acting.done() and await arena.at_rest():
            return
        await asyncio.sleep(0.01)


def _say(words: str) -> None:
    sys.stdout.write(f"       power: {words}\n")
    sys.stdout.flush()


_SIDE_BY_SIDE: Final = (a_clip, a_clip, a_clip_of_a_picture, a_clip)
_NAMES: Final = {
    Loss.ALL: "nothing that was not synced is left",
    Loss.SOME: "any sectors of what was not synced are left",
    Loss.LATEST: "what was written last is lost",
}

TRIALS: tuple[Trial, ...] = tuple(
    Trial(
        name=f"power cut: {name}",
        group=Group.POWER,
        perform=power_cut(*_SIDE_BY_SIDE, loss=loss),
        in_short=loss is Loss.ALL,
        lacking=strace.lacking,
        engines=frozenset({Engine.SQLITE}),
        fresh=True,
        seconds=300,
    )
    for loss, name in _NAMES.items()
)
