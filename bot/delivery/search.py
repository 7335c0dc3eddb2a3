"""Looks for a message that may have been posted although its answer was lost."""

from __future__ import annotations

from typing import Final

import discord

from bot.clock import MINUTE
from bot.delivery.network import look
from bot.jobs.model import Delivery, Job, MessageRef
from bot.jobs.ports import HistoryUnreadable
from bot.ui.buttons import custom_ids_of
from bot.ui.custom_ids import names_delivery

SEARCH_DEADLINE: Final = 5 * MINUTE
_DISCORD_EPOCH: Final = 1_420_070_400_000
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
        since: UTC milliseconds.

    Raises:
        HistoryUnreadable: it cannot be told.
        TryLater: not now.
    """
    after = discord.Object(_first_id(since))
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


def _first_id(at: int) -> int:
    """Return the smallest id a message of that instant could have (snowflakes: platform notes §5)."""
    return max(0, at - _DISCORD_EPOCH) << 22
