"""What people and the owner do besides ordering clips: the process is killed there, too."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from bot.jobs.states import JobState
from bot.ui.custom_ids import Verb
from bot.ui.defaults import Default, Step
from bot.ui.more import REASON
from bot.ui.privacy import CONFIRM, MESSAGES, REACH
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.chaos.arena import Arena, Order
from tests.chaos.records import JobRecord
from tests.chaos.situations import (
    ORDERS,
    Situation,
    a_clip_that_no_channel_takes,
    a_purchase_that_never_shows,
    credit_that_runs_out,
    somebody,
)

T = TypeVar("T")

_WAITS: Final = 150
"""How often it is looked whether something has come about, and time passes, before the rest is left undone."""
_A_WHILE: Final = 20.0
_A_MOMENT: Final = 1.0
_LOOK_SECONDS: Final = 0.1


async def a_clip_that_is_deleted(arena: Arena, chance: random.Random) -> None:
    """Somebody has a clip of theirs deleted: its messages, and the file."""
    person = somebody(arena, chance)
    more = await _more_about(arena, person, await arena.order(person))
    asked = more and await arena.press(person, more, Verb.DELETE)
    if asked:
        await arena.press(person, asked, Verb.REMOVE)


async def a_clip_that_is_reported(arena: Arena, chance: random.Random) -> None:
    """Somebody reports another's clip, and whoever moderates is told."""
    more = await _more_about(arena, arena.theo, await arena.order(arena.mira))
    form = more and await arena.pressed(arena.theo, more, Verb.REPORT)
    if form:
        await arena.heard(arena.theo.submit(form, {REASON: "a kite must not look like that"}))


async def what_is_stored_deleted(arena: Arena, chance: random.Random) -> None:
    """Juno has everything about her deleted, her clip's message included; it is finished, and looked at no more."""
    await arena.order(arena.juno)
    hers = [one for one in arena.orders if one.person.name == arena.juno.name and await _job_of(arena, one)]
    for order in hers:
        if not await _ended(arena, order):
            return
    question = await arena.say(arena.juno, "privacy delete")
    reaching = question and await arena.press(arena.juno, question, Verb.PRIVACY, REACH, pick=MESSAGES)
    if reaching:
        await arena.leave_out_orders(hers)
        await arena.press(arena.juno, reaching, Verb.PRIVACY, CONFIRM)


async def a_clip_in_a_thread(arena: Arena, chance: random.Random) -> None:
    """Juno wants her clips in threads of their own; the thread is made when the clip is there."""
    shown = await arena.say(arena.juno, "defaults")
    choices = shown and await arena.press(arena.juno, shown, Verb.DEFAULTS, Default.RESULTS)
    if choices:
        await arena.press(arena.juno, choices, Verb.DEFAULTS, f"{Default.RESULTS}:{Step.SET}", pick="thread")
    await arena.order(arena.juno)


async def an_offer_turned_down(arena: Arena, chance: random.Random) -> None:
    """A reply to a clip is answered with an offer for all to see, which goes when it is not wanted."""
    clip = await arena.source_message()
    said = await arena.heard(arena.mira.reply(clip, "again"))
    offer = said and await _answer_to(arena, said)
    if offer:
        await arena.press(arena.mira, offer, Verb.NO)


async def an_offer_taken_for_always(arena: Arena, chance: random.Random) -> None:
    """Somebody takes an offer up and wants to be asked no more, which a second answer confirms."""
    shown = await arena.say(arena.theo, "defaults")
    if shown:
        await arena.press(arena.theo, shown, Verb.DEFAULTS, f"{Default.ASK}:{Step.ON}")
    offer = await arena.press(arena.theo, await arena.source_message(), Verb.AGAIN)
    if offer:
        await arena.press(arena.theo, offer, Verb.ALWAYS)


async def a_pause_by_the_owner(arena: Arena, chance: random.Random) -> None:
    """The owner lets purchases rest while somebody orders, and lets them go on."""

    async def resume() -> None:
        await arena.say(arena.juno, "owner resume")

    arena.afterwards.append(resume)
    await arena.say(arena.juno, "owner pause", reason="the wind is wrong")
    await arena.order(somebody(arena, chance))
    await arena.advance(_A_WHILE)
    await resume()


