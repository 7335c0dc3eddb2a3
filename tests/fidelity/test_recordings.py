from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.discord.recording import MASK
from tests.fidelity.__main__ import main
from tests.fidelity.recordings import observed
from tests.fidelity.samples import event

if TYPE_CHECKING:
    from tests.fidelity.walked import Walked


def test_a_recording_holds_everything_that_passed(walked: Walked, recording: Path) -> None:
    observer = observed(recording)

    assert sum(observer.seen.values()) == len(walked.exchanges) + len(walked.payloads)
    observer.assert_clean()


def test_a_recording_tells_no_token(walked: Walked, recording: Path) -> None:
    interactions = [payload["d"] for payload in walked.payloads if payload["t"] == "INTERACTION_CREATE"]
    tokens = {data["token"] for data in interactions if isinstance(data, dict)}
    text = recording.read_text()

    assert len(tokens) > 10
    assert [token for token in tokens if str(token) in text] == []
    assert f"/{MASK}/callback" in text


def test_a_good_recording_ends_well(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(recording)]) == 0
    assert capsys.readouterr().out.endswith("exchanges and events, 0 problems\n")


def test_a_problem_in_a_recording_ends_badly(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = tmp_path / "spoilt.jsonl"
    spoilt.write_text(recording.read_text() + json.dumps({"event": event("CLIP_CREATE", {})}) + "\n")

    assert main([str(spoilt)]) == 1
    assert "1 × CLIP_CREATE: /t: no such event" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("not JSON\n", "is no recording"),
        ("{}\n", "line 1 is neither an exchange nor an event"),
        ('{"exchange": {"method": "GET"}}\n', "line 1 is no exchange"),
        (None, "is no recording"),
    ],
)
def test_what_is_no_recording_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, words: str
) -> None:
    path = tmp_path / "discord.jsonl"
    if text is not None:
        path.write_text(text)

    assert main([str(path)]) == 2
    assert words in capsys.readouterr().err
