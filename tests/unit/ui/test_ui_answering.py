"""Discord is asked to wait before it loses patience, in a crowd too."""

from __future__ import annotations

import asyncio

import pytest

from bot.ui import answering
from bot.ui.answering import in_time

_CROWD = 300
_PATIENCE = 200.5
"""Seconds; 200 deferrals go out in it, where each takes a second."""


@pytest.fixture(autouse=True)
def slow_deferrals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_DEFERRAL_SECONDS", 1.0)


class Response:
    """Notes deferrals."""

    def __init__(self) -> None:
        self.deferred = False

    async def defer(self, *, ephemeral: bool, thinking: bool) -> None:
        self.deferred = True


class Interaction:
    """One that nobody has answered."""

    def __init__(self) -> None:
        self.response = Response()


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.mark.parametrize("crowd", [1, _CROWD])
async def test_whoever_has_so_many_before_them_that_a_deferral_would_come_late_is_asked_to_wait_at_once(
    crowd: int,
) -> None:
    interactions, done = [Interaction() for _ in range(crowd)], asyncio.Event()
    async with asyncio.TaskGroup() as waiting:
        for each in interactions:
            waiting.create_task(in_time(each, done.wait(), ephemeral=True, patience=_PATIENCE))

        await turns(10)

        deferred = [each.response.deferred for each in interactions]
        assert deferred == [number > 200 for number in range(1, crowd + 1)]
        done.set()


async def test_a_crowd_that_has_been_answered_shortens_nobodys_time() -> None:
    done = asyncio.Event()
    done.set()
    async with asyncio.TaskGroup() as crowd:
        for _ in range(_CROWD):
            crowd.create_task(in_time(Interaction(), done.wait(), ephemeral=True, patience=_PATIENCE))
    last, unfinished = Interaction(), asyncio.Event()
    async with asyncio.TaskGroup() as alone:
        alone.create_task(in_time(last, unfinished.wait(), ephemeral=True, patience=_PATIENCE))

        await turns(10)

        assert not last.response.deferred
        unfinished.set()
