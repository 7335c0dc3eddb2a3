"""The one door to buying: what commands, replies, buttons and forms call."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from enum import Enum, auto
from typing import Protocol

import structlog
from structlog.contextvars import bound_contextvars

from bot.catalog import Catalogue
from bot.clock import Clock
from bot.errors import Refused
from bot.jobs.cards import card_facts
from bot.jobs.costs import ChargesSeen, PriceList
from bot.jobs.credit import Credit
from bot.jobs.endings import cancelled_in_queue
from bot.jobs.hint_pace import HintPace
from bot.jobs.house import House, NoRules
from bot.jobs.loops import Wakes
from bot.jobs.model import Job, MessageRef, Place
from bot.jobs.orders import Orders
from bot.jobs.ports import ClipStore, Duplicate, JobStore, PeopleStore, StoreUnavailable, TaskGateway
from bot.jobs.preferences import Preferences, read_preferences, take_hint, write_preferences
from bot.jobs.purchasing import Ceilings, Purchasing
from bot.jobs.requests import (
    Agreement,
    CostsMore,
    NotTakingWork,
    Origin,
    Quote,
    Request,
    ServerNotEnabled,
    Submitted,
    TooManyRefused,
)
from bot.jobs.resting import rest_of
from bot.jobs.timing import Timing
from bot.jobs.trouble import NotWritable, Standing

log = structlog.get_logger(__name__)


class Cancellation(Enum):
    """What came of a wish to cancel."""

    CANCELLED = auto()
    """Nothing had been sent; nothing was charged."""
    REQUESTED = auto()
    """The provider will be asked; it may finish all the same."""
    TOO_LATE = auto()
    NOT_YOURS = auto()
    UNKNOWN = auto()


class ServiceStore(JobStore, ClipStore, PeopleStore, ChargesSeen, Protocol):
    """What the service keeps jobs and choices in."""


class JobService:
    """Takes requests."""

    def __init__(
        self,
        store: ServiceStore,
        gateway: TaskGateway,
        catalogue: Catalogue,
        ceilings: Ceilings,
        clock: Clock,
        wakes: Wakes,
        timing: Timing,
        house: House | None = None,
        credit: Credit | None = None,
        standing: Standing | None = None,
    ) -> None:
        """Keep the collaborators; without a house, only the operator's ceilings hold, and without credit none of it.

        `standing` tells whether what is asked can be written down at all.
        """
        self._store = store
        self.catalogue = catalogue
        self._servers = ceilings.servers
        self._house: House = house or NoRules(ceilings.per_person)
        self._gateway = gateway
        self._orders = Orders(store, gateway, catalogue, clock)
        self._purchasing = Purchasing(store, catalogue, ceilings, clock, credit)
        self._clock = clock
        self._wakes = wakes
        self._timing = timing
        self._standing = standing or Standing()
        self._open = True
        self._hinting = asyncio.Lock()
        self._hints = HintPace()

    def close(self) -> None:
        """Take no more requests: the process is about to stop."""
        self._open = False

    def serves(self, guild_id: int) -> bool:
        """Tell whether a server may spend at all."""
        return self._servers is None or guild_id in self._servers

    async def submit(self, origin: Origin, request: Request, agreed: Agreement | None = None) -> Submitted:
        """Queue what is asked for; the loops do the rest.

        Args:
            origin: who asks, and where.
            request: what for.
            agreed: the price that the person was shown; None where no price was promised.

        Raises:
            Refused: a rule, a ceiling or the server's standing forbids it, or it costs more than was agreed to; nothing
                was stored.
        """
        await self._admit(origin)
        origin = replace(origin, place=await self.spoken_place(origin.place))
        rules = await self._house.rules_for(origin)
        purchase = rules.check(await self._orders.purchase(origin, request, rules.defaults))
        cost = await self._purchasing.cost(purchase)
        if agreed is not None and not agreed.cost.covers(cost) and await self.made_by(origin.request_key) is None:
            raise Refused(CostsMore.than(agreed.cost, cost))
        result = await self._purchasing.buy(purchase, cost, rules.allowance)
        with bound_contextvars(job=result.job.id):
            facts = await card_facts(self._store, self._timing, result.job)
            return Submitted(job=result.job, facts=facts, repeated=isinstance(result, Duplicate))

    async def check_standing(self, origin: Origin) -> None:
        """Refuse whoever may not spend there at all, before anything is done for what they ask.

        Raises:
            Refused: the server may not spend, or they may not there.
        """
        await self._admit(origin)
        await self._house.rules_for(origin)

    async def quote(self, origin: Origin, request: Request) -> Quote:
        """Return what a request would cost if it were submitted now, and what has to be said before.

        Raises:
            Refused: as `submit` would, but for a consent that is missing.
        """
        await self._admit(origin)
        rules = await self._house.rules_for(origin)
        purchase = rules.consented().check(await self._orders.purchase(origin, request, rules.defaults))
        return replace(await self._purchasing.quote(purchase, rules.allowance), consent=rules.consent_for(purchase))

    async def price_list(self) -> PriceList:
        """Return what new clips cost, for lists that show many prices."""
        return await self._purchasing.prices.listed(self._gateway.service_mode)

    async def made_by(self, request_key: str) -> Job | None:
        """Return the job that a request made, None where it made none."""
        return await self._store.job_by_request(request_key)

    async def card_posted(self, submitted: Submitted, card: MessageRef) -> None:
        """Remember where a job's card stands, the first one staying, and let the loops know that there is a job.

        The person is answered first: what the loops do for a job takes longer than its answer. A job without a card is
        found when they look by themselves, within a second.
        """
        job, facts = submitted.job, submitted.facts
        await self._store.set_card(job.id, card, job.revision, facts.place, facts.ready_at)
        self._wakes.ring("submitter" if job.inputs_ready else "intake", "cards")

    async def cancel(self, job_id: str, person_id: int, *, moderator: bool) -> Cancellation:
        """Cancel a job, or ask the provider to.

        Args:
            job_id: the job's short id.
            person_id: who asks.
            moderator: whether they may manage others' messages there.
        """
        job = await self._store.job(job_id)
        if job is None:
            return Cancellation.UNKNOWN
        if job.requester_id != person_id and not moderator:
            return Cancellation.NOT_YOURS
        now = self._clock.now()
        by_another = job.requester_id != person_id
        cancelled = await self._store.apply(cancelled_in_queue(job, by_another=by_another, at=now))
        self._wakes.ring("cards", "poller", "deliverer")
        if cancelled is not None:
            return Cancellation.CANCELLED
        asked = await self._store.request_cancel(job.id, person_id, now)
        return Cancellation.REQUESTED if asked is not None else Cancellation.TOO_LATE

    async def nudge(self, hook_token: str, task_id: str | None) -> bool:
        """Note that the provider spoke of a job; False if no job has this token."""
        now = self._clock.now()
        due = self._hints.due(hook_token, now)
        job_id = await self._store.nudge(hook_token, task_id, due)
        if job_id is None:
            return False
        if due == now:
            # What comes of it is logged as the job's next state; a line for the hint itself would cost as much as it.
            log.debug("webhook_heard", job=job_id)
            self._wakes.ring("poller")
        return True

    async def preferences(self, person_id: int) -> Preferences:
        """Return what a person saved as their defaults."""
        return await read_preferences(self._store, person_id)

    async def says_amounts(self, guild_id: int | None, *, manages: bool = False) -> bool:
        """Tell whether amounts of money are said on a server.

        Args:
            guild_id: which; None for direct messages that are about none.
            manages: whether it is said to somebody with Manage Server, and to nobody else.
        """
        try:
            return (await self._house.sees_dollars(guild_id or 0)).includes(manages=manages)
        except StoreUnavailable:
            return False

    async def defaults_at(self, origin: Origin) -> Preferences:
        """Return what fills what a request leaves out there: a person's own choices, then the channel's, the server's.

        Where they may not spend, only their own do: nothing is refused before it is asked for.
        """
        own = await self.preferences(origin.requester_id)
        try:
            return own.over((await self._house.rules_for(origin)).defaults)
        except Refused:
            return own

    async def takes_free_text(self, origin: Origin) -> bool:
        """Tell whether a reply that begins with no command word is for the bot there."""
        return await self._house.takes_free_text(origin)

    async def spoken_place(self, place: Place) -> Place:
        """Return a place with the language of what everybody sees there: the server's setting, else Discord's."""
        try:
            language = await self._house.language(place.guild_id) if place.guild_id is not None else ""
        except StoreUnavailable:
            return place
        return replace(place, public_locale=language) if language else place

    async def set_preferences(self, person_id: int, chosen: Preferences) -> None:
        """Keep a person's defaults, all of them."""
        await write_preferences(self._store, person_id, chosen)

    async def take_hint(self, person_id: int, guild_id: int) -> bool:
        """Tell whether a person is to be told on a server how replies are read: once, whatever comes of telling."""
        async with self._hinting:
            return await take_hint(self._store, person_id, guild_id)

    async def _admit(self, origin: Origin) -> None:
        if not self._open:
            raise Refused(NotTakingWork())
        if self._standing.refuses is not None:
            raise Refused(NotWritable(trouble=self._standing.refuses))
        if not self.serves(origin.place.guild_id or 0):
            raise Refused(ServerNotEnabled(guild_id=origin.place.guild_id or 0))
        rest = await rest_of(self._store, origin.requester_id, self._clock.now())
        if rest is not None:
            raise Refused(TooManyRefused(refused=rest.refused, free_at=rest.until))
