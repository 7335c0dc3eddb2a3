"""Trying out a channel for real: permissions on paper and what Discord lets through are not always the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Final, TypeVar

import discord
import structlog

from bot.ui.channel_kinds import channel_kind
from bot.ui.channel_test import NEEDS, Tested, Trial, render_test_file
from bot.ui.language import speaking
from bot.ui.permissions import missing_permissions

T = TypeVar("T")

_SECONDS: Final = 20.0
"""How long each answer is waited for."""

log = structlog.get_logger(__name__)


async def try_channel(channel: discord.TextChannel, nonce: str) -> Tested:
    """Post a small file in a channel, find it again, and take it away, whatever went wrong in between.

    Args:
        channel: a text or announcement channel of a server that the bot is in.
        nonce: what a second click on the same list has in common with the first; at most 25 characters.
    """
    kind = channel_kind(channel)
    allowed = channel.permissions_for(channel.guild.me)
    missing = missing_permissions(kind, allowed) if kind is not None else ()
    tested = Tested(channel_id=channel.id, kind=kind, missing=missing)
    try:
        with speaking(channel.guild.preferred_locale.value):
            message = await _answer(channel.send(**render_test_file().send(), nonce=nonce, silent=True))
    except discord.Forbidden as error:
        return _refused(tested, Trial.POST, error)
    except Exception as error:  # noqa: BLE001 - the network's errors have no common root: all mean "no answer"
        return _unanswered(tested, Trial.POST, error)
    try:
        await _answer(channel.fetch_message(message.id))
    except (discord.Forbidden, discord.NotFound) as error:
        tested = _refused(tested, Trial.FIND, error)
    except Exception as error:  # noqa: BLE001 - the network's errors have no common root: all mean "no answer"
        tested = _unanswered(tested, Trial.FIND, error)
    return await _take_away(tested, message)


async def _take_away(tested: Tested, message: discord.Message) -> Tested:
    left = replace(tested, left_behind=message.jump_url)
    try:
        await _answer(message.delete())
    except discord.NotFound:
        return tested
    except discord.Forbidden as error:
        return _refused(left, Trial.REMOVE, error)
    except Exception as error:  # noqa: BLE001 - the network's errors have no common root: all mean "no answer"
        return _unanswered(left, Trial.REMOVE, error)
    return tested


async def _answer(call: Awaitable[T]) -> T:
    """Wait for an answer, but not for ever: the request itself goes on, because it holds discord.py's locks."""
    task = asyncio.ensure_future(call)
    # Whoever stops waiting for it hears nothing of its end, and the event loop would complain of that.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.wait_for(asyncio.shield(task), _SECONDS)


def _refused(tested: Tested, trial: Trial, error: discord.HTTPException) -> Tested:
    """Return a test that failed; where no permission is known to be missing, those that it needs are named."""
    log.info("channel_test_refused", channel=tested.channel_id, trial=trial.value, code=error.code)
    missing = tested.missing or NEEDS[trial]
    return replace(tested, failed=(*tested.failed, trial), missing=missing)


def _unanswered(tested: Tested, trial: Trial, error: Exception) -> Tested:
    log.warning("channel_test_unanswered", channel=tested.channel_id, trial=trial.value, error=repr(error))
    return replace(tested, unanswered=True)
