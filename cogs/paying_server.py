"""Choosing which server pays for what somebody asks for in direct messages."""

from __future__ import annotations

from bot.community.paying import PayingServers
from bot.ui import paying_server as words
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import Interaction
from cogs.spending import Spending


class PayingServerList:
    """Answers the list of servers, and the buttons under /defaults that lead to it."""

    def __init__(self, paying: PayingServers, spending: Spending, patience: float = PATIENCE) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._paying = paying
        self._spending = spending
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb."""
        clicks.on(Verb.PAYS, self.pressed)

    async def pressed(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show the list, or keep what was picked from it: the verb PAYS.

        What waited for the choice becomes an offer that this server would pay for.

        Raises:
            Refused: the person is no member there, Discord does not say so, or what waited cannot be bought there.
            NotHere: the custom id is none of ours.
        """
        if pressed.subject in {words.OPEN, words.HERE}:
            work = self._list(interaction) if pressed.subject == words.OPEN else self._here(interaction)
            answer = await in_time(interaction, work, ephemeral=True, patience=self._patience)
            await answer_privately(interaction, answer)
            return
        await change_in_time(interaction, self._picked(interaction, pressed), patience=self._patience)

    async def _list(self, interaction: Interaction) -> Message:
        person_id = interaction.user.id
        servers, chosen = await self._paying.theirs(person_id), await self._paying.chosen(person_id)
        with speaking(interaction.locale.value):
            if not servers:
                return words.render_none()
            return words.render_which(servers, words.KEPT, chosen=chosen.id if chosen is not None else None)

    async def _here(self, interaction: Interaction) -> Message:
        if interaction.guild_id is None:
            raise NotHere(words.HERE)
        server = await self._paying.choose(interaction.user.id, interaction.guild_id)
        with speaking(interaction.locale.value):
            return words.render_chosen_alone(server)

    async def _picked(self, interaction: Interaction, pressed: Pressed) -> Message:
        picked = pressed.values[0] if pressed.values else ""
        if not picked.isdecimal():
            raise NotHere(pressed.subject)
        server = await self._paying.choose(interaction.user.id, int(picked))
        with speaking(interaction.locale.value):
            if pressed.subject == words.KEPT:
                return words.render_chosen_alone(server)
            if pressed.subject == words.CHOICE:
                return words.render_chosen(server)
            return words.before_offer(server, await self._spending.offer_kept(interaction, pressed.subject, server))
