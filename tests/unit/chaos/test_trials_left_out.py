"""A machine that lacks something still knows every trial, and names those that it leaves out, and why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.stage.environment import REPOSITORY
from tests.chaos import results
from tests.chaos.__main__ import Report
from tests.chaos.invariants import Breach, Invariant
from tests.chaos.register import trials
from tests.chaos.results import keep, read_results
from tests.chaos.runner import Result
from tests.chaos.trial import Engine

NEEDY = ("disk full: not a byte left", "power cut: nothing that was not synced is left")
"""Trials of the short version that need mount(8), and strace."""
EVERY_TRIAL = """
from tests.chaos.register import trials
for trial in trials():
    print(trial.group.value, trial.name, *sorted(trial.engines), sep="|")
"""


def without_programs(*words: str, ends_with: int = 0, **environment: str) -> list[str]:
    """Run Python where nothing can be found; return what it says."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *words],
        cwd=REPOSITORY,
        env={"PATH": "", "HOME": os.environ.get("HOME", ""), **environment},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == ends_with, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_every_trial_is_known_where_nothing_is_installed():
    here = ["|".join((trial.group.value, trial.name, *sorted(trial.engines))) for trial in trials()]
    assert without_programs("-c", EVERY_TRIAL) == here


@pytest.mark.parametrize("words", NEEDY)
def test_what_cannot_be_performed_is_named_with_the_reason(words: str):
    said = without_programs("-m", "tests.chaos", "--short", ONLY=words)
    (left_out,) = [line for line in said if line.startswith("left out sqlite")]
    assert words in left_out
    assert left_out.endswith(("there is no mount(8) here", "strace is not installed"))
    assert "left out, for this machine cannot perform them: 1 trials, named above" in said


def test_words_that_no_trial_is_called_by_are_no_success():
    said = without_programs("-m", "tests.chaos", "--short", ends_with=2, ONLY="a trail that is misspelt")

    assert said[-1] == "no trial is called like ONLY=a trail that is misspelt"


@pytest.mark.parametrize("broken", list(Invariant))
def test_a_breach_is_named_and_is_no_success(broken: Invariant, capsys: pytest.CaptureFixture[str]):
    report = Report("1", kept=False, added=False)
    report.take(Result(trials()[0], Engine.SQLITE, runs=1, breaches=[Breach(broken, "a clip is missing")]))

    assert not report.conclude()
    assert f"BROKEN 1 times: {broken.value} (1 runs, 0 commands)" in capsys.readouterr().out.splitlines()


def test_what_was_never_tried_is_not_said_to_hold(capsys: pytest.CaptureFixture[str]):
    Report("1", kept=False, added=False).conclude()

    said = [line for line in capsys.readouterr().out.splitlines() if line]
    assert [line.partition(":")[0] for line in said] == ["not tried"] * len(Invariant)


def test_what_was_measured_elsewhere_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = read_results()
    (tmp_path / "results.json").write_text(results.KEPT.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(results, "KEPT", tmp_path / "results.json")

    measured = next(row for row in before if row.engine is Engine.SQLITE)
    keep([measured], trials())

    assert read_results() == before
