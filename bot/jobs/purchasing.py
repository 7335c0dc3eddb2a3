"""From a request that passed every rule to a stored job: its price, its reserve, its holds, its names."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final, Protocol

from bot.catalog import Catalogue, ClipKind, Note, Price
from bot.clock import Clock
from bot.errors import EgretError, Refused
from bot.jobs import schedule
from bot.jobs.costs import ChargesSeen, Cost, Like, Prices
from bot.jobs.credit import Credit, CreditTooLow, Uncounted
from bot.jobs.limits import Allowance, CeilingReached, Hold, Scope, counter_of, period_end
from bot.jobs.model import Job, JobInput, JobNote, NewAsset, NewJob, PriceBasis, VideoInput
from bot.jobs.ports import Accepted, Duplicate, IdTaken, JobStore, OverCeiling
from bot.jobs.requests import Origin, PriceOverCeiling, Quote

_ID_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0, o, 1, i, l: an id is read aloud and typed on phones."""
_ID_LENGTH: Final = 6
_ID_DRAWS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """What the operator allows; None means no ceiling, written out on purpose.

    Attributes:
        servers: the servers that may spend; None for all.
        microusd_per_month: over all servers.
        per_person: what one person may take on one server, and one server in all, where the server allows no less.
    """

    servers: frozenset[int] | None
    microusd_per_month: int | None
    microusd_per_job: int | None
    per_person: Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A request that passed every rule, about to become a job.

    Attributes:
        price: what the catalogue says that it costs; None where it says nothing.
        key_fingerprint: names the account that pays.
        made_from: the job that this one repeats or changes.
        age_restricted: it comes from a clip that was asked for in a channel for adults.
    """

    origin: Origin
    kind: ClipKind
    input: JobInput
    model: str
    mode: str
    price: Price | None
    notes: tuple[Note, ...] = ()
    files: tuple[NewAsset, ...] = ()
    spoiler: bool = False
    source_id: str | None = None
    service_mode: str
    key_fingerprint: str
    made_from: str | None = None
    age_restricted: bool = False

    @property
    def hidden(self) -> bool:
        """Tell whether the clip comes as a spoiler: what is for adults does so wherever others may see it."""
        origin = self.origin
        return self.spoiler or (self.age_restricted and not origin.age_restricted and not origin.place.is_direct)

    @property
    def like(self) -> Like:
        """Return what it has in common with clips that cost the same."""
        seconds = self.input.seconds if isinstance(self.input, VideoInput) else 0
        return Like(self.kind, self.model, self.mode, seconds, self.service_mode)


class PurchaseStore(JobStore, ChargesSeen, Protocol):
    """What jobs are stored in, and what knows what they cost."""


class Purchasing:
    """Turns purchases into stored jobs.

    Attributes:
        prices: what clips cost.
    """

    def __init__(
        self,
        store: PurchaseStore,
        catalogue: Catalogue,
        ceilings: Ceilings,
        clock: Clock,
        credit: Credit | None = None,
    ) -> None:
        """Keep the collaborators; without credit, the provider alone tells whether the account can pay."""
        self._credit: Credit = credit or Uncounted()
        self.prices = Prices(store, clock)
        self._store = store
        self._catalogue = catalogue
        self._ceilings = ceilings
        self._clock = clock

    async def cost(self, purchase: Purchase) -> Cost:
        """Return what a purchase costs now."""
        return await self.prices.of(purchase.like, purchase.price)

    async def buy(self, purchase: Purchase, cost: Cost, allowance: Allowance) -> Accepted | Duplicate:
        """Store the job with its holds, or find the job that the same request stored before.

        Args:
            purchase: what to buy.
            cost: what it costs.
            allowance: what the person may take there.

        Raises:
            Refused: the price or a ceiling forbids it; nothing was stored.
        """
        now = self._clock.now()
        reserved = self._reserve(cost)
        holds = self._holds(purchase.origin, allowance, reserved, now)
        if not await self._credit.covers(reserved) and not await self._is_stored(purchase):
            # A ceiling that is nearer is named first.
            await self.quote(purchase, allowance)
        for _ in range(_ID_DRAWS):
            result = await self._store.submit(self._new_job(purchase, cost, reserved, now), holds)
            match result:
                case Accepted() | Duplicate():
                    return result
                case OverCeiling(hold=hold, used=used):
                    raise _full(hold, used, now)
                case IdTaken():
                    continue
        raise EgretError("no free job id in five draws")

    async def quote(self, purchase: Purchase, allowance: Allowance) -> Quote:
        """Return what a purchase would cost now; nothing is stored or held.

        Raises:
            Refused: the price or a ceiling forbids it.
        """
        now = self._clock.now()
        left: int | None = None
        cost = await self.cost(purchase)
        reserved = self._reserve(cost)
        holds = self._holds(purchase.origin, allowance, reserved, now)
        for hold in sorted(holds, key=lambda each: each.scope.refuses):
            if hold.ceiling is None:
                continue
            used = await self._store.used(hold.counter)
            if used + hold.amount > hold.ceiling:
                raise _full(hold, used, now)
            if hold.scope is Scope.PERSON_DAY_JOBS:
                left = hold.ceiling - used
        if not await self._credit.covers(reserved):
            raise Refused(CreditTooLow())
        return Quote(cost=cost, left_today=left, frees_at=period_end(Scope.PERSON_DAY_JOBS, now))

    async def _is_stored(self, purchase: Purchase) -> bool:
        return await self._store.job_by_request(purchase.origin.request_key) is not None

    def _reserve(self, cost: Cost) -> int:
        """Return what the ledger holds until the charge is known: the price, else the most one job may cost."""
        if cost.included:
            return 0
        ceiling = self._ceilings.microusd_per_job
        if cost.microusd is not None:
            if ceiling is not None and cost.microusd > ceiling:
                raise Refused(
                    PriceOverCeiling(
                        price_microusd=cost.microusd,
                        seen=cost.basis is PriceBasis.SEEN,
                        ceiling_microusd=ceiling,
                    )
                )
            return cost.microusd
        if ceiling == 0:
            raise Refused(PriceOverCeiling(price_microusd=None, ceiling_microusd=0))
        return ceiling if ceiling is not None else self._dearest()

    def _dearest(self) -> int:
        return max(
            (priced.price.microusd for row in self._catalogue.models for mode in row.modes for priced in mode.prices),
            default=0,
        )

    def _holds(self, origin: Origin, allowance: Allowance, reserved: int, now: int) -> list[Hold]:
        """Return what the job takes from every counter, with or without a ceiling: one may be set tomorrow."""
        guild_id = origin.place.guild_id or 0
        return [
            Hold(
                scope,
                counter_of(scope, guild_id=guild_id, person_id=origin.requester_id, at=now),
                reserved if scope.in_dollars else 1,
                self._ceilings.microusd_per_month if scope is Scope.PROCESS_MONTH_USD else allowance.of(scope),
            )
            for scope in Scope
        ]

    def _new_job(self, purchase: Purchase, cost: Cost, reserved: int, now: int) -> NewJob:
        return NewJob(
            id="".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH)),
            request_key=purchase.origin.request_key,
            kind=purchase.kind,
            requester_id=purchase.origin.requester_id,
            place=purchase.origin.place,
            input=purchase.input,
            model=purchase.model,
            mode=purchase.mode,
            spoiler=purchase.hidden,
            source_id=purchase.source_id,
            service_mode=purchase.service_mode,
            key_fingerprint=purchase.key_fingerprint,
            hook_token=secrets.token_urlsafe(16),
            price_microusd=cost.microusd,
            price_basis=cost.basis,
            reserved_microusd=reserved,
            notes=tuple(JobNote(note.value) for note in purchase.notes),
            assets=purchase.files,
            created_at=now,
            due_at=now,
            queue_expires_at=now + schedule.QUEUE_LIMIT,
            made_from=purchase.made_from,
            repeat_key=purchase.origin.repeat_key,
            age_restricted=purchase.age_restricted or purchase.origin.age_restricted,
        )


def _full(hold: Hold, used: int, now: int) -> Refused:
    return Refused(
        CeilingReached(
            scope=hold.scope,
            used=used,
            ceiling=hold.ceiling or 0,
            asked=hold.amount,
            free_at=period_end(hold.scope, now),
        )
    )


def follow_up(
    origin: Origin,
    kind: ClipKind,
    source: Job,
    made: JobInput,
    price: Price | None,
    *,
    notes: tuple[Note, ...] = (),
    files: tuple[NewAsset, ...] = (),
) -> Purchase:
    """Return a purchase that keeps its source's model, quality, spoiler and service mode."""
    return Purchase(
        origin=origin,
        kind=kind,
        input=made,
        model=source.model,
        mode=source.mode,
        price=price,
        notes=notes,
        files=files,
        spoiler=source.spoiler,
        source_id=source.id,
        service_mode=source.service_mode,
        key_fingerprint=source.key_fingerprint,
        age_restricted=source.age_restricted,
    )
