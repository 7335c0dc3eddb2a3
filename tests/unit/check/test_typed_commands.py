"""What setup tells somebody to type works where they are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.setup.terminal import typed


def a_python_in(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = directory / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    return program


def test_the_python_of_a_clone_is_named_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    a_python_in(tmp_path / ".venv", monkeypatch)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(tmp_path)
    assert typed("run") == ".venv/bin/python -m bot run"


def test_the_python_that_the_shell_finds_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = a_python_in(tmp_path / ".venv", monkeypatch)
    monkeypatch.setenv("PATH", str(program.parent))
    assert typed("check") == "python -m bot check"


def test_a_python_elsewhere_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = a_python_in(tmp_path / "opt", monkeypatch)
    monkeypatch.setenv("PATH", "/nowhere")
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    assert typed("run") == f"{program} -m bot run"
