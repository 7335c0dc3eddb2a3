"""Tries an image that was performed: as a stranger would start it, against local stand-ins for Discord and PiAPI."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from bot.exit_codes import ExitCode
from bot.settings import Settings
from bot.ui.language import SPOKEN
from sandbox.stage import Stage, bot_environment
from tests.image.base import Base
from tests.image.build import Image, container
from tests.image.enter import Entry, Mount
from tests.integration.check.typist import before_a_terminal

ROOT: Final = Path(__file__).resolve().parents[2]
STOP_SECONDS: Final = 40
"""The grace that compose.yaml gives."""
_TOUR_SECONDS: Final = 160
_PROGRAM_SECONDS: Final = 60
_READY_SECONDS: Final = 30
_RETRY_SECONDS: Final = 0.5
_FIXED_BY_THE_IMAGE: Final = frozenset({"DATA_DIR", "WEB_HOST"})
_PASSED_ON: Final = tuple(sorted({name.upper() for name in Settings.model_fields} - _FIXED_BY_THE_IMAGE))
_STAND_INS: Final = ("DISCORD_API_URL", "DISCORD_GATEWAY_URL", "PIAPI_BASE_URL")
_SETTINGS: Final = "/settings"
"""Where compose.yaml lets `setup` see the directory that it is in."""
_SOMEBODY: Final = 1000
"""The usual number of the first person on a Linux machine."""
_CHECK_MAY_END_WITH: Final = frozenset({ExitCode.OK, ExitCode.ATTENTION})

_LOOK_AROUND: Final = """
import json, os, pathlib, sqlite3, sys
import asyncpg
found = {"written": [], "user": os.getuid(), "group": os.getgid(), "groups": os.getgroups(), "seen": []}
for place in json.loads(sys.argv[1]):
    try:
        pathlib.Path(place, "try").write_text("x")
        os.remove(pathlib.Path(place, "try"))
        found["written"].append(place)
    except OSError:
        pass
found["seen"] = sorted(p.name for p in pathlib.Path.cwd().iterdir())
found["status"] = dict(line.split(":", 1) for line in pathlib.Path("/proc/self/status").read_text().splitlines())
found["sqlite"] = sqlite3.sqlite_version
found["uncompiled"] = [str(p) for d in ("bot", "cogs", "storage") for p in pathlib.Path(d).rglob("*.py")
                       if not list((p.parent / "__pycache__").glob(p.stem + ".*.pyc"))]
