"""Whoever begins a session waits for those before, and for nobody where nobody can be asked."""

from __future__ import annotations

from typing_extensions import override

from bot.clock import Clock
from bot.delivery.session_turns import APART, StoredTurns
from bot.jobs.ports import StoreUnavailable

BEGAN = 1_800_000_000_000


class Steps(Clock):
    """A clock that is moved by whoever sleeps."""

    def __init__(self) -> None:
        self.time = BEGAN
        self.slept: list[int] = []

    @override
    def now(self) -> int:
        return self.time

    @override
    async def sleep(self, milliseconds: int) -> None:
        self.slept.append(milliseconds)
        self.time += milliseconds


class Turns:
    """Turns of one database."""

    def __init__(self) -> None:
        self.until: dict[str, int] = {}
        self.away = False

    async def claim_turn(self, name: str, now: int, until: int) -> int | None:
        if self.away:
            raise StoreUnavailable("gone")
        if self.until.get(name, 0) > now:
            return self.until[name]
        self.until[name] = until
        return None


async def test_the_first_waits_for_nobody_and_the_next_until_its_time_is_over():
    clock, turns = Steps(), Turns()
    stored = StoredTurns(turns, clock)
    await stored.wait(0, 1)
    assert clock.slept == []
    await stored.wait(1, 1)
    assert clock.time - BEGAN >= APART
    assert len(clock.slept) == 1


async def test_shards_that_may_begin_at_once_wait_for_each_other_only_in_the_same_place():
    clock, turns = Steps(), Turns()
    stored = StoredTurns(turns, clock)
    for shard in (0, 1, 2, 3):
        await stored.wait(shard, 4)
    assert clock.slept == []
    await stored.wait(4, 4)
    assert len(clock.slept) == 1


async def test_without_a_database_a_session_begins_after_the_longest_wait():
    clock, turns = Steps(), Turns()
    turns.away = True
    await StoredTurns(turns, clock).wait(0, 1)
    assert clock.slept == [APART]


async def test_a_turn_far_ahead_is_looked_at_again_before_long():
    clock, turns = Steps(), Turns()
    turns.until["identify:0"] = BEGAN + 3 * APART
    await StoredTurns(turns, clock).wait(0, 1)
    assert len(clock.slept) >= 3
    assert max(clock.slept) <= APART + 200
