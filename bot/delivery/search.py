"""Looks for a message that may have been posted although its answer was lost."""

from __future__ import annotations

import re
from typing import Final

import discord

from bot.clock import MINUTE
from bot.delivery.network import look
from bot.jobs.model import Delivery, Job, MessageRef, is_repost
from bot.jobs.ports import HistoryUnreadable
from bot.ui.buttons import custom_ids_of
from bot.ui.custom_ids import names_delivery

SEARCH_DEADLINE: Final = 5 * MINUTE
_DISCORD_EPOCH: Final = 1_420_070_400_000
_ID: Final = re.compile(r"\d{15,20}")
_CARD_COMES_WITHIN: Final = 15 * MINUTE
"""An interaction's answers, the card among them, are posted this soon or never (platform notes §2)."""
_UNKNOWN_CHANNEL: Final = 10003
_UNKNOWN_MESSAGE: Final = 10008


async def find_message(
    channel: discord.PartialMessageable, delivery: Delivery, job: Job, author_id: int, since: int
) -> MessageRef | None:
    """Return our message of a delivery, None if there is certainly none since then.

    History returns no nonces, so the message is known by the custom id of its button, which names the delivery.

    Args:
        channel: where it would stand.
        delivery: whose message.
        job: the delivery's job.
        author_id: ourselves.
        since: UTC milliseconds by our clock, which may have been wrong at the time.

    Raises:
        HistoryUnreadable: it cannot be told.
        TryLater: not now.
    """
    after = discord.Object(first_possible_id(delivery, job, since))
    try:
        message = await look(_search(channel, delivery, job, author_id, after), SEARCH_DEADLINE)
    except discord.NotFound as error:
        if error.code == _UNKNOWN_CHANNEL:
            return None  # whatever was posted is gone with its channel: nothing stands anywhere
        raise HistoryUnreadable("history not found") from error
    except discord.HTTPException as error:
        raise HistoryUnreadable(f"history refused: {error.code or error.status}") from error
    return MessageRef(channel.id, message.id) if message is not None else None


async def _search(
    channel: discord.PartialMessageable, delivery: Delivery, job: Job, author_id: int, after: discord.Object
) -> discord.Message | None:
    anything = False
    async for message in channel.history(limit=None, after=after, oldest_first=True):
        anything = True
        if message.author.id == author_id and _is_of(message, delivery, job):
            return message
    if not anything:
        await prove_readable(channel, after)
    return None


async def prove_readable(channel: discord.PartialMessageable, nobody: discord.Object) -> None:
    """Make sure that an empty history is empty.

    Without Read Message History Discord answers with no messages instead of a refusal, but refuses to fetch one.
    """
    try:
        await channel.fetch_message(nobody.id)
    except discord.NotFound as error:
        if error.code != _UNKNOWN_MESSAGE:
            raise


def _is_of(message: discord.Message, delivery: Delivery, job: Job) -> bool:
    return any(names_delivery(custom_id, job.id, delivery.id) for custom_id in custom_ids_of(message.components))


def first_possible_id(delivery: Delivery, job: Job, since: int) -> int:
    """Return an id that is smaller than our message's, whatever our clock said as it was posted.

    Ids carry Discord's time. What was asked for by an interaction or a message came after it; a search that began at an
    instant of a clock that was ahead would miss the message, and it would be posted twice.
    """
    asked = [int(found) for found in _ID.findall(delivery.purpose if is_repost(delivery.purpose) else job.request_key)]
    if asked:
        # Everything that the request names was there before it.
        return min(_first_id(since), max(asked))
    if job.card is None or is_repost(delivery.purpose):
        return _first_id(since)
    return min(_first_id(since), max(0, job.card.message_id - (_CARD_COMES_WITHIN << 22)))


def _first_id(at: int) -> int:
    """Return the smallest id a message of that instant could have (snowflakes: platform notes §5)."""
    return max(0, at - _DISCORD_EPOCH) << 22
