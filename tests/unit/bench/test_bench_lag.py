"""The watch on an event loop sees a loop that is blocked for as long as somebody would have waited for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from bench.figures import percentile
from bench.watched_bot import lags, missed, watch

if TYPE_CHECKING:
    from pathlib import Path

BLOCK: float = 0.2
BLOCKS: int = 3
BETWEEN: int = 20
"""Turns of a hundredth of a second between two blocks."""


def test_each_instant_that_was_missed_counts_with_its_own_lateness() -> None:
    assert missed(10.0, 10.034) == pytest.approx([0.034, 0.024, 0.014, 0.004])
    assert missed(10.0, 10.004) == pytest.approx([0.004])


def test_a_loop_that_is_early_is_not_late() -> None:
    assert missed(10.0, 9.999) == [0.0]


async def test_a_loop_that_is_blocked_now_and_then_is_seen_to_be(tmp_path: Path) -> None:
    written = tmp_path / "lags"
    watching = asyncio.create_task(watch(written))
    while not written.exists() or not lags(written):  # noqa: ASYNC110 - what is waited for is in a file
        await asyncio.sleep(0)

    for _ in range(BLOCKS):
        for _ in range(BETWEEN):
            await asyncio.sleep(0.01)
        time.sleep(BLOCK)  # noqa: ASYNC251, TID251 - to block the loop is the point
        await asyncio.sleep(0.01)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    late = lags(written)
    assert percentile(late, 0.99) > 0.8 * BLOCK
    assert sum(each > BLOCK / 2 for each in late) >= BLOCKS * BLOCK / 2 / 0.01 - BLOCKS
