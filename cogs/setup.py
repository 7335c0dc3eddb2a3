"""/setup, and the button that does the same: a server's first hour, step by step, for who manages it.

Nothing of it lives in this process: each button names its step, and what is chosen is kept at once. So it goes on where
it was after a restart, and two managers at the same time see each other's choices with the next page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.catalog import VideoAsked
from bot.community import settings as s
from bot.community.record import HouseRecord
from bot.community.resolving import Settings, Standpoint
from bot.community.setting_up import SettingUp
from bot.community.settings import Setting
from bot.errors import Refused
from bot.jobs.costs import Cost
from bot.jobs.house import SeesDollars
from bot.jobs.requests import VideoRequest
from bot.jobs.service import JobService
from bot.ui import options
from bot.ui.amounts import amounts
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time
from bot.ui.channel_test import NEEDS, Trial, channel_gone, outcome_words
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.howto import HowtoFacts, posted, render_howto
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.permissions import PermissionsMissing
from bot.ui.setup import (
    MOST_PICKED,
    SETTINGS_OF,
    TYPED,
    Change,
    Deed,
    SetupFacts,
    Step,
    first_prompt,
    render_finished,
    render_step,
    with_note,
)
from bot.ui.setup_forms import read_typed, render_typed
from cogs.channel_test import try_channel
from cogs.clicks import Clicks
from cogs.forms import Beginning, Forms
from cogs.found_here import NotHere
from cogs.interaction import Interaction, check_place, origin_of
from cogs.managing import check_manages
from cogs.modal_submits import SentForm

log = structlog.get_logger(__name__)


class SetupCog(commands.Cog):
    """The command /setup."""

    def __init__(self, setting_up: SettingUp, jobs: JobService, forms: Forms, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._setting_up = setting_up
        self._jobs = jobs
        self._forms = forms
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb of its buttons, lists and forms."""
        clicks.on(Verb.SETUP, self.pressed)
        clicks.on_form(Verb.SETUP, self.sent)

    @app_commands.command(name="setup", description=options.SETUP)
    @app_commands.default_permissions(manage_guild=True)
    async def setup(self, interaction: Interaction) -> None:
        """Begin with the first step, in private.

        Raises:
            Refused: the person does not manage the server, or the server may not spend.
        """
        await self._begin(interaction)

    async def pressed(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show a step, keep what was chosen there, or do what was asked for: the verb SETUP.

        Raises:
            Refused: the person does not manage the server, the server may not spend, or a value is not allowed.
            NotHere: the custom id is none of ours.
        """
        guild_id = check_manages(interaction)
        step = next((step for step in Step if step == pressed.subject), None)
        if pressed.subject == Deed.BEGIN:
            await self._begin(interaction)
        elif pressed.subject == Deed.CLIP:
            await self._open_first_clip(interaction, guild_id)
        elif step in TYPED and pressed.extra == Change.TYPE:
            facts = await self._facts(interaction, guild_id)
            await interaction.response.send_modal(render_typed(step, facts))
        else:
            work = self._stepped(interaction, guild_id, step, pressed) if step else self._done(interaction, pressed)
            await change_in_time(interaction, work, patience=self._patience)

    async def sent(self, interaction: Interaction, form: SentForm) -> None:
        """Keep what was typed into a step's form; it raises what `pressed` raises."""
        guild_id = check_manages(interaction)
        step = next((step for step in TYPED if step == form.pressed.subject), None)
        if step is None:
            raise NotHere(form.pressed.subject)
        work = self._kept(interaction, guild_id, step, read_typed(step, form.texts))
        await change_in_time(interaction, work, patience=self._patience)

    async def _begin(self, interaction: Interaction) -> None:
        guild_id = check_manages(interaction)
        work = self._page(interaction, guild_id, Step.CHANNELS)
        answer = await in_time(interaction, work, ephemeral=True, patience=self._patience)
        await answer_privately(interaction, answer)

    async def _stepped(self, interaction: Interaction, guild_id: int, step: Step, pressed: Pressed) -> Message:
        match pressed.extra:
            case "":
                return await self._page(interaction, guild_id, step)
            case Change.CLEAR if step in SETTINGS_OF:
                nothing = dict.fromkeys(SETTINGS_OF[step])
                return await self._kept(interaction, guild_id, step, nothing)
            case Change.PICK if step in SETTINGS_OF and step not in TYPED:
                return await self._kept(interaction, guild_id, step, _picked(step, pressed.values))
            case _:
                raise NotHere(pressed.extra)

    async def _done(self, interaction: Interaction, pressed: Pressed) -> Message:
        guild_id = check_manages(interaction)
        match pressed.subject:
            case Deed.FINISH:
                await self._setting_up.record(guild_id)
                first = await self._setting_up.finish(guild_id, by=interaction.user.id)
                return render_finished(await self._facts_with_cost(interaction, guild_id), first=first)
            case Deed.TEST if len(pressed.values) == 1:
                note = await self._test(interaction, guild_id, pressed.values[0])
            case Deed.HOWTO:
                note = await self._post_howto(interaction, guild_id)
            case _:
                raise NotHere(pressed.subject)
        return with_note(await self._page(interaction, guild_id, Step.READY), note)

    async def _kept(
        self, interaction: Interaction, guild_id: int, step: Step, values: Mapping[Setting[Any], Any]
    ) -> Message:
        await self._setting_up.record(guild_id)
        await self._setting_up.keep(guild_id, values, by=interaction.user.id)
        return render_step(step, await self._facts(interaction, guild_id), saved=True)

    async def _page(self, interaction: Interaction, guild_id: int, step: Step) -> Message:
        gather = self._facts_with_cost if step is Step.READY else self._facts
        return render_step(step, await gather(interaction, guild_id))

    async def _facts_with_cost(self, interaction: Interaction, guild_id: int) -> SetupFacts:
        return replace(await self._facts(interaction, guild_id), cost=await self._cost(interaction))

    async def _facts(self, interaction: Interaction, guild_id: int) -> SetupFacts:
        guild = interaction.guild

        def there(entity: int) -> bool:
            return (
                guild is None or guild.get_channel_or_thread(entity) is not None or guild.get_role(entity) is not None
            )

        return SetupFacts(
            record=await self._setting_up.record(guild_id),
            limits=self._setting_up.limits,
            catalogue=self._jobs.catalogue,
            there=there,
        )

    async def _cost(self, interaction: Interaction) -> Cost | None:
        """Return what the first clip would cost; None where it cannot be made as things stand."""
        try:
            return (await self._jobs.quote(origin_of(interaction), first_clip())).cost
        except Refused:
            return None

    async def _open_first_clip(self, interaction: Interaction, guild_id: int) -> None:
        """Open the form of a first clip, which says what it costs; sending it buys the clip, like any other form."""
        await self._setting_up.record(guild_id)
        with speaking(interaction.locale.value):
            await self._forms.open(interaction, Beginning(request=first_clip()))

    async def _test(self, interaction: Interaction, guild_id: int, picked: str) -> str:
        record = await self._setting_up.record(guild_id)
        guild = interaction.guild
        channel = guild.get_channel(int(picked)) if guild is not None and picked.isdecimal() else None
        if not isinstance(channel, discord.TextChannel):
            return channel_gone()
        message_id = interaction.message.id if interaction.message is not None else interaction.id
        tested = await try_channel(channel, f"t{message_id % 10**9}-{channel.id % 10**12}")
        allowed = _allowed_channels(record)
        return outcome_words(replace(tested, outside=bool(allowed) and channel.id not in allowed))

    async def _post_howto(self, interaction: Interaction, guild_id: int) -> str:
        """Post the how-to where this is done, for all to see; a second click posts nothing new."""
        check_place(interaction)
        record = await self._setting_up.record(guild_id)
        channel = interaction.channel
        if interaction.guild is None or not isinstance(channel, discord.abc.Messageable):
            raise NotHere(Deed.HOWTO)
        here = Settings(record, Standpoint())
        said = here.value(s.SEES_DOLLARS, SeesDollars.EVERYONE).value is SeesDollars.EVERYONE
        facts = HowtoFacts(
            cost=await self._cost(interaction) if said else None,
            channels=tuple(sorted(_allowed_channels(record))),
            clips_per_day=here.most(s.CLIPS_PER_DAY, self._setting_up.limits.of(s.CLIPS_PER_DAY)).value,
        )
        language = here.value(s.LANGUAGE, interaction.guild.preferred_locale.value).value
        with speaking(language), amounts(said=said):
            message = render_howto(facts)
        pressed_on = interaction.message.id if interaction.message is not None else interaction.id
        try:
            sent = await channel.send(**message.send(), nonce=f"how-{pressed_on}")
        except discord.Forbidden as error:
            raise Refused(PermissionsMissing(permissions=NEEDS[Trial.POST])) from error
        return posted(sent.channel.id, sent.jump_url)


def first_clip() -> VideoRequest:
    """Return a first clip to make: its words can be changed in the form before anything is bought."""
    return VideoRequest(asked=VideoAsked(prompt=first_prompt()))


def _picked(step: Step, values: tuple[str, ...]) -> dict[Setting[Any], Any]:
    """Return what was picked in a step's list.

    Raises:
        NotHere: that is nothing which the list offers.
    """
    ids = frozenset(int(value) for value in values if value.isdecimal())
    if not 0 < len(ids) == len(values) <= MOST_PICKED:
        raise NotHere(step)
    (setting,) = SETTINGS_OF[step]
    return {setting: min(ids) if step is Step.REPORTS else ids}


def _allowed_channels(record: HouseRecord) -> frozenset[int]:
    return Settings(record, Standpoint()).value(s.ALLOWED_CHANNELS, frozenset[int]()).value
