"""The committed results are whole, follow from their runs, and are what docs/performance.md says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from bench import first_response, memory, polling, submit_burst, webhook
from bench.__main__ import PAGE, RESULTS, chosen
from bench.figures import FEWEST_RUNS, Result, read_results
from bench.report import page, table

if TYPE_CHECKING:
    from types import ModuleType

ASKED: Final = {"name", "figure", "unit", "baseline", "ratio", "goal", "holds", "runs"}
MEASURED_BY: Final[dict[str, ModuleType]] = {
    "first_response": first_response,
    "clip_by_webhook": webhook,
    "clip_by_polling": polling,
    "idle_memory": memory,
    "submit_burst": submit_burst,
}


@pytest.fixture(scope="module")
def committed() -> list[Result]:
    return read_results(RESULTS)


def test_the_page_is_what_the_results_give(committed: list[Result]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(committed)


def test_every_result_says_what_is_asked_of_it() -> None:
    for written in json.loads(RESULTS.read_bytes()):
        assert written.keys() >= ASKED


def test_every_measurement_has_its_results(committed: list[Result]) -> None:
    names = [result.name for result in committed]

    assert len(set(names)) == len(names)
    for prefix in MEASURED_BY:
        assert any(name.startswith(prefix) for name in names), prefix


def test_the_committed_results_follow_from_enough_runs(committed: list[Result]) -> None:
    for found in committed:
        assert not found.quick
        assert found.runs >= FEWEST_RUNS
        again = Result.of(found, found.figures, found.baselines, quick=False, machine=found.machine)
        assert again == found


def test_the_table_shows_what_holds_and_what_is_quick(committed: list[Result]) -> None:
    one = committed[0].model_copy(update={"holds": False, "quick": True, "runs": 1})

    shown = table([one])

    assert one.name in shown
    assert "no" in shown
    assert "1, quick" in shown
    assert "quick runs" in page([one])


@pytest.mark.parametrize("arguments", [["--runs", "4"], ["--quick", "--runs", "0"], ["--only", "nothing"]])
def test_too_few_runs_and_unknown_measurements_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        chosen(arguments)
    assert "error" in capsys.readouterr().err


def test_a_quick_run_may_be_one() -> None:
    assert (chosen(["--quick"]).runs, chosen([]).runs, chosen(["--runs", "7"]).runs) == (1, 5, 7)
