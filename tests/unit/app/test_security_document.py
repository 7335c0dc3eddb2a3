"""docs/security.md names a control and a test for each threat, and each of them is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "security.md"
HEAD = "| threat | control | test |"


def rows() -> list[tuple[str, str, str]]:
    """Return threat, control and test of every row of every table that has these three."""
    found: list[tuple[str, str, str]] = []
    inside = False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            inside = False
        elif line == HEAD:
            inside = True
        elif inside and not line.startswith("|---"):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            assert len(cells) == 3, line
            found.append((cells[0], cells[1], cells[2]))
    return found


@cache
def names_of_tests(path: str) -> frozenset[str]:
    """Return the names of a file's tests, those in classes included."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def spans(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_area_has_threats():
    page = PAGE.read_text(encoding="utf-8")
    areas = [part for part in page.split("\n## ")[1:] if HEAD in part]

    assert len(areas) >= 9
    assert len(rows()) >= 60
    assert len({threat for threat, _, _ in rows()}) == len(rows())


@pytest.mark.parametrize(("threat", "control", "test"), rows(), ids=[row[0][:60] for row in rows()])
def test_every_threat_has_a_control_and_a_test_that_are_there(threat: str, control: str, test: str):
    files = [span for span in spans(control) if "/" in span or "." in span]
    assert files, f"no control for: {threat}"
    for file in files:
        assert (ROOT / file).is_file(), file

    named = spans(test)
    assert named, f"no test for: {threat}"
    for name in named:
        path, _, function = name.partition("::")
        assert (ROOT / path).is_file(), name
        assert function in names_of_tests(path), name


def test_the_document_is_found_from_the_policy():
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
