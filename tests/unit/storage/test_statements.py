"""Every statement is named, explained, declared and used, on both engines."""

from __future__ import annotations

import re
from pathlib import Path

import aiosql
import pytest
from aiosql.queries import Queries
from aiosql.utils import SQLParseException
from alembic.config import Config
from alembic.script import ScriptDirectory

from bot.jobs.states import DELIVERY_TRANSITIONS, ENDED, JOB_TRANSITIONS, JobState
from storage.database import Engine
from storage.ids import draw_id
from storage.repositories.guards import numbered
from storage.rows.columns import flag, text, text_or_none, whole, whole_or_none
from storage.schema import REVISION
from storage.statements import SQL, Loader, PostgresAdapter, SqliteAdapter, Statements

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


@pytest.mark.parametrize(("engine", "adapter"), [("sqlite", SqliteAdapter), ("postgres", PostgresAdapter)])
def test_files_are_taken_apart_as_aiosql_does_it(engine: Engine, adapter: type):
    expected = _by_name(aiosql.from_path(SQL, adapter), engine)

    found = _by_name(aiosql.from_path(SQL, adapter, loader_cls=Loader), engine)

    assert {name: _facts(query) for name, query in found.items()} == {
        name: _facts(query) for name, query in expected.items()
    }
    assert Statements(engine).names == {name for name in expected if not name.endswith("_cursor")}


def _by_name(queries: Queries, engine: Engine) -> dict[str, object]:
    """Return the statements for both engines, and those of one."""
    own = getattr(queries, engine)
    return {name: getattr(queries, name) for name in queries.available_queries if "." not in name} | {
        name: getattr(own, name) for name in own.available_queries
    }


def _facts(query: object) -> list[object]:
    """Return what a statement is, and where it stands."""
    code = query.__code__  # type: ignore[attr-defined]
    named = [getattr(query, name, None) for name in ("sql", "operation", "__doc__", "__signature__")]
    return [*named, code.co_filename, code.co_firstlineno]


def test_a_statement_that_is_wrong_is_found_with_its_line(tmp_path: Path):
    (tmp_path / "jobs.sql").write_text(
        "-- name: jobs()\n-- All of them.\nSELECT id FROM jobs;\n\n-- name: forget(id)!\n-- Forgets one.\n"
    )

    with pytest.raises(SQLParseException, match=r"empty sql for: forget at .*jobs\.sql:5"):
        aiosql.from_path(tmp_path, SqliteAdapter, loader_cls=Loader)


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
