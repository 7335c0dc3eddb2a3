"""Answering an interaction: before Discord loses patience, and for one person's eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar

import discord
import structlog

from bot.ui.message import Message

PATIENCE: Final = 1.5
"""Seconds of work before Discord is asked to wait; it waits three for a first response (platform notes §5)."""
ATTEMPT_SECONDS: Final = 5.0
"""How long Discord's answer is waited for before something else is tried: it may never come."""
_DEFERRAL_SECONDS: Final = 0.0015
"""What a deferral takes of this process. In a crowd the last one has to be out in time, too."""
_ALREADY_ACKNOWLEDGED: Final = 40060

AnyInteraction: TypeAlias = "discord.Interaction[discord.Client]"
T = TypeVar("T")

log = structlog.get_logger(__name__)


class _Crowd:
    """The answers that are worked on at this moment: each of them may yet need a deferral."""

    def __init__(self) -> None:
        self._size = 0

    async def wait(self, task: asyncio.Future[T], patience: float, defer: Callable[[], Awaitable[object]]) -> None:
        """Wait for work while patience lasts, the shorter the more are waited for, and ask Discord to wait then."""
        self._size += 1
        try:
            await asyncio.wait({task}, timeout=max(0.0, patience - self._size * _DEFERRAL_SECONDS))
            if not task.done():
                await defer()
        except Exception as error:  # noqa: BLE001 - what was asked is done all the same, and shown if it can be
            log.warning("deferral_failed", error=repr(error))
        finally:
            self._size -= 1


_CROWD: Final = _Crowd()


async def in_time(
    interaction: AnyInteraction,
    work: Awaitable[T],
    *,
    ephemeral: bool,
    patience: float = PATIENCE,
    attempt_seconds: float = ATTEMPT_SECONDS,
) -> T:
    """Do the work, and ask Discord to wait where it takes long.

    Args:
        interaction: what asked for it; not answered yet.
        work: what was asked.
        ephemeral: whether the answer will be for the person alone.
        patience: seconds before the deferral; less where many are waited for.
        attempt_seconds: how long the deferral's own answer is waited for.
    """

    async def defer() -> None:
        async with asyncio.timeout(attempt_seconds):
            await interaction.response.defer(ephemeral=ephemeral, thinking=True)

    task = asyncio.ensure_future(work)
    await _CROWD.wait(task, patience, defer)
    return await task


async def answer_privately(interaction: AnyInteraction, message: Message) -> None:
    """Answer what was, if at all, deferred privately."""
    if not await _responded(interaction, message):
        await interaction.edit_original_response(**message.edit())


async def change_in_time(
    interaction: AnyInteraction,
    work: Awaitable[Message],
    *,
    patience: float = PATIENCE,
    attempt_seconds: float = ATTEMPT_SECONDS,
) -> None:
    """Do the work, and let the message that was clicked on become what it returns.

    Args:
        interaction: a click; not answered yet.
        work: what was asked.
        patience: seconds before Discord is told that the message will change; less where many are waited for.
        attempt_seconds: how long the answer to that is waited for.
    """

    async def defer() -> None:
        async with asyncio.timeout(attempt_seconds):
            await interaction.response.defer()

    task = asyncio.ensure_future(work)
    await _CROWD.wait(task, patience, defer)
    changed = await task
    if not interaction.response.is_done():
        try:
            await interaction.response.edit_message(**changed.edit())
        except discord.HTTPException as error:
            # Of an earlier response only the answer was lost.
            if error.code != _ALREADY_ACKNOWLEDGED:
                raise
        else:
            return
    await interaction.edit_original_response(**changed.edit())


async def say_privately(interaction: AnyInteraction, message: Message) -> None:
    """Tell the person alone; a public deferral gives way, because its first follow-up would be as public as it is.

    What was clicked on stays: a click that was to change it has only failed.
    """
    if await _responded(interaction, message):
        return
    if _is_waited_for(interaction):
        try:
            await interaction.delete_original_response()
        except discord.HTTPException as error:
            log.warning("deferral_not_deleted", error=repr(error))
    await interaction.followup.send(**message.send(), ephemeral=True)


def _is_waited_for(interaction: AnyInteraction) -> bool:
    """Tell whether a message of ours says that an answer comes, rather than being the one that was clicked on."""
    kind = interaction.response.type
    if kind is None:
        # Only the answer to the response was lost.
        return interaction.type is discord.InteractionType.application_command
    return kind is discord.InteractionResponseType.deferred_channel_message


async def _responded(interaction: AnyInteraction, message: Message) -> bool:
    """Make the first response, privately; False where there was one already."""
    if interaction.response.is_done():
        return False
    try:
        await interaction.response.send_message(**message.send(), ephemeral=True)
    except discord.HTTPException as error:
        # Of an earlier response only the answer was lost.
        if error.code != _ALREADY_ACKNOWLEDGED:
            raise
        return False
    return True
