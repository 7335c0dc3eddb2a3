"""/privacy: what is stored about a person, as a file of their own, and deleted; all of it between them and the bot."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.community.export import Export, export
from bot.community.personal_data import PersonalData
from bot.ui import options
from bot.ui import privacy as words
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import DEFAULT_UPLOAD_LIMIT, Interaction

_LOOKS: Final = 4
"""So often an answer looks whether a deletion is done already, before it is said that it goes on."""


class PrivacyCog(commands.Cog):
    """The command /privacy."""

    privacy = app_commands.Group(name="privacy", description=options.PRIVACY)

    def __init__(self, personal: PersonalData, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._personal = personal
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb of its buttons."""
        clicks.on(Verb.PRIVACY, self.pressed)

    @privacy.command(name="show", description=options.PRIVACY_SHOW)
    async def show(self, interaction: Interaction) -> None:
        """Say what is stored about the person."""
        await self._answer(interaction, self._about(interaction))

    @privacy.command(name="export", description=options.PRIVACY_EXPORT)
    async def export(self, interaction: Interaction) -> None:
        """Give the person everything that is stored about them."""
        await self._hand_out(interaction)

    @privacy.command(name="delete", description=options.PRIVACY_DELETE)
    async def delete(self, interaction: Interaction) -> None:
        """Ask whether everything about the person is meant to be deleted."""
        await self._answer(interaction, self._question(interaction, messages=False))

    async def pressed(self, interaction: Interaction, pressed: Pressed) -> None:
        """Answer the buttons and the list: the verb PRIVACY.

        Raises:
            NotHere: the custom id is none of ours.
        """
        match pressed.subject:
            case words.EXPORT:
                await self._hand_out(interaction)
            case words.DELETE:
                await self._answer(interaction, self._question(interaction, messages=False))
            case words.REACH if pressed.values:
                chosen = words.MESSAGES in pressed.values
                await self._change(interaction, self._question(interaction, messages=chosen))
            case words.CONFIRM if pressed.extra in {words.DATA, words.MESSAGES}:
                await self._change(interaction, self._erase(interaction, messages=pressed.extra == words.MESSAGES))
            case words.LOOK:
                await self._change(interaction, self._erasure(interaction))
            case words.KEEP:
                await self._change(interaction, _kept())
            case _:
                raise NotHere(pressed.subject)

    async def _about(self, interaction: Interaction) -> Message:
        return words.render_about(await self._personal.about(interaction.user.id, interaction.guild_id))

    async def _question(self, interaction: Interaction, *, messages: bool) -> Message:
        about = await self._personal.about(interaction.user.id, interaction.guild_id)
        return words.render_question(about, messages=messages)

    async def _erase(self, interaction: Interaction, *, messages: bool) -> Message:
        await self._personal.erase(interaction.user.id, messages=messages)
        for _look in range(_LOOKS):
            # Most people have few clips: the answer is that it is done, not that they should look again.
            await asyncio.sleep(self._patience / _LOOKS)
            erasure = await self._personal.store.erasure(interaction.user.id)
            if erasure is None or erasure.ended_at is not None:
                break
        return await self._erasure(interaction)

    async def _erasure(self, interaction: Interaction) -> Message:
        about = await self._personal.about(interaction.user.id, interaction.guild_id)
        return words.render_erasure(about.erasure, about.left)

    async def _hand_out(self, interaction: Interaction) -> None:
        with speaking(interaction.locale.value):
            made = await in_time(interaction, self._export(interaction), ephemeral=True, patience=self._patience)
            await _send(interaction, made)

    async def _export(self, interaction: Interaction) -> Export:
        guild = interaction.guild
        limit = guild.filesize_limit if guild is not None else DEFAULT_UPLOAD_LIMIT
        return await export(self._personal.store, interaction.user.id, self._personal.clock.now(), limit)

    async def _answer(self, interaction: Interaction, work: Awaitable[Message]) -> None:
        with speaking(interaction.locale.value):
            message = await in_time(interaction, work, ephemeral=True, patience=self._patience)
            await answer_privately(interaction, message)

    async def _change(self, interaction: Interaction, work: Awaitable[Message]) -> None:
        with speaking(interaction.locale.value):
            await change_in_time(interaction, work, patience=self._patience)


async def _kept() -> Message:
    return words.render_kept()


async def _send(interaction: Interaction, made: Export) -> None:
    """Send files one a message, because a limit may be meant for all of a message's files together."""
    first, *rest = [discord.File(io.BytesIO(file.content), filename=file.name) for file in made.files]
    message = words.render_export(len(made.files), made.clips)
    if interaction.response.is_done():
        await interaction.edit_original_response(content=message.content, attachments=[first])
    else:
        await interaction.response.send_message(message.content, file=first, ephemeral=True)
    for file in rest:
        await interaction.followup.send(file=file, ephemeral=True)
