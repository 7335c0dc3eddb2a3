"""What people and the world do while the process is killed: between them they pass by every crash point."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

from bot.clock import MINUTE, SECOND
from bot.jobs.schedule import OVERDUE_AFTER
from bot.ui.custom_ids import Verb
from sandbox.discord.permissions import Permission
from sandbox.person import Person
from sandbox.piapi.faults import Fault
from sandbox.piapi.options import Options
from sandbox.piapi.scenarios import Scenario
from tests.chaos.arena import Arena
from tests.e2e.files import picture, recording

Situation = Callable[[Arena, random.Random], Awaitable[None]]

PICTURE: Final = picture("harbour.webp", width=480, height=480)
"""In a format that the provider does not take, so that it has to be converted."""
_SPEECH: Final = recording("song.m4a", 3)
_UPLOADS: Final = "/channels/*/messages"
_LONG_IN_LINE: Final = 120.0
_AT_ONCE_SECONDS: Final = 5.0
_A_WHILE: Final = 60.0
_CARDS_LOOKED_THROUGH: Final = 20.0
_IN_FLIGHT: Final = 2
SETTINGS: Final = {"MAX_IN_FLIGHT": str(_IN_FLIGHT)}
"""A short line fills soon."""


def somebody(arena: Arena, chance: random.Random) -> Person:
    """Return one of those who order. Juno owns the bot, and keeps to situations in which it forgets what she did."""
    return chance.choice((arena.mira, arena.theo))


async def a_clip(arena: Arena, chance: random.Random) -> None:
    """Somebody orders a clip."""
    await arena.order(somebody(arena, chance))


async def a_clip_of_a_picture(arena: Arena, chance: random.Random) -> None:
    """The picture has to be fetched and converted first."""
    await arena.order(somebody(arena, chance), image=PICTURE)


async def a_longer_clip(arena: Arena, chance: random.Random) -> None:
    """Somebody extends a clip."""
    await arena.order(somebody(arena, chance), kind="extend", video=await arena.source())


async def a_speaking_clip(arena: Arena, chance: random.Random) -> None:
    """Somebody lays a recording under a clip."""
    await arena.order(somebody(arena, chance), kind="lipsync", video=await arena.source(), audio=_SPEECH)


async def a_lost_purchase(arena: Arena, chance: random.Random) -> None:
    """The provider makes the task, and its answer is lost; only its history tells."""
    lost = chance.choice((Scenario.CREATED_DROPPED, Scenario.CREATED_500, Scenario.CREATED_BROKEN_JSON))
    await arena.order(somebody(arena, chance), scenarios=(lost, Scenario.WEBHOOK_OFF))


async def a_lost_purchase_that_the_webhook_tells(arena: Arena, chance: random.Random) -> None:
    """The answer is lost, and the webhook names the task."""
    await arena.order(somebody(arena, chance), scenarios=(Scenario.CREATED_502,))


async def a_purchase_that_never_shows(arena: Arena, chance: random.Random) -> None:
    """The answer is lost, and neither webhook nor history ever tells."""
    hidden = (Scenario.CREATED_DROPPED, Scenario.WEBHOOK_OFF, Scenario.HISTORY_MISSING, Scenario.STUCK)
    await arena.order(somebody(arena, chance), scenarios=hidden)


async def a_busy_provider(arena: Arena, chance: random.Random) -> None:
    """The provider is busy at first."""
    await arena.provider.play(chance.choice((Scenario.BUSY, Scenario.RATE_LIMITED)), times=1)
    await arena.order(somebody(arena, chance))


async def a_refused_prompt(arena: Arena, chance: random.Random) -> None:
    """The provider refuses at once."""
    await arena.order(somebody(arena, chance), scenarios=(Scenario.REFUSED,))


async def a_failed_task(arena: Arena, chance: random.Random) -> None:
    """The task fails, charged or not."""
    how = chance.choice((Scenario.FAILS, Scenario.MODERATED, Scenario.FAILS_CHARGED))
    await arena.order(somebody(arena, chance), scenarios=(how,))


async def a_clip_cancelled_while_it_is_made(arena: Arena, chance: random.Random) -> None:
    """The person who ordered it cancels a task that the provider has in line."""
    before = await arena.provider.options()
    arena.afterwards.append(lambda: arena.provider.set_options(Options(pending_seconds=before.pending_seconds)))
    await arena.provider.set_options(Options(pending_seconds=_LONG_IN_LINE))
    order = await arena.order(somebody(arena, chance))
    await until_bought(arena, 1)
    await arena.click(order, "Cancel")


async def a_clip_cancelled_in_line(arena: Arena, chance: random.Random) -> None:
    """The line is full; the last one cancels."""
    for _ in range(_IN_FLIGHT):
        await arena.order(somebody(arena, chance), scenarios=(Scenario.STUCK,))
    order = await arena.order(somebody(arena, chance))
    await arena.click(order, "Cancel")


async def a_line_that_moves_on(arena: Arena, chance: random.Random) -> None:
    """Those in front leave the line, and the last one's card has to say so."""
    for _ in range(2 * _IN_FLIGHT):
        await arena.order(somebody(arena, chance), scenarios=(Scenario.STUCK,))
    await arena.order(somebody(arena, chance))
    await until_bought(arena, _IN_FLIGHT)
    await arena.finish_stuck()
    await until_bought(arena, 2 * _IN_FLIGHT)
    await arena.advance(_CARDS_LOOKED_THROUGH)
    await arena.finish_stuck()