async def a_clip_brought_by_the_owners_word(arena: Arena, chance: random.Random) -> None:
    """No channel took a clip; with that mended the owner has it posted."""
    before = len(arena.orders)
    await a_clip_that_no_channel_takes(arena, chance)
    order = next(one for one in arena.orders[before:] if one.out_of_reach)
    job = await _ended(arena, order)
    if job is not None:
        await arena.put_right()
        await arena.say(arena.juno, "owner redeliver", job=job.id)


async def a_purchase_found_by_the_owner(arena: Arena, chance: random.Random) -> None:
    """What was given up on is dealt with by the owner: first as lost, and then with the task that it made after all."""
    before = len(arena.orders)
    await a_purchase_that_never_shows(arena, chance)
    order = next(one for one in arena.orders[before:])
    job = await _in_time(arena, lambda: _job_of(arena, order, JobState.ABANDONED), step=3 * _A_WHILE)
    if job is None:
        return
    await arena.say(arena.juno, "owner resolve", job=job.id, abandon=True)
    for task in await arena.new_tasks():
        if task.endpoint.rpartition("/")[2] == job.hook_token:
            await arena.say(arena.juno, "owner resolve", job=job.id, task_id=task.task_id)


async def word_that_discord_does_not_take(arena: Arena, chance: random.Random) -> None:
    """The owner is to be told of something, and Discord takes no message there at first."""
    path = f"/channels/{arena.environment['ALERT_CHANNEL']}/messages"
    await arena.operator.add_fault(kind="status", method="POST", path=path, status=503, times=2)
    await credit_that_runs_out(arena, chance)


BESIDE: Final[tuple[Situation, ...]] = (
    a_clip_that_is_deleted,
    a_clip_that_is_reported,
    what_is_stored_deleted,
    a_clip_in_a_thread,
    an_offer_turned_down,
    an_offer_taken_for_always,
    a_pause_by_the_owner,
    a_clip_brought_by_the_owners_word,
    a_purchase_found_by_the_owner,
    word_that_discord_does_not_take,
)
"""What leaves traces that the next may stumble over: who is forgotten, what was alerted of, what is no longer asked."""
SITUATIONS: Final = (*ORDERS, *BESIDE)


async def _more_about(arena: Arena, person: Person, order: Order) -> SeenMessage | None:
    """Return what More says about a clip, once that is posted."""
    job = await _ended(arena, order)
    if job is None:
        return None
    clips = [one for one in await arena.messages() if one.attachments and _is_about(one, job)]
    return await arena.press(person, clips[0], Verb.MORE) if clips else None


def _is_about(message: SeenMessage, job: JobRecord) -> bool:
    return any(f":{job.id}" in clickable.custom_id for clickable in message.clickables)


async def _answer_to(arena: Arena, said: SeenMessage) -> SeenMessage | None:
    """Return the bot's reply to a message."""

    async def answered() -> Sequence[SeenMessage]:
        return [one for one in await arena.messages() if one.from_bot and one.reference_id == said.id]

    found = await _in_time(arena, answered)
    return found[0] if found else None


async def _ended(arena: Arena, order: Order) -> JobRecord | None:
    """Return an order's job once nothing is left to do for it; None where the bot dies before."""
    return await _in_time(arena, lambda: _at_rest(arena, order))


async def _at_rest(arena: Arena, order: Order) -> JobRecord | None:
    await arena.finish_stuck()
    job = await _job_of(arena, order)
    if job is None or not job.at_rest:
        return None
    owed = [one for one in await arena.records.deliveries() if one.job_id == job.id]
    return job if all(one.at_rest for one in owed) else None


async def _job_of(arena: Arena, order: Order, state: JobState | None = None) -> JobRecord | None:
    jobs = await arena.records.jobs(after=arena.first_number)
    return next((job for job in jobs if job.request_key == order.request_key and state in {None, job.state}), None)


async def _in_time(arena: Arena, look: Callable[[], Awaitable[T | None]], *, step: float = _A_MOMENT) -> T | None:
    """Let time pass until something is there; None where the bot dies before, or it never comes."""
    for _ in range(_WAITS):
        found = await look()
        if found or not arena.bot.running:
            return found if arena.bot.running else None
        await asyncio.sleep(_LOOK_SECONDS)
        await arena.advance(step)
    return None
