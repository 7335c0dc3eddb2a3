"""Turns that processes take, on each engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.store import Store, open_store
from tests.contract.samples import NOW, ManualClock

UNTIL = NOW + 5_000


async def test_a_turn_is_one_processes_until_it_ends(store: Store):
    assert await store.claim_turn("identify:0", NOW, UNTIL) is None
    assert await store.claim_turn("identify:0", NOW + 10, UNTIL + 10) == UNTIL
    assert await store.claim_turn("identify:0", UNTIL - 1, UNTIL + 10) == UNTIL
    assert await store.claim_turn("identify:0", UNTIL, UNTIL + 5_000) is None
    assert await store.claim_turn("identify:0", UNTIL, UNTIL + 5_000) == UNTIL + 5_000


async def test_turns_of_different_names_have_nothing_to_do_with_each_other(store: Store):
    assert await store.claim_turn("identify:0", NOW, UNTIL) is None
    assert await store.claim_turn("identify:1", NOW, UNTIL) is None


async def test_a_turn_that_is_given_back_is_free(store: Store):
    assert await store.claim_turn("commands", NOW, UNTIL) is None
    await store.end_turn("commands", UNTIL)
    assert await store.claim_turn("commands", NOW + 1, UNTIL) is None


async def test_nobody_gives_back_a_turn_that_has_passed_to_another(store: Store):
    assert await store.claim_turn("commands", NOW, UNTIL) is None
    assert await store.claim_turn("commands", UNTIL + 1, UNTIL + 60_000) is None
    await store.end_turn("commands", UNTIL)
    assert await store.claim_turn("commands", UNTIL + 2, UNTIL + 70_000) == UNTIL + 60_000


async def test_a_turn_may_end_so_that_the_next_begins_a_little_later(store: Store):
    assert await store.claim_turn("lookout", NOW, NOW + 120_000) is None
    await store.end_turn("lookout", NOW + 120_000, UNTIL)
    assert await store.claim_turn("lookout", UNTIL - 1, UNTIL + 120_000) == UNTIL
    assert await store.claim_turn("lookout", UNTIL, UNTIL + 120_000) is None
    await store.end_turn("lookout", NOW + 120_000, NOW)
    assert await store.claim_turn("lookout", UNTIL + 1, UNTIL + 120_001) == UNTIL + 120_000


async def test_a_turn_taken_by_a_clock_that_was_ahead_holds_nobody_up(store: Store):
    days_ahead = NOW + 3 * 86_400_000
    assert await store.claim_turn("identify:0", days_ahead, days_ahead + 5_000) is None
    assert await store.claim_turn("identify:0", NOW, UNTIL) is None


@pytest.mark.parametrize("engine", ["postgres"])
async def test_one_of_two_processes_has_a_turn(store: Store, url: str, tmp_path: Path):
    async with open_store(url, tmp_path, ManualClock()) as other:
        assert await store.claim_turn("commands", NOW, UNTIL) is None
        assert await other.claim_turn("commands", NOW, UNTIL + 7) == UNTIL
        await store.end_turn("commands", UNTIL)
        assert await other.claim_turn("commands", NOW, UNTIL + 7) is None
        assert await store.claim_turn("commands", NOW, UNTIL) == UNTIL + 7