async def a_task_past_its_deadline(arena: Arena, chance: random.Random) -> None:
    """The provider takes far longer than it ever did."""
    await arena.order(somebody(arena, chance), scenarios=(Scenario.STUCK,))
    await until_bought(arena, 1)
    for _ in range(OVERDUE_AFTER // (10 * MINUTE) + 2):
        await arena.advance(10 * MINUTE / SECOND)
        await asyncio.sleep(0.05)


async def a_task_that_cannot_be_read(arena: Arena, chance: random.Random) -> None:
    """The provider does not answer polls for a while."""
    await arena.provider.spoil("get", chance.choice((Fault.SERVER_ERROR, Fault.BROKEN_JSON)), times=4)
    await arena.order(somebody(arena, chance))


async def a_clip_that_comes_broken(arena: Arena, chance: random.Random) -> None:
    """The download fails at first."""
    await arena.provider.spoil("output", Fault.SERVER_ERROR, times=2)
    await arena.order(somebody(arena, chance))


async def a_clip_whose_address_is_dead(arena: Arena, chance: random.Random) -> None:
    """The provider's address of the clip is no use, so it is asked for another."""
    await arena.provider.spoil("output", Fault.NOT_FOUND, times=1)
    await arena.order(somebody(arena, chance))


async def an_upload_refused_at_first(arena: Arena, chance: random.Random) -> None:
    """Discord takes no message for a moment."""
    await arena.operator.add_fault(kind="status", method="POST", path=_UPLOADS, status=503, times=2)
    await arena.order(somebody(arena, chance))


async def an_upload_that_has_to_wait(arena: Arena, chance: random.Random) -> None:
    """Discord asks for a pause longer than a request is kept waiting for."""
    path = _UPLOADS
    await arena.operator.add_fault(kind="rate_limit", method="POST", path=path, times=1, retry_after=60, shared=True)
    await arena.order(somebody(arena, chance))


async def an_upload_whose_answer_is_lost(arena: Arena, chance: random.Random) -> None:
    """The message stands in the channel, and nobody is told."""
    await arena.operator.add_fault(kind="lost_reset", method="POST", path=_UPLOADS, times=1)
    await arena.order(somebody(arena, chance))


async def an_answer_that_is_lost(arena: Arena, chance: random.Random) -> None:
    """The command's own answer never arrives."""
    await arena.operator.add_fault(kind="lost_reset", method="POST", path="/interactions/*", times=1)
    await arena.order(somebody(arena, chance))


async def a_clip_that_no_channel_takes(arena: Arena, chance: random.Random) -> None:
    """The bot loses its permissions while the clip is made, and the person takes no direct messages."""
    person = arena.mira.in_channel("clips")
    order = await arena.order(person, scenarios=(Scenario.STUCK,))
    order.out_of_reach = True
    await until_bought(arena, 1)
    forbid = int(Permission.SEND_MESSAGES | Permission.VIEW_CHANNEL)
    # Before it is done: the bot's death ends this wherever it is.
    arena.afterwards += [
        lambda: arena.operator.set_overwrite("clips", "bot"),
        lambda: arena.operator.set_takes_direct_messages(person.name, takes=True),
    ]
    await arena.operator.set_overwrite("clips", "bot", deny=forbid)
    await arena.operator.set_takes_direct_messages(person.name, takes=False)
    await arena.finish_stuck()


async def a_clip_made_again(arena: Arena, chance: random.Random) -> None:
    """A click under a clip offers to make it again, and another takes the offer."""
    clip = await arena.source_message()
    offer = await arena.press(arena.mira, clip, Verb.AGAIN)
    if offer is not None:
        await arena.press(arena.mira, offer, Verb.RUN)


async def a_clip_brought_again(arena: Arena, chance: random.Random) -> None:
    """A click under a clip posts it once more."""
    more = await arena.press(arena.mira, await arena.source_message(), Verb.MORE)
    if more is not None:
        await arena.press(arena.mira, more, Verb.REPOST)


async def credit_that_runs_out(arena: Arena, chance: random.Random) -> None:
    """The account is empty for a while: purchases rest, and the owner is told."""
    await arena.provider.play(Scenario.OUT_OF_CREDIT, times=1)
    await arena.order(somebody(arena, chance))


async def until_bought(arena: Arena, number: int) -> None:
    """Return once the provider has so many tasks, or the bot is dead; time passes where purchases rest."""
    waits_since = time.monotonic()

    async def bought() -> bool:
        nonlocal waits_since
        if not arena.bot.running or len(await arena.new_tasks()) >= number:
            return True
        if time.monotonic() - waits_since > _AT_ONCE_SECONDS:
            # A death in the middle of a try leaves purchases resting until its turn is over.
            await arena.advance(_A_WHILE)
            waits_since = time.monotonic()
        return False

    await arena.until(bought, f"{number} purchases")


ORDERS: Final[tuple[Situation, ...]] = (
    a_clip,
    a_clip_of_a_picture,
    a_longer_clip,
    a_speaking_clip,
    a_lost_purchase,
    a_lost_purchase_that_the_webhook_tells,
    a_purchase_that_never_shows,
    a_busy_provider,
    a_refused_prompt,
    a_failed_task,
    a_clip_cancelled_while_it_is_made,
    a_clip_cancelled_in_line,
    a_line_that_moves_on,
    a_task_past_its_deadline,
    a_task_that_cannot_be_read,
    a_clip_that_comes_broken,
    a_clip_whose_address_is_dead,
    an_upload_refused_at_first,
    an_upload_that_has_to_wait,
    an_upload_whose_answer_is_lost,
    an_answer_that_is_lost,
    a_clip_that_no_channel_takes,
    a_clip_made_again,
    a_clip_brought_again,
    credit_that_runs_out,
)
