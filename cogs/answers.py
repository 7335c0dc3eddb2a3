"""How a command answers: in time, once, and in private where nothing came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import discord
import structlog
from structlog.contextvars import bound_contextvars

from bot.community.paying import WhichServerPays
from bot.errors import Refused
from bot.jobs.model import Destination, MessageRef
from bot.jobs.requests import Origin, Request, Submitted
from bot.jobs.service import JobService
from bot.ui import cards, wording
from bot.ui.answering import ATTEMPT_SECONDS, PATIENCE, answer_privately, in_time, say_privately
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.paying_server import render_which
from cogs.amounts import for_all
from cogs.buying import Buying
from cogs.consent import until_consent
from cogs.interaction import Interaction, origin_of
from cogs.spending import Spending, Wish
from cogs.spots import Spot

__all__ = ["PATIENCE", "Answers", "may_have_bought"]

_BUYING: Final = "buying"

log = structlog.get_logger(__name__)


class Answers:
    """Answers commands; one for all of them."""

    def __init__(self, jobs: JobService, buying: Buying, spending: Spending, patience: float = PATIENCE) -> None:
        """Keep the collaborators.

        Args:
            jobs: knows people's defaults.
            buying: stores what is asked for.
            spending: keeps what has to wait for a word of the person.
            patience: seconds of work before the first response is a deferral.
        """
        self._jobs = jobs
        self._buying = buying
        self._spending = spending
        self._patience = patience

    async def with_card(
        self,
        interaction: Interaction,
        request: Callable[[Origin], Awaitable[Request]],
        *,
        private: bool | None = None,
    ) -> None:
        """Buy, and answer with the job's card: for all to see, or in the person's direct messages.

        Args:
            interaction: the command.
            request: what it asks for, which may need a look at the store.
            private: whether nothing of it may be seen in the channel; None leaves it to the clip that it is made from
                and to the person's default.

        Raises:
            Refused: nothing was stored.
        """
        interaction.extras[_BUYING] = True
        with until_consent():
            try:
                submitted, spot = await self._bought_in_time(interaction, request, private=private)
            except Refused as error:
                if not isinstance(error.refusal, WhichServerPays):
                    raise
                asked = await self._ask_payer(interaction, request, error.refusal, private=private)
                await say_privately(interaction, asked)
                return
            with bound_contextvars(job=submitted.job.id):
                await self._answer(interaction, submitted, spot)
            return
        await say_privately(interaction, await self._ask_consent(interaction, request, private=private))

    async def _bought_in_time(
        self, interaction: Interaction, request: Callable[[Origin], Awaitable[Request]], *, private: bool | None
    ) -> tuple[Submitted, Spot]:
        # In direct messages the card stands where they ask.
        elsewhere = interaction.guild_id is not None
        usual = Destination.DIRECT
        if elsewhere and not private:
            usual = await self._buying.destination_of(origin_of(interaction), private=private)
        return await in_time(
            interaction,
            self._buy(interaction, request, private=private, usual=usual),
            ephemeral=elsewhere and usual is Destination.DIRECT,
            patience=self._patience,
            attempt_seconds=ATTEMPT_SECONDS,
        )

    async def _ask_payer(
        self,
        interaction: Interaction,
        request: Callable[[Origin], Awaitable[Request]],
        several: WhichServerPays,
        *,
        private: bool | None,
    ) -> Message:
        """Return the list of servers that could pay; what is picked from it offers the very same.

        Raises:
            Refused: a file cannot be had.
        """

        async def ask() -> Message:
            wish = Wish(await request(origin_of(interaction)), private=private)
            draft = await self._spending.keep(interaction.user.id, wish)
            with speaking(interaction.locale.value):
                return render_which(several.servers, draft.id)

        if interaction.response.is_done():
            return await ask()
        return await in_time(
            interaction, ask(), ephemeral=True, patience=self._patience, attempt_seconds=ATTEMPT_SECONDS
        )

    async def _ask_consent(
        self, interaction: Interaction, request: Callable[[Origin], Awaitable[Request]], *, private: bool | None
    ) -> Message:
        """Return the question whether the person may use what they brought, which buys the very same once it is said.

        Raises:
            Refused: it could not be bought as things stand, or a file cannot be had.
        """

        async def offer() -> Message:
            wanted = await request(origin_of(interaction))
            origin = await self._buying.origin_for(interaction, wanted)
            with speaking(interaction.locale.value):
                return await self._spending.offer(origin, Wish(wanted, private=private))

        if interaction.response.is_done():
            return await offer()
        return await in_time(
            interaction, offer(), ephemeral=True, patience=self._patience, attempt_seconds=ATTEMPT_SECONDS
        )

    async def _answer(self, interaction: Interaction, submitted: Submitted, spot: Spot) -> None:
        if submitted.repeated and submitted.job.place.is_direct:
            await say_privately(interaction, wording.repeated(submitted.job))
            return
        # Where Discord brought a command to two processes, both show the same card, and the second to do so edits it.
        place = submitted.job.place
        with speaking(place.spoken_locale), await for_all(self._jobs, place):
            card = cards.render_card(submitted.job, submitted.facts, self._jobs.catalogue)
        if spot.placeholder is not None:
            await self._show_privately(interaction, spot, submitted, card)
            return
        shown = await _show(interaction, card)
        if shown is not None:
            await self._buying.remember(submitted, shown)

    async def in_private(self, interaction: Interaction, look: Callable[[Origin], Awaitable[Message]]) -> None:
        """Answer with something that only the person sees."""
        message = await in_time(
            interaction,
            look(origin_of(interaction)),
            ephemeral=True,
            patience=self._patience,
            attempt_seconds=ATTEMPT_SECONDS,
        )
        await answer_privately(interaction, message)

    async def _buy(
        self,
        interaction: Interaction,
        request: Callable[[Origin], Awaitable[Request]],
        *,
        private: bool | None,
        usual: Destination,
    ) -> tuple[Submitted, Spot]:
        wanted = await request(origin_of(interaction))
        origin = await self._buying.origin_for(interaction, wanted)
        return await self._buying.submit(interaction.user, origin, wanted, private=private, usual=usual)

    async def _show_privately(self, interaction: Interaction, spot: Spot, submitted: Submitted, card: Message) -> None:
        """Turn the placeholder into the card, and say in private that it is there."""
        if spot.placeholder is not None and spot.card is not None:
            try:
                await spot.placeholder.edit(**card.edit())
            except Exception as error:  # noqa: BLE001 - whatever fails here must not fail the job
                log.warning("card_not_shown", error=repr(error))
            # Shown or not, it stands there and will be drawn again.
            await self._buying.remember(submitted, spot.card)
        await say_privately(interaction, wording.sent_privately(submitted.job, spot.card))


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
            too_late = too_late and _is_without_token(error)
    return await _post(interaction, card) if too_late else None


def _is_without_token(error: Exception) -> bool:
    """Tell whether Discord knows the interaction, or its token, no longer: 10062 and 10015, or 50027."""
    return isinstance(error, discord.HTTPException) and error.status in {401, 404}


async def _post(interaction: Interaction, card: Message) -> MessageRef | None:
    """Post the card as an ordinary message: the command came too late to be answered, and nothing stands there yet."""
    channel = interaction.channel
    if not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        # Not bounded from here: cancelled while it waits out a global rate limit, the request would leave discord.py's
        # global lock closed for ever, and every later request waiting at it.
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
