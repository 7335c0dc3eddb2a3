"""What Discord does to the bot's connection, and to the events and interactions that come over it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from bot.exit_codes import ExitCode
from sandbox.discord.faults import FaultKind
from sandbox.operator import GatewayTrouble
from sandbox.seen import SeenMessage
from tests.chaos.arena import Arena, Order
from tests.chaos.trial import Chance, Group, Trial
from tests.chaos.trials.discord_faults import QUICKLY, clips, ended, held, room_for

_CALLBACKS: Final = "/interactions/*"
_TOKENS: Final = "/webhooks/*"
_RESUMED: Final = (1000, 1001, 4000, 4001, 4002, 4005, 4008)
_BEGUN_ANEW: Final = (4003, 4007, 4009)
_LOST: Final[tuple[FaultKind, ...]] = ("reset", "lost_reset")
_REFUSED: Final = {
    4004: (ExitCode.LOGIN, "DISCORD_TOKEN is refused"),
    4010: (ExitCode.DEFECT, "wrong shard"),
    4011: (ExitCode.LOGIN, "more servers"),
    4012: (ExitCode.LOGIN, "update it"),
    4013: (ExitCode.LOGIN, "intents"),
    4014: (ExitCode.LOGIN, "MESSAGE_CONTENT"),
}
"""What ends the process, and how."""


async def answered(arena: Arena, person: Any = None) -> Order:
    """Order a clip; it must be answered as if nothing had been."""
    order = await arena.order(person or arena.mira)
    assert order.answered_in is not None, f"not answered: {order.outcome}"
    assert order.answered_in < QUICKLY, f"answered after {order.answered_in:.1f} s"
    assert order.acknowledged, order.said
    return order


async def back(arena: Arena, *, resumes: int = 0, identifies: int = 0) -> None:
    """Wait until the bot has come back so often, whichever way."""

    async def connected() -> bool:
        state = await arena.operator.state()
        return state.online and state.resumes >= resumes and state.identifies >= identifies

    await arena.until(connected, "the bot to be back")


async def closed_and_resumed(arena: Arena, chance: Chance) -> None:
    """The connection is closed while somebody orders: nothing that happened meanwhile is missed."""
    before = await arena.operator.state()
    room = await room_for(arena, chance)
    _, task = await held(room)
    await arena.operator.trouble_gateway("close", code=chance.in_turn(_RESUMED))
    order = await arena.order(room.person)
    await arena.provider.finish(task)
    assert order.acknowledged, "a command was missed between two connections"
    await back(arena, resumes=before.resumes + 1)
    after = await arena.operator.state()
    assert after.identifies == before.identifies, "a session that could be resumed was thrown away"


async def closed_with_its_session(arena: Arena, chance: Chance) -> None:
    """The session is gone: a new one is begun, and what was ordered before comes all the same."""
    before = await arena.operator.state()
    room = await room_for(arena, chance)
    _, task = await held(room)
    code = chance.in_turn((*_BEGUN_ANEW, None))
    if code is not None:
        await arena.operator.trouble_gateway("close", code=code)
    else:
        await arena.operator.trouble_gateway("invalidate")
    await arena.provider.finish(task)
    await arena.order(room.person)  # nobody may hear it
    await back(arena, identifies=before.identifies + 1)
    await answered(arena, room.person)


async def asked_to_reconnect(arena: Arena, chance: Chance) -> None:
    """Discord asks for another connection, or lets the session be resumed, in the middle of a burst."""
    before = await arena.operator.state()
    rooms = [await room_for(arena, chance) for _ in range(3)]
    orders = [asyncio.create_task(arena.order(room.person)) for room in rooms]
    if chance.in_turn((True, False)):
        await arena.operator.trouble_gateway("reconnect")
    else:
        await arena.operator.trouble_gateway("invalidate", resumable=True)
    for order in await asyncio.gather(*orders):
        assert order.acknowledged, "a command was missed between two connections"
    await back(arena, resumes=before.resumes + 1)


async def refused_for_good(arena: Arena, chance: Chance) -> None:
    """Discord does not want this bot any more: the process ends and says why; with that mended it goes on."""
    code = chance.in_turn(tuple(_REFUSED))
    exit_code, words = _REFUSED[code]
    room = await room_for(arena, chance)
    _, task = await held(room)
    await arena.operator.trouble_gateway("close", code=code)
    await arena.until(lambda: not arena.bot.running, "the process to end")
    said = arena.bot.tail(1)
    assert (arena.bot.exit_code, words in said) == (exit_code, True), f"{arena.bot.exit_code}: {said}"
    await arena.provider.finish(task)
    await arena.start()
    await answered(arena, room.person)


async def out_of_reach(arena: Arena, chance: Chance) -> None:
    """The gateway takes nobody for a while: clips are posted meanwhile, and commands taken again afterwards."""
    room = await room_for(arena, chance)
    _, task = await held(room)
    before = await arena.operator.state()
    await arena.operator.trouble_gateway("refuse")
    await arena.operator.trouble_gateway("drop")
    await arena.provider.finish(task)
    await ended(arena)
    assert len(await clips(arena)) == 1
    await arena.operator.trouble_gateway("admit")
    await back(arena, resumes=before.resumes + 1)
    await answered(arena, room.person)


async def heartbeats_unanswered(arena: Arena, chance: Chance) -> None:
    """The connection looks alive, and nobody answers: it is left by itself within two minutes."""
    before = await arena.operator.state()
    room = await room_for(arena, chance)
    await arena.operator.trouble_gateway("mute_acks")
    await arena.order(room.person)
    await _within(arena, 120, resumes=before.resumes + 1)
    await arena.operator.trouble_gateway("restore_acks")
    await answered(arena, room.person)


def silent(action: GatewayTrouble, undone: GatewayTrouble, *, drops: bool) -> Callable[..., Awaitable[None]]:
    """A connection on which something never comes: it is left within minutes, and nothing is missed."""

    async def perform(arena: Arena, chance: Chance) -> None:
        before = await arena.operator.state()
        room = await room_for(arena, chance)
        await arena.operator.trouble_gateway(action)
        if drops:
            await arena.operator.trouble_gateway("drop")
        lost = asyncio.create_task(room.person.begin("video", prompt="whatever"))
        await asyncio.sleep(chance.uniform(62, 70))
        await arena.operator.trouble_gateway(undone)
        await lost
        await _within(arena, 100, resumes=before.resumes + 1)
        await answered(arena, room.person)

    return perform


async def _within(arena: Arena, seconds: float, *, resumes: int) -> None:
    began = time.monotonic()
    while (await arena.operator.state()).resumes < resumes:
        assert time.monotonic() - began < seconds, "the bot did not come back"
        await asyncio.sleep(0.1)  # nothing announces it


async def twice(arena: Arena, chance: Chance) -> None:
    """Every command, click and reply of a conversation comes twice."""
    room = await room_for(arena, chance)
    await arena.operator.repeat_events("INTERACTION_CREATE", 10)
    await arena.operator.repeat_events("MESSAGE_CREATE", 10)
    order = await answered(arena, room.person)
    await ended(arena)
    (clip,) = await clips(arena)
    offer = (await room.person.click(clip, "Re-roll")).expect_message()
    asked = len(await arena.messages())
    reply = await room.person.reply(clip, "info")
    said = await room.person.wait_for(lambda message: message.from_bot and message.reference_id == reply.id)
    everything = await arena.messages()
    assert [one.id for one in everything if one.reference_id == reply.id and one.from_bot] == [said.id]
    assert len(everything) == asked + 2
    assert offer.ephemeral
    assert order.card is not None
    # What comes next must come once again.
    for event in ("INTERACTION_CREATE", "MESSAGE_CREATE"):
        await arena.operator.repeat_events(event, 0)


async def too_late(arena: Arena, chance: Chance) -> None:
    """A command arrives when Discord has given up on it: its card is an ordinary message."""
    room = await room_for(arena, chance)
    await arena.operator.delay_interaction(chance.uniform(3.1, 5.0))
    order = await arena.order(room.person)
    assert order.outcome is not None
    assert order.outcome.failed
    await arena.until(lambda: _one_card(arena), "its card")
    await ended(arena)
    (card,) = await _cards(arena)
    (job,) = await arena.records.jobs(after=arena.first_number)
    assert job.card_message_id == card.id


async def dead_tokens(arena: Arena, chance: Chance) -> None:
    """The token is dead at the first answer, or where it is used again."""
    room = await room_for(arena, chance)
    body: Any = {"message": "Unknown interaction", "code": 10062}
    await arena.operator.add_fault(kind="status", method="POST", path=_CALLBACKS, status=404, body=body, times=2)
    invalid = chance.in_turn((True, False))
    body = {"message": "…", "code": 50027 if invalid else 10015}
    status = 401 if invalid else 404
    await arena.operator.add_fault(kind="status", path=_TOKENS, status=status, body=body, times=2)
    await arena.order(room.person)
    await ended(arena)
    assert len(await clips(arena)) == 1


async def answer_lost(arena: Arena, chance: Chance) -> None:
    """The first answer is cut off, or its own answer is lost."""
    room = await room_for(arena, chance)
    kind = chance.in_turn(_LOST)
    await arena.operator.add_fault(kind=kind, method="POST", path=_CALLBACKS)
    order = await arena.order(room.person)
    await ended(arena)
    await arena.hear(order)
    assert order.acknowledged, f"{kind}: {order.outcome}"
    assert len(await _cards(arena)) == 1


async def during_a_restart(arena: Arena, chance: Chance) -> None:
    """People order while the process stops and starts: each is answered, or told by Discord that it was not."""
    rooms = [await room_for(arena, chance) for _ in range(3)]
    stopping = asyncio.create_task(arena.stop())
    orders = []
    for room in rooms:
        await asyncio.sleep(chance.uniform(0, 0.2))
        orders.append(asyncio.create_task(arena.order(room.person)))
    await stopping
    await arena.start()
    for order in await asyncio.gather(*orders):
        assert order.outcome is not None
    await answered(arena, rooms[0].person)


async def slow_answers(arena: Arena, chance: Chance) -> None:
    """Discord is slow at everything but what has to be quick."""
    room = await room_for(arena, chance)
    for method in ("POST", "PATCH"):
        path = f"/channels/{room.channel_id}/messages*"
        await arena.operator.add_fault(kind="delay", method=method, path=path, seconds=chance.uniform(1, 20), times=2)
    await answered(arena, room.person)
    await answered(arena, room.person)


async def _one_card(arena: Arena) -> bool:
    return len(await _cards(arena)) == 1


async def _cards(arena: Arena) -> list[SeenMessage]:
    """Return what the bot posted in this run besides what its jobs ended with."""
    ends = {one.message_id for one in await arena.records.deliveries()}
    return [one for one in await arena.messages() if one.from_bot and not one.ephemeral and one.id not in ends]


def trial(
    name: str,
    perform: Callable[[Arena, Chance], Awaitable[None]],
    *,
    in_short: bool = False,
    fresh: bool = False,
    runs: int | None = None,
    alternatives: int = 1,
) -> Trial:
    """A trial of this group."""
    return Trial(
        name=name,
        group=Group.DISCORD,
        perform=perform,
        in_short=in_short,
        fresh=fresh,
        runs=runs,
        alternatives=alternatives,
    )


TRIALS: Final = (
    # Closed again and again, a bot waits longer each time before it connects.
    trial(
        "gateway: closed, the session resumed",
        closed_and_resumed,
        in_short=True,
        fresh=True,
        alternatives=len(_RESUMED),
    ),
    trial(
        "gateway: closed with its session, or the session called invalid",
        closed_with_its_session,
        runs=6,
        alternatives=len(_BEGUN_ANEW) + 1,
    ),
    trial("gateway: asked to reconnect, or to resume", asked_to_reconnect, alternatives=2),
    trial(
        "gateway: refused for good (4004, 4010 to 4014)", refused_for_good, in_short=True, alternatives=len(_REFUSED)
    ),
    trial("gateway: out of reach for a while", out_of_reach),
    trial("gateway: open, but silent", silent("freeze", "thaw", drops=False), runs=1),
    trial("gateway: heartbeats unanswered", heartbeats_unanswered, runs=1),
    trial("gateway: never says hello", silent("mute_hello", "restore_hello", drops=True), runs=1),
    trial("events: each comes twice", twice, in_short=True),
    trial("interactions: a command arrives after its three seconds", too_late),
    trial("interactions: tokens that die early", dead_tokens, alternatives=2),
    trial("interactions: the first answer is lost", answer_lost, in_short=True, alternatives=len(_LOST)),
    trial("interactions: during a restart", during_a_restart),
    trial("Discord is slow", slow_answers),
)
