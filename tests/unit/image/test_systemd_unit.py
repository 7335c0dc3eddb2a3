from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from bot.app import DRAIN
from bot.clock import SECOND
from bot.exit_codes import ExitCode
from bot.settings import Settings

UNIT = Path(__file__).parents[3] / "docs" / "hosting" / "egret.service"
HOME = "/opt/egret"
EXPOSURE = 15
"""The most, in tenths, that systemd may find exposed; 100 is everything. The network alone makes most of it."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")


def _said() -> dict[str, list[str]]:
    said: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            said[name].append(value)
    return said


def _environment() -> dict[str, str]:
    words = " ".join(_said()["Environment"]).split()
    return dict(word.split("=", 1) for word in words)


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - systemd's own checker
        ["systemd-analyze", *arguments],  # noqa: S607 - found by the condition above
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_comes_back_except_where_another_start_would_end_the_same_way() -> None:
    (codes,) = _said()["RestartPreventExitStatus"]

    assert _said()["Restart"] == ["always"]
    assert {ExitCode(int(code)) for code in codes.split()} == {
        ExitCode.ALREADY_RUNNING,
        ExitCode.LOGIN,
        ExitCode.SETTINGS,
    }


def test_it_is_stopped_as_the_bot_drains() -> None:
    (patience,) = _said()["TimeoutStopSec"]

    assert _said()["KillSignal"] == ["SIGTERM"]
    assert _said()["KillMode"] == ["mixed"], "its workers are not interrupted before it"
    assert int(patience) > DRAIN // SECOND


def test_what_it_is_given_are_settings_and_no_secrets() -> None:
    given = {name for name in _environment() if not name.startswith("PYTHON")}

    assert given == {"DATA_DIR"}
    assert given <= {name.upper() for name in Settings.model_fields}
    assert _said()["EnvironmentFile"] == [f"{HOME}/.env"], "without it there is no start"


def test_it_writes_its_own_directory_and_is_not_where_the_settings_are() -> None:
    (state,) = _said()["StateDirectory"]

    assert _environment()["DATA_DIR"] == f"/var/lib/{state}"
    assert _said()["WorkingDirectory"] == [f"/var/lib/{state}"]
    assert _environment()["PYTHONPATH"] == HOME
    assert _said()["DynamicUser"] == ["yes"]
    assert _said()["ProtectSystem"] == ["strict"]


@needs_systemd
def test_systemd_understands_all_of_it(tmp_path: Path) -> None:
    # The clone is not in /opt/egret here, so it is told of a place where it is.
    program = tmp_path / "egret" / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "egret.service"
    unit.write_text(UNIT.read_text().replace(HOME, str(tmp_path / "egret")))

    verified = _analyze("verify", "--man=no", str(unit))

    assert (verified.returncode, verified.stderr) == (0, "")


@needs_systemd
def test_systemd_finds_little_exposed() -> None:
    judged = _analyze("security", "--offline=yes", "--no-pager", f"--threshold={EXPOSURE}", str(UNIT))

    assert judged.returncode == 0, judged.stdout
