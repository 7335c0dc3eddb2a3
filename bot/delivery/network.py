"""One place that knows how a call to Discord can go wrong besides being answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

import discord

from bot.clock import SECOND
from bot.delivery.answers import is_passing, reason
from bot.errors import EgretError
from bot.jobs.ports import TryLater

LOOK_DEADLINE: Final = 60 * SECOND
"""The longest a call without consequences is waited for, discord.py's own five tries included."""

T = TypeVar("T")

_left_behind: set[asyncio.Future[Any]] = set()


async def look(call: Awaitable[T], deadline: int = LOOK_DEADLINE) -> T:
    """Make a call whose repetition does no harm; everything that passes by itself becomes TryLater.

    A call that takes too long is left behind, not cancelled: cancelled while it waits out a global rate limit, it would
    leave discord.py's global lock closed for ever.

    Args:
        call: a request, or several.
        deadline: milliseconds.

    Raises:
        TryLater: no answer to be had now.
        DiscordException: Discord's refusal.
    """
    task = asyncio.ensure_future(call)
    try:
        await asyncio.wait({task}, timeout=deadline / SECOND)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not task.done():
        _leave_behind(task)
        raise TryLater("no answer in time")
    try:
        return task.result()
    except discord.DiscordException as error:
        if is_passing(error):
            raise TryLater(reason(error)) from error
        raise
    except EgretError:
        raise
    except Exception as error:
        # aiohttp's errors have no common root with the system's, and belong to discord.py: all mean "no answer".
        raise TryLater(type(error).__name__) from error


def _leave_behind(task: asyncio.Future[Any]) -> None:
    _left_behind.add(task)
    task.add_done_callback(_forget)


def _forget(task: asyncio.Future[Any]) -> None:
    _left_behind.discard(task)
    if not task.cancelled():
        task.exception()  # asked for, or the event loop would complain that nobody did
