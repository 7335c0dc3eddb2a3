"""Where the keys of a running bot could be seen from outside: environments, command lines, memory, core files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.__main__ import main
from bot.settings import Settings
from storage import migration

ROOT = Path(__file__).parents[3]
KEYS = {name.upper() for name, field in Settings.model_fields.items() if "Secret" in repr(field.annotation)}
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system has no such means")


def test_the_keys_are_those_that_these_tests_look_for():
    assert sorted(KEYS) == ["DISCORD_TOKEN", "PIAPI_KEY", "SENTRY_DSN", "WEBHOOK_SECRET"]
    assert all(field.annotation is SecretStr for name, field in Settings.model_fields.items() if name.upper() in KEYS)


async def test_the_child_that_changes_the_schema_is_given_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    impostor = tmp_path / "python"
    seen = tmp_path / "seen.json"
    program = f"import json, os, pathlib\npathlib.Path({str(seen)!r}).write_text(json.dumps(dict(os.environ)))\n"
    impostor.write_text(f"#!{sys.executable}\n{program}")
    impostor.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(impostor))
    for name in KEYS:
        monkeypatch.setenv(name, f"value of {name}")

    await migration.run_migrations("sqlite:///egret.db", tmp_path)

    given = json.loads(seen.read_text())
    assert "DATABASE_URL" in given
    assert not KEYS & set(given)
    assert not [value for value in given.values() if value.startswith("value of ")]


def helped(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        main([*arguments, "--help"])
    return capsys.readouterr().out


def test_no_key_can_be_written_on_a_command_line(capsys: pytest.CaptureFixture[str]):
    verbs = re.findall(r"^    ([a-z-]+)\s", helped(capsys=capsys), flags=re.MULTILINE)
    options = {option for verb in verbs for option in re.findall(r"--[a-z-]+", helped(verb, capsys=capsys))}

    assert {"setup", "run", "check"} <= set(verbs)
    assert "--env-file" in options
    assert not [option for option in options if re.search("token|key|secret|password|dsn", option)]


@linux
def test_a_running_bots_memory_is_its_own():
    program = (
        "import ctypes, resource\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))\n"
        "from bot.hardening import keep_memory_private\n"
        "keep_memory_private()\n"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))\n"
    )
    said = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout.split() == ["0", "0", "0"]


@linux
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become two others")
def test_another_program_of_the_same_user_cannot_read_the_keys():
    """Two processes of one unprivileged user: what /proc shows of the first to the second."""
    program = (
        "import os, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from bot.hardening import keep_memory_private\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "if sys.argv[2] == 'private': keep_memory_private()\n"
        "else: __import__('ctypes').CDLL(None).prctl(4, 1, 0, 0, 0)\n"
        "first = os.getpid()\n"
        "if os.fork() == 0:\n"
        "    __import__('ctypes').CDLL(None).prctl(4, 1, 0, 0, 0)\n"
        "    try: print('PIAPI_KEY' in open(f'/proc/{first}/environ').read(), flush=True)\n"
        "    except OSError as error: print(type(error).__name__, flush=True)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )

    def seen(how: str) -> str:
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program, str(ROOT), how],
            env={**os.environ, "PIAPI_KEY": "secret"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert seen("usual") == "True"
    assert seen("private") == "PermissionError"


@linux
def test_the_bot_does_so_before_it_does_anything_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """`run` with settings that cannot work ends at once, having shut its memory first."""
    done: list[str] = []
    monkeypatch.setattr("bot.hardening.keep_memory_private", lambda: done.append("private"))
    monkeypatch.setattr("bot.app.run", lambda _settings: done.append("run") or _ended())
    monkeypatch.chdir(tmp_path)
    for name, value in {"DISCORD_TOKEN": "a.b.c", "PIAPI_KEY": "k" * 20, "MAX_USD_PER_MONTH": "5"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    before = os.umask(0o077)
    try:
        assert main(["run"]) == 0
    finally:
        os.umask(before)
    assert done == ["private", "run"]


async def _ended() -> None:
    return None
