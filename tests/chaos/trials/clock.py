"""The machine's clock jumps, both ways, while clips are made: nobody waits for it, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from bot.clock import DAY, HOUR, MINUTE
from tests.chaos.arena import Arena
from tests.chaos.bot import Order as Instruction
from tests.chaos.trial import Chance, Group, Trial
from tests.chaos.trials.discord_faults import clips, ended, held, room_for

_BACK: Final = (-2 * MINUTE, -HOUR, -DAY)
_FORWARD: Final = (2 * MINUTE, HOUR, DAY)

Perform = Callable[[Arena, Chance], Awaitable[None]]


async def jump(arena: Arena, milliseconds: int) -> None:
    """Put the clock of every running bot forward, or back."""
    for bot in arena.bots:
        if bot.running:
            await bot.tell(Instruction(jump_ms=milliseconds))


def while_being_made(jumps: tuple[int, ...]) -> Perform:
    """Return what lets the clock jump once while a clip is being made; it is put right in the end."""

    async def perform(arena: Arena, chance: Chance) -> None:
        by = chance.in_turn(jumps)
        room = await room_for(arena, chance)
        _, task = await held(room)
        await jump(arena, by)
        await arena.order(room.person)
        await arena.provider.finish(task)
        await ended(arena)
        await jump(arena, -by)
        await arena.order(room.person)

    return perform


async def wrong_while_posting(arena: Arena, chance: Chance) -> None:
    """A clip is posted by a process whose clock is ahead, which never hears of it; the next one's clock is right."""
    room = await room_for(arena, chance)
    _, task = await held(room)
    await jump(arena, chance.in_turn(_FORWARD))
    await room.fault("lost_reset")
    await arena.provider.finish(task)

    async def posted() -> bool:
        return bool(await clips(arena))

    await arena.pass_time(posted)
    await arena.kill()
    # Longer than Discord knows a nonce again.
    await arena.advance(chance.in_turn((600, 5_000)))
    await arena.start()
    await ended(arena)


async def to_and_fro(arena: Arena, chance: Chance) -> None:
    """Several people order while the clock jumps again and again."""
    wrong, jumps = 0, [*_BACK, *_FORWARD]
    chance.shuffle(jumps)
    for by in jumps:
        await arena.order(chance.choice(arena.people))
        wrong += by
        await jump(arena, by)
        await arena.advance(chance.uniform(1, 200))
    await ended(arena)
    await jump(arena, -wrong)


TRIALS: Final = (
    Trial(
        name="clock put back while a clip is being made",
        group=Group.OPERATIONS,
        perform=while_being_made(_BACK),
        alternatives=len(_BACK),
        in_short=True,
    ),
    Trial(
        name="clock put forward while a clip is being made",
        group=Group.OPERATIONS,
        perform=while_being_made(_FORWARD),
        alternatives=len(_FORWARD),
    ),
    Trial(
        name="clip posted by a clock that is ahead, its answer lost, and the clock put right",
        group=Group.OPERATIONS,
        perform=wrong_while_posting,
        alternatives=len(_FORWARD),
        in_short=True,
    ),
    Trial(
        name="clock put to and fro while people order",
        group=Group.OPERATIONS,
        perform=to_and_fro,
    ),
)
