"""What a draft was said to cost, as it is kept with it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from bot.jobs.costs import Cost
from bot.jobs.model import PriceBasis


class KeptCost(BaseModel):
    """What something was said to cost; the fields are those of `Cost`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    microusd: int | None = None
    basis: PriceBasis = PriceBasis.CATALOGUE
    included: bool = False

    @property
    def cost(self) -> Cost:
        """Return it."""
        return Cost(microusd=self.microusd, basis=self.basis, included=self.included)


def kept(cost: Cost) -> dict[str, object]:
    """Return the fields that keep a cost."""
    return {"microusd": cost.microusd, "basis": cost.basis, "included": cost.included}
