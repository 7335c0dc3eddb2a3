"""What is read once is forgotten as soon as anything writes where it came from."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from storage.remembered import MOST, REMEMBERED, Remembered, tables_written
from storage.statements import Statements

TEXTS = Statements("sqlite").texts


def test_every_statement_that_is_remembered_exists_and_writes_nothing():
    assert TEXTS.keys() >= REMEMBERED
    assert [name for name in REMEMBERED if tables_written(TEXTS[name])] == []


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("INSERT INTO meta (key) VALUES (1)", {"meta"}),
        ("insert or ignore into meta (key) VALUES (1)", {"meta"}),
        ("UPDATE jobs SET a = 1 WHERE id IN (SELECT id FROM meta)", {"jobs"}),
        ("DELETE FROM meta", {"meta"}),
        ("SELECT 1 FROM meta", set()),
        ("WITH old AS (SELECT 1 FROM jobs) DELETE FROM meta WHERE key IN (SELECT * FROM old)", {"meta"}),
    ],
)
def test_what_a_statement_writes_is_read_from_its_text(sql: str, tables: set[str]):
    assert tables_written(sql) == tables


def test_every_writer_of_the_tables_makes_the_rows_stale():
    writers = {
        "touch_server": "house_revision",
        "set_preference": "preferences_of_person",
        "drop_preference": "preferences_of_person",
        "give_consent": "consents_of_person",
        "drop_consents": "consents_of_person",
        "set_meta": "pauses",
        "drop_meta": "pauses",
    }
    for writer, stale in writers.items():
        remembered = Remembered(TEXTS)
        remembered.keep(stale, {"id": 1}, [])
        remembered.ran(writer)
        assert remembered.recall(stale, {"id": 1}) is None, writer


def test_what_is_asked_with_other_values_is_another_question():
    remembered = Remembered(TEXTS)
    remembered.keep("house_revision", {"guild_id": 1}, [])

    assert remembered.recall("house_revision", {"guild_id": 1}) == []
    assert remembered.recall("house_revision", {"guild_id": 2}) is None


def test_only_what_is_worth_it_is_kept_and_no_more_than_so_much():
    remembered = Remembered(TEXTS)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT 1 AS revision").fetchall()
    remembered.keep("job_by_id", {"id": "k3f9x2"}, rows)
    for guild in range(MOST + 1):
        remembered.keep("house_revision", {"guild_id": guild}, rows)

    assert remembered.recall("job_by_id", {"id": "k3f9x2"}) is None
    assert remembered.recall("house_revision", {"guild_id": 0}) is None
    assert remembered.recall("house_revision", {"guild_id": MOST}) == rows