from bot.ui.language import SPOKEN, without_words
found["languages"] = sorted(set(SPOKEN) - set(without_words()))
print(json.dumps(found))
"""


class TrialFailed(Exception):
    """The image does not do what it should; the message is for whoever changes it."""


class Trial:
    """Starts an image's programs and judges them.

    Args:
        image: What was built.
        base: What stands in for its base.
        directory: An empty directory, for volumes, logs and the tour's papers.
        say: Where each finding is told.
    """

    def __init__(self, image: Image, base: Base, directory: Path, say: Callable[[str], None]) -> None:
        self._image = image
        self._base = base
        self._directory = directory
        self._say = say

    async def inside(self) -> None:
        """Look around from inside: who one is, and what can be written.

        Raises:
            TrialFailed: more is allowed than should be.
        """
        entry = self._fresh("inside", passed_on=())
        places = [
            "/",
            "/app",
            "/app/bot",
            "/opt/venv",
            "/etc",
            "/usr",
            "/var/tmp",
            "/home",
            *self._image.volumes,
            "/tmp",
        ]
        code, said = await self._run(entry, ("python", "-c", _LOOK_AROUND, json.dumps(places)))
        if code != 0:
            raise TrialFailed(f"cannot look around inside, it ended with {code}:\n{said}")
        found = json.loads(said)
        status = {name: value.strip() for name, value in found["status"].items()}
        expectations: dict[str, tuple[object, object]] = {
            "places that can be written": (found["written"], [*self._image.volumes, "/tmp"]),
            "user and group": ((found["user"], found["group"], found["groups"]), (10001, 10001, [])),
            "what the working directory has": (found["seen"], ["LICENSE", "bot", "cogs", "storage"]),
            "capabilities": ({int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")}, {0}),
            "no new privileges": (status["NoNewPrivs"], "1"),
            "modules that are not compiled": (found["uncompiled"], []),
            "languages": (found["languages"], sorted(SPOKEN)),
        }
        for what, (is_, should) in expectations.items():
            if is_ != should:
                raise TrialFailed(f"{what}: {is_}, but should be {should}")
        self._say(f"inside: user 10001, nothing but {self._image.volumes[0]} and /tmp can be written, no capabilities")
        self._say(f"inside: speaks English and {', '.join(SPOKEN)}")
        self._say(f"inside: SQLite {found['sqlite']}, this machine's; asyncpg is there")

    async def refuses_to_start_bare(self) -> None:
        """Start it without settings.

        Raises:
            TrialFailed: it does not end with the code for settings and a sentence.
        """
        entry = self._fresh("bare", passed_on=())
        code, said = await self._run(entry, entry.command)
        if code != ExitCode.SETTINGS or "DISCORD_TOKEN" not in said:
            raise TrialFailed(f"without settings it ended with {code} and said:\n{said}")
        self._say(f"without settings: ends with {code}: {said.strip()}")

    async def setup(self) -> None:
        """Answer `setup` at a terminal, as compose.yaml starts it: by somebody else's number, into their directory.

        Raises:
            TrialFailed: it does not end well, or leaves something else than what was typed.
        """
        settings, entry = self._setting_up()
        async with Stage((sys.executable, "-c", "pass"), logs=self._directory / "setup" / "stage") as stage:
            given = bot_environment(stage.addresses, data_dir=settings, web_port=0)
            program = entry.write(self._directory / "setup.json")
            arguments = ("-I", str(Path(__file__).with_name("enter.py")), str(program))
            stand_ins = {name: given[name] for name in _STAND_INS}
            async with before_a_terminal(arguments, environment=stand_ins, directory=ROOT) as owner:
                await owner.answers("Bot token (not shown):", given["DISCORD_TOKEN"])
                await owner.answers("API key (not shown):", given["PIAPI_KEY"])
                await owner.answers("Which? [1]")
                await owner.answers("or just Enter for none:")
                await owner.answers("spend your money? [Y/n]")
                code = await owner.ended()
        written = settings / ".env"
        if code != 0 or not written.exists():
            raise TrialFailed(f"`setup` ended with {code}:\n{owner.shown}")
        status, values = written.stat(), dotenv_values(written)
        kept = {name: values.get(name) for name in ("DISCORD_TOKEN", "PIAPI_KEY", "SERVERS")}
        if kept != {name: given[name] for name in kept} or given["PIAPI_KEY"] in owner.shown:
            raise TrialFailed("`setup` did not keep what was typed, or showed a key")
        if (stat.S_IMODE(status.st_mode), status.st_uid) != (0o600, _SOMEBODY):
            raise TrialFailed(f"`setup` left .env with mode {status.st_mode:o} to user {status.st_uid}")
        self._say("`setup` writes .env into the directory of whoever runs it, readable by them alone")

    def _setting_up(self) -> tuple[Path, Entry]:
        """Return somebody's empty directory, and a container of theirs in which `setup` sees it."""
        settings = self._directory / "settings"
        settings.mkdir()
        os.chown(settings, _SOMEBODY, _SOMEBODY)
        Path(self._image.root, _SETTINGS.lstrip("/")).mkdir(exist_ok=True)
        fresh = self._fresh("setup", passed_on=_STAND_INS)
        entry = replace(
            fresh,
            command=(*self._image.entrypoint, "setup", "--env-file", f"{_SETTINGS}/.env"),
            user=_SOMEBODY,
            group=_SOMEBODY,
            mounts=(*fresh.mounts, Mount(source=str(settings), target=_SETTINGS, read_only=False)),
        )
        return settings, entry

    async def life(self) -> None:
        """Start it, wait until it is healthy, check it, and stop it by its own signal.

        Raises:
            TrialFailed: something of that does not hold.
            sandbox.stage.StageFailed: it ended, or never connected.
        """
        health = self._image.healthcheck
        if health is None:
            raise TrialFailed("there is no HEALTHCHECK")
        # The image's own port, rather than the stage's.
        port = self._image.environment["WEB_PORT"]
        entry = self._fresh("life", passed_on=tuple(name for name in _PASSED_ON if name != "WEB_PORT"))
        settings = {"PUBLIC_URL": f"http://127.0.0.1:{port}"}
        async with Stage(self._launch(entry), logs=self._directory / "life", bot_settings=settings) as stage:
            code, _ = await self._run(entry, health.command.words)
            if code == 0:
                raise TrialFailed("HEALTHCHECK passes although nothing runs")
            began = time.monotonic()
            await stage.start_bot()
            await self._healthy(entry)
            self._say(f"healthy {time.monotonic() - began:.1f} s after the start")
            await asyncio.to_thread(_await_ready, int(port))
            await self._check(entry, stage)
            began = time.monotonic()
            if stage.bot.pid is None:
                raise TrialFailed("the bot has no process")
            os.kill(stage.bot.pid, getattr(signal, self._image.stop_signal))
            async with asyncio.timeout(STOP_SECONDS):
                code = await stage.bot.ended()
            if code != 0:
                raise TrialFailed(f"{self._image.stop_signal} ended it with {code}:\n{stage.bot.tail()}")
            took = time.monotonic() - began
        self._say(f"{self._image.stop_signal} ends it with 0 after {took:.1f} s")

    async def tour(self) -> None:
        """Drive it through the whole tour.

        Raises:
            TrialFailed: the tour found something wrong.
        """
        entry = self._fresh("tour", passed_on=_PASSED_ON)
        papers = self._directory / "tour" / "papers"
        began = time.monotonic()
        command = (sys.executable, "-m", "sandbox", "tour", "--directory", str(papers), "--", *self._launch(entry))
        code, said = await _output(command, _TOUR_SECONDS, None)
        if code != 0:
            raise TrialFailed(f"the tour ended with {code}:\n{said}")
        clips = sum(file.suffix == ".mp4" for file in papers.rglob("*") if "samples" not in file.parts)
        if not clips or not (Path(entry.mounts[-1].source) / "egret.db").exists():
            raise TrialFailed("the tour left no clips, or did not use the image's own volume")
        self._say(f"the tour holds in {time.monotonic() - began:.0f} s, {clips} clips delivered")

    async def _check(self, entry: Entry, stage: Stage) -> None:
        port = int(self._image.environment["WEB_PORT"])
        directory = self._directory / "life"
        given = self._with(entry, bot_environment(stage.addresses, data_dir=directory, web_port=port))
        code, said = await self._run(given, (*self._image.entrypoint, "check"))
        if code not in _CHECK_MAY_END_WITH:
            raise TrialFailed(f"`check` ended with {code}:\n{said}")
        self._say(f"`check` ends with {code} while it runs:\n{said.rstrip()}")

    async def _healthy(self, entry: Entry) -> None:
        health = self._image.healthcheck
        if health is None:
            raise TrialFailed("there is no HEALTHCHECK")
        code, said = -1, ""
        deadline = time.monotonic() + health.start_period + health.interval * health.retries
        while time.monotonic() < deadline:
            code, said = await self._run(entry, health.command.words, health.timeout)
            if code == 0:
                return
            await asyncio.sleep(_RETRY_SECONDS)
        raise TrialFailed(f"HEALTHCHECK never passed, last with {code}:\n{said}")

    def _fresh(self, name: str, passed_on: Sequence[str]) -> Entry:
        """Return a new container of the image, with new volumes."""
        volumes = self._directory / name / "volumes"
        volumes.mkdir(parents=True)
        return container(self._image, self._base, volumes, passed_on=tuple(passed_on))

    def _launch(self, entry: Entry) -> tuple[str, ...]:
        path = Path(entry.mounts[-1].source).parent.parent / "container.json"
        return _entering(entry.write(path))

    async def _run(self, entry: Entry, command: Sequence[str], seconds: float = _PROGRAM_SECONDS) -> tuple[int, str]:
        """Run another program in a container, as `docker exec` does; return its exit code and what it said."""
        path = self._directory / "program.json"
        return await _output(_entering(replace(entry, command=tuple(command)).write(path)), seconds, {})

    @staticmethod
    def _with(entry: Entry, environment: dict[str, str]) -> Entry:
        chosen = {name: environment[name] for name in entry.passed_on if name in environment}
        return replace(entry, environment={**entry.environment, **chosen}, passed_on=())


def _await_ready(port: int) -> None:
    """Wait until `/readyz` says so.

    Raises:
        TrialFailed: it does not in time.
    """
    deadline = time.monotonic() + _READY_SECONDS
    said = b""
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_READY_SECONDS)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            said = answer.read()
            if answer.status == HTTPStatus.OK:
                return
        finally:
            connection.close()
        threading.Event().wait(_RETRY_SECONDS)
    raise TrialFailed(f"not ready within {_READY_SECONDS} s: {said.decode(errors='replace')}")


def _entering(entry: Path) -> tuple[str, ...]:
    return (sys.executable, "-I", str(Path(__file__).with_name("enter.py")), str(entry))


async def _output(command: Sequence[str], seconds: float, environment: dict[str, str] | None) -> tuple[int, str]:
    """Run a program to its end, and kill it when that takes too long.

    Raises:
        TrialFailed: it took too long.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment,
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate()
    except TimeoutError:
        raise TrialFailed(f"{command[0]} … {command[-1]} did not end within {seconds:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said.decode(errors="replace")
