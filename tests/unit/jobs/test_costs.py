"""What somebody who agreed to a price has agreed to, and where prices come from."""

from __future__ import annotations

import pytest

from bot.catalog import Price
from bot.jobs.costs import INCLUDED, UNKNOWN, Cost, cost_of
from bot.jobs.model import PriceBasis

LISTED = Cost(microusd=260_000)
SEEN = Cost(microusd=260_000, basis=PriceBasis.SEEN)
MORE_SEEN = Cost(microusd=310_000, basis=PriceBasis.SEEN)


@pytest.mark.parametrize(
    ("agreed", "now", "covered"),
    [
        (LISTED, LISTED, True),
        (LISTED, Cost(microusd=100_000), True),
        (LISTED, Cost(microusd=260_001), False),
        (SEEN, SEEN, True),
        (SEEN, MORE_SEEN, False),
        (MORE_SEEN, SEEN, True),
        (SEEN, LISTED, True),
        (LISTED, SEEN, False),
        (UNKNOWN, UNKNOWN, True),
        (UNKNOWN, SEEN, False),
        (SEEN, UNKNOWN, False),
        (INCLUDED, INCLUDED, True),
        (INCLUDED, UNKNOWN, False),
        (UNKNOWN, INCLUDED, False),
        (LISTED, INCLUDED, False),
    ],
)
def test_nobody_agreed_to_more_or_to_what_is_vaguer(agreed: Cost, now: Cost, covered: bool) -> None:
    assert agreed.covers(now) is covered


def test_the_list_goes_first_then_what_was_seen_and_a_subscription_before_both() -> None:
    listed = Price(260_000, "2026-11")

    assert cost_of("public", listed, 500_000) == LISTED
    assert cost_of("public", None, 310_000) == MORE_SEEN
    assert cost_of("", None, None) == UNKNOWN
    assert cost_of("private", listed, 310_000) == INCLUDED
