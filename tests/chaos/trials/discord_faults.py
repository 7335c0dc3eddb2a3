"""What Discord does wrong: with requests, with channels, and with what was agreed before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.jobs.states import DeliveryState
from sandbox.discord.faults import FaultKind
from sandbox.discord.permissions import Permission
from sandbox.person import Person
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.chaos.arena import Arena, Order
from tests.chaos.trial import Chance, Group, Trial

QUICKLY: Final = 3.0
"""Seconds within which Discord wants a first answer."""
_FILTERS: Final = (200000, 240000, 20009)
_SERVER_ERRORS: Final = (500, 502, 504)
_PAGES: Final = (403, 404, 503, 520)
_TO_POST: Final = (Permission.ATTACH_FILES, Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL)
"""Without any of these a clip cannot be posted."""
_UPLOADS_LIMITED: Final = 400001


@dataclass(frozen=True, slots=True)
class Room:
    """A channel of a run's own, and somebody in it."""

    arena: Arena
    person: Person
    channel_id: int

    @property
    def messages(self) -> str:
        """The path of new messages there."""
        return f"/channels/{self.channel_id}/messages"

    async def fault(self, kind: FaultKind, *, method: str = "POST", **facts: Any) -> None:
        """Let the next messages there go wrong, or what the method is about."""
        path = self.messages if method in {"POST", "GET"} else f"{self.messages}/*"
        await self.arena.operator.add_fault(kind=kind, method=method, path=path, **facts)

    async def forbid(self, *permissions: Permission) -> None:
        """Take rights from the bot there."""
        deny = sum(int(permission) for permission in permissions)
        await self.arena.operator.set_overwrite(str(self.channel_id), "bot", deny=deny)


Deed = Callable[[Room, Chance], Awaitable[None]]


async def room_for(arena: Arena, chance: Chance) -> Room:
    """Make a channel for somebody."""
    name = f"room-{chance.getrandbits(40):010x}"
    channel_id = await arena.operator.add_channel(str(arena.server_id), name)
    return Room(arena, chance.choice(arena.people).in_channel(name), channel_id)


async def held(room: Room) -> tuple[Order, str]:
    """Order a clip that is being made until it is told to be done; returns its task."""
    order = await room.arena.order(room.person, scenarios=(Scenario.STUCK,))
    await room.arena.until(lambda: _bought(room.arena), "the purchase")
    (task,) = await room.arena.new_tasks()
    return order, task.task_id


async def _bought(arena: Arena) -> bool:
    return len(await arena.new_tasks()) == 1


async def struck(arena: Arena) -> None:
    """Let time pass until every fault has hit what it waited for."""

    async def none_left() -> bool:
        return (await arena.operator.state()).pending_faults == 0

    await arena.pass_time(none_left)


async def ended(arena: Arena) -> None:
    """Let time pass until every order has come to its end."""
    await arena.pass_time(arena.at_rest)


async def clips(arena: Arena) -> list[SeenMessage]:
    """Return every message of this run with a clip, wherever it stands."""
    return [message for message in await arena.messages() if message.from_bot and message.attachments]


async def state_of_delivery(arena: Arena) -> tuple[DeliveryState, str]:
    """Return how the run's only message came out, and why."""
    (job,) = await arena.records.jobs(after=arena.first_number)
    (row,) = await arena.records.rows(f"SELECT state, reason FROM deliveries WHERE job_id = '{job.id}'")  # noqa: S608
    return DeliveryState(str(row[0])), str(row[1])


def while_posting(name: str, arm: Deed, *, in_short: bool = False, quick: bool = False, alternatives: int = 1) -> Trial:
    """A fault that meets the message with the clip; it is posted there once all the same.

    Args:
        name: the trial's.
        arm: arms the fault.
        in_short: the trial's.
        quick: whether somebody else's command is answered in time meanwhile.
        alternatives: the trial's.
    """

    async def perform(arena: Arena, chance: Chance) -> None:
        room = await room_for(arena, chance)
        await arm(room, chance)
        await arena.order(room.person)
        if quick:
            await _other_is_answered(arena, room)
        await struck(arena)
        await ended(arena)
        assert (await state_of_job(arena, 0)) is DeliveryState.DELIVERED
        assert len([clip for clip in await clips(arena) if clip.channel_id == room.channel_id]) == 1

    return Trial(name=name, group=Group.DISCORD, perform=perform, in_short=in_short, alternatives=alternatives)


async def _other_is_answered(arena: Arena, room: Room) -> None:
    other = next(person for person in arena.people if person.name != room.person.name)
    order = await arena.order(other)
    assert order.answered_in is not None, f"not answered: {order.said!r}"
    assert order.answered_in < QUICKLY, f"answered after {order.answered_in:.1f} s"


