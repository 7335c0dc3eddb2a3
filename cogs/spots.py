"""Where a job's card goes, found out before anything is bought: a private job needs direct messages that are open."""

from __future__ import annotations

from dataclasses import dataclass, replace

import discord
import structlog

from bot.errors import Refused
from bot.jobs.model import Destination, MessageRef, Place
from bot.ui import wording
from bot.ui.permissions import DirectMessagesClosed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, with the message there that becomes the card, if one had to be sent to find out."""

    place: Place
    placeholder: discord.Message | None = None

    @property
    def card(self) -> MessageRef | None:
        """Return where the placeholder stands."""
        return MessageRef(self.placeholder.channel.id, self.placeholder.id) if self.placeholder is not None else None

    async def vacate(self) -> None:
        """Take the placeholder away: nothing was bought."""
        if self.placeholder is None:
            return
        try:
            await self.placeholder.delete()
        except Exception as error:  # noqa: BLE001 - a message that stays where it need not is all that comes of it
            log.warning("placeholder_not_deleted", error=repr(error))


def wanted_destination(chosen: Destination, *, private: bool | None) -> Destination:
    """Return where a clip is wanted.

    Args:
        chosen: the person's default.
        private: what was said about this clip; None for nothing.
    """
    if private:
        return Destination.DIRECT
    return Destination.CHANNEL if private is False and chosen is Destination.DIRECT else chosen


async def spot_for(place: Place, destination: Destination, person: discord.User | discord.Member) -> Spot:
    """Return where to put the card of a job that is wanted at `destination`.

    Args:
        place: where it is asked for.
        destination: the person's wish.
        person: to whom a private card goes.

    Raises:
        Refused: the person takes no direct messages.
    """
    if place.is_direct:
        return Spot(place)
    if destination is not Destination.DIRECT:
        return Spot(replace(place, destination=destination))
    try:
        placeholder = await person.send(wording.private_card_comes())
    except discord.Forbidden as error:
        raise Refused(DirectMessagesClosed()) from error
    private = replace(place, destination=Destination.DIRECT, channel_id=placeholder.channel.id)
    return Spot(private, placeholder)
