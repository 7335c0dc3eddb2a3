"""A trial that names several ways of a fault performs each of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.register import MODULES, trials
from tests.chaos.trial import Chance, Trial

MIXED = {"crashes", "kills", "soak"}
"""Trials of hundreds of commands, drawn from a mixture whose parts no row of the table names."""
FILES = [Path(*module.split(".")).with_suffix(".py") for module in MODULES if module.rpartition(".")[2] not in MIXED]
REPOSITORY = Path(__file__).resolve().parents[3]
DRAWN = {"choice", "choices", "sample"}


def drawn(source: str) -> Iterator[str]:
    """Give what is drawn by chance, but whoever orders."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in DRAWN
            and ast.unparse(node.func.value) == "chance"
            and not ast.unparse(node.args[0]).endswith(".people")
        ):
            yield ast.unparse(node)


@pytest.mark.parametrize("trial", trials(), ids=lambda trial: trial.name)
@pytest.mark.parametrize("runs", [1, 20])
def test_a_trial_is_performed_at_least_once_with_each_alternative(trial: Trial, runs: int):
    assert trial.goes(runs) >= trial.alternatives


def test_runs_take_turns_among_alternatives_of_several_kinds():
    performed = []
    for turn in range(6):
        chance = Chance("seed")
        chance.turn, chance.alternatives = turn, 3
        performed.append((chance.in_turn("abc"), chance.in_turn((1, 2))))
    assert set(performed) == {(letter, number) for letter in "abc" for number in (1, 2)}


def test_a_trial_with_more_alternatives_than_it_says_fails():
    chance = Chance("seed")
    chance.turn, chance.alternatives = 0, 2
    with pytest.raises(AssertionError, match="3 alternatives, and the trial says that it has 2"):
        chance.in_turn("abc")


def test_the_short_version_draws_one_by_chance():
    found = set()
    for number in range(50):
        chance = Chance(f"seed {number}")
        chance.alternatives = 3
        found.add(chance.in_turn("abc"))
    assert found == set("abc")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_trial_leaves_its_alternatives_to_chance(file: Path):
    assert list(drawn((REPOSITORY / file).read_text(encoding="utf-8"))) == []


def test_what_is_drawn_by_chance_is_found():
    assert list(drawn("chance.choice(arena.people)\nchance.choice((500, 502))")) == ["chance.choice((500, 502))"]
