"""Every statement is named, explained, declared and used, on both engines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from bot.jobs.states import DELIVERY_TRANSITIONS, ENDED, JOB_TRANSITIONS, JobState
from storage.ids import draw_id
from storage.repositories.guards import numbered
from storage.rows.columns import flag, text, text_or_none, whole, whole_or_none
from storage.schema import REVISION
from storage.statements import SQL, PostgresAdapter, Statements

STORAGE = Path(SQL).parent
PYTHON = "\n".join(path.read_text() for path in STORAGE.rglob("*.py"))


def blocks() -> list[tuple[str, str]]:
    found = []
    for path in SQL.rglob("*.sql"):
        for block in re.split(r"^-- name: ", path.read_text(), flags=re.MULTILINE)[1:]:
            found.append((re.match(r"\w+", block)[0], block))  # type: ignore[index]
    return found


def test_both_engines_have_the_same_statements_but_for_locks():
    assert Statements("postgres").names - Statements("sqlite").names == {
        "lock_counters",
        "lock_counters_of_job",
        "lock_repeats",
    }
    assert Statements("sqlite").names <= Statements("postgres").names


@pytest.mark.parametrize("name", sorted(Statements("postgres").names))
def test_every_statement_is_used(name: str):
    assert f'"{name}"' in PYTHON


@pytest.mark.parametrize(("name", "block"), blocks())
def test_every_statement_is_explained(name: str, block: str):
    assert re.match(r".*\)\S*\n-- \S", block), name


def test_postgresql_parameters_are_numbered_by_name_and_text_is_left_alone():
    adapter = PostgresAdapter()
    written = adapter.process_sql("x", None, "SELECT :a, ':b', \"c:d\", :b, CAST(:a AS TEXT), x::text")  # type: ignore[arg-type]
    assert written == "SELECT $1, ':b', \"c:d\", $2, CAST($1 AS TEXT), x::text"
    assert adapter._ordered("x", {"b": 2, "a": 1}) == [1, 2]


def test_states_fill_their_places_and_the_last_is_repeated():
    assert numbered("source", {JobState.RUNNING, JobState.OVERDUE}, 3) == {
        "source_1": "overdue",
        "source_2": "running",
        "source_3": "running",
    }


def test_states_without_a_place_are_a_mistake():
    with pytest.raises(ValueError, match="0 states"):
        numbered("source", [], 3)
    with pytest.raises(ValueError, match="9 states for 3"):
        numbered("source", JobState, 3)


def test_every_transition_and_every_claim_has_places_enough():
    for move in JOB_TRANSITIONS:
        assert len(numbered("source", move.sources, 4)) == 4
    for transition in DELIVERY_TRANSITIONS:
        assert len(numbered("source", transition.sources, 3)) == 3
    assert len(numbered("state", set(JobState) - ENDED, 6)) == 6


def test_the_schema_named_in_the_store_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(STORAGE / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_ids_are_short_readable_and_differ():
    drawn = {draw_id() for _ in range(1_000)}
    assert len(drawn) == 1_000
    assert all(re.fullmatch(r"[a-hjkmnp-z2-9]{12}", each) for each in drawn)


def test_columns_of_the_wrong_type_are_a_mistake():
    row = {"word": "x", "number": 5, "nothing": None}
    assert (text(row, "word"), whole(row, "number")) == ("x", 5)
    assert (text_or_none(row, "nothing"), whole_or_none(row, "nothing")) == (None, None)
    assert flag({"f": 1}, "f") is True
    with pytest.raises(TypeError, match="number"):
        text(row, "number")
    with pytest.raises(TypeError, match="word"):
        whole(row, "word")
