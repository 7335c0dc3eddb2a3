"""How a command answers: in time, once, and in private where nothing came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import discord
import structlog

from bot.jobs.model import MessageRef
from bot.jobs.ports import StoreUnavailable
from bot.jobs.requests import Origin, Submitted
from bot.jobs.service import JobService
from bot.ui import cards, wording
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.interaction import Interaction, origin_of

PATIENCE: Final = 1.5
"""Seconds before a deferral; Discord waits three for the first response (platform notes §5)."""
ATTEMPT_SECONDS: Final = 5.0
"""How long Discord's answer is waited for before something else is tried: it may never come."""
ALREADY_ACKNOWLEDGED: Final = 40060
_BUYING: Final = "buying"

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Answers:
    """Answers commands; one for all of them."""

    def __init__(self, jobs: JobService, patience: float = PATIENCE) -> None:
        """Keep the service.

        Args:
            jobs: remembers where cards stand.
            patience: seconds of work before the first response is a deferral.
        """
        self._jobs = jobs
        self._patience = patience

    async def with_card(self, interaction: Interaction, buy: Callable[[Origin], Awaitable[Submitted]]) -> None:
        """Buy, and answer with the job's card for all to see.

        Raises:
            Refused: by the service; nothing was stored.
        """
        interaction.extras[_BUYING] = True
        submitted = await self._in_time(interaction, buy(origin_of(interaction)), ephemeral=False)
        with speaking(interaction.locale.value):
            if submitted.repeated:
                await say_privately(interaction, wording.repeated(submitted.job))
                return
            card = cards.render_card(submitted.job, submitted.facts, self._jobs.catalogue)
        shown = await _show(interaction, card)
        if shown is not None:
            await self._remember(submitted, shown)

    async def in_private(self, interaction: Interaction, look: Callable[[Origin], Awaitable[Message]]) -> None:
        """Answer with something that only the person sees."""
        message = await self._in_time(interaction, look(origin_of(interaction)), ephemeral=True)
        if interaction.response.is_done():
            await interaction.edit_original_response(**message.edit())
        else:
            await interaction.response.send_message(**message.send(), ephemeral=True)

    async def _in_time(self, interaction: Interaction, work: Awaitable[T], *, ephemeral: bool) -> T:
        """Do the work, and tell Discord to wait where it takes long."""
        task = asyncio.ensure_future(work)
        await asyncio.wait({task}, timeout=self._patience)
        if not task.done():
            try:
                async with asyncio.timeout(ATTEMPT_SECONDS):
                    await interaction.response.defer(ephemeral=ephemeral, thinking=True)
            except Exception as error:  # noqa: BLE001 - what was asked is done all the same, and shown if it can be
                log.warning("deferral_failed", error=repr(error))
        return await task

    async def _remember(self, submitted: Submitted, card: MessageRef) -> None:
        try:
            await self._jobs.card_posted(submitted, card)
        except StoreUnavailable as error:
            log.warning("card_not_remembered", job=submitted.job.id, error=repr(error))


async def say_privately(interaction: Interaction, message: Message) -> None:
    """Tell the person alone; a public deferral gives way, because its first follow-up would be as public as it is."""
    if not interaction.response.is_done():
        try:
            await interaction.response.send_message(**message.send(), ephemeral=True)
        except discord.HTTPException as error:
            # Of an earlier response only the answer was lost.
            if error.code != ALREADY_ACKNOWLEDGED:
                raise
        else:
            return
    try:
        await interaction.delete_original_response()
    except discord.HTTPException as error:
        log.warning("deferral_not_deleted", error=repr(error))
    await interaction.followup.send(**message.send(), ephemeral=True)


def may_have_bought(interaction: Interaction) -> bool:
    """Tell whether this interaction came as far as asking the service to buy."""
    return _BUYING in interaction.extras


async def _show(interaction: Interaction, card: Message) -> MessageRef | None:
    """Show the card; None where that fails: the job is stored and goes on without one."""
    # An edit after a failed response: Discord may have taken the response although its answer was lost.
    attempts = [_edit, _edit] if interaction.response.is_done() else [_respond, _edit, _respond]
    too_late = True
    for attempt in attempts:
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                return _card(interaction, await attempt(interaction, card))
        except Exception as error:  # noqa: BLE001 - whatever fails here must not fail the job
            log.warning("card_not_shown", attempt=attempt.__name__, error=repr(error))
            too_late = too_late and isinstance(error, discord.NotFound)
    return await _post(interaction, card) if too_late else None


async def _post(interaction: Interaction, card: Message) -> MessageRef | None:
    """Post the card as an ordinary message: the command came too late to be answered, and nothing stands there yet."""
    channel = interaction.channel
    if not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        async with asyncio.timeout(ATTEMPT_SECONDS):
            message = await channel.send(**card.send(), silent=True)
    except Exception as error:  # noqa: BLE001 - as above
        log.warning("card_not_posted", error=repr(error))
        return None
    return _card(interaction, message.id)


async def _respond(interaction: Interaction, card: Message) -> int | None:
    response = await interaction.response.send_message(**card.send(), silent=True)
    return response.message_id


async def _edit(interaction: Interaction, card: Message) -> int | None:
    message = await interaction.edit_original_response(**card.edit())
    return message.id


def _card(interaction: Interaction, message_id: int | None) -> MessageRef | None:
    return MessageRef(interaction.channel_id or 0, message_id) if message_id is not None else None
