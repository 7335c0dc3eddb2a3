from __future__ import annotations

import pytest

from bot.clock import DAY, HOUR, MINUTE, SECOND
from bot.jobs.costs import INCLUDED, UNKNOWN, Cost
from bot.jobs.model import PriceBasis
from bot.ui import figures
from bot.ui.amounts import amounts
from tests.unit.ui.job_samples import finished, job


@pytest.mark.parametrize(
    ("microusd", "words"),
    [
        (260_000, "$0.26"),
        (1_920_000, "$1.92"),
        (78_000, "$0.078"),
        (500, "$0.0005"),
        (1, "$0.000001"),
        (2_000_000, "$2.00"),
        (1_234_500_000, "$1,234.50"),
        (0, "$0.00"),
    ],
)
def test_money_is_shown_as_it_is(microusd: int, words: str) -> None:
    assert figures.dollars(microusd) == words


def test_only_a_known_nought_is_nothing() -> None:
    assert figures.charged_sentence(finished(consumed_microusd=0)) == "Nothing was charged."
    unknown = finished(consumed_microusd=None)
    assert figures.charged_sentence(unknown) == "What the provider charged is not known yet."
    assert figures.charged_sentence(finished(consumed_microusd=260_000)) == "The provider charged $0.26."
    assert figures.price(UNKNOWN) == "price not known yet"
    assert figures.charge(unknown) == "charge not known yet"


def test_a_price_that_was_only_seen_says_so() -> None:
    seen = Cost(microusd=310_000, basis=PriceBasis.SEEN)

    assert figures.price(seen) == "up to $0.31 so far"
    assert figures.price_of(job(price_microusd=310_000, price_basis=PriceBasis.SEEN)) == "up to $0.31 so far"


def test_a_subscription_of_ones_own_includes_clips() -> None:
    included = finished(service_mode="private", price_microusd=None, consumed_microusd=0)

    assert figures.price_of(included) == figures.charge(included) == "included"
    assert figures.charged_sentence(included) == "Nothing was charged."
    charged = finished(service_mode="private", price_microusd=None, consumed_microusd=5_000)
    assert figures.charge(charged) == "$0.005"


def test_where_amounts_are_not_said_nothing_tells_one() -> None:
    charged = finished(consumed_microusd=260_000)
    with amounts(said=False):
        assert figures.price(Cost(microusd=260_000)) == ""
        assert figures.price(UNKNOWN) == ""
        assert figures.charge(charged) == figures.charged_amount(charged) == ""
        assert figures.charged_sentence(charged) == "The provider charged for it."
        assert figures.charged(charged) == "charged"
        assert figures.charge(finished(consumed_microusd=0)) == "nothing charged"
        assert figures.price(INCLUDED) == "included"


def test_times_move_by_themselves() -> None:
    assert figures.relative(1_790_000_000_999) == "<t:1790000000:R>"


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "just now"),
        (59 * SECOND, "just now"),
        (5 * MINUTE, "5 min ago"),
        (2 * HOUR, "2 h ago"),
        (3 * DAY, "3 d ago"),
    ],
)
def test_ages_without_moving_times(milliseconds: int, words: str) -> None:
    assert figures.age(milliseconds) == words


def test_a_file_over_a_limit_looks_larger_than_it() -> None:
    assert figures.size(10_000_000) == "10 MB"
    assert figures.size(10_000_001) == "10.1 MB"
    assert figures.upload_limit(10 * 1024 * 1024) == "10 MB"
    assert figures.upload_limit(100 * 1024 * 1024) == "100 MB"


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals(number: int, words: str) -> None:
    assert figures.ordinal(number) == words


def test_lists_read_as_sentences() -> None:
    assert figures.either(["a"]) == "a"
    assert figures.either(["a", "b", "c"]) == "a, b or c"
    assert figures.both(["a", "b"]) == "a and b"


def test_lengths() -> None:
    assert figures.seconds(1) == "1 second"
    assert figures.seconds(5.0) == "5 seconds"
    assert figures.seconds(61.34) == "61.3 seconds"
    assert figures.short_seconds(5.1) == "5 s"