async def state_of_job(arena: Arena, number: int) -> DeliveryState:
    """Return how the message of the run's nth job came out."""
    job = (await arena.records.jobs(after=arena.first_number))[number]
    return next(one.state for one in await arena.records.deliveries() if one.job_id == job.id)


def before_posting(name: str, change: Deed, *, goes: str, in_short: bool = False, alternatives: int = 1) -> Trial:
    """Something that changes between the command and its clip.

    Args:
        name: the trial's.
        change: makes the change.
        goes: where the clip goes: "there", there as a "link", "direct" or "nowhere".
        in_short: the trial's.
        alternatives: the trial's.
    """

    async def perform(arena: Arena, chance: Chance) -> None:
        room = await room_for(arena, chance)
        order, task = await held(room)
        order.out_of_reach = goes == "nowhere"
        await change(room, chance)
        await arena.provider.finish(task)
        await ended(arena)
        state, reason = await state_of_delivery(arena)
        found = await results(arena)
        if goes == "nowhere":
            assert (state, found) == (DeliveryState.UNDELIVERABLE, []), f"{state}: {reason}"
        else:
            assert (state, len(found)) == (DeliveryState.DELIVERED, 1), f"{state}: {reason}"
            there = found[0].channel_id == room.channel_id
            assert there is (goes != "direct"), f"the clip went {'there' if there else 'elsewhere'}"
            assert bool(found[0].attachments) is (goes != "link")
            assert "$" in found[0].text, "it is not said what it cost"
        assert order.acknowledged

    return Trial(name=name, group=Group.DISCORD, perform=perform, in_short=in_short, alternatives=alternatives)


async def _server_error(room: Room, chance: Chance) -> None:
    await room.fault("status", status=chance.in_turn(_SERVER_ERRORS))


async def _unavailable(room: Room, chance: Chance) -> None:
    await room.fault("status", status=503, times=chance.randint(1, 4))


async def _proxy_page(room: Room, chance: Chance) -> None:
    await room.fault("page", status=chance.in_turn(_PAGES), times=chance.randint(1, 3))


async def _limit_of_route(room: Room, chance: Chance) -> None:
    await room.fault("rate_limit", retry_after=chance.uniform(0.1, 1.0), shared=chance.in_turn((True, False)))


async def _long_limit_of_route(room: Room, chance: Chance) -> None:
    await room.fault("rate_limit", retry_after=chance.uniform(31, 400), times=chance.randint(1, 2))


async def _global_limit(room: Room, chance: Chance) -> None:
    await room.fault("rate_limit", retry_after=chance.uniform(1.0, 4.0), global_=True)


async def _banned(room: Room, chance: Chance) -> None:
    await room.fault("page", status=429, retry_after=chance.in_turn((0, 5, 300)), times=chance.randint(1, 3))


async def _reset(room: Room, chance: Chance) -> None:
    await room.fault("reset", times=chance.randint(1, 3))


async def _half(room: Room, chance: Chance) -> None:
    await room.fault("reset_upload", times=chance.randint(1, 3))


async def _slow(room: Room, chance: Chance) -> None:
    await room.fault("slow_upload", bytes_per_second=chance.randint(2_000, 20_000))


async def _answer_cut(room: Room, _chance: Chance) -> None:
    await room.fault("lost_reset")


async def _answer_hangs(room: Room, _chance: Chance) -> None:
    await room.fault("lost_hang")


async def _edits_fail(room: Room, chance: Chance) -> None:
    await room.fault("status", method="PATCH", status=chance.in_turn((503, 429, 520)), times=chance.randint(1, 4))


async def _refused_key(room: Room, _chance: Chance) -> None:
    await room.fault("status", status=401, body={"message": "401: Unauthorized", "code": 0})


async def _filtered(room: Room, chance: Chance) -> None:
    body: Any = {"message": "blocked", "code": chance.in_turn(_FILTERS)}
    await room.fault("status", status=400, body=body)


async def _filtered_always(room: Room, chance: Chance) -> None:
    body: Any = {"message": "blocked", "code": chance.in_turn(_FILTERS)}
    await room.fault("status", status=400, body=body, times=2)


async def _no_files(room: Room, _chance: Chance) -> None:
    body: Any = {"message": "uploads limited", "code": _UPLOADS_LIMITED}
    await room.fault("status", status=400, body=body)


async def _loses_rights(room: Room, chance: Chance) -> None:
    await room.forbid(chance.in_turn(_TO_POST))


