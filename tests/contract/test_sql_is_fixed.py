"""No statement is put together from what somebody said: what varies is bound, and names come from the schema alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.jobs.model import VideoInput
from bot.jobs.ports import Draft, DraftKind
from storage.statements import SQL, Statements
from storage.store import Store
from tests.contract.samples import GUILD, NOW, PERSON, new_job
from tests.contract.test_limits_in_parallel import holds

ROOT = Path(__file__).parents[2]
SQL_WORD = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|ATTACH|VACUUM|SET|COPY|WITH|TRUNCATE|GRANT)\s",
    re.IGNORECASE,
)
QUOTED_NAMES = {
    "CREATE SCHEMA {_quoted(aside)}",
    "ALTER TABLE {_quoted(table)} SET SCHEMA {_quoted(aside)}",
    "SELECT setval(pg_get_serial_sequence($1, $2), COALESCE(MAX({column}), 0) + 1, false) FROM {table}",
    "SELECT COUNT(*) FROM {_quoted(table)}",
    "SELECT * FROM {_quoted(table)}",
}
"""Statements with names in them, which no engine can bind: each is a name of the database's own, quoted."""


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in ("bot", "cogs", "storage"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts:
                yield path, ast.parse(path.read_text())


def composed(tree: ast.Module) -> Iterator[str]:
    """Yield texts that begin like a statement and are put together while the program runs."""
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=values) if any(isinstance(value, ast.FormattedValue) for value in values):
                text = ast.unparse(node).removeprefix("f")[1:-1]
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add() | ast.Mod()):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format" | "replace" | "join")):
                pass
            case _:
                continue
        if SQL_WORD.match(text) and text.split()[0].isupper():
            yield text


def test_no_statement_is_put_together_but_around_quoted_names():
    found = {text for _path, tree in sources() for text in composed(tree)}

    assert found == QUOTED_NAMES


def test_a_statement_put_together_would_be_found():
    bad = 'f"SELECT * FROM jobs WHERE id = {job_id}"\n"DELETE FROM jobs WHERE id = " + x\n"DROP {}".format(y)\n'

    assert len(list(composed(ast.parse(bad)))) == 3


def test_statements_are_asked_for_by_fixed_names():
    """`rows`, `row`, `run` and `many` of a database take a statement's name; none is computed from data."""
    names = Statements("postgres").names
    computed = []
    for path in sorted((ROOT / "storage" / "repositories").glob("*.py")):
        constants = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                asked = node.func.attr in {"rows", "row", "run", "many"} and "database" in ast.unparse(node.func.value)
                if asked and isinstance(node.args[0], ast.Constant):
                    assert node.args[0].value in names
                elif asked:
                    computed.append(path.name)
                    assert constants & names  # chosen among names that are written in the file
    assert set(computed) <= {"lookouts.py", "privacy.py"}


@pytest.mark.parametrize("path", sorted(SQL.rglob("*.sql")), ids=lambda path: path.name)
def test_no_statement_runs_text_as_sql(path: Path):
    statements = re.sub(r"--[^\n]*", "", path.read_text())

    assert not re.search(r"\b(EXECUTE|EXEC|ATTACH|load_extension|dblink|lo_import|COPY)\b", statements, re.IGNORECASE)


def test_patterns_are_made_of_numbers_alone():
    """A LIKE takes what is written in the file, or what its caller makes of an id, never a person's words."""
    parameters = set()
    for path in SQL.rglob("*.sql"):
        parameters |= set(re.findall(r"LIKE [^\n]*?:(\w+)", re.sub(r"'[^'\n]*'", "''", path.read_text())))
    repositories = "\n".join(path.read_text() for path in (ROOT / "storage" / "repositories").glob("*.py"))

    assert parameters >= {"pattern", "middle"}
    assert set(re.findall(r"middle=(\S+)\)", repositories)) == {'f":person:{person_id}:"'}
    assert set(re.findall(r"pattern=(\w+)", repositories)) == {"pattern"}
    assert set(re.findall(r"\bpattern, \(.*\) = (f\"[^\"]*\")", repositories)) == {'f"server:{guild_id}:%"'}
    # What stands on the same line after a pattern that is written in the file is compared, not matched.
    assert parameters <= {"pattern", "middle", "day", "month"}


HOSTILE = [
    "'; DROP TABLE jobs; --",
    '"; DELETE FROM counters; --',
    "x' OR '1'='1",
    "%' OR name LIKE '%",
    "\\'; SELECT pg_sleep(10); --",
    ":id $1 ? @p1 %s %(x)s {x}",
    "/* */ -- ; ''",
    "ﬀ＇ ; ʼ",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_words_that_look_like_sql_come_back_as_they_were(store: Store, text: str):
    job = new_job(input=VideoInput(prompt=text, seconds=5, negative_prompt=text))
    await store.submit(job, holds(job))
    draft = Draft(
        id="d", kind=DraftKind.FORM, person_id=PERSON, guild_id=GUILD, payload=text, created_at=NOW, expires_at=NOW + 9
    )
    await store.put_draft(draft)
    await store.set("key", text)
    await store.set(text, "value")

    found = await store.job(job.id)
    assert found is not None
    assert found.prompt == text
    assert await store.draft("d", NOW) == draft
    assert (await store.get("key"), await store.get(text)) == (text, "value")
    assert await store.job(text) is None
    assert await store.draft(text, NOW) is None
