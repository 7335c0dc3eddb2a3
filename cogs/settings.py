"""/settings: what holds on a server, and changing it; for who manages the server, whatever else they may not do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Final

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.catalog import Catalogue
from bot.community.effective import Scope
from bot.community.housekeeping import Housekeeping, Leftovers, leftovers
from bot.community.record import Level
from bot.errors import Refused
from bot.jobs.ports import StoreUnavailable
from bot.ui import options
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.forms import FormNotReady
from bot.ui.language import _
from bot.ui.message import Message
from bot.ui.refusals import refusal_sentence
from bot.ui.settings_address import Address, Step, read_address
from bot.ui.settings_editor import named_setting, render_number_form, render_setting
from bot.ui.settings_names import Group
from bot.ui.settings_pages import Surroundings, render_changes, render_group, render_hub, render_scope
from bot.ui.settings_words import render_words, render_words_form
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import Interaction
from cogs.managing import check_manages
from cogs.modal_submits import SentForm
from cogs.settings_changes import SettingsChanges
from cogs.settings_check import check_channels

_CHANGES_SHOWN: Final = 10
Changing = Awaitable[str]
_PICKING: Final = {Step.CHANNEL: Level.CHANNEL, Step.ROLE: Level.ROLE}

log = structlog.get_logger(__name__)


class SettingsCog(commands.Cog):
    """The command /settings, its pages and its forms."""

    def __init__(self, housekeeping: Housekeeping, catalogue: Catalogue, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a first response."""
        self._housekeeping = housekeeping
        self._catalogue = catalogue
        self._changes = SettingsChanges(housekeeping, catalogue)
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb of its buttons, lists and forms."""
        clicks.on(Verb.SETTINGS, self.pressed)
        clicks.on_form(Verb.SETTINGS, self.sent)

    @app_commands.command(name="settings", description=options.SETTINGS)
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, interaction: Interaction) -> None:
        """Show everything that holds, to who manages the server alone.

        Raises:
            Refused: they do not manage it.
        """
        guild_id = check_manages(interaction)

        async def look() -> Message:
            return render_hub(await self._around(interaction, guild_id))

        message = await in_time(interaction, look(), ephemeral=True, patience=self._patience)
        await answer_privately(interaction, message)

    async def pressed(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show a page, change a setting, or open a form: the verb SETTINGS.

        Raises:
            Refused: they do not manage the server, or a form cannot be opened in time.
            NotHere: the custom id is none of ours.
        """
        guild_id = check_manages(interaction)
        step = _step(pressed)
        match step:
            case Step.TYPE:
                await interaction.response.send_modal(await self._number_form(interaction, guild_id, pressed))
            case Step.WORDS_ADD | Step.WORDS_DROP:
                await interaction.response.send_modal(render_words_form(step))
            case _:
                work = self._page(interaction, guild_id, step, pressed)
                await change_in_time(interaction, work, patience=self._patience)

    async def sent(self, interaction: Interaction, form: SentForm) -> None:
        """Take a form: the verb SETTINGS; it raises what `pressed` raises."""
        guild_id = check_manages(interaction)
        work = self._filled(interaction, guild_id, _step(form.pressed), form)
        await change_in_time(interaction, work, patience=self._patience)

    async def _page(self, interaction: Interaction, guild_id: int, step: Step, pressed: Pressed) -> Message:
        """Return the page that a click leads to."""
        address = read_address(pressed.extra, guild_id)
        if self._changes.changes(step):
            note = await self._noted(self._changes.change(guild_id, address, pressed, interaction.user.id))
            return await self._setting(interaction, guild_id, address, note)
        if step in {Step.PICK, Step.SHOW}:
            return await self._setting(interaction, guild_id, _picked(step, address, pressed, guild_id))
        if step in {Step.WORDS, Step.WORDS_TAKE}:
            return await self._words(interaction, guild_id, step, pressed)
        around = await self._around(interaction, guild_id)
        match step:
            case Step.HUB:
                return render_hub(around)
            case Step.GROUP:
                return render_group(around, _group(pressed))
            case Step.CHANNEL | Step.ROLE:
                return render_scope(around, _picked_scope(step, pressed, guild_id))
            case Step.SCOPE if address is not None:
                return render_scope(around, address.scope)
            case Step.CLEAR_OUT:
                return await self._cleared_out(interaction, guild_id)
            case Step.CHECK:
                return self._checked(interaction, around)
            case Step.CHANGES:
                return render_changes(await self._housekeeping.changes(guild_id, _CHANGES_SHOWN), self._catalogue)
            case _:
                raise NotHere(pressed.subject)

    async def _filled(self, interaction: Interaction, guild_id: int, step: Step, form: SentForm) -> Message:
        """Return the page that a form leads to."""
        by = interaction.user.id
        if step in {Step.WORDS_ADD, Step.WORDS_DROP}:
            note = await self._noted(self._changes.words(guild_id, step, form, by))
            record = await self._housekeeping.record(guild_id)
            return render_words(record, len(record.words), note=note)
        if step is not Step.TYPED:
            raise NotHere(form.pressed.subject)
        address = read_address(form.pressed.extra, guild_id)
        note = await self._noted(self._changes.type(guild_id, address, form, by))
        return await self._setting(interaction, guild_id, address, note)

    async def _noted(self, changing: Changing) -> str:
        """Return what to say of a change, or of why it was refused."""
        try:
            return await changing
        except Refused as refused:
            return f"⚠️ {refusal_sentence(refused.refusal)}"

    async def _setting(
        self, interaction: Interaction, guild_id: int, address: Address | None, note: str = ""
    ) -> Message:
        named = named_setting(address.setting.name) if address is not None and address.setting is not None else None
        if address is None or named is None:
            raise NotHere("setting")
        around = await self._around(interaction, guild_id)
        return render_setting(around, named, address.scope, _names(_guild(interaction)), note=note)

    async def _words(self, interaction: Interaction, guild_id: int, step: Step, pressed: Pressed) -> Message:
        record = await self._housekeeping.record(guild_id)
        note = ""
        if step is Step.WORDS_TAKE:
            note = await self._changes.take_words(record, pressed.values, interaction.user.id)
            record = await self._housekeeping.record(guild_id)
        page = int(pressed.extra) if pressed.extra.isdecimal() and len(pressed.extra) < 4 else 0
        return render_words(record, page, note=note)

    async def _number_form(self, interaction: Interaction, guild_id: int, pressed: Pressed) -> discord.ui.Modal:
        """Return the form for a number; no deferral can come before it.

        Raises:
            Refused: the store is too slow for a form.
            NotHere: there is no such setting.
        """
        address = read_address(pressed.extra, guild_id)
        named = named_setting(address.setting.name) if address is not None and address.setting is not None else None
        if address is None or named is None:
            raise NotHere(pressed.extra)
        try:
            async with asyncio.timeout(self._patience):
                around = await self._around(interaction, guild_id)
        except (TimeoutError, StoreUnavailable) as error:
            log.warning("form_not_ready", error=repr(error))
            raise Refused(FormNotReady()) from error
        return render_number_form(around, named, address.scope)

    async def _cleared_out(self, interaction: Interaction, guild_id: int) -> Message:
        guild = _guild(interaction)
        if guild is None:
            return render_hub(await self._around(interaction, guild_id))
        channels, roles = _there(guild)
        await self._housekeeping.clear_out(guild_id, channels, roles, by=interaction.user.id)
        return render_hub(await self._around(interaction, guild_id), note=_("✅ Saved."))

    def _checked(self, interaction: Interaction, around: Surroundings) -> Message:
        guild = _guild(interaction)
        return check_channels(interaction, guild, around.record) if guild is not None else render_hub(around)

    async def _around(self, interaction: Interaction, guild_id: int) -> Surroundings:
        record = await self._housekeeping.record(guild_id)
        guild = _guild(interaction)
        channels, roles = _there(guild) if guild is not None else (frozenset(), frozenset())
        return Surroundings(
            record=record,
            limits=self._housekeeping.limits,
            catalogue=self._catalogue,
            has_channel=lambda channel_id: guild is None or channel_id in channels,
            has_role=lambda role_id: guild is None or role_id in roles,
            left=leftovers(record, channels, roles) if guild is not None else Leftovers(listed={}),
        )


