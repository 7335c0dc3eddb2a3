"""What trials of the provider share: the line to it, what people and the owner were told, and time that passes."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bot.jobs.states import JobState
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from sandbox.stage.line import Line
from tests.chaos.arena import Arena, Order
from tests.chaos.records import JobRecord

TAKES_NO_ORDERS: Final = "PiAPI takes no orders"
UNREACHED: Final = "PiAPI cannot be reached"
ABANDONED: Final = "It is not known what became of a purchase"
WAITS: Final = "Clips have to wait."
GOES_ON: Final = "Clips are being made again."
NOTHING_CHARGED: Final = "Nothing was charged."

_FOLLOW_SECONDS: Final = 0.08
"""Real time for everybody to follow a step of the clock."""
_SETTLE_SECONDS: Final = 150.0
_FETCH_SECONDS: Final = 20.0
"""Real time for a clip to be fetched, on a machine that has other things to do."""
_SAY_SECONDS: Final = 0.3
_AT_FIRST: Final = 20.0
"""Seconds by which time moves while most is happening."""
_OWN_ALERTS: Final = (
    "SELECT COUNT(*) FROM alerts WHERE cleared_told_at IS NULL AND (cleared_at IS NULL OR told_at IS NOT NULL)"
    " AND kind NOT IN ('abandoned', 'undeliverable')"
)
"""What comes again before its message says that it has passed is no news, and is not told anew."""
_RESTS: Final = "SELECT COUNT(*) FROM meta WHERE key IN ('pause', 'failed_purchases')"

_lines: dict[Path, Line] = {}


async def calm(arena: Arena) -> None:
    """Let everything that an earlier run brought about be over: the pause, and what the owner was told of it."""

    async def over() -> bool:
        return await _count(arena, _OWN_ALERTS) == 0

    if await _count(arena, _RESTS):
        await arena.order(arena.mira)
        await arena.pass_time(arena.at_rest)
        assert await _count(arena, _RESTS) == 0, "submissions rest although a clip was bought"
    await arena.pass_time(over)
    await arena.begin()


async def line_to_provider(arena: Arena) -> Line:
    """Return the line over which the bot speaks to the provider; the first time the bot is restarted with it."""
    line = _lines.get(arena.home)
    if line is None:
        line = Line(urlsplit(arena.addresses.provider.base_url).port or 0)
        await line.__aenter__()
        _lines[arena.home] = line
        await restart(arena, PIAPI_BASE_URL=line.origin)
    line.struck = 0
    arena.afterwards.append(line.mend)
    return line


async def restart(arena: Arena, **settings: str) -> None:
    """Let the bot be started anew with other settings."""
    await arena.stop()
    arena.bot.environment.update(settings)
    await arena.start()


async def pass_minutes(arena: Arena, minutes: float, *, step: float = 60) -> None:
    """Let time pass so slowly that whoever waits for something in between gets to it; more slowly at first."""
    passed, end = 0.0, minutes * 60
    while passed < end:
        by = min(_AT_FIRST if passed < 9 * _AT_FIRST else step, end - passed)
        await arena.advance(by)
        passed += by
        await asyncio.sleep(_FOLLOW_SECONDS)


async def settle(arena: Arena, *states: JobState) -> list[JobRecord]:
    """Let every order end while the fault lasts, look how they ended, and return their jobs.

    While a clip is being fetched the clock all but stands still: that takes real time, more than there seems to be.
    """
    end, fetched_since = time.monotonic() + _SETTLE_SECONDS, 0.0

    async def at_rest() -> bool:
        nonlocal fetched_since
        while not await arena.at_rest():
            assert time.monotonic() < end, "some orders do not end"
            fetching = any(job.state is JobState.SUCCEEDED for job in await jobs_of(arena))
            fetched_since = (fetched_since or time.monotonic()) if fetching else 0.0
            if not fetching or time.monotonic() - fetched_since > _FETCH_SECONDS:
                return False
            await arena.advance(1)
            await asyncio.sleep(_FOLLOW_SECONDS)
        return True

    await arena.pass_time(at_rest)
    return await ended(arena, *states)


async def mended(arena: Arena, *states: JobState) -> list[JobRecord]:
    """Let the fault be over and every order end; look how they ended, and return their jobs."""
    await arena.provider.clear_faults()
    await arena.provider.clear_scenarios()
    return await settle(arena, *states)


async def ended(arena: Arena, *states: JobState) -> list[JobRecord]:
    """Return the jobs of this run, which must have ended in one of these states."""
    jobs = await jobs_of(arena)
    wrong = [f"{job.id} is {job.state}" for job in jobs if job.state not in states]
    assert not wrong, f"expected {', '.join(states)}: {'; '.join(wrong)}"
    return jobs


async def jobs_of(arena: Arena) -> list[JobRecord]:
    """Return the jobs of this run."""
    return await arena.records.jobs(after=arena.first_number)


async def some_orders(
    arena: Arena, chance: random.Random, number: int, scenarios: Sequence[Scenario] = ()
) -> list[Order]:
    """Let people order so many clips, one after the other."""
    orders = [await arena.order(chance.choice(arena.people), scenarios=scenarios) for _ in range(number)]
    assert all(order.acknowledged for order in orders), [order.said for order in orders]
    return orders


async def creates(arena: Arena) -> int:
    """Return how many purchases the provider was ever asked for."""
    return (await arena.provider.summary()).requests.get("create", 0)


async def answer_to(arena: Arena, order: Order) -> SeenMessage:
    """Return the one message that ended a command."""
    assert order.card is not None
    found = [one for one in await arena.messages() if one.from_bot and one.reference_id == order.card.id]
    assert len(found) == 1, f"{len(found)} messages end one command"
    return found[0]


async def ends_with(arena: Arena, order: Order, *words: str) -> SeenMessage:
    """Return the one message that ended a command; all these words must stand in it."""
    answer = await answer_to(arena, order)
    missing = [word for word in words if word not in answer.text]
    assert not missing, f"{missing} not in {answer.text!r}"
    return answer


async def card_says(arena: Arena, order: Order, words: str) -> None:
    """Wait until a command's card says something."""
    card = order.card
    assert card is not None

    async def says() -> bool:
        return words in (await order.person.message(card)).text

    await _until(arena, says, f"the card to say {words!r}")


async def said(arena: Arena, words: str) -> list[SeenMessage]:
    """Return the bot's messages of this run that hold these words, as they stand now."""
    return [one for one in await arena.messages() if one.from_bot and words in one.text]


async def told(arena: Arena, words: str, *, times: int = 1) -> list[SeenMessage]:
    """Wait until the owner, or the members, were told something; it must be said so often and not once more."""

    async def enough() -> bool:
        return len(await said(arena, words)) >= times

    await _until(arena, enough, f"{words!r} to be told {times} times")
    found = await said(arena, words)
    assert len(found) == times, f"{words!r} was told {len(found)} times, not {times}"
    return found


async def taken_back(arena: Arena, words: str, *, times: int = 1) -> None:
    """Wait until what the owner was told reads as over; it must still stand only so often."""

    async def over() -> bool:
        found = await said(arena, words)
        return bool(found) and all(one.text.startswith("✅") for one in found)

    await arena.pass_time(over)
    await told(arena, words, times=times)


async def _until(arena: Arena, holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait for something that is said, with a little time passing: what could not be said rests before it is tried."""
    end = time.monotonic() + _SETTLE_SECONDS
    while not await holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        await asyncio.sleep(_SAY_SECONDS)
        await arena.advance(2)


async def _count(arena: Arena, query: str) -> int:
    ((number,),) = await arena.records.rows(query)
    return int(number or 0)
