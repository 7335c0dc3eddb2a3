from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tests.image.context import Context
from tests.image.dockerfile import DockerfileError


def _context(directory: Path, rules: str, *files: str) -> Context:
    (directory / ".dockerignore").write_text(rules)
    for name in files:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(name)
    return Context(directory)


def test_the_last_rule_that_fits_decides(tmp_path: Path) -> None:
    context = _context(tmp_path, "*\n!kept\nkept/not\n", "kept/a", "kept/not/b", "other")

    assert [str(place) for _, place in context.files("kept")] == ["a"]
    assert not context.holds(PurePosixPath("other"))


def test_two_stars_are_any_number_of_directories(tmp_path: Path) -> None:
    context = _context(tmp_path, "# a comment\n\n**/__pycache__\n**/*.pyc\n")

    assert not context.holds(PurePosixPath("__pycache__/x"))
    assert not context.holds(PurePosixPath("a/b/__pycache__/x"))
    assert not context.holds(PurePosixPath("a/x.pyc"))
    assert context.holds(PurePosixPath("a/x.py"))


def test_one_star_does_not_reach_into_directories(tmp_path: Path) -> None:
    context = _context(tmp_path, "*.md\n")

    assert not context.holds(PurePosixPath("a.md"))
    assert context.holds(PurePosixPath("docs/a.md"))


@pytest.mark.parametrize("source", ["absent", "hidden", "../outside"])
def test_what_is_not_in_the_context_cannot_be_copied(tmp_path: Path, source: str) -> None:
    (tmp_path / "outside").write_text("somebody else's")
    (tmp_path / "clone").mkdir()
    context = _context(tmp_path / "clone", "hidden\n", "hidden")

    with pytest.raises(DockerfileError, match="build context"):
        list(context.files(source))
