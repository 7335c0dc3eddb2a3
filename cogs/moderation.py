"""/block, /unblock, /blocks and /audit: for those who moderate or manage a server, in private."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalog import Catalogue
from bot.community.moderation import REASON_LIMIT, BlockedPerson, BlockSpan, Moderation, NotForMembers
from bot.errors import Refused
from bot.ui import moderation as words
from bot.ui import options
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import Interaction
from cogs.managing import check_manages

_DIGITS: Final = 6
"""A page's number is no longer."""


def may_block(interaction: Interaction) -> bool:
    """Tell whether a person may block others where they are."""
    allowed = interaction.permissions
    return interaction.guild_id is not None and (allowed.moderate_members or allowed.manage_guild)


def moderated_server(interaction: Interaction) -> int:
    """Return the server that a person moderates.

    Raises:
        Refused: they do not.
    """
    if interaction.guild_id is None or not may_block(interaction):
        raise Refused(NotForMembers())
    return interaction.guild_id


class ModerationCog(commands.Cog):
    """The commands of those who moderate."""

    def __init__(self, moderation: Moderation, catalogue: Catalogue, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._moderation = moderation
        self._catalogue = catalogue
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verbs of their lists."""
        clicks.on(Verb.BLOCKS, self.turn_blocks)
        clicks.on(Verb.UNBLOCK, self.unblock_picked)
        clicks.on(Verb.AUDIT, self.turn_audit)

    @app_commands.command(name="block", description=options.BLOCK)
    @app_commands.describe(**options.BLOCK_OPTIONS)
    @app_commands.choices(until=words.SPANS)
    @app_commands.default_permissions(moderate_members=True)
    async def block(
        self,
        interaction: Interaction,
        person: discord.User,
        until: str | None = None,
        reason: app_commands.Range[str, 0, REASON_LIMIT] | None = None,
    ) -> None:
        """Block somebody; it is refused to who does not moderate, whatever the server's settings let them see."""
        guild_id = moderated_server(interaction)
        span = words.span_of(until or BlockSpan.FOR_GOOD) or BlockSpan.FOR_GOOD
        whom = BlockedPerson(person_id=person.id, is_bot=person.bot)

        async def work() -> Message:
            block = await self._moderation.block(guild_id, whom, span, reason or "", by=interaction.user.id)
            return words.render_blocked(block)

        await self._answer(interaction, work())

    @app_commands.command(name="unblock", description=options.UNBLOCK)
    @app_commands.describe(**options.UNBLOCK_OPTIONS)
    @app_commands.default_permissions(moderate_members=True)
    async def unblock(self, interaction: Interaction, person: discord.User) -> None:
        """Let somebody in again."""
        guild_id = moderated_server(interaction)

        async def work() -> Message:
            was = await self._moderation.unblock(guild_id, person.id, by=interaction.user.id)
            return words.render_unblocked(person.id, was_blocked=was)

        await self._answer(interaction, work())

    @app_commands.command(name="blocks", description=options.BLOCKS)
    @app_commands.default_permissions(moderate_members=True)
    async def blocks(self, interaction: Interaction) -> None:
        """Show who is blocked."""
        await self._answer(interaction, self._blocks(moderated_server(interaction), 0))

    @app_commands.command(name="audit", description=options.AUDIT)
    @app_commands.default_permissions(manage_guild=True)
    async def audit(self, interaction: Interaction) -> None:
        """Show what was done and ordered."""
        await self._answer(interaction, self._audit(check_manages(interaction), 0))

    async def turn_blocks(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show another page of who is blocked: the verb BLOCKS.

        Raises:
            Refused: the person does not moderate here.
        """
        work = self._blocks(moderated_server(interaction), _page(pressed.subject))
        await change_in_time(interaction, work, patience=self._patience)

    async def unblock_picked(self, interaction: Interaction, pressed: Pressed) -> None:
        """Let somebody in who was picked in the list, and show what is left of it: the verb UNBLOCK.

        Raises:
            Refused: the person does not moderate here.
            NotHere: the custom id is none of ours.
        """
        guild_id = moderated_server(interaction)
        picked = pressed.values[0] if pressed.values else ""
        if not picked.isdecimal():
            raise NotHere(picked)

        async def work() -> Message:
            await self._moderation.unblock(guild_id, int(picked), by=interaction.user.id)
            return await self._blocks(guild_id, _page(pressed.subject))

        await change_in_time(interaction, work(), patience=self._patience)

    async def turn_audit(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show another page of what was done: the verb AUDIT.

        Raises:
            Refused: the person does not manage this server.
        """
        work = self._audit(check_manages(interaction), _page(pressed.subject))
        await change_in_time(interaction, work, patience=self._patience)

    async def _blocks(self, guild_id: int, page: int) -> Message:
        return words.render_blocks(await self._moderation.blocks(guild_id, page, words.BLOCKS_SHOWN))

    async def _audit(self, guild_id: int, page: int) -> Message:
        lines, further = await self._moderation.lines(guild_id, page, words.LINES_SHOWN)
        return words.render_lines(lines, page, self._catalogue, further=further)

    async def _answer(self, interaction: Interaction, work: Awaitable[Message]) -> None:
        with speaking(interaction.locale.value):
            message = await in_time(interaction, work, ephemeral=True, patience=self._patience)
            await answer_privately(interaction, message)


def _page(text: str) -> int:
    """Return the page that a custom id names; anybody may send one that we never made."""
    if not text.isdecimal() or len(text) > _DIGITS:
        raise NotHere(text)
    return int(text)