async def nowhere_to_go(arena: Arena, chance: Chance) -> None:
    """No clip can be posted any more, nor be brought by direct message: the card says so wherever it can be reached."""
    room = await room_for(arena, chance)
    order, task = await held(room)
    order.out_of_reach = True
    lost, name = chance.in_turn(_TO_POST), room.person.name
    arena.afterwards.append(lambda: arena.operator.set_takes_direct_messages(name, takes=True))
    await arena.operator.set_takes_direct_messages(name, takes=False)
    await room.forbid(lost)
    await arena.provider.finish(task)
    await ended(arena)
    state, reason = await state_of_delivery(arena)
    assert (state, await results(arena)) == (DeliveryState.UNDELIVERABLE, []), f"{state}: {reason}"
    card = order.card
    assert card is not None

    async def told() -> bool:
        return "Not posted" in (await room.person.message(card)).text

    if lost is not Permission.VIEW_CHANNEL:
        await arena.until(told, "the card to say that the clip was not posted")


async def _channel_deleted(room: Room, _chance: Chance) -> None:
    await room.arena.operator.delete_channel(str(room.channel_id))


async def _bot_removed(room: Room, _chance: Chance) -> None:
    operator, server = room.arena.operator, str(room.arena.server_id)
    await operator.set_server(server, bot_present=False)
    room.arena.afterwards.append(lambda: operator.set_server(server, bot_present=True))


async def _requester_left(room: Room, _chance: Chance) -> None:
    operator, server, name = room.arena.operator, str(room.arena.server_id), room.person.name
    await operator.set_member(server, name, present=False)
    room.arena.afterwards.append(lambda: operator.set_member(server, name, present=True))


async def _card_deleted(room: Room, _chance: Chance) -> None:
    card = room.arena.orders[-1].card
    assert card is not None
    await room.arena.operator.delete_message(card.id)


async def deleted_before_it_is_known(arena: Arena, chance: Chance) -> None:
    """The answer to the message is lost, and somebody deletes it before the bot looks for it."""
    room = await room_for(arena, chance)
    await room.fault("lost_reset")
    await arena.order(room.person)
    await arena.until(lambda: _posted(arena), "the clip")
    (clip,) = await clips(arena)
    await arena.operator.delete_message(clip.id)
    await ended(arena)
    assert [message.id for message in await clips(arena)] == [clip.id]


async def limit_lowered(arena: Arena, chance: Chance) -> None:
    """The server takes less than Discord says: one refusal teaches that, and a link comes in place of the clip."""
    operator, server = arena.operator, str(arena.server_id)
    await operator.limit_uploads(server, chance.randint(0, 1_000))

    async def restored() -> None:
        # What one refusal taught is believed for hours, which other runs would notice.
        await operator.limit_uploads(server, None)
        await arena.stop()
        await arena.start()

    arena.afterwards.append(restored)
    room = await room_for(arena, chance)
    await arena.order(room.person)
    await ended(arena)
    assert await state_of_job(arena, 0) is DeliveryState.DELIVERED
    (told,) = await results(arena)
    assert (told.channel_id, told.attachments) == (room.channel_id, ())
    assert "http" in told.text


async def results(arena: Arena) -> list[SeenMessage]:
    """Return the messages that brought a clip, or a link to it, wherever they stand."""
    stand = {one.message_id for one in await arena.records.deliveries()}
    return [message for message in await arena.messages() if message.id in stand]


async def _posted(arena: Arena) -> bool:
    return bool(await clips(arena))


async def killed_after_an_unknown_answer(arena: Arena, chance: Chance) -> None:
    """The answer never comes, the process is killed, and Discord has forgotten the nonce by the next one."""
    room = await room_for(arena, chance)
    await room.fault("lost_hang")
    await arena.order(room.person)
    await arena.until(lambda: _posted(arena), "the clip")
    await arena.kill()
    await arena.advance(chance.in_turn((1, 30, 3_600)))
    await arena.start()
    await ended(arena)
    assert len(await clips(arena)) == 1


async def uncertain_where_nobody_may_look(arena: Arena, chance: Chance) -> None:
    """The same, and the bot may not read the channel any more: it is not posted again, and the requester is told."""
    room = await room_for(arena, chance)
    await room.fault("status", status=503)
    order, task = await held(room)
    order.out_of_reach = True
    await arena.provider.finish(task)
    await struck(arena)
    await arena.kill()
    lost = chance.in_turn((Permission.READ_MESSAGE_HISTORY, Permission.VIEW_CHANNEL))
    await room.forbid(lost)
    await arena.start()
    await ended(arena)
    assert await state_of_delivery(arena) == (DeliveryState.UNDELIVERABLE, "history_unreadable")
    told = [one for one in await arena.messages() if f"<#{room.channel_id}>" in one.text and one.from_bot]
    assert len(told) == 1, "the requester was not told by direct message"
    assert "$" in told[0].text, "it is not said what it cost"
    if lost is Permission.READ_MESSAGE_HISTORY:
        assert order.card is not None
        assert "Not posted" in (await room.person.message(order.card)).text


