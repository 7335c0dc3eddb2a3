"""Who is told amounts of money, decided where it is known who reads: for each interaction, and for what all see."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from typing import Final

import discord
import structlog

from bot.jobs.clips import ClipService
from bot.jobs.drafts import Drafts
from bot.jobs.model import Place
from bot.jobs.ports import DraftKind, StoreUnavailable
from bot.jobs.service import JobService
from bot.ui.amounts import amounts, say_amounts
from bot.ui.custom_ids import ABOUT_JOBS, Pressed, Verb
from bot.ui.members import membership_of
from cogs.interaction import Interaction, guild_of

_DRAFTS: Final = {
    Verb.RUN: DraftKind.OFFER,
    Verb.ALWAYS: DraftKind.OFFER,
    Verb.NO: DraftKind.OFFER,
    Verb.FORM: DraftKind.FORM,
    Verb.FIX: DraftKind.FORM,
}


_PATIENCE: Final = 0.5
"""Seconds that a slow store may hold an answer up for this; then it is given without amounts."""

log = structlog.get_logger(__name__)


class Amounts:
    """Decides for interactions."""

    def __init__(self, jobs: JobService, clips: ClipService, drafts: Drafts) -> None:
        """Keep the collaborators."""
        self._jobs = jobs
        self._clips = clips
        self._drafts = drafts

    async def settle(self, interaction: Interaction, pressed: Pressed | None = None) -> None:
        """Say amounts to the end of the task, or none, as whoever brought the interaction may see them.

        In direct messages nobody is known to manage a server, so there amounts are said where everybody sees them.

        Args:
            interaction: what begins.
            pressed: what was clicked or sent; in direct messages it tells which server it is about.
        """
        said = False
        try:
            async with asyncio.timeout(_PATIENCE):
                guild_id = interaction.guild_id
                if guild_id is None and pressed is not None:
                    guild_id = await self._guild_of(pressed)
                if guild_id is None:
                    guild_id = guild_of(interaction)
                said = await self._jobs.says_amounts(guild_id, manages=manages(interaction.user))
        except (TimeoutError, StoreUnavailable):
            log.warning("amounts_not_said")
        say_amounts(said=said)

    async def _guild_of(self, pressed: Pressed) -> int | None:
        if pressed.verb in ABOUT_JOBS:
            job = await self._clips.of_id(pressed.subject)
            return job.place.guild_id if job is not None else None
        kind = next((kind for verb, kind in _DRAFTS.items() if verb == pressed.verb), None)
        draft = await self._drafts.find(pressed.subject, kind) if kind is not None else None
        return draft.guild_id if draft is not None else None


async def for_all(jobs: JobService, place: Place) -> AbstractContextManager[None]:
    """Say amounts in the block, or none, as those who read along there may see them."""
    return amounts(said=await jobs.says_amounts(place.guild_id))


async def beside(jobs: JobService, interaction: Interaction, place: Place) -> AbstractContextManager[None]:
    """Do the same for what takes the place of the message that was clicked on: all may see that, or one alone."""
    message = interaction.message
    public = interaction.guild_id is not None and message is not None and not message.flags.ephemeral
    return amounts(
        said=await jobs.says_amounts(place.guild_id, manages=not public and manages(interaction.user)),
    )


def manages(person: discord.User | discord.Member) -> bool:
    """Tell whether somebody has Manage Server where they are."""
    member = membership_of(person)
    return member is not None and member.manages
