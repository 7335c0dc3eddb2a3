"""/defaults: what a person saved on purpose, and changing it, in private."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.community.paying import PayingServers
from bot.jobs.preferences import Preferences
from bot.jobs.requests import Origin
from bot.jobs.service import JobService
from bot.ui import options
from bot.ui.answering import PATIENCE, change_in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.defaults import Default, Step, changed, is_listed, render_choices, render_defaults
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.paying_server import with_payer
from cogs.answers import Answers
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import Interaction


class DefaultsCog(commands.Cog):
    """The command /defaults."""

    def __init__(
        self, jobs: JobService, answers: Answers, patience: float = PATIENCE, paying: PayingServers | None = None
    ) -> None:
        """Keep the collaborators.

        Args:
            jobs: keeps people's defaults.
            answers: answers commands.
            patience: seconds of work before a deferral.
            paying: knows who pays in direct messages; None where commands work on servers only.
        """
        self._jobs = jobs
        self._paying = paying
        self._answers = answers
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb of its buttons and lists."""
        clicks.on(Verb.DEFAULTS, self.pressed)

    @app_commands.command(name="defaults", description=options.DEFAULTS)
    async def defaults(self, interaction: Interaction) -> None:
        """Show them to the person alone."""

        async def look(origin: Origin) -> Message:
            own = await self._jobs.preferences(origin.requester_id)
            prices = await self._jobs.price_list()
            with speaking(interaction.locale.value):
                return await self._with_payer(interaction, render_defaults(own, self._jobs.catalogue, prices))

        await self._answers.in_private(interaction, look)

    async def pressed(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show a list, or save a choice and show all of them again: the verb DEFAULTS.

        Raises:
            NotHere: the custom id is none of ours.
        """
        await change_in_time(interaction, self._changed(interaction, pressed), patience=self._patience)

    async def _changed(self, interaction: Interaction, pressed: Pressed) -> Message:
        own = await self._jobs.preferences(interaction.user.id)
        which = next((default for default in Default if default == pressed.subject), None)
        if which is not None and is_listed(which) and not pressed.extra:
            with speaking(interaction.locale.value):
                return render_choices(which, own, self._jobs.catalogue)
        chosen = own if pressed.subject == Step.BACK else self._chosen(which, pressed, own)
        if chosen is None:
            raise NotHere(pressed.subject)
        saved = pressed.subject != Step.BACK
        if saved:
            await self._jobs.set_preferences(interaction.user.id, chosen)
        prices = await self._jobs.price_list()
        with speaking(interaction.locale.value):
            shown = render_defaults(chosen, self._jobs.catalogue, prices, saved=saved)
            return await self._with_payer(interaction, shown)

    async def _with_payer(self, interaction: Interaction, shown: Message) -> Message:
        """Return the page with which server pays in direct messages, where commands work there."""
        if self._paying is None:
            return shown
        return with_payer(shown, await self._paying.chosen(interaction.user.id), interaction.guild_id)

    def _chosen(self, which: Default | None, pressed: Pressed, own: Preferences) -> Preferences | None:
        if pressed.subject == Step.RESET:
            return Preferences()
        if which is None:
            return None
        picked = pressed.values[0] if pressed.extra == Step.SET and pressed.values else pressed.extra
        return changed(which, picked, own, self._jobs.catalogue)
