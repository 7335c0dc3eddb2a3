"""`docs/reliability.md` says what was measured, about the trials that there are."""

from __future__ import annotations

from tests.chaos.register import trials
from tests.chaos.report import DOCUMENT, document
from tests.chaos.results import added, read_results, rows_wanted
from tests.chaos.trial import Group


def test_the_page_is_made_from_the_results():
    assert DOCUMENT.read_text(encoding="utf-8") == document(read_results())


def test_every_row_is_of_a_trial_that_there_is():
    assert {(row.group, row.fault, row.engine) for row in read_results()} <= rows_wanted(trials())


def test_every_trial_has_a_row_on_each_of_its_engines():
    measured = {(row.group, row.fault, row.engine) for row in read_results()}
    assert sorted(rows_wanted(trials()) - measured) == []


def test_every_way_a_fault_can_happen_was_tried_and_every_crash_point_twenty_times():
    rows = {(row.group, row.fault, row.engine): row.runs for row in read_results()}
    wanted = {
        (trial.group, trial.name, engine): 20 if trial.group is Group.CRASH else trial.goes(1) * trial.times
        for trial in trials()
        if trial.in_long
        for engine in trial.engines
    }
    assert [key for key, runs in wanted.items() if rows.get(key, 0) < runs] == []


def test_the_page_names_the_seeds_of_each_row():
    row = read_results()[0].model_copy(update={"seed": "a-seed, another"})
    (line,) = [line for line in document([row]).splitlines() if line.startswith(f"| {row.fault} |")]
    assert "| a-seed, another |" in line


def test_nothing_was_lost_doubled_or_bought_twice():
    rows = read_results()
    assert rows
    assert [row for row in rows if row.lost or row.doubled or row.bought_twice or row.other] == []


def test_trials_have_names_of_their_own():
    names = [(trial.group, trial.name) for trial in trials()]
    assert len(names) == len(set(names))


def test_sittings_add_up():
    row = read_results()[0]
    both = added(row, row.model_copy(update={"seed": "other", "remark": "It was flat."}))
    assert both.runs == 2 * row.runs
    assert (both.seed, both.remark) == (f"{row.seed}, other", "It was flat.")
    assert sum(both.endings.values()) == 2 * sum(row.endings.values())
