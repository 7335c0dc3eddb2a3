"""Storing what somebody asks for, with the place of its card, whether by a command, a click, a form or a reply."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import discord
import structlog

from bot.errors import Refused
from bot.jobs.chosen import ChosenSources
from bot.jobs.clips import ClipService
from bot.jobs.drafts import DraftGone, request_key_of
from bot.jobs.model import Destination, Job, MessageRef
from bot.jobs.ports import Draft, StoreUnavailable
from bot.jobs.requests import (
    Agreement,
    ExtendRequest,
    LipsyncRequest,
    Origin,
    Request,
    RerunRequest,
    Submitted,
    VideoRequest,
)
from bot.jobs.service import JobService
from cogs.interaction import Interaction, check_payer, origin_of, origin_paid_by, server_of
from cogs.spots import Spot, spot_for, wanted_destination

_FOLLOWING: Final = (ExtendRequest, LipsyncRequest)

log = structlog.get_logger(__name__)


class Buying:
    """Stores requests."""

    def __init__(self, jobs: JobService, clips: ClipService, chosen: ChosenSources) -> None:
        """Keep the collaborators."""
        self._jobs = jobs
        self._clips = clips
        self._chosen = chosen

    async def origin_of_draft(self, interaction: Interaction, draft: Draft, about_id: str) -> tuple[Origin, Job | None]:
        """Return who takes a draft up, and where, with the clip that it is about.

        Raises:
            Refused: the draft is another server's.
        """
        about = await self._clips.of_id(about_id) if about_id else None
        origin = origin_of(interaction, about)
        if interaction.guild_id is None and about is None and draft.guild_id is not None:
            origin = origin_paid_by(server_of(interaction, draft.guild_id), interaction)
        place = await self._jobs.spoken_place(origin.place)
        origin = replace(origin, place=place, request_key=request_key_of(draft.id))
        if origin.place.guild_id != draft.guild_id:
            raise Refused(DraftGone())
        return origin, about

    async def origin_for(self, interaction: Interaction, request: Request) -> Origin:
        """Return who asks, and where; in direct messages what is made from a clip is paid for by that clip's server.

        Raises:
            Refused: nobody would pay.
        """
        if interaction.guild_id is not None:
            return origin_of(interaction)
        source = await self._clips.of_id(request.source_id) if isinstance(request, _FOLLOWING) else None
        if source is None:
            check_payer(interaction)
        return origin_of(interaction, source)

    async def submit(
        self,
        person: discord.User | discord.Member,
        origin: Origin,
        request: Request,
        *,
        private: bool | None,
        agreed: Agreement | None = None,
        usual: Destination | None = None,
    ) -> tuple[Submitted, Spot]:
        """Store a request, and return it with the place of its card.

        Args:
            person: who asks.
            origin: the same, and where.
            request: what is asked for.
            private: whether it all goes into direct messages; None leaves it to the clip that it is made from, which
                may be private, and to the person's default.
            agreed: the price agreed to; None where the person is not to be asked, or named everything in a command.
            usual: what `destination_of` says, where it was asked already.

        Raises:
            Refused: nothing was stored.
        """
        destination = await self._destination(origin, request, private=private, usual=usual)
        if destination is Destination.DIRECT and not origin.place.is_direct:
            # Discord tells people of a message even where it is deleted at once.
            await self._jobs.check_standing(origin)
        spot = await spot_for(origin.place, destination, person)
        try:
            submitted = await self._jobs.submit(_bound_for(spot, origin), request, agreed)
        except Exception:
            await spot.vacate()
            raise
        if submitted.repeated:
            await spot.vacate()
        await self._chosen.used_by(origin, request)
        return submitted, spot

    async def remember(self, submitted: Submitted, card: MessageRef) -> None:
        """Note where a card stands; the job goes on without it where that fails."""
        try:
            await self._jobs.card_posted(submitted, card)
        except StoreUnavailable as error:
            log.warning("card_not_remembered", job=submitted.job.id, error=repr(error))

    async def _destination(
        self, origin: Origin, request: Request, *, private: bool | None, usual: Destination | None
    ) -> Destination:
        if origin.place.is_direct:
            return Destination.DIRECT
        if private is None and await self._is_from_private(request):
            return Destination.DIRECT
        return usual or await self.destination_of(origin, private=private)

    async def destination_of(self, origin: Origin, *, private: bool | None) -> Destination:
        """Return where a clip goes by what is said of it, else by the person's choice, else the channel's or server's.

        Args:
            origin: who asks, and where.
            private: whether it all goes into direct messages; None for nothing said.
        """
        chosen = (await self._jobs.defaults_at(origin)).destination
        return wanted_destination(chosen, private=private)

    async def _is_from_private(self, request: Request) -> bool:
        """Tell whether a clip that a request goes on from or repeats is in direct messages."""
        found = [await self._clips.of_id(name) for name in _made_from(request)]
        return any(job is not None and job.place.is_direct for job in found)


def _bound_for(spot: Spot, origin: Origin) -> Origin:
    """Return who asks, with the place of the card; the rules of the channel where they ask hold all the same."""
    sent_away = spot.place.is_direct and not origin.place.is_direct
    return replace(origin, place=spot.place, asked_in=origin.place.channel_id if sent_away else origin.asked_in)


def _made_from(request: Request) -> list[str]:
    """Return the jobs that a request goes on from or repeats."""
    if isinstance(request, RerunRequest):
        return [request.job_id]
    source = None if isinstance(request, VideoRequest) else request.source_id
    return [name for name in (source, request.made_from) if name is not None]
