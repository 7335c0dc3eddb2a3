"""What something will cost: by the provider's list, else the most that its like was charged, else nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from bot.catalog import ClipKind, Price
from bot.clock import MINUTE, Clock
from bot.jobs.model import Job, PriceBasis

OWN_ACCOUNT: Final = "private"
"""The service mode in which clips are made with a subscription of the owner's own (provider notes §1.3)."""
_LISTED_FOR: Final = MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one clip will cost.

    Attributes:
        microusd: the price; None where nobody knows, or where it is included.
        basis: SEEN where `microusd` is the most that its like was charged so far.
        included: whether a subscription of the owner's own pays for it.
    """

    microusd: int | None = None
    basis: PriceBasis = PriceBasis.CATALOGUE
    included: bool = False

    def covers(self, other: Cost) -> bool:
        """Tell whether whoever agreed to this agreed to `other`: no more, and no vaguer.

        What nobody knew, or what was included, is only itself.
        """
        if self.included or other.included:
            return self.included and other.included
        if self.microusd is None or other.microusd is None:
            return self.microusd is None and other.microusd is None
        return other.microusd <= self.microusd and (other.basis is self.basis or other.basis is PriceBasis.CATALOGUE)


UNKNOWN: Final = Cost()
INCLUDED: Final = Cost(included=True)


@dataclass(frozen=True, slots=True)
class Like:
    """What clips have in common that are taken to cost the same.

    Attributes:
        seconds: 0 but for new clips.
        service_mode: the provider's word; its two kinds of accounts charge differently.
    """

    kind: ClipKind
    model: str
    mode: str
    seconds: int
    service_mode: str


class ChargesSeen(Protocol):
    """Knows what was charged so far."""

    async def highest_charge(self, like: Like) -> int | None:
        """Return the most micro-dollars that such a clip was charged; None where none was."""
        ...

    async def highest_charges(self) -> Mapping[Like, int]:
        """Return the same of everything that was ever charged."""
        ...


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices as of one moment, for lists that show many.

    Attributes:
        service_mode: of new clips.
        seen: the most that was charged so far.
    """

    service_mode: str = ""
    seen: Mapping[Like, int] = field(default_factory=dict)

    def of(self, kind: ClipKind, model: str, mode: str, seconds: int, listed: Price | None) -> Cost:
        """Return what a clip costs.

        Args:
            kind: what is made.
            model: the row's key.
            mode: the quality.
            seconds: its length; 0 but for new clips.
            listed: what the catalogue says.
        """
        return cost_of(self.service_mode, listed, self.seen.get(Like(kind, model, mode, seconds, self.service_mode)))


LISTED_ONLY: Final = PriceList()
"""What the catalogue says, and nothing else."""


class Prices:
    """Says what clips cost."""

    def __init__(self, charges: ChargesSeen, clock: Clock) -> None:
        """Keep the collaborators."""
        self._charges = charges
        self._clock = clock
        self._listed: Mapping[Like, int] = {}
        self._listed_until = 0

    async def of(self, like: Like, listed: Price | None) -> Cost:
        """Return what a clip costs now; `listed` is what the catalogue says."""
        seen = await self._charges.highest_charge(like) if _is_open(like.service_mode, listed) else None
        return cost_of(like.service_mode, listed, seen)

    async def listed(self, service_mode: str) -> PriceList:
        """Return prices for lists: at most a minute old, since people ask for them with every letter they type."""
        if self._clock.now() >= self._listed_until:
            self._listed = await self._charges.highest_charges()
            self._listed_until = self._clock.now() + _LISTED_FOR
        return PriceList(service_mode, self._listed)


def cost_of(service_mode: str, listed: Price | None, seen: int | None) -> Cost:
    """Return a cost from what the catalogue says and from the most that was charged."""
    if service_mode == OWN_ACCOUNT:
        return INCLUDED
    if listed is not None:
        return Cost(microusd=listed.microusd)
    return UNKNOWN if seen is None else Cost(microusd=seen, basis=PriceBasis.SEEN)


def cost_of_job(job: Job) -> Cost:
    """Return what a job was said to cost when it was asked for."""
    if job.service_mode == OWN_ACCOUNT:
        return INCLUDED
    return Cost(microusd=job.price_microusd, basis=job.price_basis)


def _is_open(service_mode: str, listed: Price | None) -> bool:
    return service_mode != OWN_ACCOUNT and listed is None
