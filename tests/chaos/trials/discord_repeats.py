"""What comes of a message that Discord posted and answered with a server error: discord.py repeats it by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.jobs.states import DeliveryState
from tests.chaos.arena import Arena
from tests.chaos.trial import Chance, Group, Trial
from tests.chaos.trials.discord_faults import Deed, Room, clips, ended, room_for, struck

_SERVER_ERRORS: Final = (500, 502, 504)
_UNAUTHORIZED: Final[Mapping[str, Any]] = {"message": "401: Unauthorized", "code": 0}
_NO_PERMISSION: Final[Mapping[str, Any]] = {"message": "Missing Permissions", "code": 50013}
_NO_CHANNEL: Final[Mapping[str, Any]] = {"message": "Unknown Channel", "code": 10003}


async def _posted(room: Room, chance: Chance) -> None:
    await room.fault("lost_status", status=chance.in_turn(_SERVER_ERRORS))


def _then(status: int, body: Mapping[str, Any]) -> Deed:
    """Return what lets a message be posted, its answer be lost, and its repetition be refused."""

    async def arm(room: Room, chance: Chance) -> None:
        await _posted(room, chance)
        await room.fault("status", status=status, body=dict(body))

    return arm


async def _then_proxy(room: Room, chance: Chance) -> None:
    await _posted(room, chance)
    await room.fault("page", status=chance.in_turn((403, 404, 429)), retry_after=chance.uniform(1, 300))


async def _then_limit(room: Room, chance: Chance) -> None:
    await _posted(room, chance)
    await room.fault("rate_limit", retry_after=chance.uniform(31, 400))


async def repeated_for_too_long(arena: Arena, chance: Chance) -> None:
    """Every repetition is answered as the first try was, for longer than Discord knows the nonce."""
    room = await room_for(arena, chance)
    await room.fault("lost_status", status=chance.in_turn(_SERVER_ERRORS), times=5)
    await arena.order(room.person)
    await ended(arena)
    # Those that no repetition has met would meet the next run's messages.
    await arena.operator.clear_faults()
    await _stands_there_alone(room)


async def killed_after_a_refused_repeat(arena: Arena, chance: Chance) -> None:
    """The repetition is refused, the process is killed, and Discord has forgotten the nonce by the next one."""
    room = await room_for(arena, chance)
    refused = chance.in_turn(((401, _UNAUTHORIZED), (403, _NO_PERMISSION), (404, _NO_CHANNEL)))
    await _then(*refused)(room, chance)
    await arena.order(room.person)
    await struck(arena)
    await arena.kill()
    await arena.advance(chance.uniform(30, 3_600))
    await arena.start()
    await ended(arena)
    await _stands_there_alone(room)


def _posted_then(name: str, arm: Deed, *, in_short: bool = False) -> Trial:
    """A message that is posted before its request goes wrong; that very message is what the bot knows of."""

    async def perform(arena: Arena, chance: Chance) -> None:
        room = await room_for(arena, chance)
        await arm(room, chance)
        await arena.order(room.person)
        await struck(arena)
        await ended(arena)
        await _stands_there_alone(room)

    return Trial(
        name=f"message: posted, answered 5xx, {name}",
        group=Group.DISCORD,
        perform=perform,
        in_short=in_short,
        alternatives=len(_SERVER_ERRORS),
    )


async def _stands_there_alone(room: Room) -> None:
    (clip,) = await clips(room.arena)
    assert clip.channel_id == room.channel_id
    (job,) = await room.arena.records.jobs(after=room.arena.first_number)
    query = f"SELECT state, channel_id, message_id FROM deliveries WHERE job_id = '{job.id}'"  # noqa: S608 - our own id
    (row,) = await room.arena.records.rows(query)
    assert row == (DeliveryState.DELIVERED, room.channel_id, clip.id), f"recorded: {row}"


TRIALS: Final = (
    _posted_then("repeated", _posted),
    _posted_then("the repetition refused: 401", _then(401, _UNAUTHORIZED), in_short=True),
    _posted_then("the repetition refused: 403", _then(403, _NO_PERMISSION)),
    _posted_then("the repetition refused: 404", _then(404, _NO_CHANNEL)),
    _posted_then("the repetition refused by a proxy", _then_proxy),
    _posted_then("the repetition limited for minutes", _then_limit),
    Trial(
        name="message: posted, answered 5xx, so is every repetition, until the nonce is forgotten",
        group=Group.DISCORD,
        perform=repeated_for_too_long,
        alternatives=len(_SERVER_ERRORS),
    ),
    Trial(
        name="killed after a message was posted and its repetition refused",
        group=Group.DISCORD,
        perform=killed_after_a_refused_repeat,
        alternatives=len(_SERVER_ERRORS),
    ),
)
