from __future__ import annotations

from pathlib import Path

import pytest

from tests.fidelity import documents
from tests.fidelity.__main__ import main


def test_a_directory_named_in_vain_is_an_error_and_no_reason_to_skip(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(documents.VARIABLE, str(tmp_path))

    with pytest.raises(FileNotFoundError, match=documents.OPENAPI):
        documents.absence()


def test_without_documents_a_recording_is_left_unchecked_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(documents.VARIABLE, raising=False)
    monkeypatch.setattr(documents, "_BESIDE", tmp_path)

    assert main([str(tmp_path / "discord.jsonl")]) == 0
    assert capsys.readouterr().out.startswith("fidelity: skipped: Discord's documents")