def _guild(interaction: Interaction) -> discord.Guild | None:
    """Return the server with its channels and roles; None while they are not known, when nothing counts as deleted."""
    guild = interaction.client.get_guild(interaction.guild_id or 0)
    return guild if guild is not None and not guild.unavailable else None


def _there(guild: discord.Guild) -> tuple[frozenset[int], frozenset[int]]:
    """Return the channels, with their threads, and the roles that exist."""
    channels = (*guild.channels, *guild.threads)
    return frozenset(channel.id for channel in channels), frozenset(role.id for role in guild.roles)


def _names(guild: discord.Guild | None) -> Mapping[int, str]:
    if guild is None:
        return {}
    return {entity.id: entity.name for entity in (*guild.channels, *guild.threads, *guild.roles)}


def _step(pressed: Pressed) -> Step:
    step = next((step for step in Step if step == pressed.subject), None)
    if step is None:
        raise NotHere(pressed.subject)
    return step


def _group(pressed: Pressed) -> Group:
    wanted = pressed.values[0] if pressed.values else pressed.extra
    group = next((group for group in Group if group == wanted), None)
    if group is None:
        raise NotHere(wanted)
    return group


def _picked(step: Step, address: Address | None, pressed: Pressed, guild_id: int) -> Address | None:
    """Return which setting is to be shown."""
    if step is Step.SHOW or address is None or not pressed.values:
        return address
    return read_address(f"{pressed.extra}.{pressed.values[0]}", guild_id)


def _picked_scope(step: Step, pressed: Pressed, guild_id: int) -> Scope:
    if not pressed.values or not pressed.values[0].isdecimal():
        raise NotHere(pressed.subject)
    picked = int(pressed.values[0])
    # The role that everybody has is named like the server: its settings are the server's.
    return Scope(Level.SERVER if picked == guild_id else _PICKING[step], picked)
