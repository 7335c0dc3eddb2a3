"""Measurements that are quick when made small do come to their results, and leave the committed ones alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from bench.__main__ import RESULTS, measured
from bench.figures import Made
from bench.measures import MEASURES

if TYPE_CHECKING:
    from bench.figures import Result

MADE: Final = Made(machine="a test's", commit="0123456789", began="2030-01-01 00:00")
QUICK: Final = ("simulated-polling", "webhooks")
SECONDS: Final = 240.0


@pytest.mark.parametrize("name", QUICK)
async def test_a_small_measurement_comes_to_its_results(name: str) -> None:
    found: dict[str, list[Result]] = {}
    committed = RESULTS.read_bytes()

    async def keep(measure: str, results: list[Result]) -> None:
        found[measure] = results

    async with asyncio.timeout(SECONDS):
        await measured([name], keep, made=MADE, runs=1, quick=True)

    assert {result.name for result in found[name]} == {question.name for question in MEASURES[name].questions}
    for result in found[name]:
        assert result.figure > 0
        assert result.baseline > 0
        assert (result.runs, result.quick, result.measure) == (1, True, name)
    assert RESULTS.read_bytes() == committed