async def thread(arena: Arena, chance: Chance, *, archived: bool, locked: bool) -> list[SeenMessage]:
    """Order a clip in a thread that is closed meanwhile; returns the clips there."""
    room = await room_for(arena, chance)
    inside = await room.person.start_thread(await room.person.send("clips of the week"), "clips")
    order = await arena.order(inside, scenarios=(Scenario.STUCK,))
    await arena.until(lambda: _bought(arena), "the purchase")
    (task,) = await arena.new_tasks()
    await arena.operator.set_thread(inside.channel, archived=archived, locked=locked)
    await arena.provider.finish(task.task_id)
    await ended(arena)
    found = await clips(arena)
    assert len(found) == 1, "the clip was posted nowhere, or twice"
    assert order.card is not None
    return [clip for clip in found if clip.channel_id == order.card.channel_id]


async def thread_archived(arena: Arena, chance: Chance) -> None:
    """An archived thread is opened by the clip."""
    assert await thread(arena, chance, archived=True, locked=False)


async def thread_locked(arena: Arena, chance: Chance) -> None:
    """A locked one stays closed, and the clip comes by direct message."""
    assert not await thread(arena, chance, archived=chance.in_turn((True, False)), locked=True)


def trial(
    name: str,
    perform: Callable[[Arena, Chance], Awaitable[None]],
    *,
    in_short: bool = False,
    alternatives: int = 1,
) -> Trial:
    """A trial of this group."""
    return Trial(name=name, group=Group.DISCORD, perform=perform, in_short=in_short, alternatives=alternatives)


async def several_at_once(arena: Arena, chance: Chance) -> None:
    """Everybody orders while a twentieth of Discord's answers goes wrong in every way."""
    rooms = [await room_for(arena, chance) for _ in range(3)]
    kinds: tuple[FaultKind, ...] = ("reset", "lost_reset", "reset_upload", "status", "page")
    first = chance.in_turn(range(len(kinds)))
    for number, room in enumerate(rooms):
        await room.fault(kinds[(first + number) % len(kinds)], status=503)
    orders = await asyncio.gather(*(arena.order(room.person) for room in rooms))
    assert all(order.acknowledged for order in orders)


TRIALS: Final = (
    while_posting("message: 500, 502 or 504", _server_error, alternatives=len(_SERVER_ERRORS)),
    while_posting("message: 503", _unavailable, in_short=True),
    while_posting("message: a proxy's page", _proxy_page, alternatives=len(_PAGES)),
    while_posting("message: 429 of the route, waited out", _limit_of_route, alternatives=2),
    while_posting("message: 429 of the route, for minutes", _long_limit_of_route),
    while_posting("message: 429 for everything, commands answered meanwhile", _global_limit, in_short=True, quick=True),
    while_posting("message: banned by Cloudflare for a while", _banned, alternatives=3),
    while_posting("message: connection reset before it", _reset),
    while_posting("message: connection reset in the middle of the upload", _half, in_short=True),
    while_posting("message: upload at a crawl", _slow),
    while_posting("message: posted, and the answer lost", _answer_cut, in_short=True),
    while_posting("message: posted, and the answer never comes", _answer_hangs),
    while_posting("message: token refused for a moment", _refused_key),
    while_posting("message: held back by AutoMod, posted without the words", _filtered, alternatives=len(_FILTERS)),
    while_posting("card: edits refused", _edits_fail, alternatives=3),
    before_posting(
        "AutoMod holds it back without the words, too", _filtered_always, goes="direct", alternatives=len(_FILTERS)
    ),
    before_posting("right to post lost", _loses_rights, goes="direct", in_short=True, alternatives=len(_TO_POST)),
    trial("right to post lost, direct messages closed", nowhere_to_go, alternatives=len(_TO_POST)),
    before_posting("channel deleted", _channel_deleted, goes="direct"),
    before_posting("bot removed from its only server", _bot_removed, goes="nowhere"),
    before_posting("requester has left", _requester_left, goes="there"),
    before_posting("card deleted", _card_deleted, goes="there"),
    before_posting("Discord takes no files on this server", _no_files, goes="link"),
    trial("upload limit lowered below what is told", limit_lowered),
    trial("thread archived", thread_archived),
    trial("thread locked", thread_locked, alternatives=2),
    trial("clip deleted before its posting is known", deleted_before_it_is_known),
    trial(
        "killed before the answer, the nonce forgotten", killed_after_an_unknown_answer, in_short=True, alternatives=3
    ),
    trial("killed in doubt, and nobody may look", uncertain_where_nobody_may_look, alternatives=2),
    trial("everybody orders, every message is disturbed", several_at_once, alternatives=5),
)
