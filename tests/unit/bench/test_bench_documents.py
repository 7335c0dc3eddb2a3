"""The committed results are whole, follow from their runs, and are what docs/performance.md says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from bench.__main__ import LAST_RUN, PAGE, RESULTS, chosen, made, merged
from bench.figures import FEWEST_RUNS, Made, Result, read_results
from bench.measures import MEASURES, planned_seconds
from bench.reasons import REASONS
from bench.report import page, table
from bench.run import Run, read_run, write_run

if TYPE_CHECKING:
    from pathlib import Path

ASKED: Final = {"name", "figure", "unit", "baseline", "ratio", "goal", "holds", "runs"}


@pytest.fixture(scope="module")
def committed() -> list[Result]:
    return read_results(RESULTS)


def test_the_page_is_what_the_results_give(committed: list[Result]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(committed, read_run(LAST_RUN, committed).failures)


def test_every_result_says_what_is_asked_of_it() -> None:
    for written in json.loads(RESULTS.read_bytes()):
        assert written.keys() >= ASKED


def test_results_are_of_known_measurements_in_their_order(committed: list[Result]) -> None:
    names = [result.name for result in committed]
    measures = list(dict.fromkeys(result.measure for result in committed))

    assert len(set(names)) == len(names)
    assert measures == [name for name in MEASURES if name in measures]


def test_the_committed_results_follow_from_enough_runs(committed: list[Result]) -> None:
    for found in committed:
        assert not found.quick
        assert found.runs >= FEWEST_RUNS
        where = Made(machine=found.machine, commit=found.commit, began=found.began)
        again = Result.of(found, found.figures, found.baselines, measure=found.measure, made=where, remark=found.remark)
        assert again == found


def test_reasons_are_given_for_results_that_there_are(committed: list[Result]) -> None:
    assert REASONS.keys() <= {result.name for result in committed}


def test_the_table_shows_what_holds_and_what_is_quick(committed: list[Result]) -> None:
    one = committed[0].model_copy(update={"holds": False, "quick": True, "runs": 1})

    shown = table([one])

    assert one.name in shown
    assert "no" in shown
    assert "1, quick" in shown
    assert "quick runs" in page([one])


def test_the_page_names_every_goal_that_does_not_hold_and_what_else_was_seen(committed: list[Result]) -> None:
    held = committed[0].model_copy(update={"holds": True, "remark": ""})
    missed = committed[1].model_copy(update={"holds": False, "remark": "Three of them were late."})

    written = page([held, missed])
    assert "Goals that do not hold" in written
    assert f"{missed.what[0].upper()}{missed.what[1:]}: Three of them were late." in written


def test_every_goal_holds_only_where_every_question_has_an_answer(committed: list[Result]) -> None:
    asked = [question for planned in MEASURES.values() for question in planned.questions]
    answers = [
        committed[0].model_copy(update={"name": question.name, "what": question.what, "holds": True})
        for question in asked
    ]

    assert "Every goal holds." in page(answers)
    written = page(answers[:-1])
    assert "Every goal holds." not in written
    assert f"- `{list(MEASURES)[-1]}`, {asked[-1].what}" in written


def test_the_page_says_why_a_measurement_has_no_result(committed: list[Result]) -> None:
    failures = {"guilds": "the bot ended with 1", committed[0].measure: "something took longer than it may"}

    written = page(committed[:1], failures)

    for question in MEASURES["guilds"].questions:
        assert f"- `guilds`, {question.what}. The last try failed: The bot ended with 1." in written
    assert "The last try failed: Something took longer than it may." in written


def test_a_failure_is_kept_without_what_a_bot_printed() -> None:
    run = (
        Run(began="2030-01-01 00:00").failed("memory", "it never connected:\n/home/somebody/log").failed("webhook", "x")
    )

    assert run.made("webhook").failures == {"memory": "it never connected:"}


def test_the_page_says_which_measurements_are_of_an_earlier_run(committed: list[Result]) -> None:
    old = committed[0].model_copy(update={"measure": "memory", "began": "2030-01-01 00:00", "commit": "0" * 10})
    new = committed[1].model_copy(update={"measure": "webhook", "began": "2030-01-02 00:00", "commit": "1" * 10})

    written = page([new, old])

    assert "on 2030-01-02 00:00 UTC, revision 1111111111; but `memory` on 2030-01-01 00:00 UTC" in written


def test_a_measurement_takes_the_place_of_its_earlier_results(committed: list[Result]) -> None:
    old = [committed[0].model_copy(update={"measure": measure, "name": measure}) for measure in ("webhook", "memory")]
    again = old[0].model_copy(update={"name": "again"})

    assert [result.name for result in merged(old, [again], "webhook")] == ["again", "memory"]
    assert [result.name for result in merged(old[1:], [again], "webhook")] == ["again", "memory"]


def test_a_run_that_was_cut_is_taken_up_where_it_ended(committed: list[Result], tmp_path: Path) -> None:
    last = [committed[0].model_copy(update={"measure": "webhook", "began": "2030-01-02 00:00"})]
    before = [committed[0].model_copy(update={"measure": "memory", "began": "2030-01-01 00:00"})]
    others = [name for name in MEASURES if name != "webhook"]
    write_run(tmp_path / "run.json", Run(began="2030-01-02 00:00"))

    assert read_run(tmp_path / "run.json", before).missing([*last, *before], MEASURES) == others
    assert read_run(tmp_path / "none", [*last, *before]).missing([*last, *before], MEASURES) == others
    assert read_run(tmp_path / "none", []).missing([], MEASURES) == list(MEASURES)


def test_a_run_that_was_cut_before_its_first_result_is_taken_up_too(committed: list[Result], tmp_path: Path) -> None:
    whole = [committed[0].model_copy(update={"measure": name, "began": "2030-01-01 00:00"}) for name in MEASURES]
    write_run(tmp_path / "run.json", Run(began="2030-01-02 00:00"))

    assert read_run(tmp_path / "run.json", whole).missing(whole, MEASURES) == list(MEASURES)


def test_a_measurement_that_was_made_again_by_itself_is_not_missing(committed: list[Result]) -> None:
    run = Run(began="2030-01-01 00:00")
    whole = [committed[0].model_copy(update={"measure": name, "began": run.began}) for name in MEASURES]
    again = whole[0].model_copy(update={"began": "2030-01-03 00:00"})

    assert run.missing([again, *whole[1:]], MEASURES) == []


def test_the_whole_bench_is_planned_to_take_less_than_three_quarters_of_an_hour() -> None:
    assert planned_seconds(list(MEASURES)) < 45 * 60


def test_questions_have_names_of_their_own() -> None:
    names = [question.name for planned in MEASURES.values() for question in planned.questions]

    assert len(set(names)) == len(names)


def test_when_a_run_began_is_written_in_utc() -> None:
    assert made("0123456789", 1_893_456_000.0).began == "2030-01-01 00:00"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--runs", "4"],
        ["--quick", "--runs", "0"],
        ["--only", "nothing"],
        ["--quick", "--write"],
        ["--quick", "--resume"],
    ],
)
def test_too_few_runs_and_unknown_measurements_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        chosen(arguments)
    assert "error" in capsys.readouterr().err


def test_a_quick_run_may_be_one() -> None:
    assert (chosen(["--quick"]).runs, chosen([]).runs, chosen(["--runs", "7"]).runs) == (1, 5, 7)
