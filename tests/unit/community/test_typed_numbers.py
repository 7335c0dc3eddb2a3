"""Numbers as people type them."""

from __future__ import annotations

import pytest

from bot.community import settings as s
from bot.community.typed import NumberNotUnderstood, read_number
from bot.errors import Refused


@pytest.mark.parametrize(
    ("typed", "microusd"),
    [("20", 20_000_000), ("7.5", 7_500_000), ("7,50", 7_500_000), (" $0.05 ", 50_000), ("3 $", 3_000_000), ("0", 0)],
)
def test_dollars_are_read_as_they_are_written_anywhere(typed: str, microusd: int) -> None:
    assert read_number(s.BUDGET_USD, typed) == microusd


@pytest.mark.parametrize("typed", ["", "a lot", "-5", "1,000", "1.234", "1e3", "5 €", "12345678901"])
def test_what_may_mean_something_else_is_not_taken(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        read_number(s.USD_PER_DAY, typed)

    assert refused.value.refusal == NumberNotUnderstood(setting="microusd_per_day", found=typed, in_dollars=True)


@pytest.mark.parametrize(("typed", "number"), [("3", 3), (" 007 ", 7), ("３", 3)])
def test_whole_numbers_are_read(typed: str, number: int) -> None:
    assert read_number(s.CLIPS_PER_DAY, typed) == number


@pytest.mark.parametrize("typed", ["3.5", "three", "", "-1", "1 000"])
def test_anything_else_is_no_whole_number(typed: str) -> None:
    with pytest.raises(Refused):
        read_number(s.CLIPS_PER_DAY, typed)
