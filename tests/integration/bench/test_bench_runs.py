"""Measurements that are quick when made small do come to their results, and leave the committed ones alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from bench.__main__ import MEASURES, RESULTS, measured
from bench.figures import Made

if TYPE_CHECKING:
    from bench.figures import Result

MADE: Final = Made(machine="a test's", commit="0123456789", began="2030-01-01 00:00")
RESULTS_OF: Final = {
    "simulated-polling": {"simulated_requests_alone", "simulated_requests_20", "simulated_detection_20"},
    "webhooks": {"webhooks_accepted", "webhooks_accepted_alone"},
}
SECONDS: Final = 240.0


@pytest.mark.parametrize("name", RESULTS_OF)
async def test_a_small_measurement_comes_to_its_results(name: str) -> None:
    found: dict[str, list[Result]] = {}
    committed = RESULTS.read_bytes()

    async def keep(measure: str, results: list[Result]) -> None:
        found[measure] = results

    async with asyncio.timeout(SECONDS):
        await measured([name], keep, made=MADE, runs=1, quick=True)

    assert {result.name for result in found[name]} == RESULTS_OF[name]
    for result in found[name]:
        assert result.figure > 0
        assert result.baseline > 0
        assert (result.runs, result.quick, result.measure) == (1, True, name)
    assert RESULTS.read_bytes() == committed


def test_the_measurements_made_here_are_among_all() -> None:
    assert RESULTS_OF.keys() < MEASURES.keys()
