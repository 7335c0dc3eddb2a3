"""What is installed is what was chosen: exact versions with hashes, from no address of our own, under free licences."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
FREE = re.compile(r"MIT|BSD|Apache|PSF|Python Software Foundation|MPL|Mozilla Public License 2.0|ISC", re.IGNORECASE)
COPYLEFT = re.compile(r"\bA?GPL|General Public License", re.IGNORECASE)


def requirements(lock: str) -> list[str]:
    """Return a lock's requirements, each with its hashes on one line."""
    joined = (ROOT / lock).read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_one_version_with_its_hashes(lock: str):
    lines = requirements(lock)

    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9._-]+==[0-9][\w.]*( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", line), (
            f"{lock}: {line[:80]}"
        )


@pytest.mark.parametrize("lock", LOCKS)
def test_no_requirement_comes_from_an_address_a_repository_or_a_directory(lock: str):
    text = (ROOT / lock).read_text()

    assert "://" not in text
    assert not re.search(
        r"^\s*(-e|--editable|-f|-i|--index-url|--extra-index-url|--find-links|\.|/)", text, re.MULTILINE
    )


def test_everything_is_installed_by_its_hash():
    for file in ("Makefile", "Dockerfile"):
        lines = (ROOT / file).read_text().replace("\\\n", " ").splitlines()
        installs = [line for line in lines if "pip install" in line and ".lock" in line]
        assert installs, file
        assert all("--require-hashes" in line for line in installs), file


def test_what_the_bot_asks_for_itself_has_a_lower_and_an_upper_bound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [one for group in project["optional-dependencies"].values() for one in group]

    for one in (*project["dependencies"], *extras):
        assert re.fullmatch(r"[A-Za-z0-9._-]+>=[0-9.]+,<[0-9.]+", one), one


def names_in(lock: str) -> list[str]:
    return [line.split("==")[0] for line in requirements(lock)]


@pytest.mark.parametrize("name", names_in("requirements.lock"))
def test_every_library_of_the_bot_says_a_licence_that_allows_it(name: str):
    try:
        told = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        line = next(line for line in requirements("requirements.lock") if line.startswith(f"{name}=="))
        assert " ; " in line, f"{name} is needed here and not installed"
        return
    classifiers = [one for one in told.get_all("Classifier") or [] if one.startswith("License")]
    said = " ".join([told.get("License-Expression") or "", (told.get("License") or "")[:80], *classifiers])

    assert FREE.search(said), said
    assert not COPYLEFT.search(said), said
