"""Shards as they are written, and which server falls onto which."""

from __future__ import annotations

import pytest

from bot.processes import Shards, read_shard_ids, shard_of, written

COVE = 1_180_000_000_000_000_000


@pytest.mark.parametrize(
    ("ids", "text"), [((0,), "0"), ((0, 1, 2), "0-2"), ((0, 2, 3, 7), "0,2-3,7"), ((4, 5), "4-5"), ((), "")]
)
def test_numbers_are_written_as_they_are_read(ids: tuple[int, ...], text: str):
    assert written(ids) == text
    assert read_shard_ids(text) == (ids or None)


def test_a_server_falls_onto_one_shard_and_direct_messages_onto_the_first():
    halves = Shards((0, 1), 4), Shards((2, 3), 4)
    for guild in range(COVE, COVE + (50 << 22), 1 << 22):
        assert [half.covers(guild) for half in halves].count(True) == 1
    assert shard_of(0, 4) == 0
    assert shard_of(COVE, 1) == 0


def test_shards_say_which_they_are_and_whether_others_are_missing():
    assert str(Shards((0, 1, 2, 5), 8)) == "0-2,5 of 8"
    assert not Shards((0, 1, 2, 5), 8).complete
    assert Shards((0, 1), 2).complete
